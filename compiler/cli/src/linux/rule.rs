//! For which functions Linux has a rule.

use quirk_runtime::Identity;

/// Which functions a rule is for; what is empty excludes none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(super) vendor: u16,
    /// Device ids, first and last.
    pub(super) devices: &'static [(u16, u16)],
    /// The revisions, first and last.
    pub(super) revisions: &'static [(u8, u8)],
    pub(super) subsystems: &'static [(u16, u16)],
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

pub(super) fn find(rules: &'static [Rule], identity: &Identity) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.matches(identity))
}
