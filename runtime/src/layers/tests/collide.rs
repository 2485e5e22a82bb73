//! Layers that want the same bits.

use super::*;
use crate::tables::WriteClass::{Ro, Rw};
use crate::tables::{EmulationKind, Unassigned};
use crate::testing::layers::{FieldSketch, Init, Sketch, capability, layers};

fn byte(name: &'static str, rank: u8, value: u64) -> Sketch {
    Sketch { rank, ..Sketch::new(name).field(FieldSketch::number(0xf0, 1, value, Ro)) }
}

#[test]
fn equal_claims_agree_and_others_refuse_the_later() {
    let bytes_of = |second: u64| layers(&[byte("a", 0, 5), byte("b", 1, second)]);
    let (same, other) = (bytes_of(5), bytes_of(6));
    assert_eq!(verdicts(&on(endpoint(), &same, &EMPTY)), [("a", "applied"), ("b", "applied")]);
    let config = on(endpoint(), &other, &EMPTY);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "layers-collide")]);
    assert_eq!(findings(&config), ["layer `b` is not applied: the layer `a` emulates bits of 0x0f0 in another way"]);
    assert_eq!(bytes(&config, 0xf0), [5]);
}

#[test]
fn a_refused_layer_leaves_nothing() {
    let half = byte("b", 1, 6).field(FieldSketch::number(0xe0, 4, 7, Rw)).hide(true, 0x0f);
    let half = Sketch { emulations: half.emulations.iter().rev().cloned().collect(), ..half };
    let half = Sketch { unassigned: Unassigned::Deny, ..half };
    let with = layers(&[byte("a", 0, 5), half]);
    let without = layers(&[byte("a", 0, 5)]);
    let device = endpoint();
    let (with, without) = (on(&device, &with, &PASID), on(&device, &without, &PASID));
    assert_eq!(verdicts(&with)[1].1, "layers-collide");
    assert_eq!(view(&with), view(&without));
    assert!((0..4096).all(|at| with.overlay().passes_writes(at) == without.overlay().passes_writes(at)));
}

#[test]
fn over_takes_the_bits_and_leaves_the_rest() {
    // `wide` owns a dword; `over` wins its second byte, whichever comes first.
    for (rank, over_rank) in [(0, 1), (1, 0)] {
        let wide = Sketch { rank, ..Sketch::new("wide").field(FieldSketch::number(0xf0, 4, 0x0403_0201, Rw)) };
        let over = Sketch::new("over").field(FieldSketch::number(0xf1, 1, 0x77, Ro));
        let bytes_of = layers(&[wide, Sketch { rank: over_rank, over: std::vec![0], ..over }]);
        let mut config = on(endpoint(), &bytes_of, &EMPTY);
        assert!(verdicts(&config).iter().all(|(_, code)| *code == "applied"));
        assert_eq!(dword(&config, 0xf0), 0x0403_7701);
        write(&mut config, 0xf0, &[0xff; 4]);
        assert_eq!(dword(&config, 0xf0), 0xffff_77ff);
        config.reset(crate::Reset::Flr);
        assert_eq!(dword(&config, 0xf0), 0x0403_7701);
    }
}

#[test]
fn over_one_is_not_over_another() {
    let wide = |name, rank, value| Sketch {
        rank,
        ..Sketch::new(name).field(FieldSketch::number(0xf0, 2, value, Ro).masked(0x0ff0))
    };
    let third = Sketch::new("c").field(FieldSketch::number(0xf0, 4, 9, Ro));
    let database = layers(&[wide("a", 0, 0x110), wide("b", 1, 0x110), Sketch { rank: 2, over: std::vec![0], ..third }]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "applied"), ("c", "layers-collide")]);
    assert!(findings(&config)[0].contains("`b`"), "{:?}", findings(&config));
}

