// SPDX-License-Identifier: Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only
// Compiled by quirk-compiler. Change the descriptions, not this file:
//   quirks/carrier.quirk
//
// 1 device:
//
// carrier "Example Carrier", quirks/carrier.quirk:4
//   match fffe:4001 physical
//   0x040..0x04c cap pcie
//   0x100..0x108 ext ats
//   0x200..0x208 -> PASID, in what is free, at most 20 bits
//   0x200..0x300 free; datasheet "EX-4001 rev 1.0, table 8"
//   0x800..0x1000 register "doorbells"; datasheet "EX-4001 rev 1.0, table 9"

/// All descriptions, compiled.
pub static DATABASE: ::quirk_runtime::Database<'static> = {
    static BYTES: &[u8; 601] = include_bytes!("quirks.db");
    ::quirk_runtime::Database::from_static(BYTES)
};
