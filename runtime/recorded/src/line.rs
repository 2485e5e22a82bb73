//! What one line of a text is: the heading of a function, a row of bytes, or something else.

use crate::Address;
use crate::text::unquoted;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'text> {
    Blank,
    /// The line above a function's rows.
    Heading(Title<'text>),
    /// An offset and bytes.
    Row(Row<'text>),
    /// `*`: the row before it is repeated.
    Star,
    /// Hex digits and nothing else.
    Bare(&'text str),
    Other,
}

/// A heading as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Title<'text> {
    pub(crate) place: Place<'text>,
    pub(crate) description: &'text str,
    /// The heading of the UEFI shell, below which empty lines mean nothing.
    pub(crate) is_uefi: bool,
}

/// Where a heading says that the function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'text> {
    /// `path` names it as a bridge above others.
    At { address: Address, path: &'text str },
    /// Below a bridge whose buses `lspci -P` does not print.
    Below { domain: Option<u32>, bridge: &'text str, device: u8, function: u8, path: &'text str },
}

/// An offset and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row<'text> {
    /// Digits of which the radix is not known yet.
    pub(crate) offset: &'text str,
    /// The offset is followed by a colon, as `xxd` and `lspci` have it; `hexdump` and `od` do not.
    pub(crate) colon: bool,
    pub(crate) digits: &'text str,
    /// The bytes once more, as characters.
    pub(crate) column: Option<&'text str>,
}

pub(crate) fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Tells what a line is.
pub(crate) fn read(line: &str) -> Line<'_> {
    let text = unquoted(line);
    if text.is_empty() {
        return Line::Blank;
    }
    if text == "*" {
        return Line::Star;
    }
    if let Some(title) = title(text).or_else(|| uefi(text)) {
        return Line::Heading(title);
    }
    if let Some(row) = with_colon(text).or_else(|| without_colon(text)) {
        return Line::Row(row);
    }
    if text.split_ascii_whitespace().all(is_hex) { Line::Bare(text) } else { Line::Other }
}

fn title(text: &str) -> Option<Title<'_>> {
    let (path, description) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let place = match path.split_once('/') {
        None => Place::At { address: path.parse().ok()?, path },
        Some((root, _)) => below(path, root.parse().ok()?)?,
    };
    Some(Title { place, description: description.trim(), is_uefi: false })
}

/// The end of a path through bridges: `00:01.0/00.0` of `lspci -P`, or `00:01.0/01:00.0` of `-PP`.
fn below(path: &str, root: Address) -> Option<Place<'_>> {
    let (bridge, last) = path.rsplit_once('/')?;
    let parts = bridge.split('/').skip(1).chain([last]);
    let mut end = None;
    for part in parts {
        // With a bus of its own, each part is an address.
        let whole = part.parse::<Address>().ok().filter(|address| address.domain.is_none());
        let place = if let Some(address) = whole {
            Place::At { address: Address { domain: root.domain, ..address }, path }
        } else {
            let Address { device, function, .. } = format!("00:{part}").parse().ok()?;
            Place::Below { domain: root.domain, bridge, device, function, path }
        };
        end = Some(place);
    }
    end
}

/// `PCI Segment 00 Bus 65 Device 00 Func 00 [EFI ..]`, as the command `pci -i` begins.
fn uefi(text: &str) -> Option<Title<'_>> {
    let mut words = text.split_ascii_whitespace();
    words.next().filter(|word| word.eq_ignore_ascii_case("PCI"))?;
    let mut number = |name: &str| {
        words.next().filter(|word| word.eq_ignore_ascii_case(name))?;
        words.next().filter(|digits| is_hex(digits)).and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let (segment, bus, device, function) = (number("Segment")?, number("Bus")?, number("Device")?, number("Func")?);
    let address = Address {
        domain: Some(segment),
        bus: u8::try_from(bus).ok()?,
        device: u8::try_from(device).ok().filter(|device| *device < 32)?,
        function: u8::try_from(function).ok().filter(|function| *function < 8)?,
    };
    Some(Title { place: Place::At { address, path: "" }, description: "", is_uefi: true })
}

fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_hexdigit).count())
}

