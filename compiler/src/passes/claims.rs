//! The bits that a layer owns, and what they are: byte by byte, or as one run where all bytes say the same.

use std::ops::Range;

use quirk_runtime::capability::{DVSEC, PCIE, Space};
use quirk_runtime::tables::WriteClass;

use crate::model::{Anchor, Emulation, Field, FieldValue, Layer, NodeId, Program};
use crate::numbered::Number;
use crate::source::Place;
use quirk_dsl::Ordered as _;

/// The id of the Resizable BAR extended capability.
const REBAR: u16 = 0x15;

/// Where the list of extended capabilities begins, whatever a function has there or a layer hides.
pub(crate) const LIST_HEAD: Range<u64> = Space::Extended.start() as u64..Space::Extended.start() as u64 + 4;

/// A byte, as far as it is known before a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Byte {
    /// Of configuration space.
    Space(u64),
    /// Of the first visible capability of an id, or of those of a DVSEC's or VSEC's ids.
    Capability(Space, u16, Option<(u16, u16)>, u64),
    /// Of what the layer emulates: the index of the emulation.
    Emulated(usize, u64),
}

impl Byte {
    /// Its number among the bytes of its owner.
    fn at(self) -> u64 {
        match self {
            Self::Space(at) | Self::Capability(.., at) | Self::Emulated(_, at) => at,
        }
    }

    /// Another byte of its owner.
    fn other(self, at: u64) -> Self {
        match self {
            Self::Space(_) => Self::Space(at),
            Self::Capability(space, id, sub, _) => Self::Capability(space, id, sub, at),
            Self::Emulated(index, _) => Self::Emulated(index, at),
        }
    }
}

impl Number for Byte {
    fn number(self) -> u128 {
        let (kind, owner) = match self {
            Self::Space(_) => (0, 0),
            Self::Capability(space, id, sub, _) => {
                let sub = sub.map_or(0, |(vendor, id)| 1 << 32 | u128::from(vendor) << 16 | u128::from(id));
                (1 + space as u128, u128::from(id) << 33 | sub)
            }
            Self::Emulated(index, _) => (3, index.number()),
        };
        // The owner takes 49 bits of a capability, and no more of an index.
        kind << 126 | owner << 64 | self.at().number()
    }
}

impl std::fmt::Display for Byte {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Space(at) => write!(f, "byte {at:#05x}"),
            Self::Capability(space, id, _, at) => {
                write!(f, "byte {at:#x} of `{}`", quirk_runtime::capability::Name(*space, *id))
            }
            Self::Emulated(_, at) => write!(f, "byte {at:#x} of the emulated capability"),
        }
    }
}

/// What bits of a byte are at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Known(u8),
    Device,
    Pinned,
    /// It depends on a parameter.
    Given,
}

/// Bits of a byte, or the same bits of each byte of a run, that a statement owns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    /// The first byte.
    pub(crate) byte: Byte,
    /// How many bytes there are.
    pub(crate) length: u64,
    /// The first byte of the capability that it counts from, once that is known.
    pub(crate) from: Option<u64>,
    pub(crate) bits: u8,
    class: WriteClass,
    value: Content,
    forced: Content,
    /// How far its lock is from its first byte, and the bits of it, for [`WriteClass::Rwl`].
    lock: Option<(i64, u8)>,
    pub(crate) place: Place,
    /// The field, if it is one.
    pub(crate) node: Option<NodeId>,
}

impl Claim {
    /// The same, counted from the start of a capability: the byte that it is of configuration space then.
    pub(crate) fn counted_from(self, start: u64) -> Self {
        Self { byte: Byte::Space(start + self.byte.at()), from: Some(start), ..self }
    }

    /// The number after that of its last byte.
    pub(crate) fn end(&self) -> u64 {
        self.byte.at() + self.length
    }

