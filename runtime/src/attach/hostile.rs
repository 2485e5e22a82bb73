//! Attach on spaces, descriptions and policies that mean harm: it ends, places nothing on what is taken, writes nothing.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use proptest::prelude::*;
use std::vec::Vec;

use super::*;
use crate::decision::Source;
use crate::tables::{EntryKind, Evidence, FreeRange, LayoutEntry, Place, PlaceKind};
use crate::testing::Space4k;
use crate::testing::database::{Builder, claim, extended};
use crate::{ByteRange, Function, Hidden, Operator};

/// Mostly offsets near each other, sometimes anything.
fn offset() -> impl Strategy<Value = u16> {
    prop_oneof![6 => (0x40u16..0x60).prop_map(|dword| dword * 4), 2 => 0u16..0x1010, 1 => any::<u16>()]
}

fn space() -> impl Strategy<Value = Space4k> {
    let headers = proptest::collection::vec(
        ((0x40u16..0x60).prop_map(|dword| dword * 4), 0u32..0x36, 0u32..3, offset(), any::<u32>(), any::<u32>()),
        0..14,
    );
    let conventional = proptest::collection::vec((0x10u16..0x40, 0u16..0x20, any::<u32>()), 0..4);
    (headers, conventional).prop_map(|(headers, conventional)| {
        let mut space = Space4k::endpoint(&[]);
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
            let mut builder = Builder::default();
            builder.only_device(0xfffe, 0x1001, |builder, device| {
                let evidence = claim(builder, Evidence::Vendor);
                let layout: Vec<_> = layout
                    .into_iter()
                    .map(|(kind, id, offset, length, [length_stated, optional, has_sub_id])| LayoutEntry {
                        kind: [EntryKind::Capability, EntryKind::Extended, EntryKind::Register, EntryKind::Reserved]
                            [usize::from(kind)],
                        length_stated,
                        optional,
                        has_sub_id,
                        ..extended(id, offset, length)
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
                device.layout = builder.list(&layout);
                device.free = builder.list(&free);
                device.places = builder.list(&places);
                device.max_width = width;
                device.aliased_every = every;
            });
            builder.build()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn attach_survives_anything(
        space in space(),
        description in description(),
        (wanted, from, to) in (offset(), offset(), offset()),
        (hidden_id, hidden_at, hidden_length) in (0u16..0x36, offset(), any::<u16>()),
        (kind, tail, native, scan_gaps, ats_not_supported) in (0u8..3, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
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
            operator, tail, native, scan_gaps, confirmed: &hidden, vmm_owned: &owned, ..Policy::DEFAULT
        };
        let identity = Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() };
        let host = HostPasid { width: 16, execute: true, privileged: true, ats_not_supported };
        let databases = [Database::load(&description).unwrap()];
        let mut config = VirtualConfig::attach(&space, &databases, &identity, Some(host), &policy).unwrap();
        let Some(placed) = config.decision().placement else {
            prop_assert!((0..4096).all(|offset| config.overlay().passes_writes(offset)));
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
        prop_assert!(space.writes.borrow().is_empty());
    }
}
