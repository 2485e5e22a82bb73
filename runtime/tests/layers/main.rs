//! Random layers over random devices, judged by a model of its own: both lists as a guest walks them, every byte that may
//! differ from the device's, every byte that a guest's write may reach.

#![expect(clippy::unwrap_used, reason = "tests")]

mod device;
mod model;
mod sketch;

use std::collections::BTreeMap;

use device::{Device, Slot};
use proptest::collection::vec;
use proptest::prelude::*;
use quirk_kit::Recorder;
use quirk_runtime::tables::{Allow, Anchor, EmulationKind, Hide, Unassigned, WriteClass};
use quirk_runtime::{Database, Function, HostPasid, Identity, Operator, Policy, VirtualConfig};
use sketch::{EmulationSketch, FieldSketch, Init, Sketch};

const CLASSES: [WriteClass; 8] = [
    WriteClass::Ro,
    WriteClass::Rw,
    WriteClass::Rw1c,
    WriteClass::Rws,
    WriteClass::Ros,
    WriteClass::Rw1cs,
    WriteClass::HwInit,
    WriteClass::RsvdP,
];

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn offset() -> impl Strategy<Value = u16> {
    prop_oneof![
        4 => (0x10u16..0x40).prop_map(|dword| dword * 4),
        6 => (0x40u16..0x80).prop_map(|dword| dword * 4),
        2 => (0x80u16..0x100).prop_map(|dword| dword * 4),
        1 => 0u16..0x1000,
    ]
}

fn field(owned: bool) -> impl Strategy<Value = FieldSketch> {
    let anchor =
        prop_oneof![3 => Just((0, 0)), 1 => (1u8..3, prop::sample::select(&[0x01, 0x09, 0x10, 0x03, 0x0f, 0x13][..]))];
    let place = if owned { (2u16..14).boxed() } else { prop_oneof![offset(), 0u16..0x40].boxed() };
    (anchor, place, prop::sample::select(&[1u16, 2, 4, 6][..]), any::<u32>(), any::<u32>(), 0..8usize, any::<bool>())
        .prop_map(move |((anchor, id), place, length, mask, value, class, is_device)| {
            let class = CLASSES[class];
            let full = if length < 4 { (1 << (8 * length)) - 1 } else { u32::MAX };
            let mask = if length > 4 { u32::MAX } else { (mask | mask >> 7) & full | 1 };
            let init = match (is_device && !owned, length) {
                (true, _) => Init::Device,
                (false, 6) => Init::Bytes(value.to_le_bytes().iter().cycle().take(6).copied().collect()),
                (false, _) => Init::Number((value & mask).into()),
            };
            let (anchor, offset) = match (owned, anchor) {
                (true, _) => (Anchor::Owner, place),
                (false, 0) => (Anchor::Space, place),
                (false, 1) => (Anchor::Capability, place % 16),
                (false, _) => (Anchor::Extended, place % 16),
            };
            FieldSketch { anchor, anchor_id: id, offset, length, mask, class, init }
        })
}

fn emulation() -> impl Strategy<Value = EmulationSketch> {
    let capability = |kind, ids: &'static [u16], lengths: std::ops::Range<u16>| {
        (prop::sample::select(ids), lengths, vec(offset(), 1..4), vec(field(true), 0..2), any::<bool>()).prop_map(
            move |(id, length, places, fields, has_sub)| EmulationSketch {
                kind,
                id,
                length,
                sub: (has_sub && matches!(id, 0x0b | 0x23)).then_some((0xabcd, 0x0042)),
                places,
                fields,
            },
        )
    };
    let fields = |fields| EmulationSketch {
        kind: EmulationKind::Fields,
        id: 0,
        length: 0,
        sub: None,
        places: Vec::new(),
        fields,
    };
    prop_oneof![
        2 => vec(field(false), 1..3).prop_map(fields),
        1 => capability(EmulationKind::Capability, &[0x01, 0x05, 0x09], 8..24),
        1 => capability(EmulationKind::Extended, &[0x03, 0x0b, 0x23, 0x7777], 16..40),
    ]
}

fn hide() -> impl Strategy<Value = Hide> {
    let conventional = prop::sample::select(&[0x01, 0x09, 0x11, 0x10][..]).prop_map(|id| (false, id));
    let extended = prop::sample::select(&[0x03, 0x0e, 0x0f, 0x13, 0x23, 0x0b, 0x18][..]).prop_map(|id| (true, id));
    (prop_oneof![1 => conventional, 2 => extended], any::<bool>(), 0..3u16).prop_map(|((extended, id), sub, number)| {
        Hide { extended, id, sub_vendor: device::VENDOR, sub_id: number, has_sub_id: sub && id == 0x23, offset: 0 }
    })
}

