//! What one layer emulates: capabilities and fields, where they go and where they must not.

use super::*;
use crate::policy::{LayerChoice, ParamValue, TrappedMirrors, Window};
use crate::tables::WriteClass::{Forced, HwInit, Ro, Ros, RsvdP, Rw, Rw1c, Rw1cs, Rwl, Rwo, Rws};
use crate::tables::{
    Allocation, Allow, Anchor, EmulationKind, EntryKind, Evidence, FreeRange, Layer, LayoutEntry, List, Mirror,
    ParamKind, Section, Unassigned, Wire as _, program,
};
use crate::testing::database::{Builder, claim, extended};
use crate::testing::layers::{EmulationSketch, FieldSketch, Init, Sketch, capability, constant, fields, layers};
use crate::{Image, Reset};

fn serial(places: &[u16]) -> EmulationSketch {
    let body = FieldSketch::new(4, 8, Init::Bytes((1..=8).collect()), Ro);
    capability(EmulationKind::Extended, 3, 12, places, std::vec![body])
}

fn verdict_of(device: &Recorder, emulation: EmulationSketch) -> &'static str {
    let database = layers(&[Sketch::new("x").emulate(emulation)]);
    let config = on(device, &database, &EMPTY);
    let code = verdicts(&config)[0].1;
    if code != "applied" {
        assert_eq!(view(&config), device.image().bytes(), "never half of it");
    }
    code
}

#[test]
fn the_first_place_that_overlaps_nothing_is_taken() {
    let device = endpoint();
    // In the body of ATS, unaligned, beyond the space; then after ARI, whose 8 bytes end at 0x158.
    let database = layers(&[Sketch::new("x").emulate(serial(&[0xff8, 0x40, 0x204, 0x156, 0x158]))]);
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
    let mut builder = Builder::default();
    builder.only_device(0xfffe, 0x1001, |_, device| device.aliased_every = 0x800);
    let entry = builder.build();
    for (place, verdict) in [(0x7f4, "applied"), (0x7f8, "no-place"), (0x900, "no-place")] {
        let layer = layers(&[Sketch::new("x").emulate(serial(&[place]))]);
        let config = attach(&device, &[&entry, &layer].map(|bytes| Database::load(bytes).unwrap()), &EMPTY);
        assert_eq!(verdicts(&config), [("x", verdict)], "{place:#x}");
    }
}

#[test]
fn a_capability_that_finds_no_place_refuses_the_layer() {
    let device = endpoint();
    assert_eq!(verdict_of(&device, serial(&[0x204, 0x156])), "no-place");
    assert_eq!(verdict_of(&device, serial(&[0xff8])), "out-of-bounds");
    assert_eq!(verdict_of(&device, serial(&[0xf0])), "out-of-bounds");
    assert_eq!(verdict_of(&device, serial(&[])), "broken-record");
    let vendor = |places: &[u16]| capability(EmulationKind::Capability, 9, 8, places, Vec::new());
    assert_eq!(verdict_of(&device, vendor(&[0x44])), "no-place");
    assert_eq!(verdict_of(&device, vendor(&[0xfc])), "out-of-bounds");
    assert_eq!(verdict_of(&device, vendor(&[0xa4])), "applied");
    let pasid = capability(EmulationKind::Extended, 0x1b, 8, &[0x800], Vec::new());
    assert_eq!(verdict_of(&device, pasid), "pasid");
}

#[test]
fn a_capability_covers_declared_registers_only_if_it_says_so() {
    let device = endpoint();
    let judged = |kind: EntryKind, at: u16, over_register| {
        let vendor = capability(EmulationKind::Capability, 9, 8, &[at], Vec::new());
        let mut builder = Builder::default();
        builder.only_device(0xfffe, 0x1001, |builder, device| {
            let entry = LayoutEntry { kind, length_stated: true, ..extended(0, 0xb8, 0x20) };
            device.layout = builder.list(&[entry]);
        });
        builder.layer(0, &Sketch::new("x").emulate(EmulationSketch { over_register, ..vendor }));
        let database = builder.build();
        verdicts(&on(&device, &database, &EMPTY))[0].1
    };
    assert_eq!(judged(EntryKind::Register, 0xc8, false), "no-place");
    assert_eq!(judged(EntryKind::Register, 0xc8, true), "applied");
    // Reserved bytes, and capabilities that are there, stay in the way.
    assert_eq!(judged(EntryKind::Reserved, 0xc8, true), "no-place");
    assert_eq!(judged(EntryKind::Register, 0x98, true), "no-place");
}

