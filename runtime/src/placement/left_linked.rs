//! PASID capabilities that the device shows and that nobody meant to show: vfio-pci hides the function's own, and where that does
//! not work out, a guest would write to the registers that the host has enabled. One of them is emulated where it is, as if it
//! had been placed there; every other is taken out.

use super::source::native;
use crate::capability::{PASID_LENGTH, Space};
use crate::guest_view::GuestView;
use crate::identity::Function;
use crate::question::Question;
use crate::reason::Reason;
use crate::survey::ConfigSurvey;
use crate::{ByteRange, ConfigAccess};

/// Why a PASID capability that was left in the list must not be emulated where it is; `None` too for one that is there on
/// purpose.
pub(super) fn refusal<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    at: u16,
) -> Option<Reason> {
    if !survey.is_left_linked(at) {
        return None;
    }
    if survey.closed.is_some() {
        return survey.closed;
    }
    if question.identity.function == Function::Virtual {
        return Some(Reason::VirtualFunction);
    }
    let Some(own) = survey.own_pasid.filter(|own| own.offset == at) else { return Some(Reason::OutOfBounds) };
    let inside = survey.map.next_start(at + 4, Space::Extended).filter(|start| start.offset < at + PASID_LENGTH);
    let inside = inside.map(|start| Reason::CapabilityHeader { id: start.id, at: start.offset });
    inside
        .or_else(|| survey.beyond_the_map(ByteRange::from_length(at, PASID_LENGTH)))
        .or_else(|| native::difference(own, question))
}

/// Takes every one out of its list but that at `placed`.
pub(crate) fn hide<D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    survey: &ConfigSurvey<'_, D>,
    placed: Option<u16>,
) {
    let is_wanted = |offset| survey.is_left_linked(offset) && placed != Some(offset);
    for start in survey.map.starts(Space::Extended).filter(|start| is_wanted(start.offset)) {
        shown.hide(survey, start);
        // Its registers, though another capability may reach over them.
        let registers = start.offset + 4;
        if survey.map.start_at(registers).is_none() && registers < Space::Extended.end() {
            shown.blank_dword(registers);
        }
    }
}
