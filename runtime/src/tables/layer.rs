//! Records of a layer: what a VMM shows on top of a device.

use super::clause::ClauseIds;
use super::evidence::Claim;
use super::list::{List, Text};
use super::record::{byte_enum, record};

byte_enum! {
    /// What a parameter holds.
    ParamKind {
        /// An unsigned number of `size` bits.
        Unsigned = 0,
        /// `size` bytes.
        Bytes = 1,
    }
}

record! {
    /// A value that the VMM gives to a layer.
    Param in Params {
        /// Its identifier.
        name: Text,
        /// What it holds.
        kind: ParamKind,
        /// Bits or bytes.
        size: u16,
    }
}

byte_enum! {
    /// Write class of a bit, as the PCI Express specification names them.
    #[non_exhaustive]
    WriteClass {
        /// Read-only.
        Ro = 0,
        /// Read-write.
        Rw = 1,
        /// Write 1 to clear.
        Rw1c = 2,
        /// Read-write, sticky over a reset.
        Rws = 3,
        /// Read-only, sticky.
        Ros = 4,
        /// Write 1 to clear, sticky.
        Rw1cs = 5,
        /// Set by hardware or firmware before the guest runs: read-only to it.
        HwInit = 6,
        /// Reserved and preserved: reads 0, writes are dropped.
        RsvdP = 7,
        /// Read-write, but some bits take a fixed value at every write.
        Forced = 8,
        /// Read-write-one-to-lock: a bit that was written 1 stays 1 until the bus or power is reset.
        Rwo = 9,
        /// Read-write until one of the bits is set that lock it.
        Rwl = 10,
    }
}

impl WriteClass {
    /// The word of the language.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ro => "ro",
            Self::Rw => "rw",
            Self::Rw1c => "rw1c",
            Self::Rws => "rws",
            Self::Ros => "ros",
            Self::Rw1cs => "rw1cs",
            Self::HwInit => "hwinit",
            Self::RsvdP => "rsvdp",
            Self::Forced => "forced",
            Self::Rwo => "rwo",
            Self::Rwl => "rwl",
        }
    }
}

byte_enum! {
    /// What a field's offset counts from.
    Anchor {
        /// Config space.
        Space = 0,
        /// The emulated capability that holds the field.
        Owner = 1,
        /// The first visible conventional capability with the id `anchor_id`.
        Capability = 2,
        /// The first visible extended capability with the id `anchor_id`.
        Extended = 3,
    }
}

byte_enum! {
    /// Where a field's initial value comes from.
    ValueKind {
        /// A program in [`super::Section::Programs`]; see [`crate::tables::program`].
        Program = 0,
        /// The bytes themselves, in [`super::Section::Programs`].
        Bytes = 1,
        /// The device's own value, read at attach.
        Device = 2,
        /// The bytes parameter with the index `param`.
        Param = 3,
    }
}

record! {
    /// One byte of a program or of literal bytes.
    Byte in Programs {
        /// Its value.
        value: u8,
    }
}

record! {
    /// Bits of an emulated field.
    Field in Fields {
        /// What `offset` counts from.
        anchor: Anchor,
        /// Capability id for the anchors `Capability` and `Extended`.
        anchor_id: u16,
        /// A DVSEC's vendor.
        sub_vendor: u16,
        /// A DVSEC's or VSEC's id.
        sub_id: u16,
        /// Whether the anchor is the first of those that have `sub_vendor` and `sub_id`.
        has_sub_id: bool,
        /// First byte.
        offset: u16,
        /// Bytes.
        length: u16,
        /// The bits that are owned, for lengths up to 4; ignored above, where every bit is.
        mask: u32,
        /// Their write class.
        class: WriteClass,
        /// Where the initial value comes from.
        value_kind: ValueKind,
        /// Program or bytes. What a program computes lies as the bits lie in the field: `bits 4..8 = 9` is 0x90.
        value: List<Byte>,
        /// Index of the parameter for [`ValueKind::Param`].
        param: u16,
        /// Program of the value that the bits take at every write, for [`WriteClass::Forced`]; it lies as `value` does.
        forced: List<Byte>,
        /// The byte whose bits lock the field, counted as `offset` is, for [`WriteClass::Rwl`].
        lock: u16,
        /// Its bits.
        lock_bits: u8,
    }
}

