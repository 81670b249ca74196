#!/usr/bin/env bash
# The step of action.yml: runs the check with the inputs, which come as LENS_… variables, and sets the outputs.
set -euo pipefail

if [ -n "$LENS_VERSION" ]; then
  lens=(npx --yes "ebpf-lens@$LENS_VERSION")
elif [ -f "$LENS_ACTION/dist/cli.js" ]; then
  lens=(node "$LENS_ACTION/dist/cli.js")
else
  lens=(npx --yes ebpf-lens)
fi

paths=()
while IFS= read -r path; do
  # What YAML's block text brings along at the ends of lines.
  path=${path#"${path%%[![:space:]]*}"}
  path=${path%"${path##*[![:space:]]}"}
  if [ -n "$path" ]; then paths+=("$path"); fi
done <<<"$LENS_PATHS"

args=(--fail-on "$LENS_FAIL_ON")
if [ -n "$LENS_KERNEL" ]; then args+=(--kernel "$LENS_KERNEL"); fi
if [ -n "$LENS_BASELINE" ]; then args+=(--baseline "$LENS_BASELINE"); fi
if [ -n "${LENS_DIFF:-}" ]; then args+=(--diff "$LENS_DIFF"); fi
case $LENS_FORMAT in
  sarif)
    report=${RUNNER_TEMP:-.}/ebpf-lens.sarif
    args+=(--format text --format sarif --output "$report")
    echo "report=$report" >>"$GITHUB_OUTPUT"
    ;;
  *) args+=(--format "$LENS_FORMAT") ;;
esac
if [ "$LENS_SUMMARY" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then args+=(--format markdown --output "$GITHUB_STEP_SUMMARY"); fi

code=0
"${lens[@]}" check "${args[@]}" -- "${paths[@]}" || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
