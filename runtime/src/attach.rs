//! The configuration space that a guest sees: a device, what is emulated on top of it, and why.

mod alone;
mod build;
mod error;
mod guest;
mod impose;
mod revalidate;
mod witness;

use core::fmt;

pub use self::alone::place;
use self::build::{BuildError, Wanted};
pub use self::error::{AttachError, ImposeError, Refusal};
use self::witness::Witness;
use crate::capability::Space;
use crate::chain::{self, Capability, Walk};
use crate::decision::{Decision, Grant, LayerReason, Placement, Verdict};
use crate::guest_view::{GuestView, ViewError};
use crate::layers::Mirrors;
use crate::overlay::{AccessError, Overlay};
use crate::placement::{Layering, Outcome, left_linked};
use crate::question::Question;
use crate::reason::Reason;
use crate::saved::{Layout, Origin, Saved};
use crate::source::Source;
use crate::survey::ConfigSurvey;
use crate::tables::Mirror;
use crate::{ByteSet, ConfigAccess, ConfigRead, Database, HostPasid, Identity, Policy, placement};

/// A function's configuration space as its guest sees it.
///
/// It lies under the VMM's own emulation of command, BARs, MSI and ROM. It owns the device; `&D` is a device too.
pub struct VirtualConfig<'db, D> {
    device: D,
    overlay: Overlay,
    mirrors: Mirrors,
    decision: Decision<'db>,
    witness: Option<Witness>,
    origin: Origin<'db>,
}

/// What was saved elsewhere and is to be the same here.
struct Imposing<'a> {
    placement: Option<Placement>,
    grant: Grant,
    owned: &'a ByteSet,
}

impl<'a> Imposing<'a> {
    fn of(saved: &'a Saved) -> Self {
        let Layout { placement, grant, .. } = saved.layout();
        Self { placement, grant, owned: saved.overlay().owned() }
    }
}

