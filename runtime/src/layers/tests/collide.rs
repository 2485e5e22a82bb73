//! Layers that want the same bits.

use super::*;

fn byte(name: &str, rank: u8, value: u8, more: &str) -> String {
    ranked(name, rank, &format!("emulate u8 @ 0xf0 = {value} ro; {more}"))
}

#[test]
fn equal_claims_agree_and_others_refuse_the_later() {
    let bytes_of = |second| unchecked(&(byte("a", 0, 5, "") + &byte("b", 1, second, "")));
    let (same, other) = (bytes_of(5), bytes_of(6));
    assert_eq!(verdicts(&on(endpoint(), &same, &EMPTY)), [("a", "applied"), ("b", "applied")]);
    let config = on(endpoint(), &other, &EMPTY);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "layers-collide")]);
    assert_eq!(findings(&config), ["layer `b` is not applied: the layer `a` emulates bits of 0x0f0 in another way"]);
    assert_eq!(bytes(&config, 0xf0), [5]);
}

#[test]
fn a_refused_layer_leaves_nothing() {
    let half = "emulate u32 @ 0xe0 = 7 rw; emulate u8 @ 0xf0 = 6 ro; hide ext ats; unassigned deny;";
    let with = unchecked(&(byte("a", 0, 5, "") + &ranked("b", 1, half)));
    let without = unchecked(&byte("a", 0, 5, ""));
    let device = endpoint();
    let (with, without) = (on(&device, &with, &PASID), on(&device, &without, &PASID));
    assert_eq!(verdicts(&with)[1].1, "layers-collide");
    assert_eq!(view(&with), view(&without));
    assert!((0..4096).all(|at| with.overlay().passes_writes(at) == without.overlay().passes_writes(at)));
}

#[test]
fn layers_are_as_without_a_host_where_pasid_is_not_placed_beside_them() {
    // The layer owns the control of ATS, or of page requests, where ATS is taken before; it puts two capabilities in and hides one.
    for control in ["0x206", "0x304"] {
        let own = format!("emulate u8 @ {control} = 1 rw; emulate cap vendor @ 0xc8 len 8 {{ u8 @ 4 = 6 rw; }}");
        let put = "emulate ext dvsec(vendor: 1, id: 7) @ 0x700 len 0x10 { u32 @ 0xc = 5 rw1c; }";
        let rest = "hide ext 0x000e; emulate u8 @ 0x154 mask 0x0f = 5 rw; unassigned deny { allow @ 0x900..0x920 rw; }";
        let database = unchecked(&layer("a", &format!("{own} {put} {rest}")));
        let mut space = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x150, 0x0e), (0x300, 0x13)]);
        space.link_conventional(&[(0x40, 0x10), (0x90, 0x09)]);
        space.set(0x90, 0x0014_0009);
        let databases = [Database::load(&database).unwrap()];
        let mut with = VirtualConfig::attach(&space, &databases, &identity(), Some(HOST), &PASID).unwrap();
        let mut without = VirtualConfig::attach(&space, &databases, &identity(), None, &PASID).unwrap();
        assert_eq!(verdicts(&with), [("a", "applied")]);
        assert!(with.decision().placement.is_none());
        assert!(with.decision().candidates.iter().any(|each| each.reason.code() == "control-owned"));
        for data in [0xff, 0x00] {
            assert_eq!(view(&with), view(&without));
            assert_eq!(with.layout().owned, without.layout().owned);
            assert_eq!(with.save().unwrap().overlay(), without.save().unwrap().overlay());
            for at in 0..4096 {
                assert_eq!(with.overlay().passes_writes(at), without.overlay().passes_writes(at), "{at:#x}");
                let effects =
                    |config: &mut VirtualConfig<'_, _>| -> Vec<_> { config.write(at, &[data]).unwrap().collect() };
                assert_eq!(effects(&mut with), effects(&mut without), "{at:#x}");
            }
        }
    }
}

#[test]
fn over_takes_the_bits_and_leaves_the_rest() {
    // `wide` owns a dword; `above` wins its second byte, whichever comes first.
    for (rank, over_rank) in [(0, 1), (1, 0)] {
        let wide = ranked("wide", rank, "emulate u32 @ 0xf0 = 0x0403_0201 rw;");
        let above = ranked("above", over_rank, "over wide; emulate u8 @ 0xf1 = 0x77 ro;");
        let database = unchecked(&(wide + &above));
        let mut config = on(endpoint(), &database, &EMPTY);
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
    let wide = |name, rank| ranked(name, rank, "emulate u16 @ 0xf0 mask 0xff0 = 0x110 ro;");
    let third = ranked("c", 2, "over a; emulate u32 @ 0xf0 = 9 ro;");
    let database = unchecked(&(wide("a", 0) + &wide("b", 1) + &third));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "applied"), ("c", "layers-collide")]);
    assert!(findings(&config)[0].contains("`b`"), "{:?}", findings(&config));
}

