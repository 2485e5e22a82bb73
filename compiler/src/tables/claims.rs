//! Evidence in the tables.

use quirk_runtime::tables::{Claim, List, Text};

use super::writer::Writer;
use crate::model;

pub(super) fn claims(writer: &mut Writer, claims: &[model::Claim]) -> Option<List<Claim>> {
    let mut records = Vec::new();
    for claim in claims {
        let text = if writer.without_evidence { Text::default() } else { writer.text(&claim.text)? };
        records.push(Claim { evidence: claim.evidence, text, seen: claim.seen });
    }
    writer.share(&records)
}
