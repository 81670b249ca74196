#!/usr/bin/env bash
# Installs what the tests with the real compiler need: clang, clangd and libbpf's headers; and strace for those that look at system calls. From Debian. Idempotent.
set -euo pipefail
SUDO=$([ "$(id -u)" = 0 ] || echo sudo)
missing=()
for package in clang-19 clangd-19 libbpf-dev linux-libc-dev strace; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || { echo 'clang, clangd and the headers are there'; exit 0; }
$SUDO apt-get update -qq
DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
echo "installed: ${missing[*]}"
