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
    /// One register and its value, of `setpci -v`.
    Register(Register<'text>),
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
    pub(crate) by: By,
}

/// What prints the rows below a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// It ends a function with an empty line.
    Lspci,
    /// The command `pci` of the UEFI shell, which prints some capabilities twice.
    Uefi,
    /// The command `pci display` of U-Boot, which prints numbers of the size that it is asked for.
    UBoot,
    /// `setpci -v`, which prints numbers too.
    Setpci,
}

impl By {
    /// Whether a group of digits is a number, so that its last byte is the first of memory.
    pub(crate) const fn prints_numbers(self) -> bool {
        matches!(self, Self::UBoot | Self::Setpci)
    }
}

/// The value of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Register<'text> {
    pub(crate) address: Address,
    pub(crate) row: Row<'text>,
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
    // Most lines are rows, and none of them is a heading: an address has no space after its first colon.
    if let Some(row) = with_colon(text).or_else(|| without_colon(text)) {
        return Line::Row(row);
    }
    if let Some(register) = register(text) {
        return Line::Register(register);
    }
    if let Some(title) = title(text).or_else(|| uefi(text)).or_else(|| u_boot(text)) {
        return Line::Heading(title);
    }
    if text.split_ascii_whitespace().all(is_hex) { Line::Bare(text) } else { Line::Other }
}

fn title(text: &str) -> Option<Title<'_>> {
    let (path, description) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let place = match path.split_once('/') {
        None => Place::At { address: path.parse().ok()?, path },
        Some((root, _)) => below(path, root.parse().ok()?)?,
    };
    Some(Title { place, description: description.trim(), by: By::Lspci })
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
    Some(Title { place: Place::At { address, path: "" }, description: "", by: By::Uefi })
}

/// `=> pci display.l 0.2.0 0 10`: the command that prints what follows.
fn u_boot(text: &str) -> Option<Title<'_>> {
    let mut words = text.split_ascii_whitespace().skip_while(|word| *word != "pci");
    words.next()?;
    let verb = words.next()?;
    let verb = verb.strip_suffix(['b', 'w', 'l']).and_then(|verb| verb.strip_suffix('.')).unwrap_or(verb);
    if verb.is_empty() || !"display".starts_with(verb) {
        return None;
    }
    let mut numbers =
        words.next()?.split('.').map(|digits| if is_hex(digits) { u8::from_str_radix(digits, 16).ok() } else { None });
    let (bus, device, function) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let is_one = device < 32 && function < 8 && numbers.next().is_none();
    let address = Address { domain: None, bus, device, function };
    is_one.then_some(Title { place: Place::At { address, path: "" }, description: "", by: By::UBoot })
}

/// `0000:65:00.0 @04 = 00100006`, or `.. (cap 10 @40) @42 = 0002`.
fn register(text: &str) -> Option<Register<'_>> {
    let (address, rest) = text.split_once(' ')?;
    let address = address.parse().ok()?;
    let rest = if rest.starts_with('(') { rest.split_once(") ")?.1 } else { rest };
    let (offset, digits) = rest.strip_prefix('@')?.split_once(" = ")?;
    let is_register = is_hex(offset) && offset.len() <= 4 && is_hex(digits) && matches!(digits.len(), 2 | 4 | 8);
    is_register.then_some(Register { address, row: Row { offset, colon: true, digits, column: None } })
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
            ("=> pci display.l 65.1f.1 0 10", "65:1f.1"),
            ("U-Boot> pci d.b 0.2.0", "00:02.0"),
        ];
        for (line, expected) in cases {
            assert_eq!(address(line).unwrap(), expected, "{line}");
        }
        for line in [
            "0000:65:00.0: x",
            "pci 65:00.0",
            "00:01.0/ x",
            "00:01.0/20.0",
            "00:01.0//00.0",
            "PCI Segment 00 Bus",
            "pci display.x 0.2.0",
            "pci display 0.2",
            "pci display 0.20.0",
            "pci . 0.2.0",
            "65:00.1 @04 = 00100006",
        ] {
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
    fn a_register_has_an_address_an_offset_and_a_value() {
        let register = |line: &str| match read(line) {
            Line::Register(register) => Some((register.address.to_string(), register.row.offset.to_owned())),
            _ => None,
        };
        assert_eq!(register("0001:01:01.0 @04 = 0157").unwrap(), ("0001:01:01.0".into(), "04".into()));
        assert_eq!(register("65:00.1 (cap 10 @40) @42 = 02").unwrap(), ("65:00.1".into(), "42".into()));
        // A write is none, and neither is what setpci would write.
        for line in ["65:00.1 @04 0157", "65:00.1 @04 = 015", "65:00.1 = 0157", "65:00.1 @ = 01", "65:00.1 (@04 = 01"] {
            assert_eq!(register(line), None, "{line}");
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
