//! Descriptions of made-up devices, as long as one likes: the sizes and the mix of statements of real ones. The same facts as
//! TOML and JSON, and as rules of ISLE, for what parses those.

use std::fmt::Write;

/// Devices with ids that follow each other under one vendor.
const FAMILY: u32 = 600;

/// The number, the vendor and the device id of the device at an index.
fn ids(at: usize) -> (u32, u32, u32) {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    (at, 0x1000 + at / FAMILY, 0x100 + at % FAMILY * 7)
}

/// Where the extended capabilities of a device lie: most differ a little.
fn offsets(at: u32) -> [u32; 4] {
    [0x100, 0x150 + at % 3 * 8, 0x1a0 + at % 5 * 16, 0x300 + at % 7 * 0x20]
}

/// Device descriptions of at least so many bytes, with the number of devices.
#[must_use]
pub fn quirk(bytes: usize) -> (String, usize) {
    fill(bytes, "edition 1;\n", |at, text| {
        let (at, vendor, device) = ids(at);
        let [aer, sriov, vendor_specific, last] = offsets(at);
        let (start, end) = (0x400 + at % 11 * 16, 0x700);
        write!(
            text,
            "
/// A function of family {family}, as its data sheet describes it.
device example_{at} {{
    name \"Example Function {at}\";
    match pci({vendor:#06x}, {device:#06x}) {{ revision 0x00..=0x0f; }}

    layout {{
        cap pm    @ 0x40;
        cap msix  @ 0x50;
        cap pcie  @ 0x70;
        ext aer   @ {aer:#x};
        ext sriov @ {sriov:#x};
        ext dvsec(vendor: {vendor:#06x}, id: {id:#06x}) @ {vendor_specific:#x} len 0x28;
        ext ats   @ {last:#x};
        register \"port logic\" @ 0x700..0x900 {{ evidence driver \"drivers/x/y.c EXAMPLE_{at}\"; }}
    }}

    free @ {start:#x}..{end:#x} {{ evidence datasheet \"EX-{at} rev 1.2, section 9.2\"; }}
    pasid {{ place free; max_width 20; }}
    allow missing-test \"one of many\";
}}
",
            family = at / FAMILY,
            id = at % 0x100,
        )
    })
}

/// The same as a TOML document.
#[must_use]
pub fn toml(bytes: usize) -> String {
    let (text, _) = fill(bytes, "edition = 1\n", |at, text| {
        let (at, vendor, device) = ids(at);
        let [aer, sriov, vendor_specific, last] = offsets(at);
        write!(
            text,
            "
# A function of family {family}, as its data sheet describes it.
[[device]]
name = \"example_{at}\"
title = \"Example Function {at}\"
match = {{ vendor = {vendor:#06x}, device = {device:#06x}, revision = [0x00, 0x0f] }}
layout = [
    {{ cap = \"pm\", at = 0x40 }},
    {{ cap = \"msix\", at = 0x50 }},
    {{ cap = \"pcie\", at = 0x70 }},
    {{ ext = \"aer\", at = {aer:#x} }},
    {{ ext = \"sriov\", at = {sriov:#x} }},
    {{ ext = \"vsec\", id = {id:#06x}, at = {vendor_specific:#x}, len = 0x28 }},
    {{ ext = \"ats\", at = {last:#x} }},
    {{ register = \"port logic\", at = [0x700, 0x900], evidence = {{ driver = \"drivers/x/y.c EXAMPLE_{at}\" }} }},
]
free = [{{ at = [{start:#x}, 0x700], evidence = {{ datasheet = \"EX-{at} rev 1.2, section 9.2\" }} }}]
pasid = {{ place = \"free\", max_width = 20 }}
allow = {{ missing-test = \"one of many\" }}
",
            family = at / FAMILY,
            id = at % 0x100,
            start = 0x400 + at % 11 * 16,
        )
    });
    text
}

/// The same as a JSON document.
#[must_use]
pub fn json(bytes: usize) -> String {
    let (mut text, _) = fill(bytes, "{ \"edition\": 1, \"devices\": [", |at, text| {
        let (at, vendor, device) = ids(at);
        let [aer, sriov, vendor_specific, last] = offsets(at);
        write!(
            text,
            "{comma}
    {{
        \"name\": \"example_{at}\",
        \"title\": \"Example Function {at}\",
        \"match\": {{ \"vendor\": {vendor}, \"device\": {device}, \"revision\": [0, 15] }},
        \"layout\": [
            {{ \"cap\": \"pm\", \"at\": 64 }},
            {{ \"cap\": \"msix\", \"at\": 80 }},
            {{ \"cap\": \"pcie\", \"at\": 112 }},
            {{ \"ext\": \"aer\", \"at\": {aer} }},
            {{ \"ext\": \"sriov\", \"at\": {sriov} }},
            {{ \"ext\": \"vsec\", \"id\": {id}, \"at\": {vendor_specific}, \"len\": 40 }},
            {{ \"ext\": \"ats\", \"at\": {last} }},
            {{ \"register\": \"port logic\", \"at\": [1792, 2304], \"driver\": \"drivers/x/y.c EXAMPLE_{at}\" }}
        ],
        \"free\": [{{ \"at\": [{start}, 1792], \"datasheet\": \"EX-{at} rev 1.2, section 9.2\" }}],
        \"pasid\": {{ \"place\": \"free\", \"max_width\": 20 }},
        \"allow\": {{ \"missing-test\": \"one of many\" }}
    }}",
            comma = if at == 0 { "" } else { "," },
            id = at % 0x100,
            start = 0x400 + at % 11 * 16,
        )
    });
    text.push_str("] }\n");
    text
}

/// Rules of an instruction selector: types once, then terms of their own, each with a few overlapping rules.
#[must_use]
pub fn isle(bytes: usize) -> String {
    let head = "(type u32 (primitive u32))\n(type bool (primitive bool))\n(type Inst (enum (Add (a u32) (b u32)) \
                (Sub (a u32) (b u32)) (Load (a u32) (offset u32)) (Move (a u32))))\n";
    let (text, _) = fill(bytes, head, |at, text| {
        write!(
            text,
            "
;; How the instruction {at} is selected.
(decl lower_{at} (Inst) Inst)
(rule 0 (lower_{at} (Inst.Add a b)) (Inst.Add a b))
(rule 1 (lower_{at} (Inst.Add a 0)) (Inst.Move a))
(rule 2 (lower_{at} (Inst.Add a {value})) (Inst.Load a {value}))
(rule 0 (lower_{at} (Inst.Sub a b)) (Inst.Sub a b))
(rule 1 (lower_{at} (Inst.Sub a 0)) (Inst.Move a))
(rule 0 (lower_{at} (Inst.Load a offset)) (Inst.Load a offset))
",
            value = at % 4096 + 1,
        )
    });
    text
}

/// Adds one after the other until the text is long enough.
fn fill(bytes: usize, head: &str, mut one: impl FnMut(usize, &mut String) -> std::fmt::Result) -> (String, usize) {
    let mut text = String::with_capacity(bytes + 4096);
    text.push_str(head);
    let mut count = 0;
    // Writing to a string does not fail.
    while text.len() < bytes && one(count, &mut text).is_ok() {
        count += 1;
    }
    (text, count)
}
