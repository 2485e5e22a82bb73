//! What was found that a person should know, and that stopped nothing.

use core::fmt;

use crate::capability::{Name, Space};
use crate::free_space::Fault;
use crate::source::Source;
use crate::tables::Evidence;

/// Something odd about a device, its description or a request.
///
/// It has a kebab-case [`code`](Finding::code) for programs and a sentence (`Display`) for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// Ids and header type read as ones: the function is gone, powered down, or does not answer.
    DeviceGone,
    /// Only the 64 bytes of the header are known.
    HeaderOnly,
    /// The dword at `0x100` reads as ones: extended space does not answer.
    ExtendedSpaceSilent,
    /// The Next of the capability at `at` leads back to `to`.
    ChainLoop {
        /// Which list.
        space: Space,
        /// The capability.
        at: u16,
        /// Where its Next leads.
        to: u16,
    },
    /// The Next of the capability at `at` leads below the space where capabilities lie.
    ChainBelowRange {
        /// Which list.
        space: Space,
        /// The capability, or the capabilities pointer.
        at: u16,
        /// Where its Next leads.
        to: u16,
    },
    /// The reserved low two bits of a Next are set; they are masked.
    ChainUnaligned {
        /// Which list.
        space: Space,
        /// The capability.
        at: u16,
        /// Next as it reads.
        to: u16,
    },
    /// A Next leads to a dword that is 0 or all ones, which is no capability.
    ChainDead {
        /// Which list.
        space: Space,
        /// The capability.
        at: u16,
        /// Where its Next leads.
        to: u16,
        /// All ones, not 0.
        ones: bool,
    },
    /// A null capability (id 0) in the list; the walk goes on after it.
    NullCapability {
        /// Which list.
        space: Space,
        /// Where it is.
        at: u16,
    },
    /// A PASID capability that the list has though nobody meant to show it: vfio-pci hides the function's own, and fails to where
    /// capabilities of one id abut, or a null one is the first. The guest gets an emulated one, or none.
    PasidLeftLinked {
        /// Where it is.
        at: u16,
    },
    /// A capability's length leads past the end of its space.
    CapabilityPastEnd {
        /// Which list.
        space: Space,
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
        /// The byte after its last.
        end: u16,
    },
    /// The length that a capability states is below the minimum of its kind, which counts instead.
    LengthBelowMinimum {
        /// Which list.
        space: Space,
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
        /// What it states.
        length: u16,
    },
    /// A declared capability that is not optional is not in the live list.
    DeclaredCapabilityAbsent {
        /// Which list.
        space: Space,
        /// Its id.
        id: u16,
        /// Where it was declared.
        at: u16,
    },
    /// Another capability is where one was declared.
    DeclaredCapabilityDiffers {
        /// Which list.
        space: Space,
        /// Its declared id.
        id: u16,
        /// Where it was declared.
        at: u16,
        /// The id that is there.
        live: u16,
    },
    /// A live capability lies inside a range that was declared free.
    LiveCapabilityInFree {
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
        /// Start of the free range.
        start: u16,
        /// Its end.
        end: u16,
    },
    /// A capability is longer than the entry states, as its own bits tell.
    DeclaredLengthShort {
        /// Which list.
        space: Space,
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
        /// What the entry states.
        stated: u16,
        /// What its bits tell.
        live: u16,
    },
    /// Bytes that are declared free do not read 0: something may live there.
    FreeNotZero {
        /// The first of them.
        start: u16,
        /// The byte after the last.
        end: u16,
        /// Who vouches for them.
        evidence: Evidence,
    },
    /// PASID goes on bytes that do not read 0, by the word of the operator or of a free-space DVSEC.
    PlaceNotZero {
        /// The first of them.
        start: u16,
        /// The byte after the last.
        end: u16,
        /// Whose word.
        by: Source,
    },
    /// A dword in unassigned space looks like the header of a capability that nobody linked.
    SuspectedCapability {
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
    },
    /// What the host was said to have is more than the function's own capability has.
    HostWidthCut {
        /// Where that is.
        at: u16,
        /// What was said, in bits.
        host: u8,
        /// What the capability has.
        device: u8,
    },
    /// The same of Execute Permission.
    HostExecuteCut {
        /// Where that is.
        at: u16,
    },
    /// The same of Privileged Mode.
    HostPrivilegedCut {
        /// Where that is.
        at: u16,
    },
    /// The device shows PASID itself, with more bits than the vIOMMU has.
    VisibleWidthOverViommu {
        /// Where that is.
        at: u16,
        /// What it shows, in bits.
        device: u8,
        /// What the vIOMMU has.
        viommu: u8,
    },
    /// A DVSEC has vendor and id of a free-space DVSEC, but a revision that no format has.
    DvsecRevision {
        /// Where it is.
        at: u16,
        /// Its revision.
        revision: u8,
    },
    /// A free-space DVSEC of the device is broken and not used.
    DvsecDropped {
        /// Where it is.
        at: u16,
        /// What is wrong with it.
        fault: Fault,
    },
    /// An entry of a free-space DVSEC's table is not used.
    DvsecEntry {
        /// Where the DVSEC is.
        at: u16,
        /// Which entry.
        index: u16,
        /// What is wrong with it.
        fault: Fault,
    },
    /// Another DVSEC begins where a free-space DVSEC of the device ends.
    DvsecAbuts {
        /// Where the first one is.
        at: u16,
        /// Where the second one is.
        end: u16,
    },
    /// A free-space DVSEC that the entry declares describes less than it should: some of it is not free here.
    DvsecCut {
        /// Where it was declared.
        at: u16,
    },
    /// A free-space DVSEC that the entry declares is not shown: its bytes are not free here, or it would describe nothing.
    DvsecLeftOut {
        /// Where it was declared.
        at: u16,
    },
    /// After a reset, the bytes on which the layout hangs are not what they were.
    LayoutChanged {
        /// Where the capability is that they are of.
        at: u16,
    },
    /// An entry of an earlier database matches too; that of a later one shadows it.
    EntryShadowed {
        /// Index of the earlier database.
        database: u16,
        /// Index of the later one.
        by: u16,
    },
    /// A layer that is switched on is not applied. Its entry in [`crate::Decision::layers`] names it and says why.
    LayerRefused {
        /// Index of its entry.
        layer: u8,
    },
    /// The policy switches on a layer that no database has.
    LayerUnknown {
        /// Index in [`crate::Policy::layers`].
        choice: u16,
    },
    /// The policy switches on a layer that is not for this function.
    LayerNotMatching {
        /// Index in [`crate::Policy::layers`].
        choice: u16,
    },
    /// More layers are switched on than can be applied, which are 16.
    TooManyLayers {
        /// How many are left out.
        count: u16,
    },
    /// A window of a BAR shows configuration space, and the VMM did not say that it takes it over: there the guest sees
    /// and writes the device's own bytes.
    MirrorUntrapped {
        /// Index of the layer's entry in [`crate::Decision::layers`].
        layer: u8,
        /// BAR number.
        bar: u8,
        /// First byte in the BAR.
        offset: u64,
    },
    /// The description holds a record that cannot be read.
    BrokenRecord {
        /// Index of the database.
        database: u16,
    },
}