#[test]
fn every_claim_of_others_keeps_a_capability_away() {
    let device = endpoint();
    let hidden = [crate::Hidden { id: 0x2e, version: 1, offset: 0x400, length: 0x18 }];
    let owned = [crate::ByteRange::new(0x500, 0x504)];
    let policy = Policy { confirmed: &hidden, vmm_owned: &owned, ..EMPTY };
    for (place, reason) in
        [(0x40c, "covers the hidden ext doe at 0x400"), (0x4f8, "covers the VMM's own bytes at 0x500")]
    {
        let database = layers(&[Sketch::new("x").emulate(serial(&[place]))]);
        let config = on(&device, &database, &policy);
        assert!(findings(&config)[0].ends_with(reason), "{:?}", findings(&config));
    }
}

#[test]
fn pasid_keeps_away_from_layers() {
    let database = layers(&[Sketch::new("x").emulate(serial(&[0x7fc]))]);
    let config = on(endpoint(), &database, &PASID);
    assert_eq!(config.decision().candidates[1].reason.code(), "layer-owned");
    assert_eq!(list(&config, Space::Extended).last(), Some(&(0x7fc, 3)), "the layer stays");
}

#[test]
fn a_placement_that_fails_late_leaves_the_layers() {
    // A layer owns what PASID brings along: the guest's ATS control.
    let control = FieldSketch::number(6, 2, 0x1f, Ro).at(Anchor::Extended, 0x0f);
    let database = layers(&[Sketch::new("x").field(control)]);
    let config = on(endpoint(), &database, &PASID);
    assert_eq!((config.decision().placement, verdicts(&config)), (None, std::vec![("x", "applied")]));
    let reason = config.decision().candidates[1].reason;
    assert_eq!(reason.code(), "control-owned");
    assert_eq!(reason.to_string(), "a layer emulates the control of ext ats at 0x206, which goes with PASID");
    assert_eq!(bytes(&config, 0x206), [0x1f, 0]);
}

