//! A second, naive reading of dumps and lists, apart from the program's own code: slow, plain and easily checked.

use std::fmt::Write;

/// One function of an lspci text.
pub(crate) struct Function {
    pub(crate) address: String,
    pub(crate) bytes: Vec<u8>,
}

/// Whatever looks like `xx: xx xx ..` is a row; whatever looks like `..:xx.x text` begins a function.
pub(crate) fn functions(text: &str) -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    for line in text.lines() {
        let first = line.split(' ').next().unwrap_or_default();
        let is_hex = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
        if line.starts_with(|c: char| c.is_ascii_hexdigit()) && first.contains('.') {
            functions.push(Function { address: first.to_owned(), bytes: Vec::new() });
        } else if let (Some((offset, row)), Some(function)) = (line.split_once(": "), functions.last_mut())
            && is_hex(offset)
        {
            let byte = |byte: &str| u8::from_str_radix(byte, 16).expect("a byte");
            function.bytes.extend(row.split_whitespace().map(byte));
        }
    }
    functions
}

/// The functions as text, each under a domain of its own so that they can be told apart.
pub(crate) fn text<'a>(spaces: impl Iterator<Item = (usize, &'a [u8])>) -> String {
    let mut text = String::new();
    for (domain, bytes) in spaces {
        text += &format!("{domain:04x}:00:00.0 x\n");
        for (row, bytes) in bytes.chunks(16).enumerate() {
            write!(text, "{:02x}:", row * 16).expect("a string takes all");
            for &byte in bytes {
                text.push(' ');
                text.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])));
            }
            text.push('\n');
        }
        text += "\n";
    }
    text
}

pub(crate) fn dword(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |dword| u32::from_le_bytes(dword.try_into().expect("four bytes")))
}

/// A capability of the extended list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Capability {
    pub(crate) offset: usize,
    pub(crate) id: u32,
}

/// Whether the conventional list holds a PCI Express capability.
pub(crate) fn is_express(bytes: &[u8]) -> bool {
    if bytes.len() < 4096 || bytes[6] & 0x10 == 0 {
        return false;
    }
    let mut at = usize::from(bytes[if bytes[0x0e] & 0x7f == 2 { 0x14 } else { 0x34 }]) & 0xfc;
    for _ in 0..64 {
        if at < 0x40 || bytes[at] == 0xff {
            return false;
        }
        if bytes[at] == 0x10 {
            return true;
        }
        at = usize::from(bytes[at + 1]) & 0xfc;
    }
    false
}

/// The extended list in walking order.
pub(crate) fn extended(bytes: &[u8]) -> Vec<Capability> {
    let mut found: Vec<Capability> = Vec::new();
    let mut at = 0x100;
    while is_express(bytes) && at >= 0x100 && found.iter().all(|capability| capability.offset != at) {
        let header = dword(bytes, at);
        if header == 0 || header == u32::MAX {
            break;
        }
        found.push(Capability { offset: at, id: header & 0xffff });
        at = (header >> 20) as usize & 0xffc;
    }
    found
}

/// The ids that vfio-pci shows.
const SHOWN: [u32; 17] = [1, 2, 3, 4, 8, 9, 0x0b, 0x0d, 0x0e, 0x0f, 0x10, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18];

pub(crate) fn is_shown(capability: Capability) -> bool {
    SHOWN.contains(&capability.id) || capability.id == 0x23
}

/// The most bytes that a capability may have, by the specification's own tables; `None` where they leave it open.
fn longest(bytes: &[u8], capability: Capability) -> Option<usize> {
    let second = dword(bytes, capability.offset + 4);
    Some(match capability.id {
        0x01 => 0x60,
        0x03 | 0x1f | 0x25 => 0x0c,
        0x04 | 0x13 => 0x10,
        // A length of 0 says nothing.
        0x0b | 0x23 => Some((second >> 20) as usize).filter(|&length| length != 0)?,
        0x0d => 0x28,
        0x0e | 0x0f | 0x18 | 0x1b => 8,
        0x10 | 0x26 => 0x40,
        0x12 | 0x16 => 0x30,
        0x15 => 0x34,
        0x19 => 0x4c,
        0x1e => 0x14,
        0x27 => 0x88,
        _ => return None,
    })
}

/// The bytes that belong to a capability: no further than the next header above.
pub(crate) fn body(bytes: &[u8], list: &[Capability], capability: Capability) -> std::ops::Range<usize> {
    let above = list.iter().map(|other| other.offset).filter(|&other| other > capability.offset).min();
    let end = above.unwrap_or(0x1000);
    let longest = longest(bytes, capability).map_or(end, |length| capability.offset + length);
    capability.offset..longest.min(end)
}

/// The first offset that is surely free: in no capability of the raw list, and neither the eight bytes nor the 256 before
/// them hold anything but 0 that no such capability explains.
pub(crate) fn safe_offset(bytes: &[u8]) -> Option<usize> {
    let list = extended(bytes);
    if list.is_empty() {
        return None;
    }
    let mut owned = [false; 0x1000];
    for &capability in &list {
        owned[body(bytes, &list, capability)].fill(true);
    }
    let is_free = |at: usize| bytes[at] == 0 && !owned[at];
    let is_explained = |at: usize| bytes[at] == 0 || owned[at];
    (0x108..=0xff8).step_by(4).find(|&at| (at..at + 8).all(is_free) && (at.max(0x200) - 0x100..at).all(is_explained))
}
