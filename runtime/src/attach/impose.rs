//! A guest that comes from elsewhere: what it saw there is imposed on the device here, or refused.

use super::{ImposeError, Imposing, Refusal, VirtualConfig};
use crate::identity::Identity;
use crate::overlay::Effects;
use crate::saved::{Layout, Saved};
use crate::told;
use crate::{ConfigAccess, Database, HostPasid, Policy};

impl<'db, D: ConfigAccess> VirtualConfig<'db, D> {
    /// Attaches with the layout and state of a saved configuration: PASID where it was and as it was, the same bytes
    /// emulated, everything as the guest left it. The effects are what the VMM must set up.
    ///
    /// Nothing else is put in its place. Where the layout is not safe here, where the host, the vIOMMU or the entry gives less
    /// width, execute or privileged, or where the lists of the device would have to be linked in another way, it is
    /// refused. The other arguments are those of [`VirtualConfig::attach`]; the policy's sources and opt-ins do not count, and
    /// an operator's offset vouches for the saved one if it is the same.
    ///
    /// # Errors
    /// When the device could not be read, is another kind of device, or the layout is refused: then with both layouts.
    #[expect(clippy::result_large_err, reason = "a configuration is larger, and there is nothing to box with")]
    pub fn attach_with(
        saved: &Saved,
        device: D,
        databases: &[Database<'db>],
        identity: &Identity,
        host: Option<HostPasid>,
        policy: &Policy<'_>,
    ) -> Result<(Self, Effects), ImposeError<D::Error>> {
        let of = |identity: &Identity| (identity.vendor, identity.device, identity.class, identity.function);
        if of(&saved.identity()) != of(identity) {
            return Err(ImposeError::Identity { saved: saved.identity(), here: *identity });
        }
        let imposing = Imposing::of(saved);
        let mut config = Self::unattached(device);
        config.build(databases, identity, host, policy, Some(&imposing)).map_err(ImposeError::Attach)?;
        let refusal = match config.decision.refusal_of_saved(&imposing) {
            Some(reason) => Refusal::Placement(reason),
            None => match config.overlay.restore(saved.overlay()) {
                Ok(effects) => {
                    told::attached(identity, &config.decision);
                    return Ok((config, effects));
                }
                Err(error) => Refusal::Overlay(error),
            },
        };
        // What a guest would see that is started here.
        config.clear();
        config.build(databases, identity, host, policy, None).map_err(ImposeError::Attach)?;
        Err(ImposeError::Refused { refusal, saved: saved.layout(), here: config.layout() })
    }
}

impl<D> VirtualConfig<'_, D> {
    /// What the guest sees that is not the device's.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let (placement, grant) = (self.decision.placement, self.decision.grant);
        Layout { placement, grant, owned: self.overlay.owned_bytes() }
    }
}
