//! Capability kinds: id, name, shortest and longest length, and the rule that computes the length from its own bits.
//!
//! Facts are those of the PCI Express Base Specification, chapter 7, and of `include/uapi/linux/pci_regs.h`; what
//! vfio-pci shows is that of `drivers/vfio/pci/vfio_pci_config.c`. Where the specification leaves a length open, the
//! longest is [`UNBOUNDED`]: such a capability may reach to the next header above.

mod conventional;
mod extended;
mod length;

pub use length::Rule;

use crate::view::Kernel;

/// The longest length of a kind of which no bound is known; longer than any space.
pub const UNBOUNDED: u16 = 0x1000;

/// The id of the PCI Express capability, conventional.
pub const PCIE: u16 = 0x10;
/// The id of the PCI-X capability, conventional.
pub const PCIX: u16 = 0x07;
/// The id of the vendor-specific capability, conventional.
pub const VENDOR: u16 = 0x09;
/// The id of the Advanced Error Reporting extended capability.
pub const AER: u16 = 0x01;
/// The id of the vendor-specific extended capability.
pub const VSEC: u16 = 0x0b;
/// The id of the ATS extended capability.
pub const ATS: u16 = 0x0f;
/// The id of the SR-IOV extended capability.
pub const SRIOV: u16 = 0x10;
/// The id of the PRI extended capability.
pub const PRI: u16 = 0x13;
/// The id of the Resizable BAR extended capability.
pub const REBAR: u16 = 0x15;
/// The id of the PASID extended capability.
pub const PASID: u16 = 0x1b;
/// The id of the designated vendor-specific extended capability.
pub const DVSEC: u16 = 0x23;

/// Bytes of the PASID extended capability.
pub const PASID_LENGTH: u16 = 8;

/// Which of the two lists a capability belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Conventional: `0x40..0x100`, written `cap`.
    Conventional,
    /// Extended: `0x100..0x1000`, written `ext`.
    Extended,
}

impl Space {
    /// The space of a capability whose header is at an offset.
    #[must_use]
    pub const fn of(offset: u16) -> Self {
        if offset < 0x100 { Self::Conventional } else { Self::Extended }
    }

    /// The first byte where a capability of this space may lie.
    #[must_use]
    pub const fn start(self) -> u16 {
        match self {
            Self::Conventional => 0x40,
            Self::Extended => 0x100,
        }
    }

    /// The byte behind the last.
    #[must_use]
    pub const fn end(self) -> u16 {
        match self {
            Self::Conventional => 0x100,
            Self::Extended => 0x1000,
        }
    }

    /// The word of the language: `cap` or `ext`.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Conventional => "cap",
            Self::Extended => "ext",
        }
    }

    /// All kinds of this space, in ascending order of their ids, without holes from 0.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Conventional => conventional::KINDS,
            Self::Extended => extended::KINDS,
        }
    }
}

/// Since when vfio-pci shows a kind to user space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It is unlinked from the list; its body stays readable and writable.
    Never,
    /// Always.
    Always,
    /// Since this version.
    Since(Kernel),
}

/// One kind of capability.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its id.
    pub id: u16,
    /// Its name in the language.
    pub name: &'static str,
    /// What the specification calls it.
    pub title: &'static str,
    /// The shortest length in bytes, header included.
    pub min: u16,
    /// The longest length in bytes, or [`UNBOUNDED`].
    pub max: u16,
    /// How its length follows from its own bits.
    pub rule: Rule,
    /// Whether vfio-pci shows it.
    pub shown: Shown,
}