/// Declares the codes beside the list of them, so that none is missing there.
macro_rules! codes {
    ({ $($finding:pat => $code:literal,)* } faults { $faulty:pat => $fault:expr, [$($of_fault:literal,)*] }) => {
        /// All codes.
        pub const CODES: &[&str] = &[$($code,)* $($of_fault,)*];

        /// A name for programs: it is never changed.
        #[must_use]
        pub const fn code(&self) -> &'static str {
            match self {
                $($finding => $code,)*
                $faulty => $fault.code(),
            }
        }
    };
}

impl Finding {
    codes! {
        {
        Self::DeviceGone => "device-gone",
        Self::HeaderOnly => "header-only",
        Self::ExtendedSpaceSilent => "extended-space-silent",
        Self::ChainLoop { .. } => "chain-loop",
        Self::ChainBelowRange { .. } => "chain-below-range",
        Self::ChainUnaligned { .. } => "chain-unaligned",
        Self::ChainDead { .. } => "chain-dead",
        Self::NullCapability { .. } => "null-capability",
        Self::PasidLeftLinked { .. } => "pasid-left-linked",
        Self::CapabilityPastEnd { .. } => "capability-past-end",
        Self::LengthBelowMinimum { .. } => "length-below-minimum",
        Self::DeclaredCapabilityAbsent { .. } => "declared-capability-absent",
        Self::DeclaredCapabilityDiffers { .. } => "declared-capability-differs",
        Self::LiveCapabilityInFree { .. } => "live-capability-in-free",
        Self::DeclaredLengthShort { .. } => "declared-length-short",
        Self::FreeNotZero { .. } => "free-not-zero",
        Self::PlaceNotZero { .. } => "place-not-zero",
        Self::SuspectedCapability { .. } => "suspected-capability",
        Self::HostWidthCut { .. } => "host-width-cut",
        Self::HostExecuteCut { .. } => "host-execute-cut",
        Self::HostPrivilegedCut { .. } => "host-privileged-cut",
        Self::VisibleWidthOverViommu { .. } => "visible-width-over-viommu",
        Self::DvsecRevision { .. } => "dvsec-revision",
        Self::DvsecAbuts { .. } => "dvsec-abuts",
        Self::DvsecCut { .. } => "dvsec-cut",
        Self::DvsecLeftOut { .. } => "dvsec-left-out",
        Self::LayoutChanged { .. } => "layout-changed",
        Self::EntryShadowed { .. } => "entry-shadowed",
        Self::LayerRefused { .. } => "layer-refused",
        Self::LayerUnknown { .. } => "layer-unknown",
        Self::LayerNotMatching { .. } => "layer-not-matching",
        Self::TooManyLayers { .. } => "too-many-layers",
        Self::MirrorUntrapped { .. } => "mirror-untrapped",
        Self::BrokenRecord { .. } => "broken-record",
        }
        faults {
            Self::DvsecDropped { fault, .. } | Self::DvsecEntry { fault, .. } => fault,
            [
                "dvsec-length",
                "dvsec-truncated",
                "dvsec-form",
                "dvsec-overlaps-capability",
                "entry-unaligned",
                "entry-out-of-range",
                "entry-overlaps-dvsec",
                "entry-overlaps-entry",
                "entry-overlaps-capability",
            ]
        }
    }