#[test]
fn what_was_taken_is_the_winners_for_all_others() {
    // `b` is over `a`, `c` is over `b`: the byte goes from hand to hand.
    let database = unchecked(&(byte("a", 0, 1, "") + &byte("b", 1, 2, "over a;") + &byte("c", 2, 3, "over b;")));
    let config = on(endpoint(), &database, &EMPTY);
    assert!(verdicts(&config).iter().all(|(_, code)| *code == "applied"), "{:?}", verdicts(&config));
    assert_eq!(bytes(&config, 0xf0), [3]);
}

#[test]
fn a_layer_can_contradict_itself() {
    let database = unchecked(&byte("x", 0, 1, "emulate u16 @ 0xf0 = 2 ro;"));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("x", "layers-collide")]);
    assert!(findings(&config)[0].contains("`x` emulates bits"));
}

#[test]
fn capabilities_of_two_layers_do_not_overlap() {
    let vendor = |name, places: &str| layer(name, &format!("emulate cap vendor @ {places} len 8;"));
    let database = unchecked(&(vendor("a", "0xc8") + &vendor("b", "[0xcc, 0xd0]") + &vendor("c", "0xc4")));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("a", "applied"), ("b", "applied"), ("c", "no-place")]);
    assert_eq!(list(&config, Space::Conventional), [(0x40, 0x10), (0x90, 9), (0xc8, 9), (0xd0, 9)]);
    assert!(findings(&config)[0].ends_with("0x0c4: covers bytes that a layer emulates"), "{:?}", findings(&config));
}

#[test]
fn a_field_inside_the_capability_of_another_layer_needs_over() {
    let with =
        |second: &str| unchecked(&(ranked("a", 0, "emulate cap vendor @ 0xc8 len 8;") + &ranked("b", 1, second)));
    let clash = with("emulate u8 @ 0xcc = 3 rw;");
    assert_eq!(verdicts(&on(endpoint(), &clash, &EMPTY))[1].1, "layers-collide");
    let over = with("over a; emulate u8 @ 0xcc = 3 rw;");
    let config = on(endpoint(), &over, &EMPTY);
    assert_eq!((verdicts(&config)[1].1, bytes(&config, 0xc8)), ("applied", [9, 0, 0, 0, 3, 0, 0, 0]));
    // Its Next and id are nobody's to take.
    let header = with("over a; emulate u8 @ 0xc9 = 0 ro;");
    assert_eq!(verdicts(&on(endpoint(), &header, &EMPTY))[1].1, "list-owned");
}

#[test]
fn no_layer_is_over_itself_and_of_two_over_each_other_the_first_wins() {
    let database = unchecked(&byte("x", 0, 1, "emulate u8 @ 0xf0 = 2 ro; over x;"));
    assert_eq!(verdicts(&on(endpoint(), &database, &EMPTY)), [("x", "layers-collide")]);
    let database = unchecked(&(byte("a", 0, 1, "over b;") + &byte("b", 1, 2, "over a;")));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!((verdicts(&config)[1], bytes(&config, 0xf0)), (("b", "applied"), [1]));
}

#[test]
fn a_layer_may_be_over_many_bytes_of_another() {
    let bytes_of = |value: u8| format!("emulate bytes @ 0x400 {:?} ro;", [value; 0x300]);
    let low = ranked("low", 0, &bytes_of(1));
    let database = unchecked(&(low + &ranked("high", 1, &(bytes_of(2) + "over low;"))));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(verdicts(&config), [("low", "applied"), ("high", "applied")]);
    assert_eq!((bytes(&config, 0x400), bytes(&config, 0x6ff)), ([2], [2]));
}

/// A field inside what another layer hides, whichever comes first; one that reads 0 says the same.
#[test]
fn a_field_inside_what_another_layer_hides_needs_over() {
    for (hide_rank, rank, refused) in [(0, 1, "x"), (1, 0, "hide")] {
        let code = |hide_over: &str, field_over: &str, value: u32| {
            let hide = ranked("hide", hide_rank, &format!("hide ext ats; {hide_over}"));
            let field = ranked("x", rank, &format!("emulate u32 @ 0x204 = {value} ro; {field_over}"));
            let database = unchecked(&(hide + &field));
            let config = on(endpoint(), &database, &EMPTY);
            let found = verdicts(&config).into_iter().find(|(_, code)| *code != "applied");
            (found.map(|(name, code)| (String::from(name), code)), dword(&config, 0x204))
        };
        let kept = if refused == "x" { 0 } else { 7 };
        assert_eq!(code("", "", 7), (Some((String::from(refused), "layers-collide")), kept));
        assert_eq!(code("", "", 0), (None, 0));
        assert_eq!(code("over x;", "", 7), (None, 0), "the hide wins");
        assert_eq!(code("", "over hide;", 7), (None, 7), "the field wins");
    }
    let database = x("hide ext ats; emulate u32 @ 0x204 = 7 ro;");
    assert_eq!(dword(&on(endpoint(), &database, &EMPTY), 0x204), 7, "a layer may fill what it hides");
}

