//! The checks, one file for each thing that Linux asks about. The kernel's rules are those of `drivers/pci/ats.c`,
//! `probe.c` (end-to-end TLP prefixes) and `pci.c` (ACS).

mod acs;
mod ats;
mod host;
mod order;
mod path;
mod pcie;
mod placement;
mod port;
mod prefix;
mod pri;
mod space;
mod width;

use super::check::Check;
use super::patient::Patient;

/// A check looks at the patient and says one thing or several.
type Look = fn(&Patient<'_>) -> Vec<Check>;

/// All of them, from the function itself outward.
const ALL: &[Look] = &[
    space::check,
    pcie::check,
    port::check,
    prefix::check,
    acs::check,
    path::check,
    host::check,
    width::check,
    placement::check,
    ats::check,
    order::check,
    pri::check,
];

/// Makes every check.
pub(super) fn all(patient: &Patient<'_>) -> Vec<Check> {
    ALL.iter().flat_map(|look| look(patient)).collect()
}
