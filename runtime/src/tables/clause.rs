//! Records that say which functions a device or a layer is for.

use super::List;
use super::wire::{byte_enum, record};

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
    /// one layer one behind the other.
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
