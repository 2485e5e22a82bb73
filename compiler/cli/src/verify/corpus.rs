//! Folders of records, each looked at once: dumps, and lists of capabilities as JSON lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use quirk_recorded::Recorded;
use quirk_runtime::{Database, Image};

use super::bytes;
use super::entry::Entry;
use super::listed::Line;
use super::rule::{Disagreement, Finding};
use crate::failure::Failure;
use crate::subject::Subject;
use quirk_dsl::Ordered as _;

/// No dump of all functions of a machine is larger.
const LARGEST: u64 = 1 << 28;

/// No list of one function's capabilities is longer.
const LONGEST_LINE: u64 = 1 << 20;

/// What was found in a folder.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    /// Files that hold records.
    pub(super) files: usize,
    /// Files of which nothing could be read.
    pub(super) passed_over: usize,
    pub(super) functions: usize,
    pub(super) described: usize,
    pub(super) lists: usize,
    pub(super) lists_described: usize,
    pub(super) entries: BTreeSet<String>,
    pub(super) capabilities: usize,
    pub(super) free: usize,
    /// Those of which a description says something else.
    pub(super) differ: Vec<Differing>,
    /// By ids, on how many machines of the collected lists the entry agrees, and on how many it does not.
    machines: BTreeMap<(u16, u16), [u64; 2]>,
}

/// A record and an entry that do not agree.
#[derive(Debug)]
pub(super) struct Differing {
    pub(super) origin: String,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) entry: Entry,
    pub(super) findings: Vec<Finding>,
    /// A list of capabilities without bytes.
    is_list: bool,
}

impl Corpus {
    /// Reads all below a folder, file by file, in the order of names.
    pub(super) fn read(folder: &Path, databases: &[Database<'_>]) -> Result<Self, Failure> {
        let mut corpus = Self::default();
        for path in files(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            let known = corpus.functions + corpus.lists;
            if path.extension().is_some_and(|kind| kind == "jsonl") {
                corpus.lists(&path, &name, databases)?;
            } else {
                corpus.dump(&path, &name, databases)?;
            }
            let is_record = corpus.functions + corpus.lists != known;
            corpus.files += usize::from(is_record);
            corpus.passed_over += usize::from(!is_record);
        }
        corpus.judge_lists();
        Ok(corpus)
    }

    /// One machine whose firmware is set up in its own way does not refute an entry that all others confirm.
    fn judge_lists(&mut self) {
        for record in self.differ.iter_mut().filter(|record| record.is_list) {
            let tally = self.machines.get(&(record.vendor, record.device));
            let [agree, differ] = tally.copied().unwrap_or_default();
            if agree != 0 && agree >= differ {
                for finding in &mut record.findings {
                    finding.rule = Disagreement::ListDiffers;
                    finding.message += &format!("; {agree} of {} machines agree", agree.saturating_add(differ));
                }
            }
        }
    }

    fn dump(&mut self, path: &Path, name: &str, databases: &[Database<'_>]) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
        read.map_err(|error| Failure::with_file(path, error))?;
        // A list of contents or a licence lies beside what was recorded.
        let Ok(reading) = quirk_recorded::read(&bytes) else { return Ok(()) };
        for record in reading.functions {
            self.functions += 1;
            self.function(record, name, databases)?;
        }
        Ok(())
    }

    fn function(&mut self, record: Recorded, name: &str, databases: &[Database<'_>]) -> Result<(), Failure> {
        let subject = Subject::recorded(record, None, None);
        let image = subject.image()?;
        let Some(entry) = Entry::of(databases, &subject.identity, &image)? else { return Ok(()) };
        self.described += 1;
        let (compared, findings) = bytes::compare(&entry, &image, false)?;
        self.capabilities += compared.capabilities;
        self.free += compared.free;
        let origin = match subject.record.address() {
            Some(address) => format!("{name} {address}"),
            None => name.to_owned(),
        };
        self.add(origin, (subject.identity.vendor, subject.identity.device), entry, findings, false);
        Ok(())
    }

    fn lists(&mut self, path: &Path, name: &str, databases: &[Database<'_>]) -> Result<(), Failure> {
        let file = fs::File::open(path).map_err(|error| Failure::with_file(path, error))?;
        let mut file = BufReader::new(file);
        let nothing = Image::new(&[0; 64]).ok_or_else(|| Failure::new("a header has 64 bytes"))?;
        for number in 1_usize.. {
            let mut text = Vec::new();
            let read = file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text);
            if read.map_err(|error| Failure::with_file(path, error))? == 0 {
                break;
            }
            let at = |problem: String| Failure::with_file(path, format_args!("line {number}: {problem}"));
            if text.len() as u64 == LONGEST_LINE {
                return Err(at(format!("it is longer than {LONGEST_LINE} bytes")));
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_slice(&text).map_err(|error| at(error.to_string()))?;
            let identity = line.identity().map_err(at)?;
            self.lists += 1;
            let Some(entry) = Entry::of(databases, &identity, &nothing)? else { continue };
            self.lists_described += 1;
            let (compared, findings) = line.compare(&entry);
            self.capabilities += compared;
            let ids = (identity.vendor, identity.device);
            let tally = &mut self.machines.entry(ids).or_default()[usize::from(!findings.is_empty())];
            *tally = tally.saturating_add(line.count.into());
            self.add(format!("{name} line {number}"), ids, entry, findings, true);
        }
        Ok(())
    }

    fn add(&mut self, origin: String, ids: (u16, u16), entry: Entry, findings: Vec<Finding>, is_list: bool) {
        let (vendor, device) = ids;
        self.entries.insert(entry.name.clone());
        if !findings.is_empty() {
            self.differ.push(Differing { origin, vendor, device, entry, findings, is_list });
        }
    }

    /// A folder in which nothing is described proves nothing.
    pub(super) fn own_finding(&self, folder: &Path) -> Option<Finding> {
        let message = || format!("nothing in {} is described by an entry", folder.display());
        (self.described + self.lists_described == 0)
            .then(|| Finding::new(Disagreement::NothingCompared, None, message()))
    }
}

/// All files below a folder, in order; or the file itself. Links to folders are not followed.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failure = |path: &Path, error| Failure::with_file(path, error);
    if fs::metadata(path).map_err(|error| failure(path, error))?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut found, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| failure(&folder, error))? {
            let entry = entry.map_err(|error| failure(&folder, error))?;
            let kind = entry.file_type().map_err(|error| failure(&entry.path(), error))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if fs::metadata(entry.path()).is_ok_and(|file| file.is_file()) {
                found.push(entry.path());
            }
        }
    }
    found.order();
    Ok(found)
}
