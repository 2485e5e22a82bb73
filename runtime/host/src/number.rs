//! Numbers and ranges as a command line has them.

use quirk_runtime::ByteRange;

/// An unsigned number, decimal or after `0x` hexadecimal.
pub(crate) fn number(text: &str) -> Option<u64> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    // `from_str_radix` takes a sign too.
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| is_number)
}

/// An offset of 16 bits.
pub(crate) fn offset(text: &str) -> Result<u16, String> {
    let offset = number(text).and_then(|offset| offset.try_into().ok());
    offset.ok_or_else(|| "expected a 16-bit offset such as `0x400`".to_owned())
}

/// Bytes of configuration space; the end is not among them.
pub(crate) fn range(text: &str) -> Result<ByteRange, String> {
    let bounds = text.split_once("..").and_then(|(start, end)| Some((offset(start).ok()?, offset(end).ok()?)));
    let bounds = bounds.filter(|(start, end)| start < end && *end <= 0x1000);
    let (start, end) = bounds.ok_or_else(|| "expected a range such as `0x400..0x700`, up to `0x1000`".to_owned())?;
    Ok(ByteRange::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_hex_or_decimal() {
        assert_eq!((offset("0x400"), offset("1024")), (Ok(0x400), Ok(0x400)));
        for text in ["", "0x", "0x10000", "400h", "+1", "0x-1", "-1"] {
            assert!(offset(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_has_bytes_and_lies_in_configuration_space() {
        assert_eq!(range("0x400..0x1000"), Ok(ByteRange::new(0x400, 0x1000)));
        for text in ["0x400", "0x400..0x400", "0x500..0x400", "0..0x1001", "..", "0x400..=0x500"] {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
