#!/usr/bin/env bash
# lspci -F reads no function whose domain has six digits, and says nothing.
#
# Version:     pciutils and libpci3 1:3.9.0-4 (Debian 12).
# Expectation: a domain is a number of 32 bits, for Linux and for libpci; bridges such as Intel VMD make domains from 0x10000 up. A dump with
#              the heading `123456:65:00.0 ..` is read as one with `10000:65:00.0 ..` is, or refused with an error.
# Behaviour:   five digits are read. With six the heading is taken for no heading, its rows are dropped, nothing is printed, and lspci ends
#              with 0. What writes dumps must keep to five digits, and what compares with lspci must not take silence for "no device".
# Seen:        10000:65:00.0 0880: fffe:1001
#              (nothing for 123456:65:00.0)
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

# The header of a function, under a heading with this domain.
function_of() {
    printf '%s:65:00.0 Test\n' "$1"
    printf '00: fe ff 01 10 00 00 00 00 00 00 80 08 00 00 00 00\n10: %s\n20: %s\n30: %s\n\n' \
        "$(zeros)" "$(zeros)" "$(zeros)"
}
zeros() { printf '00 %.0s' {1..15}; printf 00; }

library=$(dirname "$(find root -name 'libpci.so.3' | head -n 1)")
lspci=$(find root -name lspci -type f | head -n 1)
listed() {
    function_of "$1" >dump.txt
    LD_LIBRARY_PATH=$library "$lspci" -F dump.txt -n
}
five=$(listed 10000)
six=$(listed 123456)
printf '10000: %s\n123456: %s\n' "${five:-nothing}" "${six:-nothing}"
[ "$five" = '10000:65:00.0 0880: fffe:1001' ] && [ -z "$six" ]
echo "as described: five digits are read, six are dropped in silence"