    /// The first byte that both have.
    pub(crate) fn shared(&self, other: &Self) -> Option<Byte> {
        let (first, later) = if self.byte <= other.byte { (self, other) } else { (other, self) };
        let same_owner = first.byte.other(0) == later.byte.other(0);
        (same_owner && later.byte.at() < first.byte.at() + first.length).then_some(later.byte)
    }

    /// Whether both own the same bits with the same behaviour and value, where they own the same.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        let bits = self.bits & other.bits;
        let same = |a: Content, b: Content| match (a, b) {
            (Content::Known(a), Content::Known(b)) => (a ^ b) & bits == 0,
            (Content::Given, _) | (_, Content::Given) => false,
            _ => a == b,
        };
        let ((class, value), (other_class, other_value)) = (self.behaviour(), other.behaviour());
        bits == 0 || class == other_class && same(value, other_value) && self.lock() == other.lock()
    }

    /// The byte that locks it, counted as its own is, and the bits of that.
    fn lock(&self) -> Option<(i64, u8)> {
        self.lock.map(|(distance, bits)| (self.byte.at().cast_signed() + distance, bits))
    }

    /// Whether it agrees with the other, and with what the other agrees with: both own the same bits in the same way.
    fn is_like(&self, other: &Self) -> bool {
        (self.byte, self.length, self.bits) == (other.byte, other.length, other.bits)
            && self.behaviour() == other.behaviour()
            && self.agrees(other)
    }

    /// What a guest notices: that it can write nothing has three names, and what is forced is so from the start.
    fn behaviour(&self) -> (WriteClass, Content) {
        match self.class {
            WriteClass::RsvdP => (WriteClass::Ro, Content::Known(0)),
            WriteClass::HwInit => (WriteClass::Ro, self.value),
            WriteClass::Forced => (WriteClass::Forced, self.forced),
            class => (class, self.value),
        }
    }

    /// Whether it leaves out what leads through a list: the device's own value does.
    pub(crate) fn leaves_lists(&self) -> bool {
        self.value == Content::Device && self.class != WriteClass::Forced
    }

    /// What it owns where a list has these bytes: the device's own value owns none of them.
    pub(crate) fn beside_list(self, list: &Range<u64>) -> impl Iterator<Item = Self> + use<> {
        let (start, end) = (self.byte.at(), self.end());
        let is_whole = !matches!(self.byte, Byte::Space(_)) || !self.leaves_lists();
        let parts =
            if is_whole { [start..end, end..end] } else { [start..end.min(list.start), start.max(list.end)..end] };
        parts.into_iter().filter(|part| !part.is_empty()).map(move |part| Self {
            byte: self.byte.other(part.start),
            length: part.end - part.start,
            lock: self.lock.map(|(distance, bits)| (distance - (part.start - start).cast_signed(), bits)),
            ..self
        })
    }

    /// Some of its bits, of each byte.
    pub(crate) fn in_bits(self, bits: u8) -> Self {
        Self { bits: self.bits & bits, ..self }
    }

    /// Whether it reads 0 whatever is written.
    pub(crate) fn reads_0(&self) -> bool {
        let zero = Self { class: WriteClass::Ro, value: Content::Known(0), lock: None, ..*self };
        self.agrees(&zero)
    }
}

/// The byte at an offset that counts from an anchor, in the emulation with an index.
pub(crate) fn byte(anchor: Anchor, index: usize, offset: u64) -> Byte {
    match anchor {
        Anchor::Space => Byte::Space(offset),
        Anchor::Capability(space, id, sub) => Byte::Capability(space, id, sub, offset),
        Anchor::Owner => Byte::Emulated(index, offset),
    }
}

