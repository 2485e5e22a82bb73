//! What Linux knows of devices by their ids, beside what their registers say: `drivers/pci/quirks.c` and `ats.c`, as of 7.3.

mod acs;
mod lists;

use quirk_runtime::Identity;

pub(crate) use acs::{Equivalent, equivalent, has_wide_acs};
use lists::{ATS_REQUIRED, NO_ATS, NO_TLP_PREFIX};

/// Which functions a rule is for; what is empty excludes none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    vendor: u16,
    /// Device ids, first and last.
    devices: &'static [(u16, u16)],
    /// The revisions, first and last.
    revisions: &'static [(u8, u8)],
    subsystems: &'static [(u16, u16)],
    /// Where Linux has it.
    pub(crate) name: &'static str,
}

impl Rule {
    fn matches(&self, identity: &Identity) -> bool {
        let among = |ranges: &[(u16, u16)], id: u16| ranges.iter().any(|&(first, last)| (first..=last).contains(&id));
        let revision = identity.revision;
        self.vendor == identity.vendor
            && (self.devices.is_empty() || among(self.devices, identity.device))
            && (self.revisions.is_empty()
                || self.revisions.iter().any(|&(first, last)| (first..=last).contains(&revision)))
            && (self.subsystems.is_empty() || identity.subsystem.is_some_and(|ids| self.subsystems.contains(&ids)))
    }
}

fn find(rules: &'static [Rule], identity: &Identity) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.matches(identity))
}

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
        Identity { vendor, device, revision, subsystem: Some(subsystem), ..Identity::default() }
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