#[test]
fn sub_ids_and_length_are_made_and_the_revision_is_a_fields() {
    let revision = FieldSketch::number(4, 4, 0x0005_0000, Ro).masked(0x000f_0000);
    let dvsec = EmulationSketch {
        sub: Some((0x1e98, 7)),
        ..capability(EmulationKind::Extended, 0x23, 0x18, &[0x400], std::vec![revision])
    };
    let vsec = EmulationSketch {
        sub: Some((0, 0x55)),
        ..capability(EmulationKind::Extended, 0x0b, 0x10, &[0x500], Vec::new())
    };
    let database = layers(&[Sketch::new("x").emulate(dvsec.clone()).emulate(vsec)]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!((dword(&config, 0x404), dword(&config, 0x408)), (0x0185_1e98, 7));
    assert_eq!((dword(&config, 0x504), dword(&config, 0x508)), (0x0100_0055, 0));
    for (offset, length, mask) in [(0, 1, 0xff), (3, 1, 0xff), (4, 4, 0x0010_0000), (4, 2, 1), (8, 2, 0xffff)] {
        let field = FieldSketch::number(offset, length, 0, Ro).masked(mask);
        let dvsec = EmulationSketch { fields: std::vec![field.at(Anchor::Owner, 0)], ..dvsec.clone() };
        assert_eq!(verdict_of(&endpoint(), dvsec), "header-owned", "{offset}");
    }
    let short = EmulationSketch { length: 8, fields: Vec::new(), ..dvsec.clone() };
    assert_eq!(verdict_of(&endpoint(), short), "broken-record");
    let beyond = FieldSketch::number(0x16, 4, 0, Ro).at(Anchor::Owner, 0);
    assert_eq!(verdict_of(&endpoint(), EmulationSketch { fields: std::vec![beyond], ..dvsec }), "out-of-bounds");
}

/// An entry with free bytes, an allocation for the layer `x`, and the layer.
fn allocated(free: (u16, u16), evidence: Evidence, offset: u16) -> Vec<u8> {
    let mut builder = Builder::default();
    builder.only_device(0xfffe, 0x1001, |builder, device| {
        let evidence = claim(builder, evidence);
        device.free = builder.list(&[FreeRange { start: free.0, end: free.1, evidence }]);
        device.allocations = builder.list(&[Allocation { layer: 0, emulation: 0, offset }]);
    });
    builder.layer(0, &Sketch::new("x").emulate(EmulationSketch { in_free: true, ..serial(&[]) }));
    builder.build()
}

#[test]
fn at_free_goes_where_the_compiler_allocated_it() {
    let device = endpoint();
    let database = allocated((0x600, 0x700), Evidence::Driver, 0x640);
    let config = on(&device, &database, &EMPTY);
    assert_eq!(list(&config, Space::Extended).last(), Some(&(0x640, 3)));
    let policy = Policy { least_evidence: Evidence::Vendor, ..EMPTY };
    let config = on(&device, &database, &policy);
    assert_eq!(verdicts(&config), [("x", "no-place")]);
    let database = allocated((0x600, 0x700), Evidence::Driver, 0x6f8);
    assert!(findings(&on(&device, &database, &EMPTY))[0].ends_with("not in a range that the entry declares free"));
    // The entry is refused: a live capability lies in what it declares free.
    let database = allocated((0x1f0, 0x700), Evidence::Driver, 0x640);
    assert!(findings(&on(&device, &database, &EMPTY)).last().unwrap().ends_with("the device has ext ats there"));
    // Nobody allocated: no entry, or one of another database.
    let alone = layers(&[Sketch::new("x").emulate(EmulationSketch { in_free: true, ..serial(&[]) })]);
    let config = on(&device, &alone, &EMPTY);
    assert_eq!(
        findings(&config),
        ["layer `x` is not applied: no entry that was compiled with it has room for its ext dsn"]
    );
    let other = allocated((0x600, 0x700), Evidence::Driver, 0x640);
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
        (Ro, 5, 5, 5),
        (Rw, 3, 5, 5),
        (Rw1c, 4, 5, 5),
        (Rws, 3, 3, 5),
        (Ros, 5, 5, 5),
        (Rw1cs, 4, 4, 5),
        (HwInit, 5, 5, 5),
        (RsvdP, 0, 0, 0),
        (Forced, 9, 9, 9),
        (Rwo, 7, 7, 5),
        (Rwl, 3, 3, 5),
    ];
    let all = (0..)
        .zip(classes)
        .map(|(index, (class, ..))| FieldSketch { forced: 9, ..FieldSketch::number(0x300 + index, 1, 5, class) });
    let database = layers(&[Sketch::new("x").emulate(fields(all.collect()))]);
    let device = endpoint();
    let mut config = on(&device, &database, &EMPTY);
    for (index, (class, written, flr, cold)) in (0..).zip(classes) {
        let at = 0x300 + index;
        assert_eq!(bytes(&config, at), [cold], "{class:?}");
        write(&mut config, at, &[3]);
        assert_eq!(bytes(&config, at), [written], "{class:?}");
        config.reset(Reset::Flr);
        assert_eq!(bytes(&config, at), [flr], "{class:?}");
        config.reset(Reset::Cold);
        assert_eq!(bytes(&config, at), [cold], "{class:?}");
    }
    assert!(device.writes().is_empty());
}

#[test]
fn what_is_forced_reads_so_wherever_its_value_comes_from() {
    let mut device = endpoint();
    device.set(0x300, 0x0f);
    let of_device = FieldSketch { forced: 0x80, ..FieldSketch::new(0x300, 1, Init::Device, Forced) };
    let of_number = FieldSketch { forced: 0x80, ..FieldSketch::number(0x301, 1, 0x0f, Forced) };
    let database = layers(&[Sketch::new("x").emulate(fields(std::vec![of_device, of_number]))]);
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
    let shifted = [&[program::PARAM, 0][..], &constant(3), &[program::Op::Shl as u8]].concat();
    let all = std::vec![
        FieldSketch::new(0x310, 1, Init::Code(shifted), Ro),
        FieldSketch::new(0x314, 5, Init::Bytes(b"hello".to_vec()), Ro),
        FieldSketch::new(0x320, 3, Init::Param(1), Ro),
        FieldSketch::new(0x300, 4, Init::Device, Rw).masked(0x00ff_fff0),
    ];
    let params = std::vec![("lane", ParamKind::Unsigned, 4), ("blob", ParamKind::Bytes, 3)];
    let database = layers(&[Sketch { params, ..Sketch::new("x").emulate(fields(all)) }]);
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
    let field = |field| fields(std::vec![field]);
    let device = endpoint();
    for init in [
        Init::Number(0x100),
        Init::Code(Vec::new()),
        Init::Code([constant(1), constant(0), std::vec![program::Op::Div as u8]].concat()),
        Init::Code(std::vec![program::PARAM, 0]),
        Init::Bytes(std::vec![1, 2]),
        Init::Param(0),
    ] {
        assert_eq!(verdict_of(&device, field(FieldSketch::new(0xf0, 1, init.clone(), Ro))), "no-value", "{init:?}");
    }
    let outside = FieldSketch::number(0xf0, 1, 0x10, Ro).masked(0x0f);
    assert_eq!(verdict_of(&device, field(outside)), "no-value");
    let forced = FieldSketch { forced: 0x10, ..FieldSketch::number(0xf0, 1, 0, Forced).masked(0x0f) };
    assert_eq!(verdict_of(&device, field(forced)), "no-value");
    assert_eq!(verdict_of(&device, field(FieldSketch::number(0xffe, 4, 0, Ro))), "out-of-bounds");
    assert_eq!(verdict_of(&device, field(FieldSketch::new(0xfc0, 0x80, Init::Device, Ro))), "out-of-bounds");
    let owner = FieldSketch::number(0, 1, 0, Ro).at(Anchor::Owner, 0);
    assert_eq!(verdict_of(&device, field(owner)), "broken-record");
    let many = FieldSketch::new(0x300, 0x100, Init::Bytes(std::vec![1; 0x100]), Rw1c);
    assert_eq!(verdict_of(&device, field(many)), "no-room");
}

