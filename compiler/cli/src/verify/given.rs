//! A function of the command line and the entry that applies to it.

use quirk_runtime::Database;

use super::bytes::{Compared, compare};
use super::entry::Entry;
use super::probed::Probe;
use super::rule::{Disagreement, Finding};
use crate::failure::Failure;
use crate::subject::{Seen, Subject};

/// A function that was given on the command line.
pub(super) struct Verified {
    pub(super) subject: Subject,
    pub(super) entry: Option<Entry>,
    pub(super) compared: Compared,
    /// What the write probe found.
    pub(super) probe: Option<Probe>,
    pub(super) findings: Vec<Finding>,
}

impl Verified {
    /// Looks at one function.
    pub(super) fn new(subject: Subject, databases: &[Database<'_>]) -> Result<Self, Failure> {
        let image = match &subject.raw {
            Some(raw) => raw.clone(),
            None => subject.image()?,
        };
        let mut verified =
            Self { entry: None, compared: Compared::default(), probe: None, findings: Vec::new(), subject };
        if image.byte(0x0e) & 0x7f == 0x7f {
            verified.findings.push(Finding::new(Disagreement::Silent, None, "it does not answer: every byte reads ff"));
            return Ok(verified);
        }
        let identity = verified.subject.identity;
        if let Some(entry) = Entry::of(databases, &identity, &image)? {
            let through_vfio = verified.subject.seen == Seen::Vfio && verified.subject.raw.is_none();
            (verified.compared, verified.findings) = compare(&entry, &image, through_vfio)?;
            verified.entry = Some(entry);
        } else {
            let message =
                format!("no entry is for {:04x}:{:04x}; `quirkc match` says why not", identity.vendor, identity.device);
            verified.findings.push(Finding::new(Disagreement::Undescribed, None, message));
        }
        Ok(verified)
    }
}
