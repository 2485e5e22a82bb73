//! What Linux knows of devices by their ids, beside what their registers say: `drivers/pci/quirks.c` and `ats.c`, as of 7.3.

mod acs;
#[cfg(test)]
mod kernel;
mod lists;
mod rule;

use quirk_runtime::Identity;

pub(crate) use acs::{Equivalent, equivalent, has_wide_acs};
use lists::{ATS_REQUIRED, NO_ATS, NO_TLP_PREFIX};
pub(crate) use rule::Rule;
use rule::find;

/// Linux takes ATS from this device wherever it runs.
pub(crate) fn no_ats(identity: &Identity) -> Option<&'static Rule> {
    find(NO_ATS, identity)
}

/// Linux asks for no end-to-end TLP prefixes of this device: an endpoint that only dresses up as PCI Express.
pub(crate) fn no_tlp_prefix(identity: &Identity) -> Option<&'static Rule> {
    find(NO_TLP_PREFIX, identity)
}

/// This device does not work without ATS.
pub(crate) fn ats_required(identity: &Identity) -> Option<&'static Rule> {
    find(ATS_REQUIRED, identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(vendor: u16, device: u16, revision: u8, subsystem: (u16, u16)) -> Identity {
        Identity::new(vendor, device).with_revision(revision).with_subsystem(Some(subsystem))
    }

    #[test]
    fn a_rule_holds_for_its_devices_revisions_and_subsystems_alone() {
        assert!(no_ats(&of(0x1002, 0x731f, 0, (0, 0))).is_some());
        assert!(no_ats(&of(0x1002, 0x7320, 0, (0, 0))).is_none());
        assert!(no_ats(&of(0x1022, 0x731f, 0, (0, 0))).is_none());
        assert!(no_ats(&of(0x1002, 0x15d8, 0xcf, (0xea50, 0xcc10))).is_some());
        assert!(no_ats(&of(0x1002, 0x15d8, 0xce, (0xea50, 0xcc10))).is_none());
        assert!(no_ats(&of(0x1002, 0x15d8, 0xcf, (0xea50, 0xcc11))).is_none());
        assert!(no_ats(&of(0x8086, 0x1451, 0x1f, (0, 0))).is_some());
        assert!(no_ats(&of(0x8086, 0x1451, 0x20, (0, 0))).is_none());
        assert!(no_tlp_prefix(&of(0x19e5, 0xa250, 0x30, (0, 0))).is_some());
        assert!(no_tlp_prefix(&of(0x19e5, 0xa250, 0x22, (0, 0))).is_none());
        assert!(ats_required(&of(0x10de, 0x2e3f, 0, (0, 0))).is_some());
        assert!(ats_required(&of(0x10de, 0x2e40, 0, (0, 0))).is_none());
        assert!(ats_required(&of(0x15b3, 0x2101, 0, (0, 0))).is_some());
    }
}
