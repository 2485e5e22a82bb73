//! The mistakes, with the code that finds each.

use super::text::{Device, File};

/// Which part of a device a mistake changes; mistakes in different parts do not touch each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Name,
    Match,
    Layout,
    Allow,
    /// A mistake that another in the same device would hide, or change.
    Whole,
}

type InDevice = (u16, Slot, fn(&mut Device));
/// Whether it excludes others that say so too.
type InFile = (u16, bool, fn(&mut File));

fn line(lines: &mut Vec<String>, text: &str) {
    lines.push(text.to_owned());
}

fn only(lines: &mut Vec<String>, text: &str) {
    *lines = vec![text.to_owned()];
}

fn swap(lines: &mut [String], from: &str, to: &str) {
    for line in lines {
        *line = line.replace(from, to);
    }
}

/// A test of a function that no device describes.
fn test(file: &mut File, body: &str) {
    let at = file.tail.len();
    file.tail.push(format!("test \"of nobody {at}\" {{ given pci(1, 2); {body} }}"));
}

fn clause(device: &mut Device, text: &str) {
    let id = format!("{:#06x}", 0x1000 + 0x10 * device.at);
    only(&mut device.clauses, &text.replace("ID", &id));
}

pub(crate) const DEVICE: &[InDevice] = &[
    // Syntax.
    (102, Slot::Name, |d| swap(&mut d.name, ";", "")),
    (103, Slot::Name, |d| swap(&mut d.name, ";", ",")),
    (106, Slot::Whole, |d| line(&mut d.layout, "extt ats @ 0x900;")),
    (112, Slot::Whole, |d| line(&mut d.layout, "reserved @ 0xa00 len 0b2;")),
    (114, Slot::Whole, |d| line(&mut d.layout, "reserved @ 0xa00 len 0x1_0000_0000_0000_0000;")),
    (101, Slot::Whole, |d| line(&mut d.rest, "evidence vendr \"letter\";")),
    // Names and statements.
    (207, Slot::Layout, |d| line(&mut d.layout, "reserved @ GUP..0x500;")),
    (207, Slot::Whole, |d| {
        d.behind.push(format!(
            "device e{} like d{}x {{ name \"E\"; match pci(1, {}); allow missing-test \"x\"; }}",
            d.at, d.at, d.at
        ));
    }),
    (208, Slot::Layout, |d| line(&mut d.layout, "reserved @ gaps len 4;")),
    (210, Slot::Layout, |d| line(&mut d.layout, "reserved @ 4 - 8 len 4;")),
    (211, Slot::Match, |d| clause(d, "match pci(0x1fffe, ID);")),
    (211, Slot::Layout, |d| line(&mut d.layout, "ext ats @ 0x1_0000;")),
    (212, Slot::Layout, |d| line(&mut d.layout, "reserved @ 0xa10..0xa00;")),
    (212, Slot::Match, |d| clause(d, "match pci(VENDOR, ID) { revision 3..=1; }")),
    (213, Slot::Match, |d| clause(d, "match pci(VENDOR, ID) { function physicl; }")),
    (213, Slot::Whole, |d| line(&mut d.rest, "distrust dvsecs;")),
    (214, Slot::Name, |d| d.name.clear()),
    (214, Slot::Match, |d| d.clauses.clear()),
    (215, Slot::Name, |d| line(&mut d.name, "name \"Other\";")),
    (216, Slot::Name, |d| only(&mut d.name, "name \"\";")),
    (216, Slot::Layout, |d| line(&mut d.layout, "reserved @ 0xa00 len 4 { evidence probe \" \"; }")),
    (217, Slot::Allow, |d| line(&mut d.rest, "allow overlapp \"why\";")),
    (218, Slot::Allow, |d| line(&mut d.rest, "allow misaligned \"why\";")),
    (219, Slot::Whole, |d| line(&mut d.rest, "allow length-too-long \"why\";")),
    // Layout.
    (301, Slot::Layout, |d| line(&mut d.layout, "cap msix @ 0xf8;")),
    (301, Slot::Layout, |d| line(&mut d.layout, "ext ats @ 0x80;")),
    (301, Slot::Layout, |d| line(&mut d.layout, "reserved @ 0xff0 len 0x11;")),
    (302, Slot::Layout, |d| line(&mut d.layout, "reserved @ 0x120 len 4;")),
    (302, Slot::Layout, |d| line(&mut d.layout, "ext pri @ 0x4f8;")),
    (302, Slot::Layout, |d| line(&mut d.layout, "register @ 0x8ff..0x901 { evidence driver \"a.c C\"; }")),
    (303, Slot::Layout, |d| line(&mut d.layout, "ext pri @ 0xa02;")),
    (304, Slot::Layout, |d| line(&mut d.layout, "ext pri @ 0xa00 len 8;")),
    (305, Slot::Layout, |d| line(&mut d.layout, "ext pri @ 0xa00 len 0x20;")),
    (306, Slot::Layout, |d| line(&mut d.layout, "ext pri @ 0x220;")),
    (307, Slot::Layout, |d| line(&mut d.layout, "register @ 0xa00..0xa04;")),
    (307, Slot::Whole, |d| line(&mut d.free, "free @ 0x600..0x680;")),
    (308, Slot::Whole, |d| {
        d.behind.push(format!("device e{} like d{} {{ name \"E\"; match pci(1, {}); without ext ats @ 0x224; free @ GAP..0x500 {{ evidence driver \"p\"; }} allow missing-test \"x\"; }}", d.at, d.at, d.at));
    }),
    (309, Slot::Layout, |d| line(&mut d.layout, "ext prii @ 0xa00;")),
    (310, Slot::Layout, |d| line(&mut d.layout, "ext 0x7fff @ 0xa00;")),
    (311, Slot::Layout, |d| line(&mut d.layout, "ext dvsec(vendor: 1) @ 0xa00;")),
    (312, Slot::Layout, |d| line(&mut d.layout, "aliased every 0x300;")),
    (313, Slot::Whole, |d| line(&mut d.free, "free @ 0x600..0x680 { evidence dump \"p\" seen 3; }")),
    (313, Slot::Whole, |d| {
        line(&mut d.free, "free @ 0x600..0x680 { evidence probe \"p\"; evidence dump \"p\"; }");
    }),
    // PASID and DVSEC.
    (401, Slot::Whole, |d| only(&mut d.rest, "pasid { place @ 0x600; }")),
    (402, Slot::Whole, |d| {
        only(&mut d.rest, "pasid;");
        only(&mut d.free, "free @ 0x401..0x409 { evidence driver \"p\"; }");
    }),
    (403, Slot::Whole, |d| only(&mut d.rest, "pasid { max_width 21; }")),
    (403, Slot::Whole, |d| only(&mut d.rest, "pasid { max_width GAP - 0x400; }")),
    (404, Slot::Whole, |d| only(&mut d.rest, "pasid { place native; }")),
    (405, Slot::Whole, |d| {
        line(&mut d.layout, "ext pasid @ 0xa00;");
        clause(d, "match pci(VENDOR, ID) { function virtual; }");
    }),
    (406, Slot::Layout, |d| line(&mut d.layout, "ext dvsec(vendor: 1, id: 2) @ 0xa00 len 8;")),
    (407, Slot::Layout, |d| line(&mut d.layout, "ext dvsec(vendor: 1, id: 2) @ 0x340 len 16;")),
    (408, Slot::Whole, |d| only(&mut d.rest, "dvsec gaps @ 0x4f8 len 12;")),
    (409, Slot::Whole, |d| {
        only(&mut d.rest, "dvsec gaps in free;");
        only(&mut d.free, "free @ 0x400..0x408 { evidence driver \"p\"; }");
    }),
    // Matching.
    (501, Slot::Whole, |d| {
        clause(d, "match pci(VENDOR, ID);");
        let text = format!("device twin{} {{ name \"Twin\"; {} allow missing-test \"x\"; }}", d.at, d.clauses[0]);
        d.behind.push(text);
    }),
    (502, Slot::Match, |d| {
        clause(d, "match pci(VENDOR, ID);");
        let again = d.clauses[0].clone();
        d.clauses.push(again);
    }),
    (503, Slot::Match, |d| clause(d, "match pci(VENDOR, ID) { class 1 mask 0xff00; }")),
    (504, Slot::Match, |d| clause(d, "match pci(VENDOR, ID) { revision 1; revision 2; }")),
    (506, Slot::Match, |d| clause(d, "match pci(VENDOR, ID) { config u16 @ 0x41 == 1; }")),
    // Tests.
    (601, Slot::Whole, |d| d.tested = false),
];

