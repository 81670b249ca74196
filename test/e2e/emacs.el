;;; Uses the language server in Emacs through eglot, as set up by docs/editors/emacs.md.  -*- lexical-binding: t -*-
;; emacs --batch -l INIT -l emacs.el, in a copy of the workspace. One line on standard output for each step: a JSON array of
;; its name and, if it failed, why.

(require 'cl-lib)
(require 'json)

;; Patience costs nothing where all is well: the machine may have other work.
(defconst patience 60 "Seconds.")
(setq eglot-sync-connect t eglot-connect-timeout patience jrpc-default-request-timeout patience eglot-send-changes-idle-time 0.05)

(defmacro step (name &rest body)
  (declare (indent 1))
  `(princ (concat (json-encode (condition-case err (progn ,@body (vector ,name)) (error (vector ,name (error-message-string err))))) "\n")))

(defmacro until (condition)
  "The value of CONDITION once it is not nil; an error when patience is at its end."
  `(let ((end (+ (float-time) patience)) value)
     (while (not (setq value ,condition))
       (when (> (float-time) end) (error "never true: %S" ',condition))
       (accept-process-output nil 0.03))
     value))

(defmacro must (condition) `(unless ,condition (error "not true: %S" ',condition)))

(defun visit (file)
  "As a command would: batch has no loop that runs the hook behind commands."
  (find-file file)
  (run-hooks 'post-command-hook))

(defun codes ()
  (flymake-start)
  (mapcar (lambda (d) (flymake-diagnostic-text d)) (flymake-diagnostics)))

(defun at (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun words-here ()
  (let* ((capf (eglot-completion-at-point)) (table (nth 2 capf)))
    (mapcar #'substring-no-properties (all-completions (buffer-substring-no-properties (nth 0 capf) (nth 1 capf)) table))))

(defun hover-here ()
  (let ((answer (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (eglot--hover-info (plist-get answer :contents) (plist-get answer :range))))

(step "leaves C without eBPF alone"
  (find-file "loader.c")
  (must (eq major-mode 'c-mode))
  (must (null (eglot-current-server))))

(step "says what the kernel would refuse"
  (visit "not_allowed.bpf.c")
  (must (eq major-mode 'ebpf-c-mode))
  (must (eglot-current-server))
  (until (cl-some (lambda (text) (string-match-p "bpf_skb_load_bytes" text)) (codes)))
  (until (and (flymake-diagnostics) (= 18 (line-number-at-pos (flymake-diagnostic-beg (car (flymake-diagnostics))))))))

(step "a hover for this program"
  (at "bpf_skb_load_bytes(ctx")
  (must (string-match-p "XDP" (hover-here))))

(step "a quick fix that mends it"
  (at "bpf_skb_load_bytes(ctx")
  (let ((last-nonmenu-event ?a) offered)
    ;; The menu, and its first entry as a user would take it.
    (cl-letf (((symbol-function 'completing-read) (lambda (_prompt items &rest _) (setq offered (mapcar #'car items)) (car offered))))
      (eglot-code-actions (point) (1+ (point)) nil t))
    (must (string-match-p "bpf_xdp_load_bytes" (car offered)))
    (must (not (cl-some (lambda (title) (string-match-p "settings" title)) offered))))
  (must (save-excursion (beginning-of-line) (looking-at ".*bpf_xdp_load_bytes(ctx")))
  (eglot--signal-textDocument/didChange)
  (until (null (codes))))

(step "completion after ctx-> by program"
  (visit "forward.bpf.c")
  (at "egress_ifindex, length)")
  (must (member "egress_ifindex" (words-here)))
  (at "ingress_ifindex, length)")
  (let ((words (words-here)))
    (must (member "ingress_ifindex" words))
    (must (not (member "egress_ifindex" words)))))

(step "from a map to its definition"
  (at "ports, ctx")
  (xref-find-definitions "ports")
  (must (save-excursion (beginning-of-line) (looking-at "} ports SEC"))))

(step "another target kernel"
  (until (null (codes)))
  (ebpf-target "5.10")
  (until (cl-some (lambda (text) (string-match-p "bpf_xdp_get_buff_len" text)) (codes)))
  (ebpf-target "")
  (until (null (codes))))

(step "what is typed counts at once"
  (at "int leave(")
  (insert "SEC(\"xpd\")\nint half(struct xdp_md *ctx)\n{\n\treturn bpf_skb_load_by\n")
  (eglot--signal-textDocument/didChange)
  (until (cl-some (lambda (text) (string-match-p "xpd" text)) (codes))))

(step "reads the block for lsp-mode"
  (with-temp-buffer
    (insert-file-contents "other.el")
    (emacs-lisp-mode)
    (check-parens)
    (goto-char (point-min))
    (must (eq 'with-eval-after-load (car (read (current-buffer)))))))

(step "the server ends when it is told to"
  (let ((process (jsonrpc--process (eglot-current-server))))
    (eglot-shutdown (eglot-current-server) nil patience)
    (must (not (process-live-p process)))))
