//! The physical function's own PASID capability, which the kernel hides: the caller knows it, an entry lists it, or the policy
//! takes what looks like one.
//!
//! Guests never reach it: the overlay owns its bytes, and the host keeps control.

use super::trail::Trail;
use crate::ConfigAccess;
use crate::capability::{PASID, PASID_LENGTH, Space};
use crate::chain::Capability;
use crate::identity::Function;
use crate::policy::Native;
use crate::question::Question;
use crate::reason::Reason;
use crate::survey::ConfigSurvey;
use crate::survey::{OwnPasid, suspects};
use crate::tables::PlaceKind;
use crate::{ByteRange, HostPasid};

/// Where no `place` list decides.
pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    match slot(survey, question) {
        Err(reason) => Ok(record.skipped(reason)),
        Ok(offset) => {
            let refusal = judge(survey, question, offset)?;
            Ok(record.judged(offset, refusal))
        }
    }
}

/// The slot that the policy lets be used, or why there is none.
fn slot<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, question: &Question<'_, '_>) -> Result<u16, Reason> {
    let policy = question.policy.native;
    if question.entry.is_some_and(|entry| !entry.device.places.is_empty()) {
        return Err(Reason::EntryDecides);
    }
    if policy == Native::Never {
        return Err(Reason::NotAllowed);
    }
    if let Some(offset) = survey.confirmed_pasid {
        return Ok(offset);
    }
    // What an entry declares without a word on PASID waits for somebody who has seen it.
    let looks_like_one = suspects::pasid(&survey.map).filter(|_| survey.known_pasid.is_none());
    match (looks_like_one, policy) {
        (Some(offset), Native::Probed) => Ok(offset),
        (Some(_), _) => Err(Reason::NotOptedIn),
        (None, _) => Err(Reason::NativeUnknown),
    }
}

/// Whether somebody vouches that PASID at `offset` is the function's own, and may be used: the caller, or an entry that lists it
/// and that the device does not refuse.
pub(in crate::placement) fn is_vouched<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
) -> bool {
    let by_caller = survey.confirmed_pasid == Some(offset);
    let places = question.entry.filter(|_| question.refusal.is_none()).map(|entry| entry.device.places);
    let by_entry = || {
        let mut places = places.into_iter().flat_map(|places| question.database().list(places));
        places.any(|place| place.kind == PlaceKind::Native && place.offset == offset)
    };
    by_caller || by_entry()
}

/// Why the slot at `offset`, of which nobody has to have read anything yet, must not be used.
///
/// # Errors
/// When the device could not be read.
fn judge<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
) -> Result<Option<Reason>, D::Error> {
    if let Some(reason) = survey.shape(offset) {
        return Ok(Some(reason));
    }
    if survey.own_pasid.is_none() {
        let header = Capability::from_header(Space::Extended, offset, survey.read_dword(offset)?);
        if (header.id, header.version) == (PASID, 1) {
            let own = OwnPasid { offset, registers: survey.read_dword(offset + 4)? };
            // A host that will enable it enables no more than there is.
            let host = question.host.filter(|_| question.policy.what_if && question.grant().is_within(own.supported()));
            survey.own_pasid = Some(host.map_or(own, |host| own.enabled_by(&host)));
        }
    }
    Ok(check(survey, question, offset))
}

/// Why the slot at `offset` must not be used.
pub(in crate::placement) fn check<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
) -> Option<Reason> {
    if question.identity.function == Function::Virtual {
        return Some(Reason::VirtualFunction);
    }
    let Some(own) = survey.own_pasid.filter(|own| own.offset == offset) else {
        return Some(Reason::NoNativeSlot);
    };
    let range = ByteRange::from_length(offset, PASID_LENGTH);
    if let Some(reason) = survey.map.refusal_of_hidden(range).or_else(|| survey.beyond_the_map(range)) {
        return Some(reason);
    }
    difference(own, question)
}

/// How the function's own registers differ from what the host says, if they do.
pub(in crate::placement) fn difference(own: OwnPasid, question: &Question<'_, '_>) -> Option<Reason> {
    question.host.filter(|host| !agrees(own.registers, host)).map(|_| Reason::HostPasidDiffers { at: own.offset })
}

/// Whether the registers say what the host says: wide enough, and the same permissions enabled.
fn agrees(registers: u32, host: &HostPasid) -> bool {
    let width = registers >> 8 & 0x1f;
    let execute = registers & 1 << 17 != 0;
    let privileged = registers & 1 << 18 != 0;
    width >= u32::from(host.width) && execute == host.execute && privileged == host.privileged
}
