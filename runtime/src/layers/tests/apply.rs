//! What one layer emulates: capabilities and fields, where they go and where they must not.

use super::*;
use crate::policy::{LayerChoice, ParamValue, TrappedMirrors, Window};
use crate::tables::{Allocation, Anchor, Emulation, Evidence, Field, Layer, List, Mirror, ValueKind, program};
use crate::testing::patched;
use crate::{Image, Reset};

fn serial(places: &str) -> String {
    format!("emulate ext dsn @ {places} {{ bytes @ 4 [1, 2, 3, 4, 5, 6, 7, 8] ro; }}")
}

fn verdict_of(device: &Recorder, database: &[u8]) -> &'static str {
    let config = on(device, database, &EMPTY);
    let code = verdicts(&config)[0].1;
    if code != "applied" {
        assert_eq!(view(&config), device.image().bytes(), "never half of it");
    }
    code
}

/// A byte whose first value a program gives that no expression makes.
fn coded(code: &[u8]) -> Vec<u8> {
    let tables = x(&format!("emulate u8 @ 0xf0 = 1 ro; emulate bytes @ 0x400 {code:?} ro;"));
    let code = Database::load(&tables).unwrap().record::<Field>(1).unwrap().value;
    patched(tables, 0, |field: &mut Field| field.value = code)
}

#[test]
fn the_first_place_that_overlaps_nothing_is_taken() {
    let device = endpoint();
    // In the body of ATS, unaligned, beyond the space; then after ARI, whose 8 bytes end at 0x158.
    let database = x(&serial("[0xff8, 0x40, 0x204, 0x156, 0x158]"));
    let mut config = on(&device, &database, &PASID);
    assert_eq!(list(&config, Space::Extended), [(0x100, 3), (0x200, 0x0f), (0x150, 0x0e), (0x158, 3), (0x800, 0x1b)]);
    assert_eq!(bytes(&config, 0x158), [3, 0, 1, 0x80, 1, 2, 3, 4, 5, 6, 7, 8]);
    write(&mut config, 0x158, &[0xff; 12]);
    assert!(device.writes().is_empty());
    assert_eq!(bytes(&config, 0x15c), [1, 2, 3, 4]);
}

#[test]
fn no_capability_goes_where_the_space_repeats_itself() {
    let device = endpoint();
    let entry = quirk_kit::device("layout { aliased every 0x800; }");
    for (place, verdict) in [("0x7f4", "applied"), ("0x7f8", "no-place"), ("0x900", "no-place")] {
        let layer = x(&serial(place));
        let config = attach(&device, &[&entry, &layer].map(|bytes| Database::load(bytes).unwrap()), &EMPTY);
        assert_eq!(verdicts(&config), [("x", verdict)], "{place}");
    }
}

#[test]
fn a_capability_that_finds_no_place_refuses_the_layer() {
    let device = endpoint();
    assert_eq!(verdict_of(&device, &x(&serial("[0x204, 0x156]"))), "no-place");
    assert_eq!(verdict_of(&device, &x(&serial("0xff8"))), "out-of-bounds");
    assert_eq!(verdict_of(&device, &x(&serial("0xf0"))), "out-of-bounds");
    let nowhere = patched(x(&serial("0x400")), 0, |shown: &mut Emulation| shown.alternatives = List::EMPTY);
    assert_eq!(verdict_of(&device, &nowhere), "broken-record");
    let vendor = |place: &str| x(&format!("emulate cap vendor @ {place} len 8;"));
    assert_eq!(verdict_of(&device, &vendor("0x44")), "no-place");
    assert_eq!(verdict_of(&device, &vendor("0xfc")), "out-of-bounds");
    assert_eq!(verdict_of(&device, &vendor("0xa4")), "applied");
    let pasid = patched(x("emulate ext ats @ 0x800;"), 0, |shown: &mut Emulation| shown.id = 0x1b);
    assert_eq!(verdict_of(&device, &pasid), "pasid");
}