    /// The offset that it is about, if it is about one.
    #[must_use]
    pub const fn offset(&self) -> Option<u16> {
        match *self {
            Self::ChainLoop { at, .. }
            | Self::ChainBelowRange { at, .. }
            | Self::ChainUnaligned { at, .. }
            | Self::ChainDead { at, .. }
            | Self::NullCapability { at, .. }
            | Self::PasidLeftLinked { at }
            | Self::CapabilityPastEnd { at, .. }
            | Self::LengthBelowMinimum { at, .. }
            | Self::DeclaredCapabilityAbsent { at, .. }
            | Self::DeclaredCapabilityDiffers { at, .. }
            | Self::LiveCapabilityInFree { at, .. }
            | Self::DeclaredLengthShort { at, .. }
            | Self::FreeNotZero { start: at, .. }
            | Self::PlaceNotZero { start: at, .. }
            | Self::SuspectedCapability { at, .. }
            | Self::HostWidthCut { at, .. }
            | Self::HostExecuteCut { at }
            | Self::HostPrivilegedCut { at }
            | Self::VisibleWidthOverViommu { at, .. }
            | Self::DvsecRevision { at, .. }
            | Self::DvsecDropped { at, .. }
            | Self::DvsecEntry { at, .. }
            | Self::DvsecAbuts { at, .. }
            | Self::DvsecCut { at }
            | Self::DvsecLeftOut { at }
            | Self::LayoutChanged { at } => Some(at),
            _ => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DeviceGone => f.write_str("the function does not answer: every byte reads ff"),
            Self::HeaderOnly => f.write_str("only the 64 bytes of the header are known"),
            Self::ExtendedSpaceSilent => f.write_str("0x100 reads as ones: extended space does not answer"),
            Self::ChainLoop { space, at, to } => {
                write!(f, "the {} list loops: Next at {at:#05x} leads back to {to:#05x}", space.keyword())
            }
            Self::ChainBelowRange { space, at, to } => {
                let (list, start) = (space.keyword(), space.start());
                write!(f, "Next at {at:#05x} leads to {to:#05x}, but the {list} list begins at {start:#05x}")
            }
            Self::ChainUnaligned { space, at, to } => {
                let list = space.keyword();
                write!(f, "Next at {at:#05x} of the {list} list reads {to:#05x}, which is not dword-aligned")
            }
            Self::ChainDead { space, at, to, ones } => {
                let (list, reads) = (space.keyword(), if ones { "all ones" } else { "0" });
                write!(f, "Next at {at:#05x} of the {list} list leads to {to:#05x}, which reads {reads}")
            }
            Self::PasidLeftLinked { at } => {
                write!(
                    f,
                    "PASID at {at:#05x} is the function's own, left in the list by mistake: a guest never reaches it"
                )
            }
            Self::NullCapability { space, at } => {
                write!(f, "null capability at {at:#05x} of the {} list", space.keyword())
            }
            Self::CapabilityPastEnd { space, id, at, end } => {
                let last = space.end();
                write!(f, "{} at {at:#05x} reaches to {end:#06x}, past the end at {last:#06x}", Name(space, id))
            }
            Self::LengthBelowMinimum { space, id, at, length } => {
                write!(f, "{} at {at:#05x} states a length of {length} bytes, below its minimum", Name(space, id))
            }
            Self::DeclaredCapabilityAbsent { space, id, at } => {
                write!(f, "{} is declared at {at:#05x}, but not in the list of the device", Name(space, id))
            }
            Self::DeclaredCapabilityDiffers { space, id, at, live } => {
                let (declared, live) = (Name(space, id), Name(space, live));
                write!(f, "{declared} is declared at {at:#05x}, but {live} is there")
            }
            Self::LiveCapabilityInFree { id, at, start, end } => {
                let name = Name(Space::Extended, id);
                write!(f, "{name} at {at:#05x} lies in {start:#05x}..{end:#05x}, which is declared free")
            }
            Self::DeclaredLengthShort { space, id, at, stated, live } => {
                let name = Name(space, id);
                write!(f, "{name} at {at:#05x} has {live:#x} bytes by its own bits, and the entry states {stated:#x}")
            }
            Self::FreeNotZero { start, end, evidence } => {
                let vouches = evidence.word();
                write!(f, "{start:#05x}..{end:#05x} is declared free, by evidence `{vouches}`, and does not read 0")
            }
            Self::PlaceNotZero { start, end, by } => {
                write!(f, "{start:#05x}..{end:#05x} does not read 0, where the source {by} puts PASID")
            }
            Self::SuspectedCapability { id, at } => {
                let name = Name(Space::Extended, id);
                write!(f, "the dword at {at:#05x} looks like the header of a hidden {name}")
            }
            Self::HostWidthCut { at, host, device } => write!(
                f,
                "a host of {host} PASID bits gives {device}: the function's own PASID at {at:#05x} has no more"
            ),
            Self::HostExecuteCut { at } => {
                write!(f, "no Execute Permission: the function's own PASID at {at:#05x} has none")
            }
            Self::HostPrivilegedCut { at } => {
                write!(f, "no Privileged Mode: the function's own PASID at {at:#05x} has none")
            }
            Self::VisibleWidthOverViommu { at, device, viommu } => write!(
                f,
                "the device shows {device} PASID bits at {at:#05x} and the vIOMMU has {viommu}: who shows it must cut them"
            ),
            Self::DvsecRevision { at, revision } => {
                write!(f, "the DVSEC at {at:#05x} has revision {revision}, which no `dvsec_format` of its identity has")
            }
            Self::DvsecDropped { at, fault } => write!(f, "the free-space DVSEC at {at:#05x} is not used: {fault}"),
            Self::DvsecEntry { at, index, fault } => {
                write!(f, "entry {index} of the free-space DVSEC at {at:#05x} is not used: {fault}")
            }
            Self::DvsecAbuts { at, end } => {
                write!(f, "the free-space DVSEC at {at:#05x} ends where another DVSEC begins, at {end:#05x}")
            }
            Self::DvsecCut { at } => {
                write!(f, "the declared free-space DVSEC at {at:#05x} describes less: not all of it is free here")
            }
            Self::DvsecLeftOut { at } => {
                write!(f, "the declared free-space DVSEC at {at:#05x} is not shown: its bytes are not free here")
            }
            Self::LayoutChanged { at } => {
                write!(f, "after a reset, the capability at {at:#05x} is not what it was")
            }
            Self::EntryShadowed { database, by } => {
                write!(f, "an entry of database {database} matches too, and is shadowed by that of database {by}")
            }
            Self::LayerRefused { layer } => write!(f, "layer {layer} of the decision is not applied"),
            Self::LayerUnknown { choice } => write!(f, "no database has the layer {choice} of the policy"),
            Self::LayerNotMatching { choice } => {
                write!(f, "the layer {choice} of the policy is not for this function")
            }
            Self::TooManyLayers { count } => write!(f, "{count} layers more are switched on than can be applied"),
            Self::MirrorUntrapped { layer, bar, offset } => write!(
                f,
                "BAR {bar} shows configuration space at {offset:#x}, as layer {layer} of the decision says, and the VMM \
                 did not take it over"
            ),
            Self::BrokenRecord { database } => write!(f, "database {database} holds a record that cannot be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Finding;
    use crate::free_space::Fault;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_kebab_case() {
        let unique: BTreeSet<_> = Finding::CODES.iter().collect();
        assert_eq!(unique.len(), Finding::CODES.len());
        let faults = [
            Fault::Length(0),
            Fault::Truncated,
            Fault::Form(0),
            Fault::CapabilityInside,
            Fault::Unaligned,
            Fault::OutOfRange,
            Fault::OverlapsDvsec,
            Fault::OverlapsEntry,
            Fault::OverlapsCapability,
        ];
        assert!(faults.iter().all(|fault| unique.contains(&fault.code())));
        assert!(Finding::CODES.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }
}
