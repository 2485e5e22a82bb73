//! Entries against tables of what vendors publish.

mod compare;
mod table;
mod words;

use std::path::Path;

use quirk_runtime::Database;
use quirk_runtime::tables::Device;

use super::entry::Entry;
use super::rule::{Disagreement, Finding};
use crate::failure::Failure;
use table::{About, Table};

/// One row, or all rows of one subject, and an entry.
#[derive(Debug)]
pub(super) struct Judged {
    /// What the table is about: a map, a generation, the entry itself.
    pub(super) subject: String,
    pub(super) entry: Option<Entry>,
    /// Dwords or capabilities that were compared.
    pub(super) compared: usize,
    pub(super) findings: Vec<Finding>,
}

/// What became of one file.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) file: String,
    pub(super) judged: Vec<Judged>,
    pub(super) findings: Vec<Finding>,
}

/// Every entry; of those with one name the one of the last database.
pub(super) fn entries(databases: &[Database<'_>]) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for &database in databases {
        let own: Vec<Entry> = database.all::<Device>().map(|device| Entry::new(database, &device)).collect();
        all.retain(|entry| own.iter().all(|other| other.name != entry.name));
        all.extend(own);
    }
    all
}

/// Reads a table and compares every entry that it is about.
pub(super) fn judge(path: &Path, entries: &[Entry]) -> Result<Facts, Failure> {
    let table = Table::read(path)?;
    let mut judged = Vec::new();
    for subject in &table.subjects {
        let about: Vec<&Entry> = entries.iter().filter(|entry| table.is_about(subject, entry)).collect();
        for entry in &about {
            let (compared, findings) = compare::compare(subject, entry);
            judged.push(Judged { subject: subject.name.clone(), entry: Some((*entry).clone()), compared, findings });
        }
        if let (true, About::Entry(name)) = (about.is_empty(), &subject.about) {
            let message = format!("the table is about `{name}`, and there is no such entry");
            let findings = vec![Finding::new(Disagreement::EntryLost, None, message)];
            judged.push(Judged { subject: subject.name.clone(), entry: None, compared: 0, findings });
        }
    }
    let findings = if judged.is_empty() {
        vec![Finding::new(Disagreement::NothingCompared, None, "no entry is in the table, and none cites it")]
    } else {
        Vec::new()
    };
    Ok(Facts { file: path.display().to_string(), judged, findings })
}
