//! How the characters of a text are written.

use std::io::{self, BufRead, BufReader, Read};

use crate::recorded::has_size;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// ASCII, UTF-8 or Latin-1: one line break is one byte in each.
    Bytes,
    /// What editors on Windows call Unicode: two bytes a unit, the low one first.
    Utf16Little,
    /// The same, the high one first.
    Utf16Big,
    /// No text.
    Binary,
}

impl Encoding {
    /// Tells it from the beginning of a file.
    pub(crate) fn of(head: &[u8]) -> Self {
        match head {
            // A device that is gone reads as ones, and those begin like no text.
            [0xff, 0xfe, ..] if is_wide(head, 0) => Self::Utf16Little,
            [0xfe, 0xff, ..] if is_wide(head, 1) => Self::Utf16Big,
            _ if is_text(head) => Self::Bytes,
            _ => Self::Binary,
        }
    }
}

/// Whether most units are ASCII characters, whose low bytes are at `low`, and none is a null.
fn is_wide(head: &[u8], low: usize) -> bool {
    let units = head[2..].as_chunks::<2>().0;
    let ascii = units.iter().filter(|unit| unit[1 - low] == 0 && unit[low] != 0 && unit[low].is_ascii()).count();
    ascii > units.len() / 2 && !units.contains(&[0; 2])
}

/// Text is UTF-8, or ASCII for the most part: a gone device is all `0xff`. Of control characters it has white space and what a
/// terminal takes; a log may hold a few others, but no configuration space is as long as a log.
fn is_text(head: &[u8]) -> bool {
    const OF_A_TERMINAL: [u8; 5] = [0x07, 0x08, 0x0b, 0x0c, 0x1b];
    let is_control =
        |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace() && !OF_A_TERMINAL.contains(byte);
    let (controls, ascii) =
        (head.iter().filter(is_control).count(), head.iter().filter(|byte| byte.is_ascii()).count());
    let most = if has_size(head) { 0 } else { head.len() / 64 };
    controls <= most && (ascii > head.len() / 2 || (!has_size(head) && is_utf_8(head)))
}

/// Whether the bytes are UTF-8 but for a character that is cut off at the end.
fn is_utf_8(head: &[u8]) -> bool {
    std::str::from_utf8(head).err().is_none_or(|error| error.error_len().is_none())
}

/// The text in bytes of UTF-8 or Latin-1.
pub(crate) fn decoded<'r>(encoding: Encoding, input: impl Read + 'r) -> Box<dyn BufRead + 'r> {
    match encoding {
        Encoding::Utf16Little => Box::new(BufReader::new(Wide::new(input, u16::from_le_bytes))),
        Encoding::Utf16Big => Box::new(BufReader::new(Wide::new(input, u16::from_be_bytes))),
        Encoding::Bytes | Encoding::Binary => Box::new(BufReader::new(input)),
    }
}

/// UTF-16 as UTF-8.
struct Wide<R> {
    input: BufReader<R>,
    unit: fn([u8; 2]) -> u16,
    /// The first half of a pair.
    high: Option<u16>,
    /// What did not fit.
    pending: Vec<u8>,
}

impl<R: Read> Wide<R> {
    fn new(input: R, unit: fn([u8; 2]) -> u16) -> Self {
        Self { input: BufReader::new(input), unit, high: None, pending: Vec::new() }
    }

    /// Puts the next characters into `pending`; whether there were any.
    fn fill(&mut self) -> io::Result<bool> {
        let mut units = [0; 1024];
        let mut read = 0;
        while read < units.len() {
            match self.input.read(&mut units[read..])? {
                0 => break,
                more => read += more,
            }
        }
        let mut text = String::new();
        let units = units[..read].as_chunks::<2>().0.iter().map(|&unit| (self.unit)(unit));
        for each in char::decode_utf16(self.high.take().into_iter().chain(units)) {
            match each {
                Ok(each) => text.push(each),
                Err(half) => self.high = Some(half.unpaired_surrogate()),
            }
        }
        self.pending = text.into_bytes();
        Ok(read != 0)
    }
}

impl<R: Read> Read for Wide<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pending.is_empty() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let length = self.pending.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.pending[..length]);
        self.pending.drain(..length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Read;

    use super::{Encoding, decoded};

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf_16_is_known_by_its_mark_and_read_in_both_orders() {
        // Longer than a buffer, so that a pair is cut in two somewhere.
        let text = "00: 86 80 \u{1f5a5}\r\n".repeat(400);
        let forms: [(Vec<u8>, _); 2] = [
            (wide(&text, u16::to_le_bytes), Encoding::Utf16Little),
            (wide(&text, u16::to_be_bytes), Encoding::Utf16Big),
        ];
        for (bytes, expected) in forms {
            let encoding = Encoding::of(&bytes);
            assert_eq!(encoding, expected);
            let mut read = String::new();
            decoded(encoding, &bytes[..]).read_to_string(&mut read).unwrap();
            assert_eq!(read.trim_start_matches('\u{feff}'), text);
        }
    }

    #[test]
    fn spaces_of_devices_are_binary_whatever_they_begin_with() {
        for first in [[0xff, 0xfe], [0xfe, 0xff], [0xff, 0xff], *b"ab"] {
            for rest in [0, 1, 0xff] {
                let mut bytes = vec![rest; 256];
                bytes[..2].copy_from_slice(&first);
                assert_eq!(Encoding::of(&bytes), Encoding::Binary, "{first:x?} {rest:x}");
            }
        }
        assert_eq!(Encoding::of(&[0; 100]), Encoding::Binary);
        assert_eq!(Encoding::of(b"\x1b[1m00: 86\x1b[0m\n"), Encoding::Bytes);
        assert_eq!(Encoding::of("\u{a0}\u{a0}".repeat(50).as_bytes()), Encoding::Bytes);
    }
}
