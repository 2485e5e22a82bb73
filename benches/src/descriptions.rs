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

/// Vendor and device ids of the first `count` devices.
#[must_use]
pub fn identities(count: usize) -> Vec<(u16, u16)> {
    let id = |id| u16::try_from(id).unwrap_or(u16::MAX);
    (0..count).map(|at| (id(ids(at).1), id(ids(at).2))).collect()
}

/// So many devices of which nothing is said but who they are.
#[must_use]
pub fn bare(count: usize) -> String {
    let mut text = String::from("edition 1;\n");
    for (at, (vendor, device)) in identities(count).into_iter().enumerate() {
        let line = format!(
            "device d{at} {{ name \"D {at}\"; match pci({vendor:#x}, {device:#x}); allow missing-test \"one of many\"; }}\n"
        );
        text.push_str(&line);
    }
    text
}

/// Where the extended capabilities of a device lie: most differ a little.
fn offsets(at: u32) -> [u32; 4] {
    [0x100, 0x150 + at % 3 * 8, 0x1a0 + at % 5 * 16, 0x300 + at % 7 * 0x20]
}

/// Device descriptions of at least so many bytes, with the number of devices.
#[must_use]
pub fn quirk(bytes: usize) -> (String, usize) {
    fill(bytes, "edition 1;\n", described)
}

/// So many of the same devices.
#[must_use]
pub fn some(devices: usize) -> String {
    let mut text = String::from("edition 1;\n");
    // Writing to a string does not fail.
    let _ = (0..devices).try_for_each(|at| described(at, &mut text));
    text
}

/// The same devices as arrays of structs with references, as one would write them by hand.
#[must_use]
pub fn structs(devices: usize) -> String {
    let mut text = String::from(
        "#[derive(Debug)]\npub struct Entry { pub extended: bool, pub id: u16, pub offset: u16, pub length: u16, pub label: &'static str }
#[derive(Debug)]\npub struct Free { pub start: u16, pub end: u16, pub evidence: &'static str }
#[derive(Debug)]\npub struct Device { pub name: &'static str, pub title: &'static str, pub vendor: u16, pub device: u16, pub layout: &'static [Entry], pub free: &'static [Free], pub pasid: Option<u16> }
pub static DEVICES: &[Device] = &[
",
    );
    for at in 0..devices {
        let (at, vendor, device) = ids(at);
        let [aer, sriov, vendor_specific, last] = offsets(at);
        let start = 0x400 + at % 11 * 16;
        let cap = |text: &mut String, extended: bool, id: u32, offset: u32, length: u32, label: &str| {
            let _ = write!(
                text,
                "Entry {{ extended: {extended}, id: {id}, offset: {offset}, length: {length}, label: \"{label}\" }}, "
            );
        };
        let _ = write!(
            text,
            "Device {{ name: \"example_{at}\", title: \"Example Function {at}\", vendor: {vendor}, device: {device}, layout: &["
        );
        cap(&mut text, false, 1, 0x40, 8, "");
        cap(&mut text, false, 0x11, 0x50, 12, "");
        cap(&mut text, false, 0x10, 0x70, 0x3c, "");
        cap(&mut text, true, 1, aer, 0x48, "");
        cap(&mut text, true, 0x10, sriov, 0x40, "");
        cap(&mut text, true, 0x23, vendor_specific, 0x28, "");
        cap(&mut text, true, 0x0f, last, 8, "");
        cap(&mut text, false, 0, 0x700, 0x200, "port logic");
        let _ = writeln!(
            text,
            "], free: &[Free {{ start: {start}, end: 0x700, evidence: \"EX-{at} rev 1.2, section 9.2\" }}], pasid: Some({start}) }},"
        );
    }
    text + "];\n"
}

/// One device, as its vendor would describe it.
fn described(at: usize, text: &mut String) -> std::fmt::Result {
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
    let head =
        "(type Inst (enum (Add (a u32) (b u32)) (Sub (a u32) (b u32)) (Load (a u32) (offset u32)) (Move (a u32))))\n";
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
