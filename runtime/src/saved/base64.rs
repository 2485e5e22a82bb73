//! Base64 of RFC 4648 with padding, without a buffer: how bytes are written where a format is text.

use core::fmt::{self, Write as _};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes that show themselves as base64.
pub(super) struct Base64<'a>(pub(super) &'a [u8]);

impl fmt::Display for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for bytes in self.0.chunks(3) {
            let at = |index: usize| u32::from(bytes.get(index).copied().unwrap_or(0));
            let bits = at(0) << 16 | at(1) << 8 | at(2);
            for digit in 0..4 {
                let letter = ALPHABET[(bits >> (18 - 6 * digit) & 0x3f) as usize];
                f.write_char(if digit as usize > bytes.len() { '=' } else { char::from(letter) })?;
            }
        }
        Ok(())
    }
}

/// What a text is not base64 for, or has more bytes than are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base64Error {
    /// Something else than letters of the alphabet, in fours, the last filled up with `=`; or bits that no byte has.
    Malformed,
    /// More bytes than `out` takes.
    Long,
}

/// Reads a text into the front of `out`; how many bytes it has. One run of bytes has one text.
pub(super) fn decode(text: &str, out: &mut [u8]) -> Result<usize, Base64Error> {
    let (fours, rest) = text.as_bytes().as_chunks::<4>();
    if !rest.is_empty() {
        return Err(Base64Error::Malformed);
    }
    let mut length = 0;
    for (at, four) in fours.iter().enumerate() {
        let padding = four.iter().rev().take_while(|&&letter| letter == b'=').count();
        if padding > 2 || padding > 0 && at + 1 < fours.len() {
            return Err(Base64Error::Malformed);
        }
        let mut bits = 0;
        for &letter in &four[..4 - padding] {
            bits = bits << 6 | digit(letter).ok_or(Base64Error::Malformed)?;
        }
        let bytes = (bits << (6 * padding)).to_be_bytes();
        let count = 3 - padding;
        if bytes[1 + count..].iter().any(|&byte| byte != 0) {
            return Err(Base64Error::Malformed);
        }
        let place = out.get_mut(length..length + count).ok_or(Base64Error::Long)?;
        place.copy_from_slice(&bytes[1..1 + count]);
        length += count;
    }
    Ok(length)
}

fn digit(letter: u8) -> Option<u32> {
    ALPHABET.iter().position(|&each| each == letter).and_then(|at| u32::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use proptest::prelude::*;

    use super::{Base64, Base64Error, decode};

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(Base64(bytes.as_bytes()).to_string(), text);
            let mut out = [0; 6];
            assert_eq!(decode(text, &mut out), Ok(bytes.len()));
            assert_eq!(&out[..bytes.len()], bytes.as_bytes());
        }
    }

    #[test]
    fn what_no_writer_writes_is_refused() {
        for text in ["Z", "Zg=", "Zg", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm 9", "Zm9v\n", "Zm-v", "é==="] {
            assert_eq!(decode(text, &mut [0; 16]), Err(Base64Error::Malformed), "{text:?}");
        }
        assert_eq!(decode("Zm9v", &mut [0; 2]), Err(Base64Error::Long));
    }

    proptest! {
        #[test]
        fn the_same_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut out = [0; 64];
            let length = decode(&Base64(&bytes).to_string(), &mut out);
            prop_assert_eq!(length, Ok(bytes.len()));
            prop_assert_eq!(&out[..bytes.len()], &bytes[..]);
        }

        #[test]
        fn a_text_that_is_read_is_the_one_that_is_written(text in "[A-Za-z0-9+/=]{0,12}") {
            let mut out = [0; 12];
            if let Ok(length) = decode(&text, &mut out) {
                prop_assert_eq!(Base64(&out[..length]).to_string(), text);
            }
        }
    }
}