pub(crate) const FILE: &[InFile] = &[
    (201, true, |f| f.edition.clear()),
    (202, true, |f| f.edition = "edition 2;".to_owned()),
    (203, true, |f| f.tail.push("edition 1;".to_owned())),
    (204, false, |f| f.tail.push("use \"absent.quirk\" as absent;".to_owned())),
    (206, false, |f| f.tail.push("const VENDOR = 1;".to_owned())),
    (207, false, |f| f.tail.push("const FAR = VENDR;".to_owned())),
    (208, false, |f| f.tail.push("const KIND = gaps + 1;".to_owned())),
    (209, false, |f| f.tail.extend(["const ROUND = TRIP;".to_owned(), "const TRIP = ROUND;".to_owned()])),
    (210, false, |f| f.tail.push("const ZERO = GAP / (GAP - GAP);".to_owned())),
    (211, false, |f| f.tail.push("dvsec_format f { vendor 0x1_0000; id 1; revision 0; form table; }".to_owned())),
    (213, false, |f| f.tail.push("dvsec_format g { vendor 1; id 1; revision 0; form tabel; }".to_owned())),
    (214, false, |f| f.tail.push("dvsec_format h { vendor 1; id 1; form table; }".to_owned())),
    (215, false, |f| f.tail.push("dvsec_format i { vendor 1; vendor 2; id 1; revision 0; form table; }".to_owned())),
    // Tests.
    (214, false, |f| test(f, "host pasid width 20;")),
    (206, false, |f| f.tail.extend(["test \"twin\" { given pci(1, 2); expect no pasid; }"; 2].map(str::to_owned))),
    (603, false, |f| test(f, "expect finding chain-lop;")),
    (603, false, |f| test(f, "expect reason hidden-capabilty;")),
    (604, false, |f| test(f, "policy { tails on; } expect no pasid;")),
    (604, false, |f| test(f, "policy { offset on; } expect no pasid;")),
    (605, false, |f| test(f, "given optional ext ats @ 0x220 absent; expect no pasid;")),
    (606, false, |f| test(f, "expect effect function-reset;")),
    (301, false, |f| test(f, "expect u32 @ 0xffe == 0;")),
    // Layers, each for a function of its own.
    (206, false, |f| layer(f, "twice", "param a: u4; param a: u4; emulate u8 @ 0x50 = a ro;")),
    (207, false, |f| layer(f, "unknown", "param size: u4; emulate u8 @ 0x50 = size | sise ro;")),
    (209, false, |f| layer(f, "circle", "over circle;")),
    (211, false, |f| layer(f, "large", "emulate u8 @ 0x50 = 0x100 ro;")),
    (212, false, |f| layer(f, "no_bits", "emulate u8 @ 0x50 bits 4..4 = 0 ro;")),
    (213, false, |f| layer(f, "class", "emulate u8 @ 0x50 = 0 wr;")),
    (214, false, |f| f.tail.push("layer nobody { pcie_type endpoint; allow missing-test \"x\"; }".to_owned())),
    (301, false, |f| layer(f, "far", "emulate u16 @ 0xfff = 0 ro;")),
    (303, false, |f| layer(f, "uneven", "emulate cap vendor @ 0x42 len 8;")),
    (309, false, |f| layer(f, "kindless", "hide ext srviov;")),
    (310, false, |f| layer(f, "endless", "emulate cap vendor @ 0x40;")),
    (311, false, |f| layer(f, "whose", "emulate ext dvsec @ 0x400 len 0x10;")),
    (406, false, |f| layer(f, "short", "emulate ext dvsec(vendor: 1, id: 1) @ 0x400 len 8;")),
    (502, false, |f| layer(f, "shadowed", "match pci(0xbbbb, any) { class 1; } match pci(0xbbbb, any) { class 1; }")),
    (507, false, |f| {
        layer(f, "one", "match pci(0xcccc, 1); emulate u8 @ 0x50 = 0 ro;");
        layer(f, "other", "match pci([0xcccc, 0xcccd], 1) { class 2; } emulate u16 @ 0x4f = 0x100 ro;");
    }),
    (508, false, |f| layer(f, "partial", "emulate u8 @ 0x50 mask 0x3c = 0 ro;")),
    (509, false, |f| layer(f, "after", "emulate u32 @ ext ats + 6 = 0 ro;")),
    (510, false, |f| layer(f, "header", "emulate ext vendor(id: 1) @ 0x400 len 0x10 { u16 @ 4 = 0 ro; }")),
    (511, false, |f| layer(f, "same_bits", "emulate u16 @ 0x50 = 0 ro; emulate u32 @ 0x4e = 0 ro;")),
    (513, false, |f| layer(f, "classes", "emulate u8 @ 0x50 = 0 ro forced(1);")),
    (514, false, |f| layer(f, "overflow", "param a: u8; emulate u8 @ 0x50 = a + 1 ro;")),
    (515, false, |f| layer(f, "idle", "param a: u8;")),
    (516, false, |f| layer(f, "form", "emulate bytes @ 0x50 = 5 ro;")),
    (517, false, |f| layer(f, "apart", "emulate cap vendor @ 0x50 len 8; emulate u8 @ 0x57 = 1 ro;")),
    (518, false, |f| {
        frozen(
            f,
            "full",
            "layer fill { match pci(0xdddd, 1); emulate ext vendor(id: 1) @ free len 0x200; allow missing-test \"x\"; }",
        );
    }),
    (512, false, |f| {
        frozen(
            f,
            "freed",
            "layer touch { match pci(0xdddd, 2); emulate u8 @ 0x480 = 0 ro; allow missing-test \"x\"; }",
        );
    }),
    (302, false, |f| layer(f, "windows", "mirror bar 0 @ 0..0x100; mirror bar 0 @ 0xff..0x180;")),
    (519, false, |f| layer(f, "hidden", "hide ext pri; emulate u32 @ ext pri + 12 = 0 ro;")),
    (602, false, |f| {
        f.tail.push("layer given { match pci(1, 1); param a: u8; emulate u8 @ 0x50 = a ro; }".to_owned());
        f.tail.push("test \"given\" { given pci(1, 1); enable given { a = [1, 2]; } expect no pasid; }".to_owned());
    }),
    // Profiles, each of a device of its own.
    (401, false, |f| frozen(f, "moved", "profile moved_v1 for moved { pasid @ 0x600 width 8; }")),
    (403, false, |f| frozen(f, "wide", "profile wide_v1 for wide { pasid @ 0x400 width 21; }")),
    (411, false, |f| frozen(f, "granted", "profile granted_v1 for granted { pasid @ 0x400 width 17; }")),
    (412, false, |f| {
        frozen(f, "differs", "profile differs_v1 for differs { pasid @ 0x400 width 8; ext ats @ 0x228; }");
    }),
    (413, false, |f| {
        frozen(f, "broken", "profile broken_v1 for broken { pasid @ 0x600 width 8; released \"1\"; }");
    }),
    (410, false, |f| {
        frozen(f, "abuts", "layer near { match pci(0xdddd, 9); emulate ext ats @ 0x228; allow missing-test \"x\"; }");
    }),
];

/// Which functions the items of a mistake are for: each has its own.
fn id(name: &str) -> u16 {
    match name {
        "full" => 1,
        "freed" => 2,
        "abuts" => 9,
        _ => name.bytes().fold(0x100, |id: u16, byte| id.wrapping_mul(31).wrapping_add(byte.into())) | 0x100,
    }
}

/// A layer that nothing else meets.
fn layer(file: &mut File, name: &str, statements: &str) {
    let id = id(name);
    file.tail.push(format!("layer {name} {{ match pci(0xaaaa, {id:#x}); {statements} allow missing-test \"x\"; }}"));
}

/// A device that nothing else meets, and what is said of it.
fn frozen(file: &mut File, name: &str, item: &str) {
    let id = id(name);
    file.tail.push(format!(
        "device {name} {{ name \"Frozen\"; match pci(0xdddd, {id:#x}); layout {{ ext ats @ 0x220; }} \
         free @ 0x400..0x500 {{ evidence vendor \"v\"; }} pasid {{ max_width 16; }} allow missing-test \"x\"; }}"
    ));
    file.tail.push(item.to_owned());
}