/// Linux takes two extended capabilities of one id that abut for one.
#[test]
fn an_extended_capability_abuts_none_of_its_id() {
    let serial = |name, places: &str| layer(name, &format!("emulate ext dsn @ {places};"));
    let code = |layers: &[String]| verdicts(&on(endpoint(), &unchecked(&layers.concat()), &EMPTY)).last().unwrap().1;
    // The device has a serial number at 0x100.
    let database = unchecked(&serial("x", "0x10c"));
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(
        findings(&config),
        ["layer `x` is not applied: no place for its ext dsn; 0x10c: abuts another ext dsn, at 0x100"]
    );
    let database = unchecked(&serial("x", "[0x10c, 0x110]"));
    let config = on(endpoint(), &database, &EMPTY);
    assert!(list(&config, Space::Extended).contains(&(0x110, 3)), "the next place will do");
    for other in ["0x2f4", "0x30c"] {
        assert_eq!(code(&[serial("a", "0x300"), serial("b", other)]), "no-place");
        assert_eq!(code(&[serial("a", "0x300"), serial("b", &format!("[{other}, 0x320]"))]), "applied");
    }
    let power = layer("b", "emulate ext power @ 0x30c len 12;");
    assert_eq!(code(&[serial("a", "0x300"), power]), "applied", "another id may");
    let hidden = layer("x", "emulate ext dsn @ 0x10c; hide ext dsn;");
    assert_eq!(code(&[hidden]), "applied", "what is hidden may be abutted");
}

/// What is a database's own is not known where a layer of another is compiled: found here, PASID is as it is without the layer.
#[test]
fn a_layer_of_another_database_takes_no_place_that_an_entry_gives_pasid() {
    let device = Recorder::endpoint(&[(0x100, 0x03)]);
    let entry = quirk_kit::device("free @ 0x400..0x440 { evidence driver \"x\"; } pasid;");
    for (block, verdict) in [
        ("emulate u16 @ 0x400 = 0x1f06 ro;", "pasid"),
        ("emulate u16 @ 0x404 = 0x1f06 ro;", "pasid"),
        ("emulate u16 @ 0x406 = 0x1f06 ro;", "pasid"),
        ("emulate u16 @ 0x408 = 0x1f06 ro;", "applied"),
        ("emulate ext dsn @ 0x3f8;", "pasid"),
        ("emulate ext dsn @ [0x404, 0x500];", "applied"),
    ] {
        let layer = x(block);
        let [entry, layer] = [&entry, &layer].map(|bytes| Database::load(bytes).unwrap());
        for databases in [[entry, layer], [layer, entry]] {
            let config = attach(&device, &databases, &EMPTY);
            assert_eq!(verdicts(&config), [("x", verdict)], "{block}");
            assert_eq!(config.decision().placement.map(|placed| placed.offset), Some(0x400));
        }
    }
}

/// What a PASID capability grants is decided: no layer has a bit of it, be it seen or hidden by the kernel.
#[test]
fn a_field_over_a_pasid_capability_refuses_its_layer() {
    let visible = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b)]);
    let mut hidden = Recorder::endpoint(&[(0x100, 0x03)]);
    hidden.set(0x200, 0x0001_001b);
    hidden.set(0x204, 0x0003_1402);
    let known = [crate::Hidden { id: 0x1b, version: 1, offset: 0x200, length: 8 }];
    let policy = Policy { confirmed: &known, ..EMPTY };
    for (device, policy) in [(&visible, &EMPTY), (&hidden, &policy)] {
        let without = attach(device, &[], policy);
        let placement = without.decision().placement;
        assert_eq!(placement.map(|placed| placed.offset), Some(0x200));
        for offset in 0x204..0x208 {
            for value in ["0", "device"] {
                let database = x(&format!("emulate u8 @ {offset} = {value} ro;"));
                let config = on(device, &database, policy);
                assert_eq!(verdicts(&config), [("x", "pasid")], "{offset:#x}");
                assert_eq!(view(&config), view(&without));
                assert_eq!(
                    (config.decision().placement, config.decision().grant),
                    (placement, without.decision().grant)
                );
            }
        }
        for offset in ["0x1fc", "0x208"] {
            let database = x(&format!("emulate u32 @ {offset} = 1 ro;"));
            assert_eq!(verdicts(&on(device, &database, policy)), [("x", "applied")]);
        }
    }
    let database = x("emulate u16 @ ext pasid + 4 = 0x1f06 ro;");
    assert_eq!(verdicts(&on(&visible, &database, &EMPTY)), [("x", "pasid")]);
    let database = x("hide ext pasid; emulate u32 @ 0x204 = 7 ro;");
    assert_eq!(verdicts(&on(&visible, &database, &EMPTY)), [("x", "applied")], "what is hidden grants nothing");
}
