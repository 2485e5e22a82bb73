//! A decision without what is built by it, and a configuration without the databases that it was decided with.

use super::VirtualConfig;
use crate::decision::{Decision, LayerEntries};
use crate::saved::Origin;
use crate::{AttachError, ConfigAccess, Database, HostPasid, Identity, Policy};

/// Where PASID would go, and why: the decision of [`VirtualConfig::attach`] with the same arguments, for a VMM that shows it in
/// its own way. Nothing is written to the device.
///
/// # Errors
/// Those of [`VirtualConfig::attach`].
pub fn place<'db, D: ConfigAccess + ?Sized>(
    device: &D,
    databases: &[Database<'db>],
    identity: &Identity,
    host: Option<HostPasid>,
    policy: &Policy<'_>,
) -> Result<Decision<'db>, AttachError<D::Error>> {
    VirtualConfig::attach(device, databases, identity, host, policy).map(|config| config.decision)
}

impl<D> VirtualConfig<'_, D> {
    /// The same configuration without the databases: for a program that drops what it loaded, or keeps both in one structure.
    ///
    /// The decision keeps offsets, reasons and findings. What it borrows goes: the names of the entry, of the one that nearly
    /// fits, of the layers, and of a profile in what is saved from then on. [`Decision`] is to be shown, or written down, before.
    #[must_use]
    pub fn into_owned(self) -> VirtualConfig<'static, D> {
        let Self { device, overlay, mirrors, decision, witness, origin: Origin { identity, databases, .. } } = self;
        let Decision { placement, grant, candidates, findings, .. } = decision;
        let decision = Decision {
            placement,
            grant,
            candidates,
            findings,
            entry: None,
            forbidden_by: None,
            near_miss: None,
            layers: LayerEntries::empty(),
        };
        let origin = Origin { identity, databases, profile: None };
        VirtualConfig { device, overlay, mirrors, decision, witness, origin }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;

    use std::format;

    use super::place;
    use crate::testing::Recorder;
    use crate::{HostPasid, Identity, Operator, Policy, VirtualConfig};

    #[test]
    fn the_decision_is_the_same_without_what_is_built_by_it() {
        let device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f)]);
        for operator in [Operator::None, Operator::Offset(0x400), Operator::Offset(0x204)] {
            let policy = Policy::DEFAULT.with_operator(operator);
            let (identity, host) = (Identity::default(), Some(HostPasid::new(20)));
            let alone = place(&device, &[], &identity, host, &policy).unwrap();
            let config = VirtualConfig::attach(&device, &[], &identity, host, &policy).unwrap();
            assert_eq!(format!("{alone:?}"), format!("{:?}", config.decision()));
            let before = (config.save().unwrap(), config.layout());
            let owned = config.into_owned();
            assert_eq!(before, (owned.save().unwrap(), owned.layout()), "what the guest sees is not borrowed");
        }
    }
}
