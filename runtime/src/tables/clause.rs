//! Records that say which functions a device or a layer is for.

use super::list::List;
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
    /// A set of ids. It lies only inside a [`Clause`].
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
    /// One `match` of a device or layer, with lists written out: all conditions must hold.
    ///
    /// The clauses of devices stand first. Among them those with one vendor and one device id stand first, in ascending
    /// order of `vendor << 16 | device`; [`super::Section::Keys`] holds these keys. The clauses of layers follow, those of
    /// one layer one after the other.
    Clause in Clauses {
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

/// A clause as it lies in a database.
pub(crate) type EncodedClause = [u8; Clause::SIZE];

/// Where fields of a clause lie that are read alone.
mod at {
    use super::{Guard, IdSet, List, Wire};

    pub(super) const LAYER: usize = 4;
    pub(super) const RANK: usize = 5;
    pub(super) const VENDOR: usize = 6;
    pub(super) const DEVICE: usize = VENDOR + IdSet::SIZE;
    pub(super) const CONDITIONS: usize = DEVICE + IdSet::SIZE;
    pub(super) const GUARDS: usize = super::Clause::SIZE - List::<Guard>::SIZE;
    pub(super) const GUARD_COUNT: usize = GUARDS + 4;
    const _: () = assert!(GUARDS == CONDITIONS + 24, "`plain` looks at all conditions");
}

impl Clause {
    /// The rank of a clause that constrains nothing but vendor and device, and names one of each.
    pub const PLAIN_RANK: u8 = 1 << 4 | 1 << 1;

    /// The owner and the rank of a device's clause that constrains nothing but vendor and device.
    pub(super) fn plain(bytes: &EncodedClause) -> Option<(u32, u8)> {
        let eight = |at: usize| u64::get(&bytes[at..]);
        let conditions = eight(at::CONDITIONS)? | eight(at::CONDITIONS + 8)? | eight(at::CONDITIONS + 16)?;
        let guards = u32::get(&bytes[at::GUARD_COUNT..])?;
        let is_plain = conditions | u64::from(guards) == 0 && bytes[at::LAYER] == 0;
        is_plain.then_some((u32::get(bytes)?, bytes[at::RANK]))
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