#[test]
fn what_was_taken_is_the_winners_for_all_others() {
    // `b` is over `a`, `c` is over `b`: the byte goes from hand to hand.
    let sketch = |name, rank, value, over: &[u32]| Sketch { over: over.to_vec(), ..byte(name, rank, value) };
    let database = layers(&[sketch("a", 0, 1, &[]), sketch("b", 1, 2, &[0]), sketch("c", 2, 3, &[1])]);
    let config = on(endpoint(), &database, &EMPTY);
    assert!(verdicts(&config).iter().all(|(_, code)| *code == "applied"), "{:?}", verdicts(&config));
    assert_eq!(bytes(&config, 0xf0), [3]);
}

#[test]
fn a_layer_can_contradict_itself() {
    let twice = byte("x", 0, 1).field(FieldSketch::number(0xf0, 2, 2, Ro));
    let config_bytes = layers(&[twice]);
    let config = on(endpoint(), &config_bytes, &EMPTY);
    assert_eq!(verdicts(&config), [("x", "layers-collide")]);
    assert!(findings(&config)[0].contains("`x` emulates bits"));
}

#[test]
fn capabilities_of_two_layers_do_not_overlap() {
    let vendor = |name, places: &[u16]| {
        Sketch::new(name).emulate(capability(EmulationKind::Capability, 9, 8, places, Vec::new()))
    };
    let database = layers(&[vendor("a", &[0xc8]), vendor("b", &[0xcc, 0xd0]), vendor("c", &[0xc4])]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "applied"), ("c", "no-place")]);
    assert_eq!(list(&config, Space::Conventional), [(0x40, 0x10), (0x90, 9), (0xc8, 9), (0xd0, 9)]);
    assert!(findings(&config)[0].ends_with("0x0c4: covers bytes that a layer emulates"), "{:?}", findings(&config));
}

#[test]
fn a_field_inside_the_capability_of_another_layer_needs_over() {
    let owner = Sketch::new("a").emulate(capability(EmulationKind::Capability, 9, 8, &[0xc8], Vec::new()));
    let field = |over: &[u32]| Sketch {
        rank: 1,
        over: over.to_vec(),
        ..Sketch::new("b").field(FieldSketch::number(0xcc, 1, 3, Rw))
    };
    let (without, with) = (layers(&[owner.clone(), field(&[])]), layers(&[owner.clone(), field(&[0])]));
    assert_eq!(verdicts(&on(endpoint(), &without, &EMPTY))[1].1, "layers-collide");
    let config = on(endpoint(), &with, &EMPTY);
    assert_eq!((verdicts(&config)[1].1, bytes(&config, 0xc8)), ("applied", [9, 0, 0, 0, 3, 0, 0, 0]));
    // Its Next and id are nobody's to take.
    let header = Sketch { over: std::vec![0], rank: 1, ..Sketch::new("b").field(FieldSketch::number(0xc9, 1, 0, Ro)) };
    let database = layers(&[owner, header]);
    assert_eq!(verdicts(&on(endpoint(), &database, &EMPTY))[1].1, "list-owned");
}

#[test]
fn no_layer_is_over_itself_and_of_two_over_each_other_the_first_wins() {
    let twice = byte("x", 0, 1).field(FieldSketch::number(0xf0, 1, 2, Ro));
    let database = layers(&[Sketch { over: std::vec![0], ..twice }]);
    assert_eq!(verdicts(&on(endpoint(), &database, &EMPTY)), [("x", "layers-collide")]);
    let one = Sketch { over: std::vec![1], ..byte("a", 0, 1) };
    let database = layers(&[one, Sketch { over: std::vec![0], ..byte("b", 1, 2) }]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!((verdicts(&config)[1], bytes(&config, 0xf0)), (("b", "applied"), [1]));
}

#[test]
fn a_layer_may_be_over_many_bytes_of_another() {
    let bytes_of = |name, rank, value| {
        let field = FieldSketch::new(0x400, 0x300, Init::Bytes(std::vec![value; 0x300]), Ro);
        Sketch { rank, ..Sketch::new(name).field(field) }
    };
    let database = layers(&[bytes_of("low", 0, 1), Sketch { over: std::vec![0], ..bytes_of("high", 1, 2) }]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("low", "applied"), ("high", "applied")]);
    assert_eq!((bytes(&config, 0x400), bytes(&config, 0x6ff)), ([2], [2]));
}

