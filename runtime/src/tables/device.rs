//! Records of a device: what the silicon is, and where PASID may go.

use super::evidence::Claim;
use super::layer::Allocation;
use super::list::{List, Text};
use super::record::{byte_enum, record};

byte_enum! {
    /// What a layout entry is.
    EntryKind {
        /// A conventional capability.
        Capability = 0,
        /// An extended capability.
        Extended = 1,
        /// Registers outside every capability.
        Register = 2,
        /// Bytes that must not be used.
        Reserved = 3,
    }
}

record! {
    /// One entry of a device's layout.
    LayoutEntry in Layout {
        /// What it is.
        kind: EntryKind,
        /// Capability id; 0 for registers and reserved bytes.
        id: u16,
        /// First byte.
        offset: u16,
        /// Bytes; for a capability the stated or computed length, else the kind's minimum.
        length: u16,
        /// The length was written, not taken from the capability's rule.
        length_stated: bool,
        /// It may be absent: firmware can switch it off.
        optional: bool,
        /// Its evidence was given for another device, and copied by `like`.
        inherited: bool,
        /// A DVSEC's vendor; 0 for anything else.
        sub_vendor: u16,
        /// A DVSEC's or VSEC's id, if it was given.
        sub_id: u16,
        /// Whether `sub_vendor` and `sub_id` were given.
        has_sub_id: bool,
        /// A register's label.
        label: Text,
        /// Who vouches for it.
        evidence: List<Claim>,
    }
}

/// Where an encoded [`LayoutEntry`] has what decides of most of them.
const KIND: usize = 0;
const ID: usize = 1;
const OFFSET: usize = 3;
const FLAGS: usize = 7;
const HAS_SUB_ID: usize = 14;
/// Of four bytes from [`FLAGS`] on what must be 0: the length is not stated, and the two flags after that are flags at all.
const NOT_ALONE: u32 = 0x00fe_feff;

impl LayoutEntry {
    /// Offset and id of an encoded entry, if it is a capability of which it says no more than that it is there. Bytes that are no
    /// entry are never one, so that a list ends there whatever the device shows.
    #[inline]
    pub(crate) fn capability_alone(bytes: &[u8]) -> Option<(u16, u16)> {
        let bytes: &[u8; HAS_SUB_ID + 1] = bytes.first_chunk()?;
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let flags = u32::from_le_bytes([bytes[FLAGS], bytes[FLAGS + 1], bytes[FLAGS + 2], bytes[FLAGS + 3]]);
        let says_more = flags & NOT_ALONE | u32::from(bytes[HAS_SUB_ID]);
        let is_alone = bytes[KIND] <= EntryKind::Extended as u8 && says_more == 0;
        is_alone.then_some((word(OFFSET), word(ID)))
    }
}

record! {
    /// Bytes that the vendor declared free: `start..end`.
    FreeRange in Free {
        /// First byte.
        start: u16,
        /// The byte after the last.
        end: u16,
        /// Who vouches for it.
        evidence: List<Claim>,
    }
}

byte_enum! {
    /// How a place for PASID was written.
    PlaceKind {
        /// `free`: the compiler chose the offset from the free ranges.
        Free = 0,
        /// `native`: the physical function's own, hidden capability.
        Native = 1,
        /// `@ offset`.
        At = 2,
    }
}

record! {
    /// One place for PASID, in the order of the description.
    Place in Places {
        /// How it was written.
        kind: PlaceKind,
        /// Where that is.
        offset: u16,
    }
}

byte_enum! {
    /// Whether a permission of the host is passed on.
    Permission {
        /// As the host has it.
        Host = 0,
        /// Never.
        Deny = 1,
    }
}

record! {
    /// A run of bytes `start..end`.
    Range in Ranges {
        /// First byte.
        start: u16,
        /// The byte after the last.
        end: u16,
    }
}

record! {
    /// A free-space DVSEC that is to be emulated, at the place that the compiler chose.
    EmittedDvsec in Dvsecs {
        /// Index of its [`super::Format`].
        format: u32,
        /// Where it goes.
        offset: u16,
        /// Its length, header included.
        length: u16,
        /// What it says is free: for the form `table` its entries, for `per_gap` empty.
        entries: List<Range>,
    }
}

