//! Finds the device or the clauses of an id pair: one or two memory accesses instead of a binary search.
//!
//! A table of 8-byte entries. A key's hash names its home entry. The key lies there, or the home entry's displacement
//! leads to the one other entry where it can lie. Entry: key (u32), then what it leads to (24 bits, low) and displacement
//! (8 bits, high). Of the 24 bits, the highest says that the others are the index of a device, not that of a clause.

/// Bytes of an entry.
pub const ENTRY: usize = 8;

/// The 24 bits of an entry that holds no key.
pub const VACANT: u32 = 0x00ff_ffff;

/// The bit of the 24 that says that the others are the index of a device.
const DEVICE: u32 = 0x0080_0000;

/// What a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The first clause with the key.
    Clause(u32),
    /// The device of the only clause with the key, which constrains nothing else; its rank is [`Clause::PLAIN_RANK`](super::Clause::PLAIN_RANK).
    Device(u32),
}

impl Target {
    /// The 24 bits of an entry; none where the index is too large for them.
    #[must_use]
    pub fn pack(self) -> Option<u32> {
        let (index, kind) = match self {
            Self::Clause(index) => (index, 0),
            Self::Device(index) => (index, DEVICE),
        };
        (index < DEVICE - 1).then_some(index | kind)
    }

    /// What an entry's upper half says, unless the entry is vacant.
    #[inline]
    const fn unpack(packed: u32) -> Option<Self> {
        let index = packed & (DEVICE - 1);
        match packed & VACANT {
            VACANT => None,
            bits if bits & DEVICE == 0 => Some(Self::Clause(index)),
            _ => Some(Self::Device(index)),
        }
    }
}

/// The entry of a table of `entries` entries that a key hashes to, with a displacement; 0 gives its home.
#[must_use]
pub const fn slot(key: u32, displacement: u8, entries: u32) -> u32 {
    let mut hash = (key ^ (displacement as u32).wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    ((hash as u64 * entries as u64) >> 32) as u32
}

/// What the key leads to, if it is among these entries.
#[inline]
#[must_use]
pub fn find(table: &[[u8; ENTRY]], key: u32) -> Option<Target> {
    from_home(table, key, home(table, key)?)
}

/// An entry: its key, and what stands beside it.
type Entry = (u32, u32);

/// The home entry of a key, which only a table without entries lacks.
#[inline]
pub(super) fn home(table: &[[u8; ENTRY]], key: u32) -> Option<Entry> {
    entry(table, key, 0)
}

/// What the key leads to, by its home entry.
#[inline]
pub(super) fn from_home(table: &[[u8; ENTRY]], key: u32, (found, packed): Entry) -> Option<Target> {
    if found == key {
        return Target::unpack(packed);
    }
    let displacement = (packed >> 24) as u8;
    if displacement == 0 {
        return None;
    }
    let (found, packed) = entry(table, key, displacement)?;
    if found == key { Target::unpack(packed) } else { None }
}

#[inline]
fn entry(table: &[[u8; ENTRY]], key: u32, displacement: u8) -> Option<Entry> {
    // A database has no more than four gigabytes: the count needs no test.
    let slot = slot(key, displacement, table.len() as u32);
    let entry = u64::from_le_bytes(*table.get(slot as usize)?);
    Some((entry as u32, (entry >> 32) as u32))
}