/// A field inside what another layer hides, whichever comes first; one that reads 0 says the same.
#[test]
fn a_field_inside_what_another_layer_hides_needs_over() {
    let hide = |rank, over: &[u32]| Sketch { rank, over: over.to_vec(), ..Sketch::new("hide").hide(true, 0x0f) };
    let field = |rank, over: &[u32], value| Sketch {
        rank,
        over: over.to_vec(),
        ..Sketch::new("x").field(FieldSketch::number(0x204, 4, value, Ro))
    };
    for (hide_rank, rank, refused) in [(0, 1, "x"), (1, 0, "hide")] {
        let code = |database: &[u8]| {
            let config = on(endpoint(), database, &EMPTY);
            let found = verdicts(&config).into_iter().find(|(_, code)| *code != "applied");
            (found.map(|(name, code)| (String::from(name), code)), dword(&config, 0x204))
        };
        let clash = layers(&[hide(hide_rank, &[]), field(rank, &[], 7)]);
        let kept = if refused == "x" { 0 } else { 7 };
        assert_eq!(code(&clash), (Some((String::from(refused), "layers-collide")), kept));
        assert_eq!(code(&layers(&[hide(hide_rank, &[]), field(rank, &[], 0)])), (None, 0));
        assert_eq!(code(&layers(&[hide(hide_rank, &[1]), field(rank, &[], 7)])), (None, 0), "the hide wins");
        assert_eq!(code(&layers(&[hide(hide_rank, &[]), field(rank, &[0], 7)])), (None, 7), "the field wins");
    }
    let own = Sketch::new("x").hide(true, 0x0f).field(FieldSketch::number(0x204, 4, 7, Ro));
    let database = layers(&[own]);
    assert_eq!(dword(&on(endpoint(), &database, &EMPTY), 0x204), 7, "a layer may fill what it hides");
}

