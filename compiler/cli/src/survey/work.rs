//! One thread: takes some files after the other until there are none.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use quirk_recorded::{Address, Item, Limits, Problem, Recorded, Unread, stream_unpacked};
use quirk_runtime::Database;

use super::format::Format;
use super::output::Output;
use super::progress::Progress;
use super::row::Row;
use super::summary::Summary;
use super::turn::{Part, Turn};
use crate::failure::Failure;

/// Rows that are kept before a thread waits for its turn.
const MOST_ROWS: usize = 4096;

/// Files that a thread takes at once, so that threads seldom wait for each other; fewer where there are few.
const MOST_FILES: usize = 64;
const SHARES: usize = 64;

/// What threads share.
pub(super) struct Work<'a> {
    files: &'a [PathBuf],
    databases: &'a [Database<'a>],
    format: Format,
    /// How many files are taken at once.
    share: usize,
    next: AtomicUsize,
    turn: Turn,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        files: &'a [PathBuf],
        databases: &'a [Database<'a>],
        format: Format,
        output: Output,
        progress: Progress,
    ) -> Self {
        let share = (files.len() / SHARES).clamp(1, MOST_FILES);
        Self { files, databases, format, share, next: AtomicUsize::new(0), turn: Turn::new(output, progress) }
    }

    pub(super) fn finish(self) -> Result<(Summary, Output), Failure> {
        self.turn.finish()
    }

    /// Takes files until there are none.
    pub(super) fn run(&self) {
        loop {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(files) = self.files.chunks(self.share).nth(turn) else { return };
            if !self.files(turn, files) {
                // The others end when they find no file.
                self.next.store(self.files.len(), Ordering::Relaxed);
            }
        }
    }

    fn files(&self, turn: usize, files: &[PathBuf]) -> bool {
        let mut open = Open { work: self, turn, part: Part::default(), pending: 0, goes_on: true };
        for path in files {
            open.file(path);
            if !open.goes_on {
                break;
            }
        }
        self.turn.write(turn, open.part, true) && open.goes_on
    }
}

/// Files that are being read, in the turn that is theirs.
struct Open<'w, 'a> {
    work: &'w Work<'a>,
    turn: usize,
    part: Part,
    /// Rows of the part.
    pending: usize,
    goes_on: bool,
}

impl Open<'_, '_> {
    fn file(&mut self, path: &Path) {
        let shown = path.display().to_string();
        let own = Address::of_path(&shown);
        let mut found = 0usize;
        let mut lost = Vec::new();
        let mut take = |item| match item {
            Item::Function(record) => {
                found += 1;
                self.row(Row::new(&name(&shown, &record), with_address(record, own), self.work.databases));
            }
            // What is no dump is counted alone; of what is cut off, functions are missing.
            Item::Unread(Unread { file, error, .. }) if is_lost(&error.problem) => {
                let inside = if file.is_empty() { String::new() } else { format!(":{file}") };
                lost.push(format!("note: of {shown}{inside} a part is missing: {error}\n"));
            }
            Item::Unread(_) => {}
        };
        let read = File::open(path).and_then(|file| stream_unpacked(file, &Limits::default(), &mut take));
        self.part.notes.append(&mut lost);
        self.part.notes.extend(read.err().map(|error| format!("note: passed over: {shown}: {error}\n")));
        self.part.summary.files += 1;
        self.part.summary.unread_files += usize::from(found == 0);
    }

    fn row(&mut self, row: Row) {
        self.part.summary.add(&row);
        match self.work.format {
            Format::Csv => self.part.text += &row.csv(),
            Format::Jsonl => self.part.text += &row.json(),
            Format::Parquet => self.part.rows.push(row),
            Format::Text | Format::Json | Format::Svg => {}
        }
        self.pending += 1;
        if self.pending == MOST_ROWS {
            self.pending = 0;
            self.goes_on &= self.work.turn.write(self.turn, std::mem::take(&mut self.part), false);
        }
    }
}

/// Whether there is more in a file than could be read.
fn is_lost(problem: &Problem) -> bool {
    matches!(problem, Problem::Damaged { .. } | Problem::TooMuch { .. } | Problem::TooDeep { .. })
}

/// What a row calls its file: that of an archive behind it.
fn name(file: &str, record: &Recorded) -> String {
    match record.file() {
        "" => file.to_owned(),
        inside => format!("{file}:{inside}"),
    }
}

/// Bytes of sysfs have their address in the path.
fn with_address(record: Recorded, own: Option<Address>) -> Recorded {
    match (record.address(), own) {
        (None, Some(_)) if record.file().is_empty() => record.named(own, ""),
        _ => record,
    }
}