#[test]
fn a_field_counts_from_the_first_capability_of_an_id() {
    let device = endpoint();
    let at = |anchor, id, offset| FieldSketch::number(offset, 1, 0x5a, Ro).at(anchor, id);
    let both = std::vec![at(Anchor::Capability, 9, 4), at(Anchor::Extended, 0x0e, 5)];
    let database = layers(&[Sketch::new("x").emulate(fields(both))]);
    let config = on(&device, &database, &EMPTY);
    assert_eq!((bytes(&config, 0x94), bytes(&config, 0x155)), ([0x5a], [0x5a]));
    // The first of a list, not the lowest.
    let twice = Recorder::endpoint(&[(0x100, 3), (0x300, 0x0f), (0x200, 0x0f)]);
    let database = layers(&[Sketch::new("x").emulate(fields(std::vec![at(Anchor::Extended, 0x0f, 4)]))]);
    assert_eq!(bytes(&on(&twice, &database, &EMPTY), 0x304), [0x5a]);
    assert_eq!(verdict_of(&device, fields(std::vec![at(Anchor::Extended, 0x10, 4)])), "anchor-absent");
    assert_eq!(verdict_of(&device, fields(std::vec![at(Anchor::Capability, 5, 4)])), "anchor-absent");
    assert_eq!(verdict_of(&device, fields(std::vec![at(Anchor::Extended, 0x0f, 0xff00)])), "out-of-bounds");
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
    let named = |id, vendor, sub| {
        fields(std::vec![FieldSketch::number(0x0c, 1, 0x5a, Ro).at(Anchor::Extended, id).of(vendor, sub)])
    };
    let read = |emulation: EmulationSketch, at| {
        let database = layers(&[Sketch::new("x").emulate(emulation)]);
        bytes::<_, 1>(&on(&device, &database, &EMPTY), at)
    };
    assert_eq!(read(named(0x23, 0x1e98, 0), 0x20c), [0x5a]);
    assert_eq!(read(named(0x23, 0x8086, 5), 0x30c), [0x5a]);
    assert_eq!(read(named(0x0b, 0, 2), 0x48c), [0x5a]);
    for (vendor, id) in [(0x1e98, 5), (0x8086, 0)] {
        assert_eq!(verdict_of(&device, named(0x23, vendor, id)), "anchor-absent");
    }
    let database = layers(&[Sketch::new("x").emulate(named(0x23, 0x1e98, 7))]);
    let config = on(&device, &database, &EMPTY);
    let reason = config.decision().layers[0].refused.unwrap().to_string();
    assert_eq!(reason, "the guest sees no ext dvsec of vendor 0x1e98 with the id 0x0007");
}

#[test]
fn no_field_owns_what_a_list_needs() {
    let device = endpoint();
    for (offset, mask) in [(0x06, 0x10), (0x34, 1), (0x40, 1), (0x41, 0x80), (0x91, 4), (0x100, 1), (0x153, 1)] {
        let field = FieldSketch::number(offset, 1, 0, Ro).masked(mask);
        assert_eq!(verdict_of(&device, fields(std::vec![field])), "list-owned", "{offset:#x}");
    }
    let beside = FieldSketch::number(0x06, 1, 0x00, Ro).masked(0x08);
    assert_eq!(verdict_of(&device, fields(std::vec![beside])), "applied");
    // The device's own value over a whole capability leaves its header alone.
    let whole = FieldSketch::new(0x200, 8, Init::Device, Ro);
    let database = layers(&[Sketch::new("x").emulate(fields(std::vec![whole])).hide(true, 0x0e)]);
    let config = on(&device, &database, &EMPTY);
    assert_eq!(list(&config, Space::Extended), [(0x100, 3), (0x200, 0x0f)]);
    let empty = Recorder::endpoint(&[]);
    let head = FieldSketch::number(0x100, 4, 0, Ro);
    assert_eq!(verdict_of(&empty, fields(std::vec![head])), "list-owned");
}

