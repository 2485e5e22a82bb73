//! What `verify` says: the object that `--format json` prints. `docs/verify.md` is its documentation.

use std::path::Path;

use quirk_compiler::catalogue::Level;
use serde::Serialize;

use super::corpus::{Corpus, Differing};
use super::facts::{Facts, Judged};
use super::given::Verified;
use super::probed::Probe;
use super::rule::{Finding, Levels};

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What `verify` says.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// Those of the command line.
    pub(super) functions: Vec<Function>,
    pub(super) corpora: Vec<Folder>,
    pub(super) facts: Vec<Table>,
}

impl Default for Report {
    fn default() -> Self {
        let (functions, corpora, facts) = (Vec::new(), Vec::new(), Vec::new());
        Self { version: VERSION, errors: 0, warnings: 0, functions, corpora, facts }
    }
}

/// A function and the entry that applies.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) origin: String,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) entry: Option<String>,
    pub(super) source: Option<String>,
    pub(super) capabilities: usize,
    /// Bytes that are declared free and read 0, or do not.
    pub(super) free: usize,
    /// What the write probe found, where it was asked for and nothing spoke against it.
    pub(super) probe: Option<Probe>,
    pub(super) findings: Vec<Said>,
}

/// A folder of records.
#[derive(Debug, Serialize)]
pub(super) struct Folder {
    pub(super) folder: String,
    pub(super) files: usize,
    pub(super) passed_over: usize,
    pub(super) functions: usize,
    pub(super) described: usize,
    pub(super) lists: usize,
    pub(super) lists_described: usize,
    pub(super) entries: usize,
    pub(super) capabilities: usize,
    pub(super) free: usize,
    /// Records with an error.
    pub(super) differ: usize,
    /// Records with nothing but warnings.
    pub(super) warned: usize,
    pub(super) findings: Vec<Said>,
    pub(super) records: Vec<RecordFindings>,
}

/// A record with findings.
#[derive(Debug, Serialize)]
pub(super) struct RecordFindings {
    pub(super) origin: String,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) entry: String,
    pub(super) source: String,
    pub(super) findings: Vec<Said>,
}

/// A table of facts.
#[derive(Debug, Serialize)]
pub(super) struct Table {
    pub(super) file: String,
    pub(super) findings: Vec<Said>,
    pub(super) compared: Vec<Row>,
}

/// What a table says of one entry.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) subject: String,
    pub(super) entry: Option<String>,
    pub(super) source: Option<String>,
    /// Dwords or capabilities.
    pub(super) facts: usize,
    pub(super) findings: Vec<Said>,
}

/// One disagreement.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    pub(super) rule: &'static str,
    pub(super) level: &'static str,
    pub(super) offset: Option<u16>,
    pub(super) message: String,
}

impl Report {
    pub(super) const fn agrees(&self) -> bool {
        self.errors == 0
    }

    /// Findings that are not switched off, counted.
    fn said(&mut self, findings: &[Finding], levels: &Levels) -> Vec<Said> {
        let mut said = Vec::new();
        for Finding { rule, offset, message } in findings {
            let level = levels.of(*rule);
            match level {
                Level::Off => continue,
                Level::Warn => self.warnings += 1,
                Level::Error => self.errors += 1,
            }
            let (rule, level) = (rule.word(), level.word());
            said.push(Said { rule, level, offset: *offset, message: message.clone() });
        }
        said
    }

    pub(super) fn function(&mut self, verified: &Verified, path: &Path, levels: &Levels) {
        let Verified { subject, entry, compared, probe, findings } = verified;
        let origin = match subject.record.address() {
            Some(address) if path.to_str() != Some(&address.to_string()) => format!("{} {address}", origin(path)),
            _ => origin(path),
        };
        let function = Function {
            origin,
            vendor: subject.identity.vendor,
            device: subject.identity.device,
            entry: entry.as_ref().map(|entry| entry.name.clone()),
            source: entry.as_ref().map(|entry| entry.source.clone()),
            capabilities: compared.capabilities,
            free: compared.free,
            probe: probe.clone(),
            findings: self.said(findings, levels),
        };
        self.functions.push(function);
    }

    pub(super) fn corpus(&mut self, folder: &Path, corpus: &Corpus, levels: &Levels) {
        let own: Vec<Finding> = corpus.own_finding(folder).into_iter().collect();
        let findings = self.said(&own, levels);
        let mut records = Vec::new();
        for Differing { origin, vendor, device, entry, findings, .. } in &corpus.differ {
            let findings = self.said(findings, levels);
            if !findings.is_empty() {
                let (entry, source) = (entry.name.clone(), entry.source.clone());
                records.push(RecordFindings {
                    origin: origin.clone(),
                    vendor: *vendor,
                    device: *device,
                    entry,
                    source,
                    findings,
                });
            }
        }
        let is_wrong = |record: &&RecordFindings| record.findings.iter().any(|said| said.level == "error");
        let differ = records.iter().filter(is_wrong).count();
        self.corpora.push(Folder {
            folder: folder.display().to_string(),
            files: corpus.files,
            passed_over: corpus.passed_over,
            functions: corpus.functions,
            described: corpus.described,
            lists: corpus.lists,
            lists_described: corpus.lists_described,
            entries: corpus.entries.len(),
            capabilities: corpus.capabilities,
            free: corpus.free,
            differ,
            warned: records.len() - differ,
            findings,
            records,
        });
    }

    pub(super) fn facts(&mut self, facts: &Facts, levels: &Levels) {
        let findings = self.said(&facts.findings, levels);
        let mut compared = Vec::new();
        for Judged { subject, entry, compared: facts, findings } in &facts.judged {
            compared.push(Row {
                subject: subject.clone(),
                entry: entry.as_ref().map(|entry| entry.name.clone()),
                source: entry.as_ref().map(|entry| entry.source.clone()),
                facts: *facts,
                findings: self.said(findings, levels),
            });
        }
        self.facts.push(Table { file: facts.file.clone(), findings, compared });
    }
}

/// What a record is called.
fn origin(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