#[test]
fn a_capability_covers_declared_registers_only_if_it_says_so() {
    let device = endpoint();
    let judged = |kind: &str, at: &str, over_register: &str| {
        let entry = quirk_kit::only(&format!("layout {{ {kind} @ 0xb8..0xd8 {{ evidence driver \"x\"; }} }}"));
        let block = format!("emulate cap vendor @ {at} len 8 {over_register} {{ evidence driver \"x\"; }}");
        verdicts(&on(&device, &unchecked(&(entry + &layer("x", &block))), &EMPTY))[0].1
    };
    assert_eq!(judged("register", "0xc8", ""), "no-place");
    assert_eq!(judged("register", "0xc8", "over register"), "applied");
    // Reserved bytes, and capabilities that are there, stay in the way.
    assert_eq!(judged("reserved", "0xc8", "over register"), "no-place");
    assert_eq!(judged("register", "0x98", "over register"), "no-place");
}

#[test]
fn every_claim_of_others_keeps_a_capability_away() {
    let device = endpoint();
    let hidden = [crate::Hidden { id: 0x2e, version: 1, offset: 0x400, length: 0x18 }];
    let owned = [crate::ByteRange::new(0x500, 0x504)];
    let policy = Policy { confirmed: &hidden, vmm_owned: &owned, ..EMPTY };
    for (place, reason) in
        [("0x40c", "covers the hidden ext doe at 0x400"), ("0x4f8", "covers the VMM's own bytes at 0x500")]
    {
        let database = x(&serial(place));
        let config = on(&device, &database, &policy);
        assert!(findings(&config)[0].ends_with(reason), "{:?}", findings(&config));
    }
}

#[test]
fn pasid_keeps_away_from_layers() {
    let database = x(&serial("0x7fc"));
    let config = on(endpoint(), &database, &PASID);
    assert_eq!(config.decision().candidates[1].reason.code(), "layer-owned");
    assert_eq!(list(&config, Space::Extended).last(), Some(&(0x7fc, 3)), "the layer stays");
}

#[test]
fn a_placement_that_fails_late_leaves_the_layers() {
    // A layer owns what PASID brings along: the guest's ATS control.
    let database = x("emulate u16 @ ext ats + 6 = 0x1f ro;");
    let config = on(endpoint(), &database, &PASID);
    assert_eq!((config.decision().placement, verdicts(&config)), (None, std::vec![("x", "applied")]));
    let reason = config.decision().candidates[1].reason;
    assert_eq!(reason.code(), "control-owned");
    assert_eq!(reason.to_string(), "a layer emulates the control of ext ats at 0x206, which goes with PASID");
    assert_eq!(bytes(&config, 0x206), [0x1f, 0]);
}

#[test]
fn sub_ids_and_length_are_made_and_the_revision_is_a_fields() {
    let dvsec = |length: u16, fields: &str| {
        format!("emulate ext dvsec(vendor: 0x1e98, id: 7) @ 0x400 len {length} {{ {fields} }}")
    };
    let revision = dvsec(0x18, "u32 @ 4 mask 0xf_0000 = 0x5_0000 ro;");
    let database = x(&(revision + "emulate ext vendor(id: 0x55) @ 0x500 len 0x10;"));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!((dword(&config, 0x404), dword(&config, 0x408)), (0x0185_1e98, 7));
    assert_eq!((dword(&config, 0x504), dword(&config, 0x508)), (0x0100_0055, 0));
    for field in [
        "u8 @ 0 = 0 ro;",
        "u8 @ 3 = 0 ro;",
        "u32 @ 4 mask 0x10_0000 = 0 ro;",
        "u16 @ 4 mask 1 = 0 ro;",
        "u16 @ 8 = 0 ro;",
    ] {
        assert_eq!(verdict_of(&endpoint(), &x(&dvsec(0x18, field))), "header-owned", "{field}");
    }
    assert_eq!(verdict_of(&endpoint(), &x(&dvsec(8, ""))), "broken-record");
    assert_eq!(verdict_of(&endpoint(), &x(&dvsec(0x18, "u32 @ 0x16 = 0 ro;"))), "out-of-bounds");
}

/// An entry with free bytes, an allocation for the layer `x`, and the layer.
fn allocated(start: u16, offset: u16) -> Vec<u8> {
    let entry = quirk_kit::only(&format!("free @ {start}..0x700 {{ evidence driver \"x\"; }}"));
    let tables = unchecked(&(entry + &layer("x", &serial("free"))));
    patched(tables, 0, |found: &mut Allocation| found.offset = offset)
}

