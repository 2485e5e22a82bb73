#!/usr/bin/env bash
# lspci prints some numbers of PASID, ATS and PRI as hexadecimal digits without a prefix.
#
# Version:     pciutils and libpci3 1:3.9.0-4 (Debian 12).
# Expectation: a width in bits is a small decimal number, as lspci prints link widths, vectors and sizes: a PASID capability of 20 bits
#              reads "Max PASID Width: 20", and a page request capacity of 512 reads "512".
# Behaviour:   the width of 20 bits reads "Max PASID Width: 14", and the capacity reads "00000200". What takes lspci's text for a decimal
#              number sees 14 bits: 16 384 address spaces where the function has 1 048 576.
# Seen:        PASIDCap: Exec+ Priv+, Max PASID Width: 14
#              Page Request Capacity: 00000200, Page Request Allocation: 00000064
#
# Exits with 0 as long as that is so.
set -euo pipefail
readonly version=1:3.9.0-4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for package in pciutils libpci3; do
    apt-get download -qq "$package=$version" 2>apt.log || { echo "apt has no $package $version here: nothing was tried" >&2; exit 2; }
done
for archive in ./*.deb; do
    dpkg-deb --extract "$archive" root
done

# A function with PASID (20 bits, both permissions) at 0x100 and page requests (capacity 512, allocation 100) at 0x110.
python3 - >function.txt <<'PYTHON'
space = bytearray(4096)
def put(offset, dword):
    space[offset:offset + 4] = dword.to_bytes(4, "little")
put(0x00, 0x1001FFFE)
put(0x04, 0x00100000)
put(0x08, 0x08800001)
put(0x34, 0x40)
put(0x40, 0x00020010)
put(0x100, 0x1101001B)
put(0x104, 20 << 8 | 0b110)
put(0x110, 0x00010013)
put(0x118, 512)
put(0x11C, 100)
print("0000:01:00.0 Test")
for row in range(0, len(space), 16):
    print(f"{row:02x}:", " ".join(f"{byte:02x}" for byte in space[row:row + 16]))
PYTHON

library=$(dirname "$(find root -name 'libpci.so.3' | head -n 1)")
LD_LIBRARY_PATH=$library "$(find root -name lspci -type f | head -n 1)" -F function.txt -vvv 2>/dev/null >seen.txt
grep -E 'PASIDCap|Page Request Capacity' seen.txt
grep -q 'Max PASID Width: 14$' seen.txt
grep -q 'Page Request Capacity: 00000200, Page Request Allocation: 00000064' seen.txt
echo "as described: 20 bits are printed as 14, 512 requests as 00000200"