impl<'db, D: ConfigAccess> VirtualConfig<'db, D> {
    /// Decides where PASID goes and builds what the guest sees.
    ///
    /// A later database beats an earlier one. `host` is what the host can do with PASIDs for this device; `None` leaves the
    /// device as it is. Nothing is written to the device, and little is read: its header, one dword for each capability,
    /// and what a candidate depends on.
    ///
    /// # Errors
    /// When the device could not be read, or is too small to be one. That PASID could not be placed is no error: the
    /// [`decision`](Self::decision) says why.
    pub fn attach(
        device: D,
        databases: &[Database<'db>],
        identity: &Identity,
        host: Option<HostPasid>,
        policy: &Policy<'_>,
    ) -> Result<Self, AttachError<D::Error>> {
        Self::attach_as(device, databases, identity, host, policy, None)
    }

    fn attach_as(
        device: D,
        databases: &[Database<'db>],
        identity: &Identity,
        host: Option<HostPasid>,
        policy: &Policy<'_>,
        imposing: Option<&Imposing<'_>>,
    ) -> Result<Self, AttachError<D::Error>> {
        let size = device.size();
        if size < 64 {
            return Err(AttachError::TooSmall(size));
        }
        // Who saw no PASID sees none here.
        let host = host.filter(|_| imposing.is_none_or(|imposing| imposing.placement.is_some()));
        let imposed = imposing.and_then(|imposing| {
            imposing.placement.map(|placement| placement::Imposed { placement, grant: imposing.grant })
        });
        let mut survey = ConfigSurvey::new(&device);
        let mut outcome = Outcome::new();
        let question = Question { databases, identity, host, policy, entry: None, forbidden_by: None };
        placement::decide(&mut survey, question, imposed.as_ref(), Layering::Wanted, &mut outcome)
            .map_err(AttachError::Device)?;
        let origin = origin(databases, identity, &survey);
        if let (Some(placement), Some(host)) = (outcome.decision.placement, host)
            && (placement.source != Source::Visible || survey.is_left_linked(placement.offset))
        {
            let wanted = Wanted { placement, host: &host, policy, imposed: imposing.map(|imposing| imposing.owned) };
            let mut overlay = Overlay::new(survey.size.into());
            let mut shown = match &outcome.layers {
                Some(layers) => layers.copied_to(&mut overlay),
                None => GuestView::over(&mut overlay),
            };
            match build::placed(&mut shown, &mut survey, &mut outcome.decision, databases, &wanted) {
                Ok(()) => {
                    let witness = Witness::of(&survey, placement);
                    return Ok(Self {
                        overlay,
                        device,
                        mirrors: outcome.mirrors,
                        decision: outcome.decision,
                        witness,
                        origin,
                    });
                }
                Err(BuildError::Device(error)) => return Err(AttachError::Device(error)),
                Err(BuildError::Retract(reason)) => outcome.decision.retract(reason),
            }
        }
        if survey.has_left_linked() {
            let shown = outcome.layers.get_or_insert_with(|| GuestView::over(Overlay::new(survey.size.into())));
            left_linked::hide(shown, &survey, None);
        }
        // Without PASID the layers stay. Each part of the outcome is moved by itself: taken apart first, they are copied twice.
        if let Some(shown) = &mut outcome.layers {
            survey.measure_hidden().map_err(AttachError::Device)?;
            match shown.finish(&survey, None) {
                Ok(()) => {}
                Err(ViewError::Device(error)) => return Err(AttachError::Device(error)),
                Err(ViewError::Claim | ViewError::ControlOwned { .. }) => {
                    outcome.decision.retract_layers();
                    outcome.mirrors.clear();
                    outcome.layers = hidden_alone(&survey).map_err(AttachError::Device)?;
                }
            }
        }
        let witness = None;
        if let Some(shown) = outcome.layers {
            let overlay = shown.into_overlay();
            Ok(Self { overlay, device, mirrors: outcome.mirrors, decision: outcome.decision, witness, origin })
        } else {
            // Nothing is emulated: the device is as it is.
            let overlay = Overlay::new(size);
            Ok(Self { overlay, device, mirrors: outcome.mirrors, decision: outcome.decision, witness, origin })
        }
    }

    /// The other side of free-space DVSECs: shows those that the device's entry declares, as a variant driver or a server
    /// does, and nothing else. PASID is not placed; a runtime that attaches to this finds room for it by the DVSECs.
    ///
    /// They say no more than is free: the [`decision`](Self::decision)'s findings name those that are cut or left out. What an
    /// entry declares says nothing of where PASID would go by its `place` list: that is the entry's own and not described.
    ///
    /// # Errors
    /// When the device could not be read, or is too small to be one.
    pub fn describe(
        device: D,
        databases: &[Database<'db>],
        identity: &Identity,
    ) -> Result<Self, AttachError<D::Error>> {
        let size = device.size();
        if size < 64 {
            return Err(AttachError::TooSmall(size));
        }
        let mut survey = ConfigSurvey::new(&device);
        let mut outcome = Outcome::new();
        let question =
            Question { databases, identity, host: None, policy: &Policy::DEFAULT, entry: None, forbidden_by: None };
        // Layers are the VMM's: none is shown, and none takes what is free.
        placement::decide(&mut survey, question, None, Layering::Unwanted, &mut outcome)
            .map_err(AttachError::Device)?;
        let mut overlay = Overlay::new(survey.size.into());
        let mut shown = GuestView::over(&mut overlay);
        match build::description(&mut shown, &mut survey, databases) {
            Ok(()) => {}
            Err(BuildError::Device(error)) => return Err(AttachError::Device(error)),
            Err(BuildError::Retract(_)) => overlay = Overlay::new(size),
        }
        let origin = origin(databases, identity, &survey);
        let Outcome { decision, mirrors, .. } = outcome;
        let decision = Decision { findings: survey.findings, ..decision };
        Ok(Self { device, overlay, mirrors, decision, witness: None, origin })
    }

    /// Walks a list as the guest does. The extended list is empty without a PCI Express capability.
    ///
    /// # Errors
    /// When the device could not be read.
    pub fn chain(&self, space: Space) -> Result<Walk<'_, Self>, AccessError<D::Error>> {
        Walk::of(self, space)
    }

    /// The length of a capability in the guest's view: see [`chain::length`].
    ///
    /// # Errors
    /// When the device could not be read.
    pub fn length(&self, capability: &Capability) -> Result<u16, AccessError<D::Error>> {
        chain::length(self, capability)
    }
}

impl<'db, D> VirtualConfig<'db, D> {
    /// Where PASID is, and why, or why it is absent.
    #[must_use]
    pub const fn decision(&self) -> &Decision<'db> {
        &self.decision
    }

    /// What is emulated.
    #[must_use]
    pub const fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    /// The windows of BARs that show configuration space, as the layers that are applied say. The VMM hands what a guest
    /// reads and writes there to [`VirtualConfig::read`] and [`VirtualConfig::write`], at the config offset that the window
    /// shows; see [`crate::TrappedMirrors`].
    #[must_use]
    pub fn mirrors(&self) -> &[Mirror] {
        &self.mirrors
    }

    /// The device below.
    #[must_use]
    pub const fn device(&self) -> &D {
        &self.device
    }

    /// Gives the device back.
    #[must_use]
    pub fn into_device(self) -> D {
        self.device
    }
}

impl<D: ConfigAccess> ConfigRead for VirtualConfig<'_, D> {
    type Error = AccessError<D::Error>;