#[test]
fn at_free_goes_where_the_compiler_allocated_it() {
    let device = endpoint();
    let database = allocated(0x600, 0x640);
    let config = on(&device, &database, &EMPTY);
    assert_eq!(list(&config, Space::Extended).last(), Some(&(0x640, 3)));
    let policy = Policy { least_evidence: Evidence::Vendor, ..EMPTY };
    let config = on(&device, &database, &policy);
    assert_eq!(verdicts(&config), [("x", "no-place")]);
    let database = allocated(0x600, 0x6f8);
    assert!(findings(&on(&device, &database, &EMPTY))[0].ends_with("not in a range that the entry declares free"));
    // The entry is refused: a live capability lies in what it declares free.
    let database = allocated(0x1f0, 0x640);
    assert!(findings(&on(&device, &database, &EMPTY)).last().unwrap().ends_with("the device has ext ats there"));
    // Nobody allocated: no entry, or one of another database.
    let alone = x(&serial("free"));
    let config = on(&device, &alone, &EMPTY);
    assert_eq!(
        findings(&config),
        ["layer `x` is not applied: no entry that was compiled with it has room for its ext dsn"]
    );
    let other = allocated(0x600, 0x640);
    let databases = [Database::load(&alone).unwrap(), Database::load(&other).unwrap()];
    let config = attach(&device, &databases, &EMPTY);
    assert_eq!(verdicts(&config), [("x", "applied")], "the later database has both");
    let databases = [databases[1], databases[0]];
    assert_eq!(verdicts(&attach(&device, &databases, &EMPTY)), [("x", "no-allocation")]);
}

#[test]
fn every_write_class_keeps_its_word() {
    // Initial 0b0101 in each class; the guest writes 0b0011.
    let classes = [
        ("ro", 5, 5, 5),
        ("rw", 3, 5, 5),
        ("rw1c", 4, 5, 5),
        ("rws", 3, 3, 5),
        ("ros", 5, 5, 5),
        ("rw1cs", 4, 4, 5),
        ("hwinit", 5, 5, 5),
        ("rsvdp", 0, 0, 0),
        ("forced(9)", 9, 9, 9),
        ("rwo", 7, 7, 5),
        ("rwl by 0x320 bits 0..1", 3, 3, 5),
    ];
    let each =
        |(index, (class, ..)): (u16, &(&str, u8, u8, u8))| format!("emulate u8 @ {} = 5 {class};", 0x300 + index);
    let all: String = (0..).zip(&classes).map(each).collect();
    let database = x(&(all + "emulate u8 @ 0x320 = 0 rwo;"));
    let device = endpoint();
    let mut config = on(&device, &database, &EMPTY);
    for (index, (class, written, flr, cold)) in (0..).zip(classes) {
        let at = 0x300 + index;
        assert_eq!(bytes(&config, at), [cold], "{class}");
        write(&mut config, at, &[3]);
        assert_eq!(bytes(&config, at), [written], "{class}");
        config.reset(Reset::Flr);
        assert_eq!(bytes(&config, at), [flr], "{class}");
        config.reset(Reset::Cold);
        assert_eq!(bytes(&config, at), [cold], "{class}");
    }
    assert!(device.writes().is_empty());
}

#[test]
fn what_is_forced_reads_so_wherever_its_value_comes_from() {
    let mut device = endpoint();
    device.set(0x300, 0x0f);
    let database = x("emulate u8 @ 0x300 = device forced(0x80); emulate u8 @ 0x301 = 0x0f forced(0x80);");
    let mut config = on(&device, &database, &EMPTY);
    for written in [None, Some(0), Some(0xff)] {
        for at in [0x300, 0x301] {
            if let Some(value) = written {
                write(&mut config, at, &[value]);
            }
            assert_eq!(bytes(&config, at), [0x80], "{written:?}");
        }
    }
    assert!(device.writes().is_empty());
}

