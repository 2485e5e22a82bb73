//! Where a survey goes: a file or standard output, as text or as a table of columns.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::format::Format;
use super::row::{self, Row};
use crate::failure::Failure;

/// Writes what comes, in the order in which it comes.
pub(super) struct Output {
    path: Option<PathBuf>,
    sink: Sink,
}

enum Sink {
    Text(Box<dyn Write + Send>),
    #[cfg(feature = "parquet")]
    Table(Box<super::parquet::Table<Box<dyn Write + Send>>>),
}

impl Output {
    pub(super) fn new(format: Format, path: Option<&Path>) -> Result<Self, Failure> {
        let path = path.map(Path::to_path_buf);
        let out: Box<dyn Write + Send> = match &path {
            Some(path) if format != Format::Parquet || cfg!(feature = "parquet") => {
                let file = File::create(path);
                let cannot = |error| Failure::with_file(path, format_args!("cannot be written: {error}"));
                Box::new(BufWriter::new(file.map_err(cannot)?))
            }
            _ => Box::new(BufWriter::new(io::stdout())),
        };
        let mut output = Self { path, sink: sink(format, out)? };
        if format == Format::Csv {
            output.text(&(row::COLUMNS.join(",") + "\n"))?;
        }
        Ok(output)
    }

    /// Writes text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        let written = match &mut self.sink {
            Sink::Text(out) => out.write_all(text.as_bytes()),
            #[cfg(feature = "parquet")]
            Sink::Table(_) => Ok(()),
        };
        self.written(written)
    }

    /// Writes rows that are no text.
    pub(super) fn rows(&mut self, rows: Vec<Row>) -> Result<(), Failure> {
        let written = match &mut self.sink {
            Sink::Text(_) => {
                drop(rows);
                Ok(())
            }
            #[cfg(feature = "parquet")]
            Sink::Table(table) => table.add(rows),
        };
        self.written(written)
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { path, sink } = self;
        let written = match sink {
            Sink::Text(mut out) => out.flush(),
            #[cfg(feature = "parquet")]
            Sink::Table(table) => table.finish(),
        };
        result(path.as_deref(), written)
    }

    fn written(&self, written: io::Result<()>) -> Result<(), Failure> {
        result(self.path.as_deref(), written)
    }
}

/// A reader of standard output that has gone has seen enough.
fn result(path: Option<&Path>, written: io::Result<()>) -> Result<(), Failure> {
    match (path, written) {
        (_, Ok(())) => Ok(()),
        (None, Err(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        (None, Err(error)) => Err(Failure::new(format_args!("cannot write to standard output: {error}"))),
        (Some(path), Err(error)) => Err(Failure::with_file(path, format_args!("cannot be written: {error}"))),
    }
}

#[cfg(feature = "parquet")]
fn sink(format: Format, out: Box<dyn Write + Send>) -> Result<Sink, Failure> {
    if format != Format::Parquet {
        return Ok(Sink::Text(out));
    }
    let table = super::parquet::Table::new(out).map_err(Failure::new)?;
    Ok(Sink::Table(Box::new(table)))
}

#[cfg(not(feature = "parquet"))]
fn sink(format: Format, out: Box<dyn Write + Send>) -> Result<Sink, Failure> {
    if format == Format::Parquet {
        return Err(Failure::new("this program was built without Parquet")
            .help("build it with `cargo build --release -p quirkc --features parquet`, or print `--format csv`"));
    }
    Ok(Sink::Text(out))
}
