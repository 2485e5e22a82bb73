//! What a layer is: what it matches, what the VMM gives to it, and what it shows.

use quirk_runtime::capability::{Name, Space};
use quirk_runtime::tables::{ParamKind, Unassigned, WriteClass};

use super::{Claim, Clause, Entry, NodeId, Region};
use crate::source::{Located, Place};

/// What a VMM shows on top of the functions that it matches.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) name: String,
    /// Its keyword and name.
    pub(crate) head: Place,
    /// Its file was asked for, not just used by another.
    pub(crate) asked_for: bool,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) default_on: bool,
    pub(crate) params: Vec<Param>,
    /// Names of params that were not understood.
    pub(crate) lost_params: Vec<String>,
    pub(crate) emulations: Vec<Emulation>,
    pub(crate) hides: Vec<Hide>,
    pub(crate) mirrors: Vec<Mirror>,
    pub(crate) unassigned: Unassigned,
    pub(crate) allows: Vec<Allow>,
    pub(crate) port_type: Option<Located<u8>>,
    pub(crate) pin_resizable_bar: Option<Place>,
    pub(crate) over: Vec<Over>,
    pub(crate) broken: LayerBroken,
}

impl Layer {
    /// Whether a name may be that of a parameter that was not understood.
    pub(crate) fn may_have_lost(&self, name: &str) -> bool {
        self.broken.text || self.lost_params.iter().any(|lost| lost == name)
    }
}

/// Which statements of a layer may be missing because they could not be understood.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LayerBroken {
    /// Of any kind: the text could not be parsed.
    pub(crate) text: bool,
    pub(crate) matches: bool,
    pub(crate) emulations: bool,
}

/// A value that the VMM gives.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) kind: ParamKind,
    /// Bits or bytes.
    pub(crate) size: u16,
    /// A field takes its value from it.
    pub(crate) used: bool,
}

/// The largest value of so many bits.
pub(crate) fn largest(bits: u16) -> u64 {
    u64::MAX >> (64 - bits.clamp(1, 64))
}

/// One `emulate`.
#[derive(Debug)]
pub(crate) struct Emulation {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    /// The capability that it shows; none for a field of what the device has.
    pub(crate) capability: Option<Emulated>,
    pub(crate) fields: Vec<Field>,
}

/// An emulated capability.
#[derive(Debug)]
pub(crate) struct Emulated {
    pub(crate) space: Space,
    pub(crate) id: u16,
    /// What distinguishes it from others of the same id: vendor (0 for a VSEC) and id.
    pub(crate) sub: Option<(u16, u16)>,
    pub(crate) version: u8,
    pub(crate) length: u64,
    /// Where the length was written, if it was.
    pub(crate) length_place: Option<Place>,
    /// Where it goes: the first that overlaps nothing. Empty for `@ free`.
    pub(crate) places: Vec<Located<u64>>,
    /// It may cover declared registers.
    pub(crate) over_register: bool,
    /// Who vouches for it.
    pub(crate) claims: Vec<Claim>,
}

impl Emulated {
    /// `ext dvsec`
    pub(crate) fn name(&self) -> Name {
        Name(self.space, self.id)
    }

    pub(crate) fn in_free(&self) -> bool {
        self.places.is_empty()
    }
}

/// Bits of an emulated field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    pub(crate) anchor: Anchor,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// The bits that it owns, for lengths up to 4.
    pub(crate) mask: u32,
    pub(crate) class: WriteClass,
    pub(crate) value: FieldValue,
    /// What the bits take at every write, for [`WriteClass::Forced`].
    pub(crate) forced: Option<Program>,
    /// What locks them, for [`WriteClass::Rwl`].
    pub(crate) lock: Option<Lock>,
}

/// Bits of one byte, of which one that is set makes other bits read-only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lock {
    /// The byte, counted as the offset of the field is.
    pub(crate) offset: u64,
    pub(crate) bits: u8,
    pub(crate) place: Place,
}

impl Field {
    /// The bytes in which it owns bits, counted as its offset is, with those bits.
    pub(crate) fn bits(&self) -> impl Iterator<Item = (u64, u8)> {
        let mask = self.mask.to_le_bytes();
        let whole = self.length > 4;
        (self.offset..self.offset + self.length).enumerate().map(move |(at, byte)| {
            let bits = mask.get(at).copied().unwrap_or(0);
            (byte, if whole { 0xff } else { bits })
        })
    }
}

/// What the offset of a field counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Anchor {
    /// Configuration space.
    Space,
    /// The emulated capability that holds it.
    Owner,
    /// The first visible capability of an id; of a DVSEC or VSEC, the first with these ids.
    Capability(Space, u16, Option<(u16, u16)>),
}

/// A field's initial value.
#[derive(Debug)]
pub(crate) enum FieldValue {
    Program(Program),
    Bytes(Vec<u8>),
    /// The device's own.
    Device,
    /// Index of a parameter that holds bytes.
    Param(u16),
}

/// An expression over the params, as the tables hold it: its result lies as the bits lie in the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) code: Vec<u8>,
    /// Its result where it takes no parameter.
    pub(crate) number: Option<u64>,
}

/// A capability that the guest does not see.
#[derive(Debug)]
pub(crate) struct Hide {
    pub(crate) place: Place,
    pub(crate) space: Space,
    pub(crate) id: u16,
    pub(crate) sub: Option<(u16, u16)>,
    /// Only the one here.
    pub(crate) at: Option<u64>,
}

impl Hide {
    /// Whether it hides this capability of a device.
    pub(crate) fn is_of(&self, entry: &Entry) -> bool {
        entry.capability().is_some_and(|found| {
            (found.space, found.id) == (self.space, self.id)
                && (self.sub.is_none() || self.sub == found.sub)
                && self.at.is_none_or(|at| at == entry.region.start)
        })
    }
}

/// A window of a BAR that shows configuration space.
#[derive(Debug)]
pub(crate) struct Mirror {
    pub(crate) bar: u8,
    /// Bytes of the BAR.
    pub(crate) region: Region,
    /// Config offset of the first of them.
    pub(crate) config: u64,
}

/// An exception from what a guest may do with bytes that nothing owns.
#[derive(Debug)]
pub(crate) struct Allow {
    pub(crate) region: Region,
    pub(crate) writable: bool,
}

/// A layer that this one wins against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Over {
    pub(crate) place: Place,
    /// Index of the layer in the model.
    pub(crate) layer: usize,
}
