//! Standard output and error: colour only on a terminal, and no complaint when the reader has gone.

use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::Serialize;

use crate::failure::Failure;

/// An object, as it is printed.
pub(crate) fn json(object: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(object).map(|text| text + "\n").map_err(Failure::new)
}

/// Prints a text. Its colours are taken out unless standard output is a terminal that wants them (`NO_COLOR`, `CLICOLOR`).
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // A pager that was closed has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| Failure::new(format_args!("cannot write to standard output: {error}"))),
    }
}

/// Says what does not belong into a program's input, on standard error.
pub(crate) fn remark(text: &str) {
    // Nobody is left to be told if this fails.
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let open = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    open.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}")))
}
