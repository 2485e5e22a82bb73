//! Why a file is not a recorded configuration space: what was found where, and what was expected.

use std::fmt;

/// A file that cannot be read as a recorded configuration space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1; `None` for binary files.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

impl ParseError {
    pub(crate) fn at(line: usize, problem: Problem) -> Self {
        Self { line: Some(line), problem }
    }

    /// How to get a file that can be read, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        Some(match &self.problem {
            Problem::Empty | Problem::NotADump { .. } => {
                "record a device with `lspci -s BB:DD.F -xxxx` or copy `/sys/bus/pci/devices/../config`, both as root"
            }
            Problem::FunctionSize { found: 128, .. } => {
                "`lspci -x` prints 128 bytes of a CardBus bridge; record it with `lspci -xxx`"
            }
            Problem::BinarySize { .. } | Problem::FunctionSize { .. } => {
                "record it again: `lspci -x` gives 64 bytes, `-xxx` 256, `-xxxx` 4096 if the function is PCI Express"
            }
            Problem::NoRows { .. } => "add `-x`, `-xxx` or `-xxxx` to the `lspci` command",
            Problem::Words { .. } => {
                "record bytes: `lspci -xxxx`, `xxd`, `hexdump -C` or `od -Ax -tx1` on Linux, `pciconf -r -b SELECTOR 0:0xfff` on \
                 FreeBSD, `!pci 0x104` of WinDbg on Windows, `pci -i` in the UEFI shell, `pci display.b` in U-Boot; `setpci -v` and \
                 the command `pci display` above its rows say which register a word is"
            }
            Problem::AmbiguousOffsets { .. } | Problem::Offset { .. } => "use `od -Ax -tx1 -v`, whose offsets are hex",
            Problem::Compressed { by: "gzip" | "xz" } => "unpack it first, with `gunzip` or `xz -d`",
            Problem::Compressed { .. } => "unpack it first: gzip, xz and tar are read, and nothing else",
            Problem::TooMuch { .. } | Problem::TooDeep { .. } | Problem::NothingInside { .. } => {
                "take out the file that holds the dump, and give that file alone"
            }
            Problem::Damaged { .. }
            | Problem::RowOffset { .. }
            | Problem::RowWidth { .. }
            | Problem::Byte { .. }
            | Problem::OddDigits { .. }
            | Problem::RowBeforeFunction { .. }
            | Problem::EndOffset { .. }
            | Problem::TooLong => return None,
        })
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for ParseError {}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is nothing in it.
    #[error("the file is empty, expected a configuration space of 64, 256 or 4096 bytes")]
    Empty,
    /// A binary file has another size than a configuration space.
    #[error("a binary file of {found} bytes, expected a configuration space of 64, 256 or 4096 bytes")]
    BinarySize {
        /// Its size.
        found: usize,
    },
    /// A text that begins like none of the forms.
    #[error(
        "`{found}` begins no dump, expected a function such as `00:1f.0 ISA bridge`, a row such as `00: 86 80 ..`, or hex bytes"
    )]
    NotADump {
        /// The beginning of the line.
        found: String,
    },
    /// A row stands where another one is due.
    #[error("row `{found:02x}` {}, expected row `{expected:02x}`", .mistake)]
    RowOffset {
        /// Its offset.
        found: usize,
        /// The offset that is due.
        expected: usize,
        /// How the two go together.
        mistake: RowMistake,
    },
    /// A row has too few or too many bytes.
    #[error("row `{offset:02x}` has {found} bytes, expected {expected}")]
    RowWidth {
        /// Offset of the row.
        offset: usize,
        /// How many it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// What should be a byte is none.
    #[error("`{found}` is no byte, expected two hex digits")]
    Byte {
        /// What stands there.
        found: String,
    },
    /// Hex digits that do not pair up to bytes.
    #[error("`{found}` has an odd number of hex digits, expected two for each byte")]
    OddDigits {
        /// What stands there.
        found: String,
    },
    /// Words, as `hexdump` without options, `xxd -e` and `pciconf -r` print them.
    #[error("`{found}` may be a word of {bits} bits, whose byte order is not known, expected single bytes")]
    Words {
        /// The first word.
        found: String,
        /// Its size.
        bits: usize,
    },
    /// Offsets that make sense in two radices, with other bytes.
    #[error("the rows that end at `{offset}` make sense with offsets in more than one radix")]
    AmbiguousOffsets {
        /// The closing offset; empty if there is none.
        offset: String,
    },
    /// An offset that is no number in the radix of the others.
    #[error("`{found}` is no offset in base {radix}, as those of the rows before it")]
    Offset {
        /// What stands there.
        found: String,
        /// The radix.
        radix: u32,
    },
    /// A row before the line that says of which function it is.
    #[error("row `{offset:02x}` stands before the first function, expected a line such as `00:1f.0 ISA bridge`")]
    RowBeforeFunction {
        /// Offset of the row.
        offset: usize,
    },
    /// A function without hex rows.
    #[error("{function} has no hex rows, expected 64, 256 or 4096 bytes")]
    NoRows {
        /// What it is called.
        function: String,
    },
    /// A function with a number of bytes that no configuration space has.
    #[error("{function} ends after {found} bytes, expected 64, 256 or 4096 bytes")]
    FunctionSize {
        /// What it is called.
        function: String,
        /// How many it has.
        found: usize,
    },
    /// The closing offset of a hexdump is not where the bytes end.
    #[error("the dump says that it ends at `{found:x}`, but its rows end at `{expected:x}`")]
    EndOffset {
        /// The closing offset.
        found: usize,
        /// Where the rows end.
        expected: usize,
    },
    /// Compressed, and not by what is unpacked here.
    #[error("the file is {by} data, which is not unpacked here")]
    Compressed {
        /// What it is.
        by: &'static str,
    },
    /// Compressed data or an archive that cannot be unpacked, or not up to its end.
    #[error("the {by} data is damaged or cut off: {why}")]
    Damaged {
        /// What it is.
        by: &'static str,
        /// What its reader says.
        why: String,
    },
    /// Unpacking was stopped: something small may unpack to something endless.
    #[error("more than {} MiB when it is unpacked, the rest is not looked at", .limit >> 20)]
    TooMuch {
        /// The most bytes that are unpacked.
        limit: u64,
    },
    /// Archives in archives.
    #[error("compressed files and archives inside each other, more than {most} deep")]
    TooDeep {
        /// How many are unpacked.
        most: u8,
    },
    /// An archive of other things.
    #[error("none of the {files} files inside holds a dump")]
    NothingInside {
        /// How many files it holds.
        files: usize,
    },
    /// More bytes than a configuration space has.
    #[error("more than 4096 bytes, the size of the largest configuration space")]
    TooLong,
}

/// The first characters of a line, for a message.
pub(crate) fn beginning(line: &str) -> String {
    const LONGEST: usize = 40;
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}..", &line[..end]),
        None => line.to_owned(),
    }
}

/// How the offset of a row is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowMistake {
    /// A row with this offset was there before.
    Repeated,
    /// It begins inside a row that was there before.
    Overlaps,
    /// Rows are missing before it.
    Skips,
}

impl fmt::Display for RowMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeated => "is repeated or out of order",
            Self::Overlaps => "overlaps the row before it",
            Self::Skips => "leaves a gap after the row before it",
        })
    }
}