/// `00: 86 80 ..`. A word such as `Cc:` of a mail is no offset: bytes must follow, and a short offset is a multiple of 16.
fn with_colon(text: &str) -> Option<Row<'_>> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let (offset, rest) = leading_digits(text);
    let rest = rest.strip_prefix(':').filter(|rest| rest.starts_with([' ', '\t']))?.trim_start();
    let (digits, column) = match rest.split_once("  ") {
        Some((digits, column)) => (digits, Some(column)),
        None => (rest, None),
    };
    let first = digits.split(|c: char| c.is_ascii_whitespace() || c == '-').next()?;
    let is_bytes = is_hex(first) && first.len().is_multiple_of(2);
    let is_offset = match offset.len() {
        2..=5 => offset.ends_with('0') || digits.split_ascii_whitespace().filter(|token| is_hex(token)).count() >= 8,
        6..=8 => true,
        _ => false,
    };
    (is_bytes && is_offset).then_some(Row { offset, colon: true, digits, column })
}

/// `00000000  86 80 ..  |..|`, or an offset alone, which closes a dump.
fn without_colon(text: &str) -> Option<Row<'_>> {
    let (offset, rest) = leading_digits(text);
    let digits = match rest.split_once(['|', '>']) {
        Some((digits, _)) => digits.trim(),
        None if rest.is_empty() || rest.starts_with([' ', '\t']) => rest.trim(),
        None => return None,
    };
    let first = digits.split_ascii_whitespace().next().unwrap_or("");
    // Longer ones beside an offset of eight digits are words without any offset.
    let is_row = match offset.len() {
        6 | 7 => first.is_empty() || (is_hex(first) && first.len() != offset.len()),
        8 => matches!(first.len(), 0 | 2 | 4) && (first.is_empty() || is_hex(first)),
        _ => false,
    };
    is_row.then_some(Row { offset, colon: false, digits, column: None })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Line, Place, Title, read};

    fn address(line: &str) -> Option<String> {
        match read(line) {
            Line::Heading(Title { place: Place::At { address, .. }, .. }) => Some(address.to_string()),
            Line::Heading(Title { place: Place::Below { bridge, device, function, .. }, .. }) => {
                Some(format!("{bridge} then {device:02x}.{function}"))
            }
            _ => None,
        }
    }

    #[test]
    fn headings_of_every_kind_name_a_function() {
        let cases = [
            ("65:00.1 x", "65:00.1"),
            (" > 0000:65:00.1", "0000:65:00.1"),
            ("10000:65:00.1\tx", "10000:65:00.1"),
            ("00:01.0/65:00.1 x", "65:00.1"),
            ("0002:00:01.0/02:00.0/65:00.1 x", "0002:65:00.1"),
            ("00:01.0/00.1 x", "00:01.0 then 00.1"),
            ("00:01.0/00.0/1f.1 x", "00:01.0/00.0 then 1f.1"),
            ("PCI Segment 00 Bus 65 Device 1F Func 01 [EFI 65001F01]", "0000:65:1f.1"),
        ];
        for (line, expected) in cases {
            assert_eq!(address(line).unwrap(), expected, "{line}");
        }
        for line in
            ["0000:65:00.0: x", "pci 65:00.0", "00:01.0/ x", "00:01.0/20.0", "00:01.0//00.0", "PCI Segment 00 Bus"]
        {
            assert_eq!(address(line), None, "{line}");
        }
    }

    #[test]
    fn prose_is_no_row() {
        for line in ["Cc: iommu list", "De: fe", "Date: 00 11", "00:", "00: ", "00:12:34", "face the music", "add:  86"]
        {
            assert!(!matches!(read(line), Line::Row(_)), "{line}");
        }
    }

    #[test]
    fn rows_are_split_at_their_columns() {
        let row = |line: &str| {
            let Line::Row(row) = read(line) else { return Default::default() };
            (row.offset.to_owned(), row.digits.to_owned(), row.column.map(str::to_owned))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(row("00: 86 80"), ("00".into(), "86 80".into(), None));
        assert_eq!(row("0x0010:  86 80"), ("0010".into(), "86 80".into(), None));
        assert_eq!(row("00000004: 8680  @ |"), ("00000004".into(), "8680".into(), some("@ |")));
        assert_eq!(row("0000020 fe ff  >..<"), ("0000020".into(), "fe ff".into(), None));
        assert_eq!(row("00000010  86 80  12 |...|"), ("00000010".into(), "86 80  12".into(), None));
        assert_eq!(row("0000400"), ("0000400".into(), String::new(), None));
    }
}
