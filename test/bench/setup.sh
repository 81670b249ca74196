#!/usr/bin/env bash
# Installs what the benchmarks compare with, from Debian: clang, clangd, cppcheck, the kernel's eBPF programs, and the types of a kernel
# for their vmlinux.h. Idempotent. What is missing is left out of the tables, and said.
set -euo pipefail
cd "$(dirname "$0")/../.."
SUDO=$([ "$(id -u)" = 0 ] || echo sudo)
bash test/clang/setup.sh
missing=()
for package in cppcheck bpftool; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  $SUDO apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
  echo "installed: ${missing[*]}"
fi
bash test/corpus/setup.sh 6.1
sh test/kernels/debian.sh
