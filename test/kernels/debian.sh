#!/bin/sh
# Fetches the smallest kernel package of Debian 12 (26 MB) and leaves the BTF of its kernel in .cache/debian-6.1/vmlinux.btf.
# Nothing is installed. Needs apt-get, dpkg-deb, python3 and lz4 (or xz, zstd, gzip, whichever the kernel is packed with).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/.cache/debian-6.1
[ -s "$out/vmlinux.btf" ] && exit 0
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
package=$(apt-cache search --names-only '^linux-image-6\.1\.[0-9-]*-cloud-amd64$' | cut -d' ' -f1 | sort -V | tail -1)
[ -n "$package" ] || { echo "no linux-image-6.1.*-cloud-amd64 in the package lists" >&2; exit 1; }
apt-get download "$package" >/dev/null
dpkg-deb -x ./*.deb files
python3 "$root/test/kernels/unpack.py" files/boot/vmlinuz-* "$out/vmlinux.btf"