/// Linux takes two extended capabilities of one id that abut for one.
#[test]
fn an_extended_capability_abuts_none_of_its_id() {
    let serial = |name, places: &[u16]| {
        Sketch::new(name).emulate(capability(EmulationKind::Extended, 3, 12, places, Vec::new()))
    };
    let code = |sketches: &[Sketch]| verdicts(&on(endpoint(), &layers(sketches), &EMPTY)).last().unwrap().1;
    // The device has a serial number at 0x100.
    let database = layers(&[serial("x", &[0x10c])]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(
        findings(&config),
        ["layer `x` is not applied: no place for its ext dsn; 0x10c: abuts another ext dsn, at 0x100"]
    );
    let config_bytes = layers(&[serial("x", &[0x10c, 0x110])]);
    let config = on(endpoint(), &config_bytes, &EMPTY);
    assert!(list(&config, Space::Extended).contains(&(0x110, 3)), "the next place will do");
    for other in [0x2f4, 0x30c] {
        assert_eq!(code(&[serial("a", &[0x300]), serial("b", &[other])]), "no-place");
        assert_eq!(code(&[serial("a", &[0x300]), serial("b", &[other, 0x320])]), "applied");
    }
    let power = capability(EmulationKind::Extended, 4, 12, &[0x30c], Vec::new());
    assert_eq!(code(&[serial("a", &[0x300]), Sketch::new("b").emulate(power)]), "applied", "another id may");
    let hidden = serial("x", &[0x10c]).hide(true, 3);
    assert_eq!(code(&[hidden]), "applied", "what is hidden may be abutted");
}

/// What a PASID capability grants is decided: no layer has a bit of it, be it seen or hidden by the kernel.
/// What is a database's own is not known where a layer of another is compiled: found here, PASID is as it is without the layer.
#[test]
fn a_layer_of_another_database_takes_no_place_that_an_entry_gives_pasid() {
    use crate::tables::{Evidence, FreeRange, Place, PlaceKind};
    use crate::testing::database::{Builder, claim};
    let device = Recorder::endpoint(&[(0x100, 0x03)]);
    let mut builder = Builder::default();
    builder.only_device(0xfffe, 0x1001, |builder, device| {
        let evidence = claim(builder, Evidence::Driver);
        device.free = builder.list(&[FreeRange { start: 0x400, end: 0x440, evidence }]);
        device.places = builder.list(&[Place { kind: PlaceKind::Free, offset: 0x400 }]);
    });
    let entry = builder.build();
    let serial = |at: &[u16]| Sketch::new("x").emulate(capability(EmulationKind::Extended, 0x03, 12, at, Vec::new()));
    let field = |offset| Sketch::new("x").field(FieldSketch::number(offset, 2, 0x1f06, Ro));
    for (layer, verdict) in [
        (field(0x400), "pasid"),
        (field(0x404), "pasid"),
        (field(0x406), "pasid"),
        (field(0x408), "applied"),
        (serial(&[0x3f8]), "pasid"),
        (serial(&[0x404, 0x500]), "applied"),
    ] {
        let layer = layers(&[layer]);
        let [entry, layer] = [&entry, &layer].map(|bytes| Database::load(bytes).unwrap());
        for databases in [[entry, layer], [layer, entry]] {
            let config = attach(&device, &databases, &EMPTY);
            assert_eq!(verdicts(&config), [("x", verdict)]);
            assert_eq!(config.decision().placement.map(|placed| placed.offset), Some(0x400));
        }
    }
}

#[test]
fn a_field_over_a_pasid_capability_refuses_its_layer() {
    use crate::tables::Anchor;
    let visible = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b)]);
    let mut hidden = Recorder::endpoint(&[(0x100, 0x03)]);
    hidden.set(0x200, 0x0001_001b);
    hidden.set(0x204, 0x0003_1402);
    let known = [crate::Hidden { id: 0x1b, version: 1, offset: 0x200, length: 8 }];
    let policy = Policy { confirmed: &known, ..EMPTY };
    for (device, policy) in [(&visible, &EMPTY), (&hidden, &policy)] {
        let none = layers(&[]);
        let without = on(device, &none, policy);
        let placement = without.decision().placement;
        assert_eq!(placement.map(|placed| placed.offset), Some(0x200));
        for offset in 0x204..0x208 {
            for init in [Init::Number(0), Init::Device] {
                let database = layers(&[Sketch::new("x").field(FieldSketch::new(offset, 1, init, Ro))]);
                let config = on(device, &database, policy);
                assert_eq!(verdicts(&config), [("x", "pasid")], "{offset:#x}");
                assert_eq!(view(&config), view(&without));
                assert_eq!(
                    (config.decision().placement, config.decision().grant),
                    (placement, without.decision().grant)
                );
            }
        }
        for offset in [0x1fc, 0x208] {
            let database = layers(&[Sketch::new("x").field(FieldSketch::number(offset, 4, 1, Ro))]);
            assert_eq!(verdicts(&on(device, &database, policy)), [("x", "applied")]);
        }
    }
    let anchored = FieldSketch::number(4, 2, 0x1f06, Ro).at(Anchor::Extended, 0x1b);
    let database = layers(&[Sketch::new("x").field(anchored)]);
    assert_eq!(verdicts(&on(&visible, &database, &EMPTY)), [("x", "pasid")]);
    let filled = Sketch::new("x").hide(true, 0x1b).field(FieldSketch::number(0x204, 4, 7, Ro));
    let database = layers(&[filled]);
    assert_eq!(verdicts(&on(&visible, &database, &EMPTY)), [("x", "applied")], "what is hidden grants nothing");
}