/// All that a layer owns, emulated capabilities' own bytes aside.
pub(crate) fn of(layer: &Layer) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (index, emulation) in layer.emulations.iter().enumerate() {
        claims.extend(fields(index, emulation));
    }
    if let Some(port) = layer.port_type {
        let byte = Byte::Capability(Space::Conventional, PCIE, None, 2);
        claims.push(read_only(byte, 1, 0xf0, Content::Known(port.value << 4), port.place));
    }
    if let Some(place) = layer.pin_resizable_bar {
        // Six entries of a capability and a control register.
        let first = Byte::Capability(Space::Extended, REBAR, None, 4);
        claims.push(read_only(first, 0x30, 0xff, Content::Pinned, place));
    }
    claims.retain(|claim| claim.bits != 0);
    claims
}

fn fields(index: usize, emulation: &Emulation) -> impl Iterator<Item = Claim> {
    emulation.fields.iter().flat_map(move |field| {
        let is_run = matches!(field.value, FieldValue::Device | FieldValue::Param(_)) && field.length > 4;
        let (most, length) = if is_run { (1, field.length) } else { (usize::MAX, 1) };
        field.bits().take(most).enumerate().map(move |(at, (offset, bits))| Claim {
            byte: byte(field.anchor, index, offset),
            length,
            from: None,
            bits,
            class: field.class,
            value: value(field, at),
            forced: field.forced.as_ref().map_or(Content::Known(0), |program| number(program, at)),
            lock: field.lock.map(|lock| (lock.offset.cast_signed() - offset.cast_signed(), lock.bits)),
            place: field.place,
            node: Some(field.node),
        })
    })
}

fn read_only(byte: Byte, length: u64, bits: u8, value: Content, place: Place) -> Claim {
    let (class, forced) = (WriteClass::Ro, Content::Known(0));
    Claim { byte, length, from: None, bits, class, value, forced, lock: None, place, node: None }
}

/// What a capability that a layer emulates has beside the list's part of its header and what reads 0: the length and ids of a
/// DVSEC or VSEC, and its fields. The bytes ascend.
pub(crate) fn inside(index: usize, emulation: &Emulation) -> Vec<Claim> {
    let mut claims: Vec<Claim> = fields(index, emulation).collect();
    claims.retain(|claim| claim.bits != 0 && matches!(claim.byte, Byte::Emulated(..)));
    if let Some(emulated) = &emulation.capability
        && let Some((vendor, id)) = emulated.sub
    {
        let length = u32::try_from(emulated.length << 20).unwrap_or(u32::MAX);
        let is_dvsec = emulated.id == DVSEC;
        let [a, b, c, d] = (length | u32::from(if is_dvsec { vendor } else { id })).to_le_bytes();
        let [low, high] = id.to_le_bytes();
        let made = [(a, 0xff), (b, 0xff), (c, 0xf0), (d, 0xff), (low, 0xff), (high, 0xff)];
        claims.extend((4..).zip(made).take(if is_dvsec { 6 } else { 4 }).map(|(at, (value, bits))| {
            read_only(Byte::Emulated(index, at), 1, bits, Content::Known(value), emulation.place)
        }));
    }
    claims.order_by_key(|claim| claim.byte);
    claims
}

/// Calls with each two claims that share a byte and disagree, and with the first such byte: the bytes ascending, and of the two the
/// one first that stands first in the list. Claims that are alike are looked at as one.
pub(crate) fn disagreements<T>(claims: &[(T, Claim)], mut meet: impl FnMut(&(T, Claim), &(T, Claim), Byte)) {
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.order_by_key(|&index| (claims[index].1.byte, index));
    // Claims that are alike, by their place in the order.
    let mut open: Vec<(&Claim, Vec<usize>)> = Vec::new();
    for (position, &index) in order.iter().enumerate() {
        let claim = &claims[index].1;
        open.retain(|(other, _)| other.shared(claim).is_some());
        let others = open.iter().filter(|(other, _)| !claim.agrees(other));
        let mut met: Vec<usize> = others.flat_map(|(_, alike)| alike).copied().collect();
        met.order();
        for other in met.into_iter().map(|other| order[other]) {
            meet(&claims[index.min(other)], &claims[index.max(other)], claim.byte);
        }
        match open.iter_mut().find(|(other, _)| other.is_like(claim)) {
            Some((_, alike)) => alike.push(position),
            None => open.push((claim, vec![position])),
        }
    }
}

