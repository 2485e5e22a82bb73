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
use crate::layers::{Chosen, Ground, Mirrors};
use crate::overlay::{AccessError, Overlay};
use crate::placement::{Claimed, Decided, Imposed, left_linked};
use crate::question::{Question, Request};
use crate::reason::Reason;
use crate::saved::{Layout, Origin, Saved};
use crate::survey::{ConfigSurvey, Unread};
use crate::tables::Mirror;
use crate::told;
use crate::{ByteSet, ConfigAccess, ConfigRead, Database, HostPasid, Identity, Policy};

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

impl<'db, D> VirtualConfig<'db, D> {
    /// A device that is not attached: every access of a guest is out of range. It can be made in a constant, and stays where it is
    /// when it is [attached](Self::attach_in_place).
    #[must_use]
    pub const fn unattached(device: D) -> Self {
        Self {
            device,
            overlay: Overlay::EMPTY,
            mirrors: Mirrors::new(),
            decision: Decision::new(),
            witness: None,
            origin: Origin::NONE,
        }
    }

    /// Forgets everything but the device.
    fn clear(&mut self) {
        self.overlay.clear(0);
        self.mirrors.clear();
        self.decision.clear();
        self.witness = None;
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
        let size = device.size();
        if size < 64 {
            return Err(AttachError::TooSmall(size));
        }
        let request = Request { databases, identity, host, policy };
        let (mut mirrors, mut decision, mut witness, mut origin) =
            (Mirrors::new(), Decision::new(), None, Origin::NONE);
        let (mut unread, mut question, mut layers) = (Unread::of(&device), Question::new(request), Chosen::new());
        let known = unread.size();
        let begun = begin(&mut unread, &mut question, None, &mut layers, &mut decision, &mut origin)
            .map_err(AttachError::Device)?;
        let Some(begun) = begun else {
            told::attached(identity, &decision);
            // What nobody emulates is not made here and copied.
            return Ok(Self::bare(device, size, decision, origin));
        };
        let mut overlay = Overlay::new(known.into());
        let slots = Slots {
            overlay: &mut overlay,
            mirrors: &mut mirrors,
            decision: &mut decision,
            witness: &mut witness,
            origin: &mut origin,
        };
        if let Extent::Nothing = show(begun, request, None, &layers, slots).map_err(AttachError::Device)? {
            overlay.resize(size);
        }
        told::attached(identity, &decision);
        Ok(Self::whole(device, overlay, mirrors, decision, witness, origin))
    }

    // As calls these two fill what the caller has for a result: nothing is built elsewhere and moved.
    #[inline(never)]
    fn bare(device: D, size: usize, decision: Decision<'db>, origin: Origin<'db>) -> Self {
        Self { device, overlay: Overlay::new(size), mirrors: Mirrors::new(), decision, witness: None, origin }
    }

    #[inline(never)]
    fn whole(
        device: D,
        overlay: Overlay,
        mirrors: Mirrors,
        decision: Decision<'db>,
        witness: Option<Witness>,
        origin: Origin<'db>,
    ) -> Self {
        Self { device, overlay, mirrors, decision, witness, origin }
    }

