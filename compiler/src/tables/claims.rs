//! Evidence in the tables.

use quirk_runtime::tables::{Claim, List};

use super::writer::Writer;
use crate::model;

pub(super) fn claims(writer: &mut Writer, claims: &[model::Claim]) -> Option<List<Claim>> {
    let mut records = Vec::new();
    for claim in claims {
        records.push(Claim { evidence: claim.evidence, text: writer.text(&claim.text)?, seen: claim.seen });
    }
    writer.share(&records)
}