fn layer(name: &'static str) -> impl Strategy<Value = Sketch> {
    let rule = (0u8..4, vec((offset(), 1u16..0x40, any::<bool>()), 0..2));
    (vec(emulation(), 0..3), vec(hide(), 0..2), rule, 0u8..3, vec(0u32..4, 0..2), prop::option::weighted(0.1, 0u8..16))
        .prop_map(move |(emulations, hides, (rule, allows), rank, over, port_type)| {
            let allow = |(start, length, writable)| Allow { start, end: start + length, writable };
            Sketch {
                name,
                rank,
                emulations,
                hides,
                unassigned: [Unassigned::Unspecified, Unassigned::Raw, Unassigned::ReadOnly, Unassigned::Deny]
                    [usize::from(rule)],
                allows: allows.into_iter().map(allow).collect(),
                over,
                port_type: port_type.unwrap_or(0xff),
            }
        })
}

fn slots() -> impl Strategy<Value = Device> {
    let conventional = prop::sample::subsequence(vec![Slot(0x80, 0x01), Slot(0x90, 0x11), Slot(0xa0, 0x09)], 0..4);
    let ids = prop::sample::subsequence(vec![0x03u16, 0x0e, 0x0f, 0x13, 0x18, 0x23, 0x23, 0x0b], 0..8);
    (conventional.prop_shuffle(), ids.prop_shuffle(), vec(1u16..16, 8), any::<u8>(), prop::bool::weighted(0.1))
        .prop_map(|(conventional, ids, places, seed, small)| {
            let mut extended: Vec<Slot> = Vec::new();
            for (id, place) in ids.into_iter().zip(places) {
                let at = if extended.is_empty() { 0x100 } else { 0x100 + place * 0x20 };
                if extended.iter().all(|slot| slot.0 != at) {
                    extended.push(Slot(at, id));
                }
            }
            Device::new(&conventional, &extended, seed, if small { 256 } else { 4096 })
        })
}

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

fn attach<'db, 'd>(device: &'d Recorder, database: &'db [u8], policy: &Policy<'_>) -> VirtualConfig<'db, &'d Recorder> {
    let identity = Identity::new(device::VENDOR, 0x1001).with_function(Function::Physical);
    let databases = [Database::load(database).unwrap()];
    VirtualConfig::attach(device, &databases, &identity, Some(HOST), policy).unwrap()
}

fn view(config: &VirtualConfig<'_, &Recorder>) -> Vec<u8> {
    let mut bytes = vec![0; config.overlay().size()];
    config.read(0, &mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_layers_show_is_what_they_say(
        device in slots(),
        sketches in (layer("a"), layer("b"), layer("c"), layer("d")),
        pasid in prop::option::of((0x80u16..0x100).prop_map(|dword| dword * 4)),
    ) {
        let sketches = [sketches.0, sketches.1, sketches.2, sketches.3];
        let database = sketch::tables(&sketches);
        let operator = pasid.map_or(Operator::None, Operator::Offset);
        let policy = Policy::DEFAULT.with_operator(operator);
        let recorder = device.recorder();
        let mut config = attach(&recorder, &database, &policy);
        let decision = config.decision();
        prop_assert_eq!(decision.layers.len(), 4);
        let by_name: BTreeMap<_, _> = NAMES.into_iter().zip(&sketches).collect();
        let applied: Vec<_> =
            decision.layers.iter().filter(|each| each.refused.is_none()).map(|each| by_name[each.name]).collect();
        let refused: Vec<_> =
            decision.layers.iter().filter(|each| each.refused.is_some()).map(|each| each.name).collect();
        let keys: Vec<_> = decision.layers.iter().map(|each| (by_name[each.name].rank, each.name)).collect();
        prop_assert!(keys.is_sorted(), "{:?}", keys);
        let placed = decision.placement.map(|placement| placement.offset);

        // A refused layer is as though it were switched off.
        let guest = view(&config);
        let without = attach(&recorder, &database, &policy.with_disabled_layers(&refused));
        prop_assert_eq!(&view(&without), &guest);
        prop_assert_eq!(without.decision().placement, config.decision().placement);

        let model = model::Model::new(&device, &sketches, &applied, &guest, placed)?;
        model.judge_reads(&guest)?;
        prop_assert!(recorder.writes().is_empty(), "attach writes nothing");

        // The guest writes every byte; what is the device's gets there, nothing else does.
        for at in 0..guest.len() as u16 {
            config.write(at, &[0xff]).unwrap().for_each(drop);
        }
        model.judge_writes(&recorder.written())?;
    }
}
