//! Records that say which functions a device or a layer is for.
//!
//! Most clauses ask for ids alone, and those of a family for the same beside them: what they ask for beside ids lies apart, and
//! once.

use super::list::{List, Optional};
use super::record::{byte_enum, record};
use super::wire::Wire;

byte_enum! {
    /// How an id is compared.
    IdKind {
        /// Every id.
        Any = 0,
        /// `a <= id <= b`; one id has `a == b`.
        Range = 1,
        /// `id & b == a`.
        Mask = 2,
    }
}

record! {
    /// A set of ids. It lies only inside [`ClauseIds`] and [`Conditions`].
    IdSet in Clauses {
        /// How an id is compared.
        kind: IdKind,
        /// Lower end, or value.
        a: u16,
        /// Upper end, or mask.
        b: u16,
    }
}

impl IdSet {
    /// Every id.
    pub const ANY: Self = Self { kind: IdKind::Any, a: 0, b: 0 };

    /// Exactly one id.
    #[must_use]
    pub const fn exactly(id: u16) -> Self {
        Self { kind: IdKind::Range, a: id, b: id }
    }

    /// The one id of the set, if it is that.
    #[must_use]
    pub fn single(self) -> Option<u16> {
        (self.kind == IdKind::Range && self.a == self.b).then_some(self.a)
    }

    /// Whether the id is in the set.
    #[must_use]
    pub fn contains(self, id: u16) -> bool {
        match self.kind {
            IdKind::Any => true,
            IdKind::Range => (self.a..=self.b).contains(&id),
            IdKind::Mask => id & self.b == self.a,
        }
    }
}

byte_enum! {
    /// Which functions a clause is for.
    FunctionKind {
        /// All, and those of which nothing is known.
        Any = 0,
        /// Physical functions.
        Physical = 1,
        /// Virtual functions.
        Virtual = 2,
    }
}

record! {
    /// A condition on the device's own bytes.
    Guard in Guards {
        /// First byte.
        offset: u16,
        /// 1, 2 or 4 bytes, little-endian.
        width: u8,
        /// The bits that count.
        mask: u32,
        /// What they must be.
        value: u32,
    }
}

record! {
    /// What a clause asks for beside vendor and device.
    Conditions in Conditions {
        /// Subsystem vendor ids.
        subsystem_vendor: IdSet,
        /// Subsystem ids.
        subsystem_device: IdSet,
        /// Revision ids.
        revision: IdSet,
        /// Class code bits that count, 24 bits.
        class_mask: u32,
        /// What they must be.
        class_value: u32,
        /// Which functions.
        function: FunctionKind,
        /// Conditions on the device's bytes.
        guards: List<Guard>,
    }
}

impl Conditions {
    /// Those of a clause that asks for ids alone.
    pub const NONE: Self = Self {
        subsystem_vendor: IdSet::ANY,
        subsystem_device: IdSet::ANY,
        revision: IdSet::ANY,
        class_mask: 0,
        class_value: 0,
        function: FunctionKind::Any,
        guards: List::EMPTY,
    };
}

record! {
    /// One `match` of a device or layer, with lists written out, as it lies in a database.
    ///
    /// The clauses of devices stand first. Among them those with one vendor and one device id stand first, in ascending
    /// order of `vendor << 16 | device`; [`super::Section::Keys`] holds these keys. The clauses of layers follow, those of
    /// one layer one after the other.
    ClauseIds in Clauses {
        /// Index of the device or layer.
        owner: u32,
        /// The owner is a layer.
        layer: bool,
        /// The higher wins: bit 7 subsystem, 6 config guard, 5 revision, 4 exact device, 3 device set, 2 class,
        /// 1 vendor, 0 function; a bit is set where the clause constrains that field.
        rank: u8,
        /// Vendor ids.
        vendor: IdSet,
        /// Device ids.
        device: IdSet,
        /// What it asks for beside them.
        conditions: Optional<Conditions>,
    }
}

/// One `match` of a device or layer: all of it must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Index of the device or layer.
    pub owner: u32,
    /// The owner is a layer.
    pub layer: bool,
    /// The higher wins; see [`ClauseIds::rank`].
    pub rank: u8,
    /// Vendor ids.
    pub vendor: IdSet,
    /// Device ids.
    pub device: IdSet,
    /// Subsystem vendor ids.
    pub subsystem_vendor: IdSet,
    /// Subsystem ids.
    pub subsystem_device: IdSet,
    /// Revision ids.
    pub revision: IdSet,
    /// Class code bits that count, 24 bits.
    pub class_mask: u32,
    /// What they must be.
    pub class_value: u32,
    /// Which functions.
    pub function: FunctionKind,
    /// Conditions on the device's bytes.
    pub guards: List<Guard>,
}

/// A clause as it lies in a database.
pub(crate) type EncodedClause = [u8; ClauseIds::SIZE];

/// Where fields of a clause lie that are read alone.
mod at {
    use super::{ClauseIds, IdSet, Wire};

    pub(super) const LAYER: usize = 4;
    pub(super) const RANK: usize = 5;
    pub(super) const VENDOR: usize = 6;
    pub(super) const DEVICE: usize = VENDOR + IdSet::SIZE;
    const _: () = assert!(DEVICE + IdSet::SIZE + 4 == ClauseIds::SIZE, "conditions come last");
}

impl Clause {
    /// The rank of a clause that constrains nothing but vendor and device, and names one of each.
    pub const PLAIN_RANK: u8 = 1 << 4 | 1 << 1;
}

impl ClauseIds {
    /// The owner and the rank of a device's clause that constrains nothing but vendor and device.
    pub(super) fn plain(bytes: &EncodedClause) -> Option<(u32, u8)> {
        let Self { owner, layer, rank, conditions, .. } = Self::get(bytes)?;
        (!layer && conditions.index().is_none()).then_some((owner, rank))
    }

    /// The key of a clause that names one vendor and one device: [`super::Section::Keys`].
    #[inline]
    pub(crate) fn key(bytes: &EncodedClause) -> u32 {
        let word = |at: usize| u32::from(u16::from_le_bytes([bytes[at + 1], bytes[at + 2]]));
        word(at::VENDOR) << 16 | word(at::DEVICE)
    }

    /// The rank, and whether the ids are in the clause's sets.
    #[inline]
    pub(crate) fn admits(bytes: &EncodedClause, vendor: u16, device: u16) -> Option<(u8, bool)> {
        let in_set = |at: usize, id| Some(IdSet::get(&bytes[at..])?.contains(id));
        Some((bytes[at::RANK], in_set(at::VENDOR, vendor)? && in_set(at::DEVICE, device)?))
    }

    pub(crate) const fn is_of_layer(bytes: &EncodedClause) -> bool {
        bytes[at::LAYER] != 0
    }
}
