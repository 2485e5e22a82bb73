//! The checks, one file for each thing that Linux asks about. The kernel's rules are those of Linux 7.3; each file names the
//! function and its file.

mod ats;
mod ats_page_aligned;
mod ats_page_size;
mod ats_required;
mod capability_fits;
mod capability_list;
mod denylist;
mod gone;
mod group;
mod guest_acs;
mod guest_port;
mod host_acs;
mod host_enable;
mod host_pasid;
mod no_iommu;
mod order;
mod path;
mod path_acs;
mod path_port;
mod path_prefix;
mod pcie;
mod placement;
mod port;
mod prefix;
mod pri;
mod pri_response;
mod pri_stopped;
mod space;
mod viommu_ats;
mod viommu_pri;
mod width;

use super::about::About;
use super::check::Check;
use super::patient::{Guest, Patient};
use super::verdict;

/// The code of the check that is the only one of a function that does not answer.
pub(super) const GONE: &str = gone::ABOUT.code;

/// What a guest's kernel asks; it may depend on what was found before.
type AskGuest = fn(&Patient<'_>, &Guest, &[Check]) -> Vec<Check>;

/// What the host's kernel asks.
type AskHost = fn(&Patient<'_>) -> Vec<Check>;

/// From the function itself outward, and PASID first: page requests depend on it.
const GUEST: &[AskGuest] = &[
    space::check,
    capability_list::check,
    capability_fits::check,
    pcie::check,
    port::check,
    prefix::check,
    guest_acs::check,
    guest_port::check,
    width::check,
    placement::check,
    ats::check,
    ats_page_aligned::check,
    ats_required::check,
    viommu_ats::check,
    pri::check,
    pri_stopped::check,
    pri_response::check,
    viommu_pri::check,
];

const HOST: &[AskHost] = &[
    host_acs::check,
    path::check,
    group::check,
    no_iommu::check,
    denylist::check,
    host_pasid::check,
    host_enable::check,
    ats_page_size::check,
    order::check,
];

/// What is said of each, in the order in which they are made.
pub(super) const ABOUT: &[&About] = &[
    &gone::ABOUT,
    &space::ABOUT,
    &capability_list::ABOUT,
    &capability_fits::ABOUT,
    &pcie::ABOUT,
    &port::ABOUT,
    &prefix::ABOUT,
    &guest_acs::ABOUT,
    &guest_port::ABOUT,
    &width::ABOUT,
    &placement::ABOUT,
    &ats::ABOUT,
    &ats_page_aligned::ABOUT,
    &ats_required::ABOUT,
    &viommu_ats::ABOUT,
    &pri::ABOUT,
    &pri_stopped::ABOUT,
    &pri_response::ABOUT,
    &viommu_pri::ABOUT,
    &host_acs::ABOUT,
    &path::ABOUT,
    &path_prefix::ABOUT,
    &path_acs::ABOUT,
    &group::ABOUT,
    &no_iommu::ABOUT,
    &denylist::ABOUT,
    &host_pasid::ABOUT,
    &host_enable::ABOUT,
    &ats_page_size::ABOUT,
    &order::ABOUT,
];

/// Makes every check.
pub(super) fn all(patient: &Patient<'_>) -> Vec<Check> {
    if !patient.answers() {
        return gone::check(patient, ABOUT);
    }
    let of_guest = |guest| {
        let mut checks = Vec::new();
        for ask in GUEST {
            let more = ask(patient, guest, &checks);
            checks.extend(more);
        }
        (guest, checks)
    };
    let mut checks = verdict::merge(&patient.guests.iter().map(of_guest).collect::<Vec<_>>());
    checks.extend(HOST.iter().flat_map(|ask| ask(patient)));
    checks
}