record! {
    /// One place for an emulated capability.
    Alternative in Alternatives {
        /// Where.
        offset: u16,
    }
}

byte_enum! {
    /// What is emulated.
    EmulationKind {
        /// A conventional capability.
        Capability = 0,
        /// An extended capability.
        Extended = 1,
        /// Fields in what the device has.
        Fields = 2,
    }
}

record! {
    /// One `emulate` statement.
    Emulation in Emulations {
        /// What.
        kind: EmulationKind,
        /// Capability id.
        id: u16,
        /// Capability version of an extended capability.
        version: u8,
        /// Bytes, header included.
        length: u16,
        /// A DVSEC's vendor.
        sub_vendor: u16,
        /// A DVSEC's or VSEC's id.
        sub_id: u16,
        /// Whether `sub_vendor` and `sub_id` were given.
        has_sub_id: bool,
        /// `@ free`: the offset stands in the device's [`Allocation`]s.
        in_free: bool,
        /// Otherwise the first of these that overlaps nothing.
        alternatives: List<Alternative>,
        /// It may cover registers that the device's entry declares.
        over_register: bool,
        /// Who vouches for it.
        evidence: List<Claim>,
        /// What it holds.
        fields: List<Field>,
    }
}

record! {
    /// The offset that the compiler chose on one device for one `@ free` emulation of a layer.
    Allocation in Allocations {
        /// Index of the [`Layer`].
        layer: u32,
        /// Index of the [`Emulation`] in its section.
        emulation: u32,
        /// Where it goes.
        offset: u16,
    }
}

record! {
    /// A capability that the guest does not see.
    Hide in Hides {
        /// Extended, or conventional.
        extended: bool,
        /// Capability id.
        id: u16,
        /// A DVSEC's vendor.
        sub_vendor: u16,
        /// A DVSEC's or VSEC's id.
        sub_id: u16,
        /// Whether `sub_vendor` and `sub_id` were given.
        has_sub_id: bool,
        /// Only the one here; 0 for every one.
        offset: u16,
    }
}

record! {
    /// A window of a BAR that shows config space.
    Mirror in Mirrors {
        /// BAR number, 0..=5.
        bar: u8,
        /// First byte in the BAR.
        offset: u64,
        /// Bytes.
        length: u32,
        /// Config offset of the first byte.
        config: u16,
    }
}

byte_enum! {
    /// What a guest may do with bytes that no capability and no emulation owns.
    #[non_exhaustive]
    Unassigned {
        /// Nothing was said.
        Unspecified = 0,
        /// As vfio-pci has it: read and write the hardware.
        Raw = 1,
        /// Reads pass, writes are dropped.
        ReadOnly = 2,
        /// Reads give 0, writes are dropped.
        Deny = 3,
    }
}

impl Unassigned {
    /// The word of the language; `None` where nothing was said.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Unspecified => None,
            Self::Raw => Some("raw"),
            Self::ReadOnly => Some("read_only"),
            Self::Deny => Some("deny"),
        }
    }
}

record! {
    /// An exception from [`Unassigned`]: `start..end`.
    Allow in Allows {
        /// First byte.
        start: u16,
        /// The byte after the last.
        end: u16,
        /// Writes pass too.
        writable: bool,
    }
}

record! {
    /// The index of a layer that this one replaces where both own a bit.
    Over in Overs {
        /// Index of the [`Layer`].
        layer: u32,
    }
}

record! {
    /// What a VMM shows on top of the functions that it matches.
    Layer in Layers {
        /// Its identifier.
        name: Text,
        /// `file:line` of its description.
        source: Text,
        /// What it matches.
        clauses: List<ClauseIds>,
        /// On without being asked for.
        default_on: bool,
        /// Values that the VMM gives.
        params: List<Param>,
        /// What it emulates.
        emulations: List<Emulation>,
        /// What it hides.
        hides: List<Hide>,
        /// Windows in BARs that show config space.
        mirrors: List<Mirror>,
        /// Policy for bytes that nothing owns.
        unassigned: Unassigned,
        /// Exceptions from it.
        allows: List<Allow>,
        /// PCI Express device/port type to show; 0xff leaves it.
        port_type: u8,
        /// Of a resizable BAR only the current size is offered.
        pin_resizable_bar: bool,
        /// Layers that it wins against.
        over: List<Over>,
    }
}
