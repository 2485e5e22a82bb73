//! Attach on spaces, descriptions and policies that mean harm: it ends, places nothing on what is taken, writes nothing.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use proptest::collection::vec as vec_of;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

use super::*;
use crate::policy::{LayerChoice, ParamValue};
use crate::source::Source;
use crate::tables::{Device, EntryKind, FreeRange, LayoutEntry, Place, PlaceKind};
use crate::testing::{Recorder, add, patched};
use crate::{ByteRange, Function, Hidden, Native, Operator};

/// Mostly offsets near each other, sometimes anything.
fn offset() -> impl Strategy<Value = u16> {
    prop_oneof![6 => (0x40u16..0x60).prop_map(|dword| dword * 4), 2 => 0u16..0x1010, 1 => any::<u16>()]
}

fn space() -> impl Strategy<Value = Recorder> {
    let headers = proptest::collection::vec(
        ((0x40u16..0x60).prop_map(|dword| dword * 4), 0u32..0x36, 0u32..3, offset(), any::<u32>(), any::<u32>()),
        0..14,
    );
    let conventional = proptest::collection::vec((0x10u16..0x40, 0u16..0x20, any::<u32>()), 0..4);
    (headers, conventional).prop_map(|(headers, conventional)| {
        let mut space = Recorder::endpoint(&[]);
        for (at, id, upper) in conventional {
            space.set(at * 4, upper << 8 | u32::from(id));
        }
        let heads: Vec<_> = headers.iter().map(|header| header.0).collect();
        for (index, (at, id, version, next, one, two)) in headers.into_iter().enumerate() {
            let at = if index == 0 { 0x100 } else { at };
            let next = if index % 4 == 3 { next } else { heads.get(index + 1).copied().unwrap_or(0) };
            space.set(at, u32::from(next) << 20 | version << 16 | id);
            for (register, value) in [(at + 4, one), (at + 8, two)] {
                if register < 0x1000 {
                    space.set(register, value & 0x03ff_ffff);
                }
            }
        }
        space
    })
}

fn description() -> impl Strategy<Value = Vec<u8>> {
    let layout = proptest::collection::vec((0u8..4, 0u16..0x36, offset(), 0u16..0x100, any::<[bool; 3]>()), 0..5);
    let free = proptest::collection::vec((offset(), offset()), 0..3);
    let places = proptest::collection::vec((0u8..3, offset()), 0..3);
    (layout, free, places, 0u8..40, prop_oneof![Just(0u16), offset()]).prop_map(
        |(layout, free, places, width, every)| {
            // Whose one capability and one source are those of what is added.
            let block = "layout { ext aer @ 0x100; } free @ 0x400..0x500 { evidence vendor \"x\"; }";
            let mut tables = quirk_kit::device(block);
            let described = Database::load(&tables).unwrap();
            let one = described.record::<LayoutEntry>(0).unwrap();
            let evidence = described.record::<FreeRange>(0).unwrap().evidence;
            let layout: Vec<_> = layout
                .into_iter()
                .map(|(kind, id, offset, length, [length_stated, optional, has_sub_id])| LayoutEntry {
                    kind: [EntryKind::Capability, EntryKind::Extended, EntryKind::Register, EntryKind::Reserved]
                        [usize::from(kind)],
                    id,
                    offset,
                    length,
                    length_stated,
                    optional,
                    has_sub_id,
                    ..one
                })
                .collect();
            let free: Vec<_> = free.into_iter().map(|(start, end)| FreeRange { start, end, evidence }).collect();
            let places: Vec<_> = places
                .into_iter()
                .map(|(kind, offset)| Place {
                    kind: [PlaceKind::Free, PlaceKind::Native, PlaceKind::At][usize::from(kind)],
                    offset,
                })
                .collect();
            let (layout, free) = (add(&mut tables, &layout), add(&mut tables, &free));
            let places = add(&mut tables, &places);
            patched(tables, 0, |device: &mut Device| {
                *device = Device { layout, free, places, max_width: width, aliased_every: every, ..*device };
            })
        },
    )
}

/// Offset, id, length, revision, form byte and entries.
type HostileDvsec = (u16, u16, u32, u16, u8, Vec<u32>);

