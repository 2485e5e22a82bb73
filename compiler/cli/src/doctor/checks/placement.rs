//! Whether the guest is shown a PASID capability at all.

use crate::doctor::check::{Check, State, Want};
use crate::doctor::patient::Patient;

const CODE: &str = "placement";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let new = |state, message: String| Check::new(CODE, &[Want::Pasid], state, message);
    if !patient.is_known() {
        return vec![new(State::Unknown, "where it could be is not known from the header".to_owned())];
    }
    vec![match &patient.placed.answer {
        Ok(place) => new(State::Ok, place.clone()),
        Err(why) => new(State::Problem, format!("no place for the capability: {why}")).cure(
            "describe what the device does not use (`docs/guide.md`); `quirkc plan` shows every place and its reason",
        ),
    }]
}
