//! A free-space DVSEC of a known identity in the device.

use super::{Question, Record, Site};
use crate::ConfigAccess;
use crate::decision::Verdict;
use crate::reason::Reason;
use crate::tables::Format;

pub(super) fn find<D: ConfigAccess + ?Sized>(
    site: &Site<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Record<'_>,
) -> Option<u16> {
    let formats = || question.databases.iter().flat_map(|database| database.all::<Format>());
    let known = site
        .vendor_headers
        .iter()
        .find(|header| formats().any(|format| (format.vendor, format.id) == (header.sub_vendor, header.sub_id)));
    let Some(known) = known else {
        return record.skipped(Reason::NothingGiven);
    };
    record.add(Some(known.offset), Verdict::Skipped, Reason::NotSupported);
    None
}