#[test]
fn a_fields_value_comes_from_a_program_bytes_a_parameter_or_the_device() {
    let mut device = endpoint();
    device.set(0x300, 0xa1b2_c3d4);
    let database = x("
        param lane: u4;
        param blob: bytes(3);
        emulate u8 @ 0x310 = lane << 3 ro;
        emulate bytes @ 0x314 ['h', 'e', 'l', 'l', 'o'] ro;
        emulate bytes @ 0x320 = blob ro;
        emulate u32 @ 0x300 mask 0x00ff_fff0 = device rw;
    ");
    let values = [("blob", ParamValue::Bytes(&[7, 8, 9])), ("lane", ParamValue::Unsigned(5))];
    let choices = [LayerChoice { name: "x", params: &values }];
    let mut config = on(&device, &database, &Policy { layers: &choices, ..EMPTY });
    assert_eq!(bytes(&config, 0x310), [40, 0, 0, 0, b'h', b'e', b'l', b'l', b'o', 0]);
    assert_eq!(bytes(&config, 0x320), [7, 8, 9, 0]);
    assert_eq!(dword(&config, 0x300), 0xa1b2_c3d4);
    write(&mut config, 0x300, &[0; 4]);
    assert_eq!(dword(&config, 0x300), 0x0000_0004);
    assert_eq!(device.writes()[..], [(0x303, 1)], "the byte of which no bit is owned is the device's");
}

#[test]
fn a_value_that_does_not_fit_refuses_the_layer() {
    let device = endpoint();
    let constant = |value: u64| [&[program::CONST][..], &value.to_le_bytes()].concat();
    for code in [
        constant(0x100),
        Vec::new(),
        [constant(1), constant(0), std::vec![program::Op::Div as u8]].concat(),
        std::vec![program::PARAM, 0],
    ] {
        let code = if code.is_empty() {
            patched(coded(&[0]), 0, |field: &mut Field| field.value = List::EMPTY)
        } else {
            coded(&code)
        };
        assert_eq!(verdict_of(&device, &code), "no-value");
    }
    let longer = patched(x("emulate bytes @ 0xf0 [1, 2] ro;"), 0, |field: &mut Field| field.length = 1);
    assert_eq!(verdict_of(&device, &longer), "no-value");
    let given = patched(x("emulate u8 @ 0xf0 = 1 ro;"), 0, |field: &mut Field| field.value_kind = ValueKind::Param);
    assert_eq!(verdict_of(&device, &given), "no-value");
    for outside in ["emulate u8 @ 0xf0 mask 0x1f = 0x10 ro;", "emulate u8 @ 0xf0 mask 0x1f = 0 forced(0x10);"] {
        let outside = patched(x(outside), 0, |field: &mut Field| field.mask = 0x0f);
        assert_eq!(verdict_of(&device, &outside), "no-value");
    }
    assert_eq!(verdict_of(&device, &x("emulate u32 @ 0xffe = 0 ro;")), "out-of-bounds");
    assert_eq!(verdict_of(&device, &x("emulate bytes @ 0xfc0 len 0x80 = device ro;")), "out-of-bounds");
    let owner = patched(x("emulate u8 @ 0 = 0 ro;"), 0, |field: &mut Field| field.anchor = Anchor::Owner);
    assert_eq!(verdict_of(&device, &owner), "broken-record");
    let many = x(&format!("emulate bytes @ 0x300 {:?} rw1c;", [1; 0x100]));
    assert_eq!(verdict_of(&device, &many), "no-room");
}

#[test]
fn a_field_counts_from_the_first_capability_of_an_id() {
    let device = endpoint();
    let database = x("emulate u8 @ cap vendor + 4 = 0x5a ro; emulate u8 @ ext ari + 5 = 0x5a ro;");
    let config = on(&device, &database, &EMPTY);
    assert_eq!((bytes(&config, 0x94), bytes(&config, 0x155)), ([0x5a], [0x5a]));
    // The first of a list, not the lowest.
    let twice = Recorder::endpoint(&[(0x100, 3), (0x300, 0x0f), (0x200, 0x0f)]);
    let database = x("emulate u8 @ ext ats + 4 = 0x5a ro;");
    assert_eq!(bytes(&on(&twice, &database, &EMPTY), 0x304), [0x5a]);
    assert_eq!(verdict_of(&device, &x("emulate u8 @ ext sriov + 4 = 0x5a ro;")), "anchor-absent");
    assert_eq!(verdict_of(&device, &x("emulate u8 @ cap msi + 4 = 0x5a ro;")), "anchor-absent");
    for offset in [0xe00, 0xff00] {
        let beyond = patched(database.clone(), 0, |field: &mut Field| field.offset = offset);
        assert_eq!(verdict_of(&device, &beyond), "out-of-bounds");
    }
}

#[test]
fn a_field_counts_from_the_dvsec_or_vsec_that_it_names() {
    let mut device = Recorder::endpoint(&[(0x100, 3), (0x300, 0x23), (0x200, 0x23), (0x400, 0x0b), (0x480, 0x0b)]);
    device.set(0x304, 0x0300_8086);
    device.set(0x308, 0x0000_0005);
    device.set(0x204, 0x0300_1e98);
    device.set(0x208, 0x0000_0000);
    device.set(0x404, 0x0200_0001);
    device.set(0x484, 0x0200_0002);
    let named = |kind: &str| x(&format!("emulate u8 @ ext {kind} + 0x0c = 0x5a ro;"));
    for (kind, at) in
        [("dvsec(vendor: 0x1e98, id: 0)", 0x20c), ("dvsec(vendor: 0x8086, id: 5)", 0x30c), ("vendor(id: 2)", 0x48c)]
    {
        assert_eq!(bytes(&on(&device, &named(kind), &EMPTY), at), [0x5a]);
    }
    for kind in ["dvsec(vendor: 0x1e98, id: 5)", "dvsec(vendor: 0x8086, id: 0)"] {
        assert_eq!(verdict_of(&device, &named(kind)), "anchor-absent");
    }
    let database = named("dvsec(vendor: 0x1e98, id: 7)");
    let config = on(&device, &database, &EMPTY);
    let reason = config.decision().layers[0].refused.unwrap().to_string();
    assert_eq!(reason, "the guest sees no ext dvsec of vendor 0x1e98 with the id 0x0007");
}

#[test]
fn no_field_owns_what_a_list_needs() {
    let device = endpoint();
    for (offset, mask) in [(0x06, 0x10), (0x34, 1), (0x40, 1), (0x41, 0x80), (0x91, 4), (0x100, 1), (0x153, 1)] {
        let field = x(&format!("emulate u8 @ {offset} mask {mask} = 0 ro;"));
        assert_eq!(verdict_of(&device, &field), "list-owned", "{offset:#x}");
    }
    assert_eq!(verdict_of(&device, &x("emulate u8 @ 0x06 mask 0x08 = 0 ro;")), "applied");
    // The device's own value over a whole capability leaves its header alone.
    let database = x("emulate bytes @ 0x200 len 8 = device ro; hide ext ari;");
    let config = on(&device, &database, &EMPTY);
    assert_eq!(list(&config, Space::Extended), [(0x100, 3), (0x200, 0x0f)]);
    let empty = Recorder::endpoint(&[]);
    assert_eq!(verdict_of(&empty, &x("emulate u32 @ 0x100 = 0 ro;")), "list-owned");
}

#[test]
fn the_strictest_rule_for_unassigned_bytes_holds() {
    let database = unchecked(
        &(layer("a", "unassigned deny { allow @ 0x700..0x720 rw; }")
            + &layer("b", "unassigned deny { allow @ 0x700..0x710 rw; allow @ 0x710..0x720 ro; }")
            + &layer("r", "unassigned read_only;")),
    );
    let mut device = endpoint();
    for at in [0x300, 0x700, 0x710, 0x204] {
        device.set(at, 0x1234_5678);
    }
    let mut config = on(&device, &database, &EMPTY);
    assert_eq!((dword(&config, 0x300), dword(&config, 0x700)), (0, 0x1234_5678));
    assert_eq!((dword(&config, 0x710), dword(&config, 0x204)), (0x1234_5678, 0x1234_5678));
    for at in [0x300, 0x700, 0x710, 0x204] {
        write(&mut config, at, &[0; 4]);
    }
    assert_eq!(device.writes()[..], [(0x700, 4), (0x204, 4)]);
}

#[test]
fn mirrors_are_told_and_must_be_trapped() {
    let mirror = |bar, offset| Mirror { bar, offset, length: 0x1000, config: 0 };
    let database = x("mirror bar 0 @ 0x8_8000 len 0x1000; mirror bar 2 @ 0x4000 len 0x1000;");
    let device = endpoint();
    let config = on(&device, &database, &EMPTY);
    assert_eq!(config.mirrors(), [mirror(0, 0x8_8000), mirror(2, 0x4000)]);
    assert_eq!(
        findings(&config)[0],
        "BAR 0 shows configuration space at 0x88000, as layer `x` says, and the VMM did not take it over"
    );
    assert_eq!(config.decision().findings.len(), 2);
    let windows = [Window { bar: 0, offset: 0x8_0000, length: 0x1_0000 }];
    for (trapped_mirrors, left) in [(TrappedMirrors::All, 0), (TrappedMirrors::Within(&windows), 1)] {
        let config = on(&device, &database, &Policy { trapped_mirrors, ..EMPTY });
        assert_eq!((config.mirrors().len(), config.decision().findings.len()), (2, left));
    }
    for broken in [mirror(6, 0), mirror(0, u64::MAX), Mirror { config: 4, ..mirror(0, 0) }] {
        let database = patched(x("mirror bar 0 @ 0 len 0x1000;"), 0, |window| *window = broken);
        let config = on(&device, &database, &EMPTY);
        assert_eq!((verdicts(&config)[0].1, config.mirrors().len()), ("broken-record", 0));
    }
    let many: String = (0..9).map(|n| format!("mirror bar {} @ {} len 0x1000;", n % 6, n << 12)).collect();
    assert_eq!(verdicts(&on(&device, &x(&many), &EMPTY))[0].1, "no-room");
}

#[test]
fn a_conventional_space_has_layers_too() {
    let device = Image::new(&endpoint().image().bytes()[..256]).unwrap();
    let database = unchecked(&(layer("a", "emulate cap vendor @ 0xc8 len 8;") + &layer("b", &serial("0x400"))));
    let config = on(&device, &database, &PASID);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "out-of-bounds")]);
    assert_eq!(list(&config, Space::Conventional), [(0x40, 0x10), (0x90, 9), (0xc8, 9)]);
    assert_eq!(config.decision().candidates[1].reason.code(), "no-extended-space");
    let header = Image::new(&endpoint().image().bytes()[..64]).unwrap();
    let database = x("emulate u8 @ 0x0e mask 0x80 = 0x80 ro;");
    assert_eq!(bytes(&on(&header, &database, &EMPTY), 0x0e), [0x80]);
}

