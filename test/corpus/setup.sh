#!/usr/bin/env bash
# Puts the eBPF programs of Debian's kernel sources into .cache/linux-source-VERSION: the selftests' and the samples' C files
# and headers. The packages come from whatever Debian archive the machine is set up for. Idempotent: what is there stays.
#   usage: test/corpus/setup.sh [VERSION…]        (default: 6.1 6.12)
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- 6.1 6.12

SUDO=$([ "$(id -u)" = 0 ] || echo sudo)
missing=()
for version in "$@"; do [ -f ".cache/linux-source-$version/complete" ] || missing+=("$version"); done
[ ${#missing[@]} -gt 0 ] || { echo "The kernel sources are there: $*"; exit 0; }

known() { apt-cache show --no-all-versions "linux-source-$1" >/dev/null 2>&1; }
for version in "${missing[@]}"; do
  known "$version" || { $SUDO apt-get update -qq; break; }
done
command -v xz >/dev/null || DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends xz-utils </dev/null >/dev/null

# fetch VERSION: the package holds one big archive; only what is wanted of it reaches the disk
fetch() {
  local version=$1 work
  work=$(mktemp -d)
  # a package list older than the archive names files that are gone: renew it once
  (cd "$work" && { apt-get download -qq "linux-source-$version" 2>/dev/null || { $SUDO apt-get update -qq && apt-get download -qq "linux-source-$version"; }; })
  mkdir -p ".cache/linux-source-$version"
  dpkg-deb --fsys-tarfile "$work"/*.deb | tar -xO "./usr/src/linux-source-$version.tar.xz" | xz -dc -T0 |
    tar -x --strip-components=1 -C ".cache/linux-source-$version" --wildcards --no-wildcards-match-slash \
      "linux-source-$version/tools/testing/selftests/bpf/*.h" \
      "linux-source-$version/tools/testing/selftests/bpf/progs" \
      "linux-source-$version/tools/testing/selftests/bpf/bpf_testmod/*.h" \
      "linux-source-$version/samples/bpf"
  rm -rf "$work"
  touch ".cache/linux-source-$version/complete"
  echo "linux-source-$version: $(find ".cache/linux-source-$version" -name '*.c' | wc -l) C files"
}
for version in "${missing[@]}"; do fetch "$version"; done
