//! Compressed data and archives, by what they begin with.

/// What a file is that holds others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    Gzip,
    Xz,
    Tar,
    /// What is named and not unpacked.
    Other(&'static str),
}

/// No vendor of a function has these ids: each is longer than the header's first dword, or is nobody's.
const OTHERS: [(&[u8], &str); 6] = [
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"LZIP\x01", "lzip"),
    (b"\x04\x22\x4d\x18", "lz4"),
];

impl Packed {
    /// Tells it from the beginning of a file.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            // Deflate is the one method, and three of the flags are reserved.
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Self::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ if is_tar(head) => Some(Self::Tar),
            _ => OTHERS.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| Self::Other(name)),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Tar => "tar",
            Self::Other(name) => name,
        }
    }
}

/// A first header whose sum is right: older archives have no other mark.
fn is_tar(head: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..512) else { return false };
    let field = std::str::from_utf8(&header[SUM]).unwrap_or_default();
    let stated = u32::from_str_radix(field.trim_matches(['\0', ' ']), 8);
    let byte = |(at, &byte): (usize, &u8)| u32::from(if SUM.contains(&at) { b' ' } else { byte });
    header[0] != 0 && stated == Ok(header.iter().enumerate().map(byte).sum())
}

#[cfg(test)]
mod tests {
    use super::Packed;

    #[test]
    fn spaces_of_devices_are_not_packed() {
        for vendor in [0x8086u16, 0x10de, 0x1022, 0xffff, 0, 0x8b1f] {
            let mut space = vec![0; 4096];
            space[..2].copy_from_slice(&vendor.to_le_bytes());
            assert_eq!(Packed::of(&space), None, "{vendor:x}");
        }
        assert_eq!(Packed::of(&[0; 512]), None);
        assert_eq!(Packed::of(b"BZh91AY&SY"), Some(Packed::Other("bzip2")));
    }
}
