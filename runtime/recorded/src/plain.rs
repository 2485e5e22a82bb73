//! Rows as lspci prints them, which most lines of most files are, told at a glance.

/// Bytes in a row of lspci.
pub(crate) const WIDTH: usize = 16;

/// A row of lspci.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain<'line> {
    /// Its digits.
    pub(crate) offset: &'line str,
    pub(crate) bytes: [u8; WIDTH],
}

impl<'line> Plain<'line> {
    /// `120: 0f 00 01 23 ..`: an offset that ends in 0, and 16 bytes. Nothing else is in the line.
    pub(crate) fn read(line: &'line [u8]) -> Option<Self> {
        // Each byte takes a space and two digits.
        let (offset, groups) = line.split_at_checked(line.len().checked_sub(3 * WIDTH)?)?;
        let (&b':', offset) = offset.split_last()? else { return None };
        let is_offset = matches!(offset, [.., b'0']) && matches!(offset.len(), 2 | 3);
        if !is_offset || !offset.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; WIDTH];
        let mut wrong = 0;
        for (byte, &[space, high, low]) in bytes.iter_mut().zip(groups.as_chunks::<3>().0) {
            let (high, low) = (VALUES[usize::from(high)], VALUES[usize::from(low)]);
            wrong |= (high | low) & NONE | space ^ b' ';
            *byte = high << 4 | low;
        }
        (wrong == 0).then_some(Self { offset: std::str::from_utf8(offset).ok()?, bytes })
    }
}

/// What is no hex digit has this bit.
const NONE: u8 = 0x80;

/// The value of each hex digit.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        values[digit as usize] = value;
        values[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::Plain;
    use crate::line::{Line, read};
    use crate::order::Groups;
    use crate::text::clean;

    /// Lines that are rows of lspci, or nearly so.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let row = (0..256usize, prop::collection::vec(any::<u8>(), 16)).prop_map(|(row, bytes)| {
            let bytes: String = bytes.iter().map(|byte| format!(" {byte:02x}")).collect();
            format!("{:02x}:{bytes}", row * 16).into_bytes()
        });
        let change = prop_oneof![
            Just(Vec::new()),
            prop::collection::vec((0..60usize, prop_oneof![any::<u8>(), Just(b' '), Just(b'0'), Just(b':')]), 1..3),
        ];
        (row, change, any::<bool>()).prop_map(|(mut line, change, is_upper)| {
            if is_upper {
                line.make_ascii_uppercase();
            }
            for (at, byte) in change {
                match line.get_mut(at) {
                    Some(place) => *place = byte,
                    None => line.push(byte),
                }
            }
            line
        })
    }

    proptest! {
        #[test]
        fn a_row_at_a_glance_is_the_row_that_a_second_look_finds(line in lines()) {
            let Some(plain) = Plain::read(&line) else { return Ok(()) };
            let text = clean(&line);
            let Line::Row(row) = read(&text) else { return Err(TestCaseError::fail(format!("{text} is no row"))) };
            let mut bytes = Vec::new();
            prop_assert!(Groups::default().read(&row, 1, &mut bytes).is_ok());
            prop_assert_eq!((row.offset, row.colon, &bytes[..]), (plain.offset, true, &plain.bytes[..]));
        }
    }

    #[test]
    fn what_lspci_prints_is_told_at_a_glance() {
        let bytes = "00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff";
        assert_eq!(Plain::read(format!("ff0: {bytes}").as_bytes()).unwrap().bytes[15], 0xff);
        for line in
            [format!("ff8: {bytes}"), format!("0000: {bytes}"), format!(" 00: {bytes}"), format!("00: {bytes} ")]
        {
            assert_eq!(Plain::read(line.as_bytes()), None, "{line}");
        }
        assert_eq!(Plain::read(b""), None);
    }
}
