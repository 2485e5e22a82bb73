//! What the guest must see, said a second time: from the layers as they were written and the device's bytes, one record a
//! byte, without map, overlay or tables.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use quirk_runtime::tables::{Anchor, EmulationKind, Unassigned, WriteClass};

use crate::device::{Device, Slot, VENDOR, length};
use crate::sketch::{FieldSketch, Init, Sketch};

type Check = Result<(), TestCaseError>;

/// What is known of one byte.
#[derive(Clone, Copy, Default)]
struct Byte {
    /// Bits that somebody emulates, and what they read. List bytes are judged by walking and are only marked.
    bits: u8,
    value: u8,
    is_list: bool,
    /// In a capability of the device that the guest sees.
    assigned: bool,
}

/// Bits of a field that a layer owns.
struct Owned {
    layer: &'static str,
    at: u16,
    bits: u8,
    value: u8,
}

pub(crate) struct Model<'a> {
    device: &'a Device,
    bytes: Vec<Byte>,
    rule: Unassigned,
    applied: Vec<&'a Sketch>,
}

/// How many bytes are certain to be a capability's: of PCI Express, as much as its version and type tell.
fn certain(slot: Slot, is_extended: bool) -> u16 {
    if slot == Slot(0x40, 0x10) { 0x34 } else { length(slot.1, is_extended) }
}

/// Offsets and ids of a list, or why it is none.
fn walk(guest: &[u8], is_extended: bool) -> Result<Vec<Slot>, TestCaseError> {
    let mut found: Vec<Slot> = Vec::new();
    let mut at = match is_extended {
        true => 0x100,
        false if guest[6] & 0x10 == 0 => 0,
        false => u16::from(guest[0x34]),
    };
    let lowest = if is_extended { 0x100 } else { 0x40 };
    while at != 0 {
        prop_assert!(at.is_multiple_of(4) && at >= lowest && usize::from(at) + 4 <= guest.len(), "{at:#x}");
        prop_assert!(found.iter().all(|slot| slot.0 != at), "a loop at {at:#x}");
        let bytes = &guest[usize::from(at)..][..4];
        let (id, next) = match is_extended {
            true => (u16::from_le_bytes([bytes[0], bytes[1]]), u16::from(bytes[3]) << 4 | u16::from(bytes[2] >> 4)),
            false => (bytes[0].into(), bytes[1].into()),
        };
        if is_extended && bytes == [0; 4] {
            prop_assert!(found.is_empty(), "a dead end at {at:#x}");
            break;
        }
        found.push(Slot(at, id));
        at = next;
    }
    Ok(found)
}

