//! Capability kinds: id, name, shortest and longest length, and the rule that computes the length from its own bits.
//!
//! Facts are those of the PCI Express Base Specification, chapter 7, and of `include/uapi/linux/pci_regs.h`; what
//! vfio-pci shows is that of `drivers/vfio/pci/vfio_pci_config.c`. Where the specification leaves a length open, the
//! longest is [`UNBOUNDED`]: such a capability may reach to the next header above.

mod conventional;
mod extended;
mod ids;
mod kind;
mod known;
mod length;
mod space;

pub use ids::{AER, ATS, DVSEC, PASID, PASID_LENGTH, PCIE, PCIX, PRI, REBAR, SRIOV, VENDOR, VSEC};
pub use kind::{Kind, Shown};
pub use known::Name;
pub use length::{Rule, UNBOUNDED};
pub use space::Space;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;
    use super::*;
    use crate::kernel::Kernel;
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
        // One byte a lane after the status: a dump of sixteen lanes ends at 0x20.
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