/// The bytes of runs, ascending and apart: the first of them, and the number after the last.
pub(crate) fn runs(claims: &[Claim]) -> Vec<(Byte, u64)> {
    let mut sorted: Vec<&Claim> = claims.iter().filter(|claim| claim.length > 1).collect();
    sorted.order_by_key(|claim| claim.byte);
    let mut runs: Vec<(Byte, u64)> = Vec::new();
    for claim in sorted {
        match runs.last_mut() {
            Some((byte, end)) if byte.other(0) == claim.byte.other(0) && claim.byte.at() <= *end => {
                *end = claim.end().max(*end);
            }
            _ => runs.push((claim.byte, claim.end())),
        }
    }
    runs
}

/// Whether a byte is one of theirs.
pub(crate) fn holds(runs: &[(Byte, u64)], byte: Byte) -> bool {
    let before = runs.partition_point(|(first, _)| *first <= byte);
    let run = before.checked_sub(1).and_then(|at| runs.get(at));
    run.is_some_and(|(first, end)| first.other(0) == byte.other(0) && byte.at() < *end)
}

/// Tells of each claim, once, one before it that owns some of the same bits, and the first byte where they meet.
pub(crate) fn overlaps(claims: &[Claim], mut told: impl FnMut(&Claim, &Claim, Byte)) {
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.order_by_key(|&index| (claims[index].byte, index));
    let mut is_told = vec![false; claims.len()];
    let mut open: Vec<usize> = Vec::new();
    for index in order {
        let claim = &claims[index];
        open.retain(|&other| claims[other].shared(claim).is_some());
        let mut is_covered = false;
        for &other in &open {
            let shared = claims[other].bits & claim.bits;
            let (first, second) = (index.min(other), index.max(other));
            if shared != 0 && !std::mem::replace(&mut is_told[second], true) {
                told(&claims[first], &claims[second], claim.byte);
            }
            is_covered |= shared == claim.bits && claims[other].end() >= claim.end();
        }
        // What meets a claim that is told and lies in another meets that other.
        if !(is_covered && is_told[index]) {
            open.push(index);
        }
    }
}

fn value(field: &Field, at: usize) -> Content {
    match &field.value {
        FieldValue::Program(program) => number(program, at),
        FieldValue::Bytes(bytes) => bytes.get(at).map_or(Content::Given, |byte| Content::Known(*byte)),
        FieldValue::Device => Content::Device,
        FieldValue::Param(_) => Content::Given,
    }
}

fn number(program: &Program, at: usize) -> Content {
    let byte = program.number.and_then(|number| number.to_le_bytes().get(at).copied());
    byte.map_or(Content::Given, Content::Known)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quirk_runtime::capability::Space;

    use super::Byte;
    use crate::numbered::Number;

    /// Few values of each part, so that parts are alike, and the largest.
    fn byte() -> impl Strategy<Value = Byte> {
        let id = || prop_oneof![0..3_u16, Just(u16::MAX)];
        let at = || prop_oneof![0..4_u64, Just(u64::from(u32::MAX)), Just(u64::MAX)];
        let space = prop_oneof![Just(Space::Conventional), Just(Space::Extended)];
        prop_oneof![
            at().prop_map(Byte::Space),
            (space, id(), proptest::option::of((id(), id())), at())
                .prop_map(|(space, id, sub, at)| Byte::Capability(space, id, sub, at)),
            (0..4_usize, at()).prop_map(|(index, at)| Byte::Emulated(index, at)),
        ]
    }

    proptest! {
        #[test]
        fn numbers_of_bytes_order_as_the_bytes_do(one in byte(), other in byte()) {
            prop_assert_eq!(one.number().cmp(&other.number()), one.cmp(&other));
        }
    }
}