/// DVSECs in the list whose identity is mostly one of them; the rest of their bytes is anything.
fn free_space() -> impl Strategy<Value = Vec<HostileDvsec>> {
    let length = prop_oneof![4 => (0u32..0x40).prop_map(|dwords| dwords * 4), 1 => 0u32..0x1000];
    let entry = prop_oneof![
        3 => ((0u32..0x60), (0u32..0x20)).prop_map(|(at, length)| length << 18 | at << 2),
        1 => any::<u32>(),
    ];
    let revision = prop_oneof![9 => Just(0u16), 1 => 0u16..16];
    let form = prop_oneof![4 => Just(0u8), 3 => 1u8..3, 1 => any::<u8>()];
    let at = prop_oneof![9 => (0x40u16..0x80).prop_map(|dword| dword * 4), 1 => (0x3f0u16..0x3fd).prop_map(|dword| dword * 4)];
    proptest::collection::vec((at, 1u16..3, length, revision, form, proptest::collection::vec(entry, 0..6)), 1..5)
}

fn with_free_space(mut space: Recorder, dvsecs: &[HostileDvsec]) -> Recorder {
    let mut set = |at: u16, value| {
        if at < 0x1000 {
            space.set(at, value);
        }
    };
    for (index, (at, id, length, revision, form, entries)) in dvsecs.iter().enumerate() {
        let at = if index == 0 { 0x100 } else { *at };
        let next = dvsecs.get(index + 1).map_or(0x180, |next| next.0);
        for (number, &entry) in (0..).zip(entries) {
            set(at + 12 + 4 * number, entry);
        }
        set(at, u32::from(next) << 20 | 0x1_0023);
        set(at + 4, length << 20 | u32::from(*revision) << 16 | 0xfffe);
        set(at + 8, u32::from(*form) << 16 | u32::from(*id));
    }
    space
}

fn formats() -> Vec<u8> {
    quirk_kit::tables(
        "dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
        dvsec_format list { vendor 0xfffe; id 2; revision 0; form table; }",
    )
}

/// What the free-space DVSECs of a guest's view call free; the reader is this test's own.
fn called_free(guest: &[u8], chain: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let word = |at: usize| u16::from_le_bytes([guest[at], guest[at + 1]]);
    let mut free = Vec::new();
    for &(at, _) in chain.iter().filter(|&&(at, id)| id == 0x23 && at <= 0xff4) {
        let start = usize::from(at);
        let (id, length, form) = (word(start + 8), word(start + 6) >> 4, guest[start + 10]);
        let is_whole = length >= 12 && length % 4 == 0 && at + length <= 0x1000;
        if (word(start + 4), word(start + 6) & 0xf) != (0xfffe, 0) || !is_whole || (form != 0 && u16::from(form) != id)
        {
            continue;
        }
        match id {
            1 => free.push((at, at + length)),
            2 => free.extend((start + 12..start + usize::from(length)).step_by(4).filter_map(|entry| {
                let (from, length) = (word(entry), word(entry + 2));
                let end = from.checked_add(length)?;
                let is_sound = length != 0 && (from | length) % 4 == 0 && from >= 0x40 && end <= 0x1000;
                let is_apart = end <= at || from >= at + word(start + 6) / 16;
                (is_sound && is_apart && (from >= 0x100 || end <= 0x100)).then_some((from, end))
            })),
            _ => {}
        }
    }
    free
}

