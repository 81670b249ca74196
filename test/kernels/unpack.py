"""Takes the BTF out of a bootable kernel image: finds the packed vmlinux in it, unpacks that, copies its section .BTF."""
import struct
import subprocess
import sys

PACKERS = {b"\x02\x21\x4c\x18": ["lz4", "-dc"], b"\x1f\x8b\x08": ["gzip", "-dc"], b"\xfd7zXZ\x00": ["xz", "-dc"], b"\x28\xb5\x2f\xfd": ["zstd", "-dc"]}


def unpacked(image):
    for magic, command in PACKERS.items():
        at = image.find(magic)
        while at >= 0:
            # What follows the packed kernel makes the unpackers complain; what they wrote until then counts.
            elf = subprocess.run(command, input=image[at:], capture_output=True).stdout
            if elf[:4] == b"\x7fELF":
                return elf
            at = image.find(magic, at + 1)
    sys.exit("no packed ELF file was found in the image")


def section(elf, wanted):
    table, = struct.unpack_from("<Q", elf, 40)
    size, count, names = struct.unpack_from("<HHH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + i * size) for i in range(count)]
    strings = headers[names][4]
    for name, _, _, _, offset, length in headers:
        if elf[strings + name:elf.index(b"\0", strings + name)] == wanted:
            return elf[offset:offset + length]
    sys.exit("the kernel has no BTF")


with open(sys.argv[1], "rb") as source:
    btf = section(unpacked(source.read()), b".BTF")
with open(sys.argv[2], "wb") as out:
    out.write(btf)