#[test]
fn the_strictest_rule_for_unassigned_bytes_holds() {
    let deny = |name, allows: &[(u16, u16, bool)]| {
        let allows = allows.iter().map(|&(start, end, writable)| Allow { start, end, writable }).collect();
        Sketch { unassigned: Unassigned::Deny, allows, ..Sketch::new(name) }
    };
    let read_only = Sketch { unassigned: Unassigned::ReadOnly, ..Sketch::new("r") };
    let database = layers(&[
        deny("a", &[(0x700, 0x720, true)]),
        deny("b", &[(0x700, 0x710, true), (0x710, 0x720, false)]),
        read_only,
    ]);
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
    let sketch = |mirrors: &[Mirror]| layers(&[Sketch { mirrors: mirrors.to_vec(), ..Sketch::new("x") }]);
    let database = sketch(&[mirror(0, 0x8_8000), mirror(2, 0x4000)]);
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
        let database = sketch(&[broken]);
        let config = on(&device, &database, &EMPTY);
        assert_eq!((verdicts(&config)[0].1, config.mirrors().len()), ("broken-record", 0));
    }
    let many: Vec<_> = (0..9).map(|bar| mirror(bar % 6, u64::from(bar) << 12)).collect();
    assert_eq!(verdicts(&on(&device, &sketch(&many), &EMPTY))[0].1, "no-room");
}

#[test]
fn a_conventional_space_has_layers_too() {
    let device = Image::new(&endpoint().image().bytes()[..256]).unwrap();
    let vendor = capability(EmulationKind::Capability, 9, 8, &[0xc8], Vec::new());
    let database = layers(&[Sketch::new("a").emulate(vendor), Sketch::new("b").emulate(serial(&[0x400]))]);
    let config = on(&device, &database, &PASID);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "out-of-bounds")]);
    assert_eq!(list(&config, Space::Conventional), [(0x40, 0x10), (0x90, 9), (0xc8, 9)]);
    assert_eq!(config.decision().candidates[1].reason.code(), "no-extended-space");
    let header = Image::new(&endpoint().image().bytes()[..64]).unwrap();
    let database = layers(&[Sketch::new("a").field(FieldSketch::number(0x0e, 1, 0x80, Ro).masked(0x80))]);
    assert_eq!(bytes(&on(&header, &database, &EMPTY), 0x0e), [0x80]);
}

#[test]
fn layers_need_no_host() {
    let database = layers(&[Sketch::new("x").hide(true, 0x0f)]);
    let databases = [Database::load(&database).unwrap()];
    let config = VirtualConfig::attach(endpoint(), &databases, &identity(), None, &EMPTY).unwrap();
    assert_eq!(list(&config, Space::Extended), [(0x100, 3), (0x150, 0x0e)]);
}

#[test]
fn a_reset_is_watched_where_the_device_gets_the_write() {
    let mut device = endpoint();
    device.set(0x44, 1 << 28);
    let none = layers(&[Sketch::new("x").hide(true, 0x0f)]);
    let mut config = on(&device, &none, &EMPTY);
    assert_eq!(config.write(0x48, &[0, 0x80]).unwrap().count(), 1);
    // A layer owns the bit: nothing reaches the device, and no reset begins.
    let owned = layers(&[Sketch::new("x").field(FieldSketch::number(0x49, 1, 0, Ro).masked(0x80))]);
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
    let database = layers(&[Sketch { unassigned: Unassigned::Deny, ..Sketch::new("deny") }]);
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
    let mut bytes = layers(&[Sketch::new("x")]);
    let database = Database::from_static(&bytes);
    let mut layer: Layer = database.record(0).unwrap();
    layer.emulations = List::new(u32::MAX, 0);
    let directory = 24 + 8 * Section::Layers as usize;
    let start = u32::from_le_bytes(bytes[directory..directory + 4].try_into().unwrap()) as usize;
    layer.put(&mut bytes[start..]).unwrap();
    // Loading refuses such bytes; what a program holds is not checked again.
    let config = attach(&device, &[Database::from_static(&bytes)], &EMPTY);
    assert_eq!(verdicts(&config)[0].1, "applied");
}