/// Whether the extended list has a PASID capability.
fn shows_pasid<D: ConfigRead<Error: fmt::Debug>>(device: &D) -> bool {
    let mut steps = Walk::of(device, Space::Extended).unwrap().map(Result::unwrap);
    steps.any(|step| matches!(step, chain::Step::Capability(found) if found.id == 0x1b))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn free_space_dvsecs_lose_nothing_and_never_lie(
        space in space(),
        dvsecs in free_space(),
        operator in prop_oneof![3 => Just(Operator::None), 1 => offset().prop_map(Operator::Offset)],
        (expose_free_space, scan_gaps) in any::<(bool, bool)>(),
        (hidden_at, owned_at) in (offset(), offset()),
    ) {
        let space = with_free_space(space, &dvsecs);
        let formats = formats();
        let databases = [Database::load(&formats).unwrap()];
        let hidden = [Hidden { id: 0x2e, version: 1, offset: hidden_at, length: 0x18 }];
        let owned = [ByteRange::from_length(owned_at, 6)];
        let policy = Policy {
            operator, expose_free_space, scan_gaps, confirmed: &hidden, vmm_owned: &owned, ..Policy::DEFAULT
        };
        let host = HostPasid { width: 16, execute: true, privileged: true, ats_not_supported: false };
        let mut config = VirtualConfig::attach(&space, &databases, &Identity::default(), Some(host), &policy).unwrap();
        let Some(placed) = config.decision().placement else {
            prop_assert!(shows_pasid(&space) || (0..4096).all(|offset| config.overlay().passes_writes(offset)));
            prop_assert!(!shows_pasid(&config), "without a placement a guest finds none");
            return Ok(());
        };
        if placed.source == Source::Visible {
            return Ok(());
        }
        let list = |steps: Vec<chain::Step>| -> Vec<(u16, u16)> {
            let found = |step| if let chain::Step::Capability(found) = step { Some((found.offset, found.id)) } else { None };
            steps.into_iter().filter_map(found).collect()
        };
        let before = list(Walk::extended(&space).map(Result::unwrap).collect());
        let after = list(config.chain(Space::Extended).unwrap().map(Result::unwrap).collect());
        let is_ours = |at: u16| at <= 0xff4 && space.get(at + 4) & 0xf_ffff == 0xfffe && matches!(space.get(at + 8) & 0xffff, 1 | 2);
        for &(at, id) in &before {
            let is_found = after.contains(&(at, id)) || (id == 0x23 && is_ours(at));
            prop_assert!(is_found, "{at:#x} {id:#x} of {before:x?} is not in {after:x?}");
        }
        prop_assert_eq!(after.iter().filter(|found| found.1 == 0x1b).count(), 1);
        let taken = placed.offset..placed.offset + 8;
        // Where a list shows another header, there is none that is hidden.
        let is_hidden = hidden_at % 4 == 0 && hidden_at >= 0x100 && before.iter().all(|&(at, _)| at != hidden_at);
        prop_assert!(!is_hidden || hidden_at >= taken.end || hidden_at.saturating_add(0x18) <= taken.start);
        prop_assert!(owned_at >= taken.end || owned_at.saturating_add(6) <= taken.start);
        let mut guest = std::vec![0; 4096];
        config.read(0, &mut guest).unwrap();
        let free = called_free(&guest, &after);
        prop_assert!(expose_free_space || free.is_empty(), "{free:x?}");
        for &(start, end) in &free {
            prop_assert!(end <= taken.start || start >= taken.end, "PASID at {:#x} is called free", taken.start);
        }
        for at in 0..4096 {
            if config.overlay().owned_bits(at) != 0 {
                let _ = config.write(at, &[0xff]).unwrap();
            }
        }
        prop_assert!(space.writes().is_empty());
    }

    #[test]
    fn attach_survives_anything(
        space in space(),
        description in description(),
        (wanted, from, to) in (offset(), offset(), offset()),
        (hidden_id, hidden_at, hidden_length) in (0u16..0x36, offset(), any::<u16>()),
        (kind, native, tail, scan_gaps, ats_not_supported) in (0u8..3, 0usize..3, any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let ranges = [ByteRange::new(from, to)];
        let hidden = [Hidden { id: hidden_id, version: 1, offset: hidden_at, length: hidden_length }];
        let owned = [ByteRange::new(to, from)];
        let operator = match kind {
            0 => Operator::None,
            1 => Operator::Offset(wanted),
            _ => Operator::Ranges(&ranges),
        };
        let policy = Policy {
            operator, tail, native: Native::ALL[native], scan_gaps, confirmed: &hidden, vmm_owned: &owned, ..Policy::DEFAULT
        };
        let identity = Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() };
        let host = HostPasid { width: 16, execute: true, privileged: true, ats_not_supported };
        let databases = [Database::load(&description).unwrap()];
        let mut config = VirtualConfig::attach(&space, &databases, &identity, Some(host), &policy).unwrap();
        let Some(placed) = config.decision().placement else {
            prop_assert!(shows_pasid(&space) || (0..4096).all(|offset| config.overlay().passes_writes(offset)));
            prop_assert!(!shows_pasid(&config), "without a placement a guest finds none");
            return Ok(());
        };
        if placed.source == Source::Visible {
            return Ok(());
        }
        let (offset, end) = (placed.offset, placed.offset + 8);
        prop_assert!(offset.is_multiple_of(4) && offset >= 0x100 && end <= 0x1000);
        let is_native = space.get(offset) & 0xffff == 0x1b || hidden_at == offset || offset == 0x100;
        // No header of the device's own list is covered, and all are found again.
        let before: Vec<_> = Walk::extended(&space).filter_map(|step| match step.unwrap() {
            chain::Step::Capability(found) if !(ats_not_supported && matches!(found.id, 0x0f | 0x13)) => Some(found),
            _ => None,
        }).collect();
        let after: Vec<_> = config.chain(Space::Extended).unwrap().filter_map(|step| match step.unwrap() {
            chain::Step::Capability(found) => Some((found.offset, found.id)),
            chain::Step::Finding(_) => None,
        }).collect();
        prop_assert_eq!(after.iter().filter(|found| found.1 == 0x1b).count(), 1, "{:x?}", after);
        prop_assert!(after.contains(&(offset, 0x1b)));
        for found in before {
            let is_replaced = found.offset == 0x100 && found.id == 0 && is_native;
            prop_assert!(is_replaced || after.contains(&(found.offset, found.id)), "{:x?} {:x?}", found, after);
        }
        for at in offset..end {
            let _ = config.write(at, &[0xff]).unwrap();
        }
        prop_assert!(space.writes().is_empty());
    }
}

