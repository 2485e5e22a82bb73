//! What the guest is shown once a place for PASID was found: PASID, the entry's free-space DVSECs, the device's own.

use crate::capability::{DVSEC, Space};
use crate::decision::{Decision, Placement};
use crate::guest_view::{GuestView, Kept, ViewError};
use crate::lookup::DeviceMatch;
use crate::overlay::Owners;
use crate::placement::{Decided, left_linked};
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::{ConfigSurvey, Told};
use crate::tables::{EmittedDvsec, ProfileEntry};
use crate::{ByteSet, ConfigAccess, Database, HostPasid, Policy};

/// Why nothing is shown.
pub(super) enum BuildError<E> {
    Device(E),
    /// PASID is not placed after all.
    Retract(Reason),
}

/// What was decided, and by whom.
pub(super) struct Wanted<'a> {
    pub(super) placement: Placement,
    pub(super) host: &'a HostPasid,
    pub(super) policy: &'a Policy<'a>,
    /// The bytes that a saved layout emulates.
    pub(super) imposed: Option<&'a ByteSet>,
}

impl<E> From<ViewError<E>> for BuildError<E> {
    fn from(error: ViewError<E>) -> Self {
        match error {
            ViewError::Device(error) => Self::Device(error),
            ViewError::Claim => Self::Retract(Reason::OverlayFull),
            ViewError::ControlOwned { id, at } => Self::Retract(Reason::ControlOwned { id, at }),
        }
    }
}

/// Adds a placement to what layers show, and finishes it; findings are added to the decision. Where a saved layout is `imposed`,
/// no DVSEC reaches beyond it.
///
/// # Errors
/// When the device could not be read, or the placement does not hold; what is shown is of no use then.
pub(super) fn placed<D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    decided: &mut Decided<'_, '_, D>,
    decision: &mut Decision<'_>,
    databases: &[Database<'_>],
    wanted: &Wanted<'_>,
) -> Result<(), BuildError<D::Error>> {
    let &Wanted { placement, host, policy, imposed } = wanted;
    let Decided { survey, entry, profile, told, .. } = decided;
    let offset = placement.offset;
    let is_left_linked = placement.source == Source::Visible;
    if is_left_linked && shown.is_hidden(offset) {
        return Err(BuildError::Retract(Reason::LayerOwned));
    }
    if survey.has_left_linked() {
        left_linked::hide(shown, survey, Some(offset));
    }
    if is_left_linked {
        shown.take_pasid(survey, offset, decision.grant, host)?;
    } else {
        shown.place_pasid(survey, offset, decision.grant, host)?;
    }
    if matches!(placement.source, Source::Operator | Source::Profile | Source::Entry) {
        let frozen = profile.filter(|_| placement.source == Source::Profile && imposed.is_none());
        emit(shown, survey, *entry, databases, imposed, |database, dvsec| {
            let is_this = |each: ProfileEntry| is_dvsec(&each) && each.offset == dvsec.offset;
            frozen.map(|profile| database.list(profile.entries).any(is_this))
        })?;
    }
    let judged = match told.take() {
        Some(told) => Ok(told.judged()),
        None if policy.expose_free_space => survey.tell_free_space().map(Told::judged),
        None => survey.judge_free_space(),
    };
    let judged = judged.map_err(BuildError::Device)?;
    shown.settle_found(survey, &judged, policy.expose_free_space)?;
    survey.measure_hidden().map_err(BuildError::Device)?;
    decision.findings.copy_from(&survey.findings);
    shown.finish(survey, is_left_linked.then_some(offset))?;
    Ok(())
}

/// The same beside what layers show, which stays as it is where the placement does not hold.
///
/// # Errors
/// Those of [`placed`].
// What it goes back to is large, and nobody else needs it.
#[inline(never)]
pub(super) fn placed_beside_layers<D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    decided: &mut Decided<'_, '_, D>,
    decision: &mut Decision<'_>,
    databases: &[Database<'_>],
    wanted: &Wanted<'_>,
) -> Result<(), BuildError<D::Error>> {
    let (mut owners, mut layers) = (Owners::NONE, Kept::NOTHING);
    shown.overlay().keep_owners(&mut owners);
    shown.keep(&mut layers);
    let placed = placed(shown, decided, decision, databases, wanted);
    if placed.is_err() {
        shown.overlay_mut().go_back_to(&owners);
        shown.go_back(&layers);
        shown.unlink();
    }
    placed
}

/// Shows the entry's free-space DVSECs alone.
///
/// # Errors
/// When the device could not be read, or the overlay has no room; what is shown is of no use then.
pub(super) fn description<D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    decided: &mut Decided<'_, '_, D>,
    databases: &[Database<'_>],
) -> Result<(), BuildError<D::Error>> {
    let Decided { survey, entry, .. } = decided;
    emit(shown, survey, *entry, databases, None, |_, _| None)?;
    if !shown.puts_nothing_in() {
        survey.measure_hidden().map_err(BuildError::Device)?;
        shown.finish(survey, None)?;
    }
    Ok(())
}

/// Puts in the entry's free-space DVSECs. `is_frozen` says for each whether a profile has it; of one that has, all must be
/// there as they are declared.
///
/// # Errors
/// When the device could not be read, the overlay has no room, or one that a profile has is not there.
fn emit<'db, D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    survey: &mut ConfigSurvey<'_, D>,
    entry: Option<&DeviceMatch>,
    databases: &[Database<'db>],
    imposed: Option<&ByteSet>,
    is_frozen: impl Fn(Database<'db>, &EmittedDvsec) -> Option<bool>,
) -> Result<(), BuildError<D::Error>> {
    let Some(entry) = entry.filter(|entry| !entry.device.dvsecs.is_empty()) else { return Ok(()) };
    let database = databases.get(entry.database).copied().unwrap_or(Database::EMPTY);
    survey.measure_all().map_err(BuildError::Device)?;
    for dvsec in database.list(entry.device.dvsecs) {
        let frozen = is_frozen(database, &dvsec);
        if frozen == Some(false) {
            continue;
        }
        let mut findings = survey.findings.clone();
        let is_whole = shown.emit(survey, (database, entry.device.dvsecs), &dvsec, imposed, &mut findings)?;
        if imposed.is_none() {
            survey.findings = findings;
        }
        if frozen.is_some() && !is_whole {
            let at = dvsec.offset;
            return Err(BuildError::Retract(Reason::DeclaredCapabilityAbsent {
                space: Space::Extended,
                id: DVSEC,
                at,
            }));
        }
    }
    Ok(())
}

fn is_dvsec(entry: &ProfileEntry) -> bool {
    entry.extended && entry.id == DVSEC
}
