//! The line that names a function: what lspci prints before the rows, in each of its spellings.

use crate::Address;

/// What the line above a function's rows says of it.
///
/// `lspci -nn` states the numbers in brackets, `lspci -n` bare, and `lspci` without either states a revision at most. Only
/// what is stated is here; the bytes may say more, or something else: those of a virtual function have `ffff:ffff`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Heading {
    /// Where the function is.
    pub address: Address,
    /// Base class and subclass, as in `[0200]`.
    pub class: Option<u16>,
    /// Vendor and device, as in `[8086:10fb]`.
    pub ids: Option<Ids>,
    /// The revision, as in `(rev 01)`.
    pub revision: Option<u8>,
    /// The programming interface, as in `(prog-if 02 [NVM Express])`.
    pub prog_if: Option<u8>,
    /// What follows the address, as it was written.
    pub description: String,
}

/// A vendor and one of its devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ids {
    /// Who made it.
    pub vendor: u16,
    /// What it is.
    pub device: u16,
}

impl Heading {
    /// Reads what follows the address.
    #[must_use]
    pub fn new(address: Address, description: &str) -> Self {
        let description = description.trim();
        let (class, ids) = numbers(description);
        Self {
            address,
            class,
            ids,
            revision: stated(description, "(rev "),
            prog_if: stated(description, "(prog-if "),
            description: description.to_owned(),
        }
    }
}

/// Class and ids. Bare numbers are those of `lspci -n`, which prints nothing else: `0200: 8086:10fb (rev 01)`.
fn numbers(text: &str) -> (Option<u16>, Option<Ids>) {
    let mut words = text.split_ascii_whitespace();
    let bare = words.next().and_then(|class| class.strip_suffix(':')).and_then(word);
    if let (Some(class), ids @ Some(_)) = (bare, words.next().and_then(pair)) {
        return (Some(class), ids);
    }
    // A name may hold brackets too: the class is the first that a colon follows, the ids are the last.
    let class = text.match_indices("]:").find_map(|(end, _)| word(text[..end].rsplit_once('[')?.1));
    let ids = text.rmatch_indices('[').find_map(|(start, _)| pair(text[start + 1..].split_once(']')?.0));
    // Of what `pci.ids` does not know, lspci prints the numbers for a name.
    let unnamed = || pair(text.split_once("Device ")?.1.split_ascii_whitespace().next()?);
    (class, ids.or_else(unnamed))
}

/// The two digits that follow the last `mark`.
fn stated(text: &str, mark: &str) -> Option<u8> {
    let rest = text.rsplit_once(mark)?.1;
    let digits = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
    if digits.len() == 2 { u8::from_str_radix(digits, 16).ok() } else { None }
}

fn pair(text: &str) -> Option<Ids> {
    let (vendor, device) = text.split_once(':')?;
    Some(Ids { vendor: word(vendor)?, device: word(device)? })
}

fn word(text: &str) -> Option<u16> {
    let is_word = text.len() == 4 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_word { u16::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Heading, Ids};

    fn heading(text: &str) -> Heading {
        Heading::new("65:00.1".parse().unwrap(), text)
    }

    type Numbers = (Option<u16>, Option<(u16, u16)>, Option<u8>, Option<u8>);

    fn numbers(text: &str) -> Numbers {
        let heading = heading(text);
        let ids = heading.ids.map(|Ids { vendor, device }| (vendor, device));
        (heading.class, ids, heading.revision, heading.prog_if)
    }

    #[test]
    fn each_spelling_of_lspci_is_read() {
        let cases: &[(&str, Numbers)] = &[
            ("0200: fffe:1001 (rev 21)", (Some(0x200), Some((0xfffe, 0x1001)), Some(0x21), None)),
            (
                "Storage [0108]: Example [Line [A]] Disk [fffe:1002] (rev 03) (prog-if 02 [NVM Express])",
                (Some(0x108), Some((0xfffe, 0x1002)), Some(3), Some(2)),
            ),
            ("Class [1200]: Device [fffe:1001]", (Some(0x1200), Some((0xfffe, 0x1001)), None, None)),
            ("Storage: Device fffe:1001 (rev 01)", (None, Some((0xfffe, 0x1001)), Some(1), None)),
            ("Bridge: Example Corporation Device 1001", (None, None, None, None)),
            ("Bridge: Example [0604 series] (revision 2)", (None, None, None, None)),
            ("", (None, None, None, None)),
            ("[", (None, None, None, None)),
            ("]: [é:] (rev é", (None, None, None, None)),
        ];
        for (text, expected) in cases {
            assert_eq!(numbers(text), *expected, "{text}");
        }
    }
}