/// A database of layers and an entry for the fictional endpoint, with bytes of its records replaced.
fn broken_layers() -> impl Strategy<Value = Vec<u8>> {
    let bytes = quirk_kit::unchecked(&std::format!(
        "{} layer one {{
            match pci(any, any);
            default on;
            emulate ext dvsec(vendor: 0, id: 0) @ [0x400, 0x140, 0x1f0] len 0x18 {{
                u32 @ 4 = 0 rw;
                u16 @ 8 = 1 rw;
                bytes @ 10 [1, 2, 3] rw1c;
            }}
            hide ext dsn;
            emulate bytes @ ext ats + 0 len 0x30 = device ro;
        }}
        layer three {{
            match pci(any, any);
            default on;
            param n: u4;
            param b: bytes(3);
            hide cap vendor;
            emulate u8 @ 0x0e = 0x80 rw;
            emulate u8 @ 0x52 = n ro;
            emulate bytes @ 0x54 = b rw;
            mirror bar 0 @ 0x8000 len 0x1000;
            unassigned deny {{ allow @ 0x300..0x340 rw; }}
        }}
        layer two {{
            match pci(any, any) {{ function physical; }}
            default on;
            over one;
            pcie_type integrated_endpoint;
            resizable_bar pin;
            emulate cap vendor @ [0xc8, 0xd4] len 8 {{ u8 @ 2 = 8 rw; }}
        }}",
        quirk_kit::only("free @ 0x180..0x200 { evidence vendor \"x\"; }")
    ));
    let interesting = prop_oneof![any::<u8>(), Just(0), Just(1), Just(2), Just(0xff)];
    vec_of((24..bytes.len(), interesting), 0..24).prop_map(move |changes| {
        let mut bytes = bytes.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn layers_survive_anything(
        space in space(),
        (one, two) in (broken_layers(), broken_layers()),
        wanted in offset(),
        (number, length) in (any::<u64>(), 0usize..5),
    ) {
        let blob = vec![0x5a; length];
        let params = [("n", ParamValue::Unsigned(number)), ("b", ParamValue::Bytes(&blob))];
        let layers = [LayerChoice { name: "three", params: &params }, LayerChoice { name: "two", params: &params[..1] }];
        let policy = Policy { operator: Operator::Offset(wanted), layers: &layers, scan_gaps: true, ..Policy::DEFAULT };
        let identity = Identity { vendor: 0xfffe, device: 0x1001, ..Identity::default() };
        let host = HostPasid { width: 16, execute: true, privileged: true, ats_not_supported: false };
        let databases = [Database::from_static(&one), Database::from_static(&two)];
        let mut config = VirtualConfig::attach(&space, &databases, &identity, Some(host), &policy).unwrap();
        prop_assert!(space.writes().is_empty());
        let _ = std::format!("{}", config.decision());
        // A list ends, however the device's own leads.
        for list in [Space::Conventional, Space::Extended] {
            prop_assert!(config.chain(list).unwrap().count() < 4096);
        }
        let is_owned: Vec<_> = (0..4096).map(|at| config.overlay().owned_bits(at) != 0).collect();
        let mut bytes = [0; 4096];
        config.read(0, &mut bytes).unwrap();
        for at in 0..4096 {
            let _ = config.write(at, &[0xff]).unwrap();
        }
        prop_assert!(space.writes().iter().all(|&(at, _)| !is_owned[usize::from(at)]));
    }
}