impl<'a> Model<'a> {
    pub(crate) fn new(
        device: &'a Device,
        all: &'a [Sketch],
        applied: &[&'a Sketch],
        guest: &[u8],
        pasid: Option<u16>,
    ) -> Result<Self, TestCaseError> {
        let bytes = vec![Byte::default(); guest.len()];
        let mut model = Self { device, bytes, rule: Unassigned::Raw, applied: applied.to_vec() };
        model.rule = applied.iter().map(|layer| layer.unassigned).max().unwrap_or(Unassigned::Raw).max(Unassigned::Raw);
        let conventional = model.list(guest, false, None)?;
        let extended = if guest.len() > 256 { model.list(guest, true, pasid)? } else { Vec::new() };
        model.fields(all, &conventional, &extended)?;
        if let Some(at) = pasid {
            model.own(at + 4, &[(0xff, 0x06), (0xff, 20), (0xff, 0), (0xff, 0)]);
            model.controls();
        }
        Ok(model)
    }

    fn is_hidden(&self, slot: Slot, is_extended: bool) -> bool {
        let sub = slot.0 + 8;
        self.applied.iter().flat_map(|layer| &layer.hides).any(|hide| {
            let is_same = (hide.extended, hide.id) == (is_extended, slot.1);
            let live = |at: u16| {
                u16::from_le_bytes([self.device.bytes[usize::from(at)], self.device.bytes[usize::from(at) + 1]])
            };
            is_same && (!hide.has_sub_id || hide.sub_vendor == VENDOR && live(sub) == hide.sub_id)
        })
    }

    /// Walks a list and compares it with what must be in it. What layers put in, with where it is.
    fn list(&mut self, guest: &[u8], is_extended: bool, pasid: Option<u16>) -> Result<Vec<Slot>, TestCaseError> {
        let before = if is_extended { &self.device.extended } else { &self.device.conventional };
        let (hidden, kept): (Vec<Slot>, Vec<Slot>) =
            before.iter().copied().partition(|&slot| self.is_hidden(slot, is_extended));
        let kind = if is_extended { EmulationKind::Extended } else { EmulationKind::Capability };
        let put_in: Vec<_> =
            self.applied.iter().flat_map(|layer| &layer.emulations).filter(|each| each.kind == kind).collect();
        let mut after = walk(guest, is_extended)?;
        // A null anchor stands at 0x100 where something follows it alone.
        let needs_anchor = is_extended
            && kept.first().is_none_or(|first| first.0 != 0x100)
            && !(kept.is_empty() && put_in.is_empty() && pasid.is_none());
        if needs_anchor {
            prop_assert_eq!(after.remove(0), Slot(0x100, 0));
        }
        prop_assert_eq!(after.len(), kept.len() + put_in.len() + usize::from(pasid.is_some()), "{:?}", after);
        prop_assert_eq!(&after[..kept.len()], &kept[..]);
        let new = &after[kept.len()..];
        for (slot, emulation) in new.iter().zip(&put_in) {
            prop_assert_eq!(slot.1, emulation.id);
            prop_assert!(emulation.places.contains(&slot.0), "{slot:x?}");
        }
        if let Some(at) = pasid {
            prop_assert_eq!(new.last(), Some(&Slot(at, 0x1b)));
        }
        // Nothing that was put in lies on anything else.
        let extents = put_in.iter().zip(new).map(|(emulation, slot)| (slot.0, slot.0 + emulation.length));
        let extents: Vec<_> = extents.chain(pasid.map(|at| (at, at + 8))).collect();
        let device = before.iter().map(|slot| (slot.0, slot.0 + length(slot.1, is_extended)));
        for (index, one) in extents.iter().enumerate() {
            let others = extents.iter().enumerate().filter(|other| other.0 != index).map(|other| *other.1);
            prop_assert!(others.chain(device.clone()).all(|other| one.1 <= other.0 || other.1 <= one.0), "{one:x?}");
        }
        self.mark(is_extended, &kept, &hidden, new, needs_anchor);
        for (slot, emulation) in new.iter().zip(&put_in) {
            self.own(slot.0, &vec![(0xff, 0); usize::from(emulation.length)]);
            if let Some((vendor, id)) = emulation.sub {
                let low = if emulation.id == 0x23 { vendor } else { id };
                let dword = (u32::from(emulation.length) << 20 | u32::from(low)).to_le_bytes();
                self.own(slot.0 + 4, &dword.map(|byte| (0xff, byte)));
                if emulation.id == 0x23 {
                    self.own(slot.0 + 8, &id.to_le_bytes().map(|byte| (0xff, byte)));
                }
            }
        }
        Ok(new[..put_in.len()].to_vec())
    }

    /// Marks the bytes of a list and of capabilities in it.
    fn mark(&mut self, is_extended: bool, kept: &[Slot], hidden: &[Slot], new: &[Slot], has_anchor: bool) {
        for slot in hidden {
            self.own(slot.0, &vec![(0xff, 0); length(slot.1, is_extended).into()]);
        }
        for slot in kept {
            for at in slot.0..slot.0 + length(slot.1, is_extended).next_multiple_of(4) {
                self.bytes[usize::from(at)].assigned = true;
            }
        }
        let header = if is_extended { 4 } else { 2 };
        let anchor = has_anchor.then_some(Slot(0x100, 0));
        for slot in kept.iter().chain(new).chain(&anchor) {
            for at in slot.0..slot.0 + header {
                self.bytes[usize::from(at)].is_list = true;
            }
        }
        if !is_extended {
            self.bytes[0x34].is_list = true;
            self.bytes[0x06].is_list = true;
        }
    }

    fn own(&mut self, at: u16, bytes: &[(u8, u8)]) {
        for (at, &(bits, value)) in (usize::from(at)..).zip(bytes) {
            let byte = &mut self.bytes[at];
            byte.bits |= bits;
            byte.value = byte.value & !bits | value & bits;
        }
    }

    /// ATS and PRI control are the guest's where PASID was placed.
    fn controls(&mut self) {
        for slot in self.device.extended.clone() {
            let control = match slot.1 {
                0x0f => slot.0 + 6,
                0x13 => slot.0 + 4,
                _ => continue,
            };
            if !self.is_hidden(slot, true) {
                self.own(control, &[(0xff, 0); 2]);
            }
        }
    }

    /// Every field of the applied layers, but for bits that a layer over it owns.
    fn fields(&mut self, all: &[Sketch], conventional: &[Slot], extended: &[Slot]) -> Check {
        let (mut conventional, mut extended) = (conventional.iter(), extended.iter());
        let mut owned = Vec::new();
        let applied = self.applied.clone();
        for layer in &applied {
            // What a layer hides reads 0, but for fields of its own.
            for (slot, length) in self.hidden_by(layer) {
                let bytes = slot.0..slot.0 + length;
                owned.extend(bytes.map(|at| Owned { layer: layer.name, at, bits: 0xff, value: 0 }));
            }
            for emulation in &layer.emulations {
                let own = match emulation.kind {
                    EmulationKind::Fields => None,
                    EmulationKind::Capability => conventional.next(),
                    EmulationKind::Extended => extended.next(),
                };
                if let Some(slot) = own {
                    for at in slot.0..slot.0 + emulation.length {
                        let value = self.bytes[usize::from(at)].value;
                        owned.push(Owned { layer: layer.name, at, bits: 0xff, value });
                    }
                }
                for field in &emulation.fields {
                    let start = match field.anchor {
                        Anchor::Space => field.offset,
                        Anchor::Capability | Anchor::Extended => self.anchor(layer, field)? + field.offset,
                        Anchor::Owner => own.unwrap().0 + field.offset,
                    };
                    self.field(layer.name, field, start, &mut owned);
                }
            }
            if layer.port_type != 0xff {
                owned.push(Owned { layer: layer.name, at: 0x42, bits: 0xf0, value: layer.port_type << 4 });
            }
        }
        let is_over = |one: &str, other: &str| {
            let layer = applied.iter().find(|layer| layer.name == one);
            let names = layer.into_iter().flat_map(|layer| &layer.over).filter_map(|&index| all.get(index as usize));
            one != other && names.map(|target| target.name).any(|name| name == other)
        };
        let position = |name: &str| applied.iter().position(|layer| layer.name == name);
        // Of two that are over each other, the first wins.
        let beats =
            |one: &str, other: &str| is_over(one, other) && !(is_over(other, one) && position(other) < position(one));
        // Who is over whom may have taken a byte from hand to hand.
        let has_over = applied.iter().any(|layer| !layer.over.is_empty());
        for (index, each) in owned.iter().enumerate() {
            let agrees = |other: &&Owned| {
                let differs = (other.value ^ each.value) & other.bits & each.bits != 0;
                other.at != each.at || other.layer == each.layer || !differs
            };
            let clash = owned[..index].iter().find(|other| !agrees(other)).filter(|_| !has_over);
            let is_free = clash.is_none() || self.bytes[usize::from(each.at)].is_list;
            prop_assert!(is_free, "`{}` and `{}` disagree", each.layer, clash.map_or("", |other| other.layer));
            let is_over = |other: &&Owned| other.at == each.at && beats(other.layer, each.layer);
            let lost = owned.iter().filter(is_over).fold(0, |bits, other| bits | other.bits);
            let won = each.bits & !lost;
            let byte = &mut self.bytes[usize::from(each.at)];
            byte.value = byte.value & !won | each.value & won;
            byte.bits |= each.bits;
        }
        Ok(())
    }

    /// The capabilities of the device that a layer hides, and how many bytes of each are certain.
    fn hidden_by(&self, layer: &'a Sketch) -> Vec<(Slot, u16)> {
        let alone = Self { device: self.device, bytes: Vec::new(), rule: self.rule, applied: vec![layer] };
        let lists = [(&self.device.conventional, false), (&self.device.extended, true)];
        let all = lists.into_iter().flat_map(|(list, is_extended)| list.iter().map(move |slot| (*slot, is_extended)));
        let hidden = all.filter(|(slot, is_extended)| alone.is_hidden(*slot, *is_extended));
        hidden.map(|(slot, is_extended)| (slot, certain(slot, is_extended))).collect()
    }

    /// Whether a layer finds a capability of the device: what a later layer hides was still there.
    fn is_there_for(&self, layer: &str, slot: Slot, is_extended: bool) -> bool {
        let until = self.applied.iter().position(|each| each.name == layer).unwrap();
        let applied = self.applied[..=until].to_vec();
        let earlier = Self { device: self.device, bytes: Vec::new(), rule: self.rule, applied };
        !earlier.is_hidden(slot, is_extended)
    }

    fn anchor(&self, layer: &Sketch, field: &FieldSketch) -> Result<u16, TestCaseError> {
        let is_extended = field.anchor == Anchor::Extended;
        let list = if is_extended { &self.device.extended } else { &self.device.conventional };
        let is_meant = |slot: &&Slot| slot.1 == field.anchor_id && self.is_there_for(layer.name, **slot, is_extended);
        let found = list.iter().find(is_meant);
        found.map(|slot| slot.0).ok_or_else(|| TestCaseError::fail("no anchor, and applied"))
    }

    /// Whether a byte was in the header of a capability when a layer was applied.
    fn was_header(&self, layer: &str, at: u16) -> bool {
        // The extended list begins there, though it be empty.
        let is_head = (0x100..0x104).contains(&at);
        let is_header = |list: &[Slot], length: u16, is_extended: bool| {
            let mut here = list.iter().filter(|slot| (slot.0..slot.0 + length).contains(&at));
            here.any(|slot| self.is_there_for(layer, *slot, is_extended))
        };
        is_head || is_header(&self.device.conventional, 2, false) || is_header(&self.device.extended, 4, true)
    }

    fn field(&self, layer: &'static str, field: &FieldSketch, start: u16, owned: &mut Vec<Owned>) {
        for (index, at) in (0..usize::from(field.length)).zip(start..) {
            let mask = if field.length > 4 { 0xff } else { field.mask.to_le_bytes()[index] };
            let value = match &field.init {
                Init::Number(number) => number.to_le_bytes()[index],
                Init::Bytes(bytes) => bytes[index],
                // Of a list, it owns nothing.
                Init::Device if self.bytes[usize::from(at)].is_list || self.was_header(layer, at) => continue,
                Init::Device => self.device.bytes[usize::from(at)],
            };
            let value = if field.class == WriteClass::RsvdP { 0 } else { value };
            owned.push(Owned { layer, at, bits: mask, value: value & mask });
        }
    }

    /// Whether the rule and its exceptions let a byte through that nobody owns.
    fn passes(&self, at: usize, to_write: bool) -> bool {
        let open = if to_write { self.rule < Unassigned::ReadOnly } else { self.rule < Unassigned::Deny };
        let allows = |layer: &Sketch| {
            let covers = |start: u16, end: u16| (usize::from(start)..usize::from(end)).contains(&at);
            layer.allows.iter().any(|allow| covers(allow.start, allow.end) && (allow.writable || !to_write))
        };
        let mut strict = self.applied.iter().filter(|layer| layer.unassigned == self.rule);
        at < 0x40 || self.bytes[at].assigned || open || strict.all(|layer| allows(layer))
    }

    pub(crate) fn judge_reads(&self, guest: &[u8]) -> Check {
        for (at, byte) in self.bytes.iter().enumerate().filter(|(_, byte)| !byte.is_list) {
            let raw = if byte.bits != 0 || self.passes(at, false) { self.device.bytes[at] } else { 0 };
            let expected = raw & !byte.bits | byte.value & byte.bits;
            prop_assert_eq!(guest[at], expected, "byte {:#x}, owned {:#04x}", at, byte.bits);
        }
        Ok(())
    }

    /// `written` are the bytes that reached the device when the guest wrote each once.
    pub(crate) fn judge_writes(&self, written: &[u16]) -> Check {
        let mut has_reached = vec![false; self.bytes.len()];
        written.iter().for_each(|&at| has_reached[usize::from(at)] = true);
        for (at, (byte, reached)) in self.bytes.iter().zip(has_reached).enumerate() {
            if byte.is_list {
                // Next may be owned or not; where it is, it is judged by the walk.
                continue;
            }
            prop_assert_eq!(reached, byte.bits == 0 && self.passes(at, true), "byte {:#x}", at);
        }
        Ok(())
    }
}
