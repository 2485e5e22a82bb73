// SPDX-License-Identifier: Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only
// Compiled by quirk-compiler. Change the descriptions, not this file:
//   main.quirk
//
// 1 device, 3 profiles:
//
// mover "Mover", main.quirk:4
//   match fffe:1001
//   0x080..0x08c cap msix
//   0x220..0x228 ext ats
//   0x230..0x238 -> PASID, its own slot, at most 18 bits
//   0x230..0x238 ext pasid
//   0x400..0x408 -> PASID, in what is free, at most 18 bits
//   0x400..0x700 free; vendor "letter"
//   0x408..0x700 -> DVSEC gaps
//
// profile mover_native for mover, main.quirk:23
//   PASID at 0x230, 0 bits
//   ext ats at 0x220
//
// profile mover_v1 for mover, main.quirk:21
//   PASID at 0x400, 18 bits
//   ext dvsec at 0x408
//   released "1.0"
//
// profile mover_v2 for mover, main.quirk:19
//   PASID at 0x400, 16 bits execute
//   cap msix at 0x080
//   ext ats at 0x220

/// All descriptions, compiled.
pub static DATABASE: ::quirk_runtime::Database<'static> = {
    // Magic, versions, length and checksum; then offset and length of each section.
    const HEADER: &[u8] = b"\
        \x51\x55\x49\x52\x4b\x44\x42\x00\x04\x00\x01\x00\xc5\x02\x00\x00\xb3\x26\x7c\x17\x28\x45\xc0\x69\
        \xf0\x00\x00\x00\x04\x00\x00\x00\
        \xf4\x00\x00\x00\x10\x00\x00\x00\
        \x04\x01\x00\x00\x14\x00\x00\x00\
        \x18\x01\x00\x00\x00\x00\x00\x00\
        \x18\x01\x00\x00\x00\x00\x00\x00\
        \x18\x01\x00\x00\x3c\x00\x00\x00\
        \x54\x01\x00\x00\x51\x00\x00\x00\
        \xa5\x01\x00\x00\x0c\x00\x00\x00\
        \xb1\x01\x00\x00\x09\x00\x00\x00\
        \xba\x01\x00\x00\x06\x00\x00\x00\
        \xc0\x01\x00\x00\x10\x00\x00\x00\
        \xd0\x01\x00\x00\x00\x00\x00\x00\
        \xd0\x01\x00\x00\x00\x00\x00\x00\
        \xd0\x01\x00\x00\x0a\x00\x00\x00\
        \xda\x01\x00\x00\x57\x00\x00\x00\
        \x31\x02\x00\x00\x14\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x00\x00\x00\x00\
        \x45\x02\x00\x00\x80\x00\x00\x00";
    // 1 record of 4 bytes.
    const KEYS: &[u8] = b"\
        \x01\x10\xfe\xff";
    // 2 records of 8 bytes.
    const HASH: &[u8] = b"\
        \x00\x00\x00\x00\xff\xff\xff\x00\
        \x01\x10\xfe\xff\x00\x00\x80\x00";
    // 1 record of 20 bytes.
    const CLAUSES: &[u8] = b"\
        \x00\x00\x00\x00\x00\x12\x01\xfe\xff\xfe\xff\x01\x01\x10\x01\x10\x00\x00\x00\x00";
    // 1 record of 60 bytes.
    const DEVICES: &[u8] = b"\
        \x08\x00\x00\x00\x0f\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x12\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\x00\x00";
    // 3 records of 27 bytes.
    const LAYOUT: &[u8] = b"\
        \x00\x11\x00\x80\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x01\x0f\x00\x20\x02\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x01\x1b\x00\x30\x02\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    // 1 record of 12 bytes.
    const FREE: &[u8] = b"\
        \x00\x04\x00\x07\x00\x00\x00\x00\x01\x00\x00\x00";
    // 1 record of 9 bytes.
    const CLAIMS: &[u8] = b"\
        \x04\x24\x00\x00\x00\x00\x00\x00\x00";
    // 2 records of 3 bytes.
    const PLACES: &[u8] = b"\
        \x00\x00\x04\
        \x01\x30\x02";
    // 1 record of 16 bytes.
    const DVSECS: &[u8] = b"\
        \x00\x00\x00\x00\x08\x04\xf8\x02\x00\x00\x00\x00\x00\x00\x00\x00";
    // 1 record of 10 bytes.
    const FORMATS: &[u8] = b"\
        \x02\x00\x00\x00\xfe\xff\x01\x00\x00\x00";
    // 3 records of 29 bytes.
    const PROFILES: &[u8] = b"\
        \x2c\x00\x00\x00\x3a\x00\x00\x00\x00\x00\x00\x00\x30\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\
        \x49\x00\x00\x00\x53\x00\x00\x00\x00\x00\x00\x00\x00\x04\x12\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x62\x00\x00\x00\
        \x67\x00\x00\x00\x71\x00\x00\x00\x00\x00\x00\x00\x00\x04\x10\x01\x00\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00";
    // 4 records of 5 bytes.
    const PROFILE_ENTRIES: &[u8] = b"\
        \x01\x0f\x00\x20\x02\
        \x01\x23\x00\x08\x04\
        \x00\x11\x00\x80\x00\
        \x01\x0f\x00\x20\x02";
    // Length and text of each string.
    const STRINGS: &[u8] = b"\
        \x00\x00\
        \x04\x00gaps\
        \x05\x00mover\
        \x05\x00Mover\
        \x0c\x00main.quirk:4\
        \x06\x00letter\
        \x0c\x00mover_native\
        \x0d\x00main.quirk:23\
        \x08\x00mover_v1\
        \x0d\x00main.quirk:21\
        \x03\x001.0\
        \x08\x00mover_v2\
        \x0d\x00main.quirk:19";
    static BYTES: [u8; 709] = {
        let mut bytes = [0; 709];
        ::quirk_runtime::tables::put_section(&mut bytes, 0, HEADER);
        ::quirk_runtime::tables::put_section(&mut bytes, 240, KEYS);
        ::quirk_runtime::tables::put_section(&mut bytes, 244, HASH);
        ::quirk_runtime::tables::put_section(&mut bytes, 260, CLAUSES);
        ::quirk_runtime::tables::put_section(&mut bytes, 280, DEVICES);
        ::quirk_runtime::tables::put_section(&mut bytes, 340, LAYOUT);
        ::quirk_runtime::tables::put_section(&mut bytes, 421, FREE);
        ::quirk_runtime::tables::put_section(&mut bytes, 433, CLAIMS);
        ::quirk_runtime::tables::put_section(&mut bytes, 442, PLACES);
        ::quirk_runtime::tables::put_section(&mut bytes, 448, DVSECS);
        ::quirk_runtime::tables::put_section(&mut bytes, 464, FORMATS);
        ::quirk_runtime::tables::put_section(&mut bytes, 474, PROFILES);
        ::quirk_runtime::tables::put_section(&mut bytes, 561, PROFILE_ENTRIES);
        ::quirk_runtime::tables::put_section(&mut bytes, 581, STRINGS);
        bytes
    };
    ::quirk_runtime::Database::from_static(&BYTES)
};