#[test]
fn layers_need_no_host() {
    let database = x("hide ext ats;");
    let databases = [Database::load(&database).unwrap()];
    let config = VirtualConfig::attach(endpoint(), &databases, &identity(), None, &EMPTY).unwrap();
    assert_eq!(list(&config, Space::Extended), [(0x100, 3), (0x150, 0x0e)]);
}

#[test]
fn a_reset_is_watched_where_the_device_gets_the_write() {
    let mut device = endpoint();
    device.set(0x44, 1 << 28);
    let none = x("hide ext ats;");
    let mut config = on(&device, &none, &EMPTY);
    assert_eq!(config.write(0x48, &[0, 0x80]).unwrap().count(), 1);
    // A layer owns the bit: nothing reaches the device, and no reset begins.
    let owned = x("emulate u8 @ 0x49 mask 0x80 = 0 ro;");
    let mut config = on(&device, &owned, &EMPTY);
    assert_eq!(config.write(0x48, &[0, 0x80]).unwrap().count(), 0);
    // A capability that the kernel hides reaches over the register and shields it.
    let hidden = [crate::Hidden { id: 0x0b, version: 0, offset: 0x48, length: 8 }];
    let mut config = on(&device, &none, &Policy { confirmed: &hidden, ..EMPTY });
    device.take();
    assert_eq!(config.write(0x48, &[0, 0x80]).unwrap().count(), 0);
    assert!(device.writes().is_empty());
}