    fn size(&self) -> usize {
        self.overlay.size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
        self.overlay.read(&self.device, offset, buffer)
    }
}

impl<D: ConfigAccess> fmt::Debug for VirtualConfig<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualConfig").field("decision", &self.decision).finish_non_exhaustive()
    }
}

/// What must be hidden even where no layer is applied, if there is anything.
fn hidden_alone<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>) -> Result<Option<GuestView>, D::Error> {
    if !survey.has_left_linked() {
        return Ok(None);
    }
    let mut shown = GuestView::over(Overlay::new(survey.size.into()));
    left_linked::hide(&mut shown, survey, None);
    match shown.finish(survey, None) {
        Err(ViewError::Device(error)) => Err(error),
        // Nobody else owns anything.
        Ok(()) | Err(ViewError::Claim | ViewError::ControlOwned { .. }) => Ok(Some(shown)),
    }
}

/// What is saved of a configuration beside its overlay.
fn origin<'db, D: ?Sized>(
    databases: &[Database<'db>],
    identity: &Identity,
    survey: &ConfigSurvey<'_, D>,
) -> Origin<'db> {
    let profile = survey.profile.zip(survey.entry).and_then(|(profile, entry)| {
        let database = databases.get(entry.database)?;
        Some(database.text(profile.name))
    });
    // FNV-1a over the checksums.
    let bytes = databases.iter().flat_map(|database| database.hash().to_le_bytes());
    let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    Origin { identity: *identity, databases: bytes.fold(0xcbf2_9ce4_8422_2325, hash), profile }
}

impl Decision<'_> {
    /// Takes back what layers show. What leads through the lists is theirs to own nowhere, so that it does not come to this.
    fn retract_layers(&mut self) {
        for layer in self.layers.iter_mut().filter(|layer| layer.refused.is_none()) {
            layer.refused = Some(LayerReason::NoRoom);
        }
    }

    /// Why what was saved is not what was decided.
    fn refusal_of_saved(&self, imposing: &Imposing<'_>) -> Option<Reason> {
        if self.placement == imposing.placement && self.grant == imposing.grant {
            return None;
        }
        let visible = self.placement.map(|placement| Reason::Visible { at: placement.offset });
        let refused = self.candidates.iter().find(|each| each.verdict == Verdict::Refused).map(|each| each.reason);
        Some(refused.or(visible).unwrap_or(Reason::SavedExceedsHost))
    }

    /// Takes a placement back.
    fn retract(&mut self, reason: Reason) {
        self.placement = None;
        self.grant = Grant::default();
        if let Some(chosen) = self.candidates.iter_mut().find(|each| each.verdict == Verdict::Chosen) {
            (chosen.verdict, chosen.reason) = (Verdict::Refused, reason);
        }
    }
}

#[cfg(test)]
mod forbidden;
#[cfg(test)]
mod free_space;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lacking;
#[cfg(test)]
mod left_in_list;
#[cfg(test)]
mod native;
#[cfg(test)]
mod tests;