record! {
    /// One kind of function. The clauses that it matches are those with its index as their owner: they stand sorted by key,
    /// not one after the other.
    Device in Devices {
        /// Its identifier in the description, with the file's namespace if it has one.
        name: Text,
        /// What the vendor calls it.
        title: Text,
        /// `file:line` of its description.
        source: Text,
        /// What lies where.
        layout: List<LayoutEntry>,
        /// What is free.
        free: List<FreeRange>,
        /// Where PASID may go; empty if the description says nothing of PASID, or forbids it.
        places: List<Place>,
        /// Widest PASID, 0..=20.
        max_width: u8,
        /// Execute Permission.
        execute: Permission,
        /// Privileged Mode.
        privileged: Permission,
        /// Free-space DVSECs to emulate.
        dvsecs: List<EmittedDvsec>,
        /// Offsets chosen for `@ free` emulations of layers.
        allocations: List<Allocation>,
        /// Extended space repeats at this distance; 0 if it does not.
        aliased_every: u16,
        /// PCI Express device/port type as in bits 7:4 of the PCI Express Capabilities register; 0xff if not stated.
        port_type: u8,
        /// The free-space DVSEC of this device is wrong and is not to be used.
        distrust_dvsec: bool,
        /// This device must not have PASID, no matter who asks for it.
        forbids_pasid: bool,
    }
}

byte_enum! {
    /// How a free-space DVSEC describes free space.
    Form {
        /// One DVSEC lies at every gap, and its length covers the gap.
        PerGap = 0,
        /// One DVSEC holds a table of ranges.
        Table = 1,
    }
}

record! {
    /// Identity and form of a free-space DVSEC.
    Format in Formats {
        /// Its identifier.
        name: Text,
        /// DVSEC vendor id.
        vendor: u16,
        /// DVSEC id.
        id: u16,
        /// DVSEC revision.
        revision: u8,
        /// Its form.
        form: Form,
    }
}

record! {
    /// One capability of a profile, beside PASID.
    ProfileEntry in ProfileEntries {
        /// Extended, or conventional.
        extended: bool,
        /// Capability id.
        id: u16,
        /// Where it is.
        offset: u16,
    }
}

record! {
    /// A frozen virtual layout of a device, for migration.
    Profile in Profiles {
        /// Its identifier.
        name: Text,
        /// `file:line` of its description.
        source: Text,
        /// Index of its [`Device`].
        device: u32,
        /// Where PASID is.
        pasid: u16,
        /// How wide.
        width: u8,
        /// With Execute Permission.
        execute: bool,
        /// With Privileged Mode.
        privileged: bool,
        /// What else is frozen.
        entries: List<ProfileEntry>,
        /// The release that froze it; empty while it may still change.
        released: Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Wire;

    #[test]
    fn a_capability_of_which_nothing_more_is_said_is_known_by_its_bytes() {
        let kinds = [EntryKind::Capability, EntryKind::Extended, EntryKind::Register, EntryKind::Reserved];
        let flags = (0..16_u8).map(|bits| [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0, bits & 8 != 0]);
        for (kind, [length_stated, optional, inherited, has_sub_id]) in
            kinds.into_iter().flat_map(|kind| flags.clone().map(move |flags| (kind, flags)))
        {
            let entry = LayoutEntry {
                kind,
                id: 0x1234,
                offset: 0xabcd,
                length: 0x5678,
                length_stated,
                optional,
                inherited,
                sub_vendor: 0x9abc,
                sub_id: 0xdef0,
                has_sub_id,
                label: Text(7),
                evidence: List::new(3, 4),
            };
            let mut bytes = [0; LayoutEntry::SIZE];
            assert_eq!(entry.put(&mut bytes), Some(()));
            let is_capability = matches!(kind, EntryKind::Capability | EntryKind::Extended);
            let is_alone = is_capability && !length_stated && !has_sub_id;
            assert_eq!(LayoutEntry::capability_alone(&bytes), is_alone.then_some((0xabcd, 0x1234)), "{entry:?}");
        }
        assert_eq!(LayoutEntry::capability_alone(&[0; 14]), None);
    }

    #[test]
    fn bytes_that_are_no_entry_are_no_capability_alone() {
        let mut alone = 0;
        for (at, value) in (0..LayoutEntry::SIZE).flat_map(|at| (0..=u8::MAX).map(move |value| (at, value))) {
            for entry in 0..2 {
                let mut bytes = [0; LayoutEntry::SIZE];
                (bytes[KIND], bytes[at]) = (entry, value);
                let declared = LayoutEntry::get(&bytes).filter(|entry| {
                    let is_capability = matches!(entry.kind, EntryKind::Capability | EntryKind::Extended);
                    is_capability && !entry.length_stated && !entry.has_sub_id
                });
                let found = LayoutEntry::capability_alone(&bytes);
                assert_eq!(found, declared.map(|entry| (entry.offset, entry.id)), "{value:#x} at {at}");
                alone += usize::from(found.is_some());
            }
        }
        assert_ne!(alone, 0);
    }
}