impl Kind {
    /// The kind with an id.
    #[must_use]
    pub fn by_id(space: Space, id: u16) -> Option<&'static Self> {
        space.kinds().get(usize::from(id)).filter(|kind| kind.id == id)
    }

    /// The kind with a name of the language.
    #[must_use]
    pub fn by_name(space: Space, name: &str) -> Option<&'static Self> {
        space.kinds().iter().find(|kind| kind.name == name)
    }

    /// Whether every capability of this kind has the same length.
    #[must_use]
    pub const fn is_fixed(&self) -> bool {
        self.min == self.max
    }

    /// The length that the capability's own bits tell, if there is a rule and the bits can be read.
    ///
    /// `dword` reads the dword at an offset from the capability's header. A computed length below the minimum is one
    /// that the device got wrong; it is returned as it is.
    pub fn computed(&self, dword: impl FnMut(u16) -> Option<u32>) -> Option<u16> {
        if self.is_fixed() { Some(self.min) } else { self.rule.length(dword) }
    }

    /// Whether vfio-pci of `kernel` shows it, lengths aside.
    #[must_use]
    pub fn is_shown(&self, kernel: Kernel) -> bool {
        match self.shown {
            Shown::Never => false,
            Shown::Always => true,
            Shown::Since(since) => kernel >= since,
        }
    }
}

/// How a capability is called in a sentence: its name in the language, or its number if it has none.
#[derive(Clone, Copy, Debug)]
pub struct Name(pub Space, pub u16);

impl core::fmt::Display for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match Kind::by_id(self.0, self.1) {
            Some(kind) => write!(f, "{} {}", self.0.keyword(), kind.name),
            None => write!(f, "{} {:#04x}", self.0.keyword(), self.1),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn ids_are_the_index_and_names_are_unique() {
        for space in [Space::Conventional, Space::Extended] {
            for (at, kind) in space.kinds().iter().enumerate() {
                assert_eq!(usize::from(kind.id), at);
                assert!(kind.min <= kind.max && kind.min >= 2, "{}", kind.name);
                assert_eq!(Kind::by_name(space, kind.name).map(|found| found.id), Some(kind.id));
            }
        }
        assert_eq!(Space::Conventional.kinds().len(), 0x16);
        assert!(Space::Extended.kinds().len() > 0x34);
    }

    #[test]
    fn the_specification_lengths_hold() {
        let lengths = |name| Kind::by_name(Space::Extended, name).map(|kind| (kind.id, kind.min, kind.max));
        assert_eq!(lengths("pasid"), Some((0x1b, 8, 8)));
        assert_eq!(lengths("sriov"), Some((0x10, 0x40, 0x40)));
        assert_eq!(lengths("pri"), Some((0x13, 16, 16)));
        assert_eq!(lengths("dvsec"), Some((0x23, 12, 0xfff)));
        // One byte a lane behind the status: a dump of sixteen lanes ends at 0x20.
        assert_eq!(lengths("pl64gt"), Some((0x31, 0x11, 0x30)));
        assert_eq!(lengths("flitlog"), Some((0x32, 0x3c, 0x3c)));
        assert_eq!(lengths("flitinject"), Some((0x34, 0x24, 0x24)));
        let names = [("nopflit", 0x37), ("siov", 0x38), ("pl128gt", 0x39), ("captured", 0x3a)];
        assert!(names.iter().all(|&(name, id)| lengths(name).is_some_and(|(found, ..)| found == id)));
        assert_eq!(Kind::by_name(Space::Conventional, "msix").map(|kind| (kind.id, kind.min)), Some((0x11, 12)));
    }

    #[test]
    fn dvsec_is_shown_since_6_4() {
        let dvsec = Kind::by_id(Space::Extended, DVSEC).unwrap();
        assert!(!dvsec.is_shown(Kernel::new(6, 3)) && dvsec.is_shown(Kernel::new(6, 4)));
        assert!(!Kind::by_id(Space::Extended, PASID).unwrap().is_shown(Kernel::LATEST));
    }

    #[test]
    fn an_unknown_id_has_no_kind() {
        assert!(Kind::by_id(Space::Extended, 0x7fff).is_none());
        assert!(Kind::by_id(Space::Conventional, 0x16).is_none());
        assert_eq!(Name(Space::Extended, 0x7fff).to_string(), "ext 0x7fff");
        assert_eq!(Name(Space::Extended, 0x1b).to_string(), "ext pasid");
    }
}
