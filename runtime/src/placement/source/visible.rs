//! A PASID capability that the device shows: it is left alone, and the search ends.

use super::{Record, Site};
use crate::ConfigAccess;
use crate::decision::Verdict;
use crate::reason::Reason;

pub(super) fn find<D: ConfigAccess + ?Sized>(site: &Site<'_, D>, record: &mut Record<'_>) -> Option<u16> {
    let Some(at) = site.visible_pasid else {
        return record.skipped(Reason::NothingGiven);
    };
    record.add(Some(at), Verdict::Chosen, Reason::Visible { at });
    Some(at)
}