    /// The same for a configuration that stays where it is, which takes less of the stack: [`VirtualConfig::unattached`] makes it,
    /// or it was attached before and forgets that.
    ///
    /// ```
    /// use std::sync::{Mutex, PoisonError};
    ///
    /// use quirk_runtime::{ConfigAccess, HostPasid, Identity, Policy, VirtualConfig};
    ///
    /// fn attach<D: ConfigAccess>(function: &Mutex<VirtualConfig<'static, D>>, identity: &Identity) -> bool {
    ///     let mut config = function.lock().unwrap_or_else(PoisonError::into_inner);
    ///     config.attach_in_place(&[], identity, Some(HostPasid::new(20)), &Policy::DEFAULT).is_ok()
    /// }
    /// # let _ = attach::<quirk_runtime::Image>;
    /// ```
    ///
    /// # Errors
    /// Those of [`VirtualConfig::attach`]; the configuration is unattached then.
    pub fn attach_in_place(
        &mut self,
        databases: &[Database<'db>],
        identity: &Identity,
        host: Option<HostPasid>,
        policy: &Policy<'_>,
    ) -> Result<(), AttachError<D::Error>> {
        self.clear();
        self.build(databases, identity, host, policy, None)?;
        told::attached(identity, &self.decision);
        Ok(())
    }

    /// Builds what the guest sees, of an unattached device; it is unattached still after an error.
    fn build(
        &mut self,
        databases: &[Database<'db>],
        identity: &Identity,
        host: Option<HostPasid>,
        policy: &Policy<'_>,
        imposing: Option<&Imposing<'_>>,
    ) -> Result<(), AttachError<D::Error>> {
        let size = self.device.size();
        if size < 64 {
            return Err(AttachError::TooSmall(size));
        }
        // Who saw no PASID sees none here.
        let host = host.filter(|_| imposing.is_none_or(|imposing| imposing.placement.is_some()));
        let built = self.build_parts(Request { databases, identity, host, policy }, imposing);
        match built {
            Ok(Extent::Nothing) => self.overlay.resize(size),
            Ok(Extent::Something) => {}
            Err(_) => self.clear(),
        }
        built.map(|_| ()).map_err(AttachError::Device)
    }

    fn build_parts(&mut self, request: Request<'_, 'db>, imposing: Option<&Imposing<'_>>) -> Result<Extent, D::Error> {
        let Self { device, overlay, mirrors, decision, witness, origin } = self;
        let (mut unread, mut question, mut layers) = (Unread::of(&*device), Question::new(request), Chosen::new());
        overlay.resize(unread.size().into());
        match begin(&mut unread, &mut question, imposing, &mut layers, decision, origin)? {
            Some(begun) => {
                show(begun, request, imposing, &layers, Slots { overlay, mirrors, decision, witness, origin })
            }
            None => Ok(Extent::Nothing),
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
        let mut config = Self::unattached(device);
        match config.build_description(databases, identity) {
            Ok(()) => Ok(config),
            Err(error) => Err(AttachError::Device(error)),
        }
    }

    fn build_description(&mut self, databases: &[Database<'db>], identity: &Identity) -> Result<(), D::Error> {
        let Self { device, overlay, decision, origin, .. } = self;
        let request = Request { databases, identity, host: None, policy: &Policy::DEFAULT };
        let (mut unread, mut question) = (Unread::of(&*device), Question::new(request));
        overlay.resize(unread.size().into());
        let mut view = GuestView::over(overlay);
        // Layers are the VMM's: none is shown, and none takes what is free.
        let mut decided = Claimed::of(&mut unread, &mut question)?.decide(None, false, decision)?;
        match build::description(&mut view, &mut decided, databases) {
            Ok(()) => {}
            Err(BuildError::Device(error)) => return Err(error),
            Err(BuildError::Retract(_)) => view.clear(device.size()),
        }
        *origin = origin_of(databases, identity, &decided);
        decision.findings.copy_from(&decided.survey.findings);
        Ok(())
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

/// What an attach fills in: all of a configuration but the device.
struct Slots<'a, 'db> {
    overlay: &'a mut Overlay,
    mirrors: &'a mut Mirrors,
    decision: &'a mut Decision<'db>,
    witness: &'a mut Option<Witness>,
    origin: &'a mut Origin<'db>,
}

/// A device of which the guest is to be shown something.
enum Begun<'s, 'd, 'a, 'db, D: ?Sized> {
    /// Layers come first, or what the device must not have is taken out.
    Layers(Claimed<'s, 'd, 'a, 'db, D>),
    Decided(Decided<'s, 'd, D>),
}

/// Finds out what there is to show; `None` if the guest sees the device and nothing else, for which all is decided then.
///
/// # Errors
/// When the device could not be read.
// As a call it takes nothing of the stack while something is shown.
#[inline(never)]
fn begin<'s, 'd, 'a, 'db, D: ConfigAccess + ?Sized>(
    unread: &'s mut Unread<'d, D>,
    question: &'s mut Question<'a, 'db>,
    imposing: Option<&Imposing<'_>>,
    layers: &mut Chosen,
    decision: &mut Decision<'db>,
    origin: &mut Origin<'db>,
) -> Result<Option<Begun<'s, 'd, 'a, 'db, D>>, D::Error> {
    let (databases, identity) = (question.databases, question.identity);
    let mut claimed = Claimed::of(unread, question)?;
    claimed.choose_layers(layers)?;
    if claimed.shows(layers) {
        return Ok(Some(Begun::Layers(claimed)));
    }
    let decided = claimed.decide(imposed(imposing).as_ref(), false, decision)?;
    *origin = origin_of(databases, identity, &decided);
    Ok(if decided.shows_nothing(decision) { None } else { Some(Begun::Decided(decided)) })
}

/// Shows it, in an overlay that owns nothing yet.
///
/// # Errors
/// When the device could not be read; what is shown is of no use then.
#[inline(never)]
fn show<'db, D: ConfigAccess + ?Sized>(
    begun: Begun<'_, '_, '_, 'db, D>,
    request: Request<'_, 'db>,
    imposing: Option<&Imposing<'_>>,
    layers: &Chosen,
    slots: Slots<'_, 'db>,
) -> Result<Extent, D::Error> {
    let Request { databases, identity, host, policy } = request;
    let Slots { overlay, mirrors, decision, witness, origin } = slots;
    let mut view = GuestView::over(overlay);
    let mut decided = match begun {
        Begun::Decided(decided) => decided,
        Begun::Layers(mut claimed) => {
            let is_shown = claimed.show(layers, &mut Ground { view: &mut view, decision, mirrors })?;
            let decided = claimed.decide(imposed(imposing).as_ref(), is_shown, decision)?;
            *origin = origin_of(databases, identity, &decided);
            decided
        }
    };
    if let (Some(placement), Some(host)) = (decided.emulated(decision), host) {
        let wanted = Wanted { placement, host: &host, policy, imposed: imposing.map(|imposing| imposing.owned) };
        let built = if decided.is_shown {
            build::placed_beside_layers(&mut view, &mut decided, decision, databases, &wanted)
        } else {
            build::placed(&mut view, &mut decided, decision, databases, &wanted)
        };
        match built {
            Ok(()) => {
                *witness = Witness::of(decided.survey, placement);
                return Ok(Extent::Something);
            }
            Err(BuildError::Device(error)) => return Err(error),
            Err(BuildError::Retract(reason)) => decision.retract(reason),
        }
        if !decided.is_shown {
            view.clear(decided.survey.size.into());
        }
    }
    let Decided { survey, mut is_shown, .. } = decided;
    if survey.has_left_linked() {
        is_shown = true;
        left_linked::hide(&mut view, survey, None);
    }
    if is_shown {
        // Without PASID the layers stay.
        survey.measure_hidden()?;
        match view.finish(survey, None) {
            Ok(()) => {}
            Err(ViewError::Device(error)) => return Err(error),
            Err(ViewError::Claim | ViewError::ControlOwned { .. }) => {
                decision.retract_layers();
                mirrors.clear();
                is_shown = hide_alone(&mut view, survey)?;
            }
        }
    }
    Ok(if is_shown { Extent::Something } else { Extent::Nothing })
}

/// What is imposed of a placement.
fn imposed(imposing: Option<&Imposing<'_>>) -> Option<Imposed> {
    imposing.and_then(|imposing| imposing.placement.map(|placement| Imposed { placement, grant: imposing.grant }))
}

/// Whether the guest sees anything but the device.
#[derive(Clone, Copy, Debug)]
enum Extent {
    Nothing,
    Something,
}

/// Hides what must be hidden even where no layer is applied; whether there is anything.
fn hide_alone<D: ConfigAccess + ?Sized>(
    view: &mut GuestView<'_>,
    survey: &ConfigSurvey<'_, D>,
) -> Result<bool, D::Error> {
    view.clear(survey.size.into());
    if !survey.has_left_linked() {
        return Ok(false);
    }
    left_linked::hide(view, survey, None);
    match view.finish(survey, None) {
        Err(ViewError::Device(error)) => Err(error),
        // Nobody else owns anything.
        Ok(()) | Err(ViewError::Claim | ViewError::ControlOwned { .. }) => Ok(true),
    }
}

/// What is saved of a configuration beside its overlay.
fn origin_of<'db, D: ?Sized>(
    databases: &[Database<'db>],
    identity: &Identity,
    decided: &Decided<'_, '_, D>,
) -> Origin<'db> {
    let profile = decided.profile.zip(decided.entry).and_then(|(profile, entry)| {
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
