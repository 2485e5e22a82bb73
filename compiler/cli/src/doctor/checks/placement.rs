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
        Err(why) => {
            let check = new(State::Problem, format!("no place for the capability: {why}"));
            match &patient.placed.way_out {
                Some(way_out) => check.cure(format!("{way_out}; `quirkc plan` shows every place and its reason")),
                None => check.cure("`quirkc plan` shows every place and its reason"),
            }
        }
    }]
}