#[test]
fn what_is_behind_a_computed_length_is_unassigned_whether_pasid_is_placed_or_not() {
    // One virtual channel without a table: 0x1c bytes.
    let mut device = Recorder::endpoint(&[(0x100, 0x02), (0x200, 0x0f)]);
    for at in [0x118, 0x11c, 0x1f0] {
        device.set(at, 0x1234_5678);
    }
    let database = x("unassigned deny;");
    for policy in [EMPTY, PASID] {
        device.take();
        let mut config = on(&device, &database, &policy);
        assert_eq!([0x118, 0x11c, 0x1f0].map(|at| dword(&config, at)), [0x1234_5678, 0, 0]);
        write(&mut config, 0x11c, &[0; 4]);
        write(&mut config, 0x1f0, &[0; 4]);
        assert!(device.writes().is_empty());
    }
}

#[test]
fn an_empty_list_may_start_anywhere() {
    let device = endpoint();
    let bytes = patched(x(""), 0, |layer: &mut Layer| layer.emulations = List::new(u32::MAX, 0));
    // Loading refuses such bytes; what a program holds is not checked again.
    assert!(Database::load(&bytes).is_err());
    let config = attach(&device, &[Database::from_static(&bytes)], &EMPTY);
    assert_eq!(verdicts(&config)[0].1, "applied");
}
