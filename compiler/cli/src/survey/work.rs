//! One thread: takes one file after the other until there is none.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use quirk_recorded::{Address, Item, Limits, Recorded, stream_unpacked};
use quirk_runtime::Database;

use super::format::Format;
use super::output::Output;
use super::progress::Progress;
use super::row::Row;
use super::summary::Summary;
use super::turn::{Part, Turn};
use crate::failure::Failure;

/// Rows that are kept before a file waits for its turn.
const MOST_ROWS: usize = 4096;

/// What threads share.
pub(super) struct Work<'a> {
    files: &'a [PathBuf],
    databases: &'a [Database<'a>],
    format: Format,
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
        Self { files, databases, format, next: AtomicUsize::new(0), turn: Turn::new(output, progress) }
    }

    pub(super) fn finish(self) -> Result<(Summary, Output), Failure> {
        self.turn.finish()
    }

    pub(super) fn run(&self) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = self.files.get(at) else { return };
            if !self.file(at, path) {
                // The others end when they find no file.
                self.next.store(self.files.len(), Ordering::Relaxed);
            }
        }
    }

    fn file(&self, at: usize, path: &Path) -> bool {
        let shown = path.display().to_string();
        let own = Address::of_path(&shown);
        let (mut part, mut found, mut pending, mut goes_on) = (Part::default(), 0usize, 0, true);
        let mut take = |item| {
            let Item::Function(record) = item else { return };
            let row = Row::new(&name(&shown, &record), with_address(record, own), self.databases);
            (found, pending) = (found + 1, pending + 1);
            part.summary.add(&row);
            match self.format {
                Format::Csv => part.text += &row.csv(),
                Format::Jsonl => part.text += &row.json(),
                Format::Parquet => part.rows.push(row),
                Format::Text | Format::Json | Format::Svg => {}
            }
            if pending == MOST_ROWS {
                pending = 0;
                goes_on &= self.turn.write(at, std::mem::take(&mut part), false);
            }
        };
        let read = File::open(path).and_then(|file| stream_unpacked(file, &Limits::default(), &mut take));
        part.note = read.err().map(|error| format!("note: passed over: {shown}: {error}\n"));
        part.summary.files = 1;
        part.summary.unread_files = usize::from(found == 0);
        self.turn.write(at, part, true) && goes_on
    }
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
