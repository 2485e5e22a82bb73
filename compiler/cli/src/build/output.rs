//! Where an output goes: a file that is left alone if it says the same, or standard output.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::failure::Failure;

/// Where an output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output<'p> {
    Stdout,
    File(&'p Path),
}

impl<'p> Output<'p> {
    /// What a path of the command line means.
    pub(super) fn of(path: &'p Path) -> Self {
        if path.as_os_str() == "-" { Self::Stdout } else { Self::File(path) }
    }

    /// Writes bytes as they are.
    pub(super) fn write(self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout => {
                let mut stdout = std::io::stdout();
                match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
                    // A pager that was closed has seen enough.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
                    result => {
                        result.map_err(|error| Failure::new(format_args!("cannot write to standard output: {error}")))
                    }
                }
            }
            Self::File(path) if fs::read(path).is_ok_and(|old| old == bytes) => Ok(()),
            Self::File(path) => fs::write(path, bytes)
                .map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}"))),
        }
    }

    /// How a file differs from the bytes that would be written to it; none if it does not.
    pub(super) fn difference(self, bytes: &[u8]) -> Result<Option<String>, Failure> {
        let Self::File(path) = self else { return Ok(None) };
        let name = path.display();
        match fs::read(path) {
            Ok(old) if old == bytes => Ok(None),
            Ok(old) => Ok(Some(format!("{name}: {}", first_difference(&old, bytes)))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(format!("{name}: the file is not there"))),
            Err(error) => Err(Failure::with_file(path, format_args!("cannot be read: {error}"))),
        }
    }
}

/// Where two texts part, or two runs of bytes.
fn first_difference(old: &[u8], new: &[u8]) -> String {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    if std::str::from_utf8(new).is_ok() {
        let line = 1 + new[..same].iter().filter(|byte| **byte == b'\n').count();
        return format!("it is not what would be written: line {line} differs");
    }
    format!("it is not what would be written: byte {same} differs")
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_difference_has_a_place() {
        assert!(first_difference(b"a\nb\n", b"a\nc\n").ends_with("line 2 differs"));
        assert!(first_difference(b"a\n", b"a\nc\n").ends_with("line 2 differs"));
        assert!(first_difference(b"", b"\xff").ends_with("byte 0 differs"));
    }
}
