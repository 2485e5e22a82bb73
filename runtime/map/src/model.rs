//! What the bytes of a space belong to: regions, each with what the function shows there and what a description declares.

use crate::Role;

/// Bytes of the largest space.
pub const SPACE: usize = 4096;

/// Who owns a run of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// In the words of the language: `ext aer`, `register "port logic"`.
    pub name: String,
    /// What that is on the map.
    pub role: Role,
    /// The first byte, as far as it goes by its own length.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// Who vouches for it.
    pub evidence: Vec<String>,
    /// What is odd about it.
    pub note: Option<String>,
}

/// Owners, and which of them has each byte.
#[derive(Clone, Debug)]
pub struct Painted {
    /// All of them, in the order in which they were painted.
    pub owners: Vec<Owner>,
    bytes: Vec<Option<usize>>,
}

impl Default for Painted {
    fn default() -> Self {
        Self::new()
    }
}

impl Painted {
    /// Nobody has anything.
    #[must_use]
    pub fn new() -> Self {
        Self { owners: Vec::new(), bytes: vec![None; SPACE] }
    }

    /// Gives bytes to an owner, from those that had them.
    pub fn paint(&mut self, owner: Owner) {
        self.paint_where(owner, |_| true);
    }

    /// Gives it those bytes only that nobody has.
    pub fn paint_gaps(&mut self, owner: Owner) {
        self.paint_where(owner, |had| had.is_none());
    }

    fn paint_where(&mut self, owner: Owner, may: impl Fn(Option<usize>) -> bool) {
        let index = self.owners.len();
        let (start, end) = (owner.start.min(SPACE), owner.end.min(SPACE));
        for byte in self.bytes.get_mut(start..end).unwrap_or_default() {
            if may(*byte) {
                *byte = Some(index);
            }
        }
        self.owners.push(owner);
    }

    fn at(&self, byte: usize) -> Option<usize> {
        self.bytes.get(byte).copied().flatten()
    }
}

/// A run of bytes of which all belong to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// What it is on the map.
    pub role: Role,
    /// What the function has there, by its own bytes.
    pub live: Option<Owner>,
    /// What the description says of it.
    pub declared: Option<Owner>,
    /// The bytes, where there are any.
    pub bytes: Vec<u8>,
}

impl Region {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.live, &self.declared) {
            (Some(live), _) => live.name.clone(),
            (None, Some(declared)) => declared.name.clone(),
            (None, None) => self.role.label().to_owned(),
        }
    }
}

/// Cuts a space into regions, which cover every byte once and in order. `bytes` are those of the function, if there is one.
#[must_use]
pub fn regions(size: usize, bytes: Option<&[u8]>, live: &Painted, declared: &Painted) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut last = None;
    for at in 0..size {
        let owners = (live.at(at), declared.at(at));
        let role = role(bytes, at, owners, live, declared);
        if last == Some((owners, role))
            && let Some(region) = regions.last_mut()
        {
            region.end = at + 1;
            continue;
        }
        last = Some((owners, role));
        let owner = |painted: &Painted, index: Option<usize>| index.and_then(|at| painted.owners.get(at)).cloned();
        let (live, declared) = (owner(live, owners.0), owner(declared, owners.1));
        regions.push(Region { start: at, end: at + 1, role, live, declared, bytes: Vec::new() });
    }
    if let Some(bytes) = bytes {
        for region in &mut regions {
            region.bytes = bytes.get(region.start..region.end).unwrap_or_default().to_vec();
        }
    }
    regions
}

/// What a byte is. Capabilities that are there come first, then what is declared; of the rest whole dwords tell.
fn role(
    bytes: Option<&[u8]>,
    at: usize,
    owners: (Option<usize>, Option<usize>),
    live: &Painted,
    declared: &Painted,
) -> Role {
    let role = |painted: &Painted, index: Option<usize>| index.and_then(|at| painted.owners.get(at)).map(|o| o.role);
    let found = role(live, owners.0).or_else(|| role(declared, owners.1));
    if let Some(found) = found {
        let is_header = found == Role::Extended && owner_start(live, declared, owners).is_some_and(|s| at < s + 4);
        return if is_header { Role::ExtendedHeader } else { found };
    }
    let dword = bytes.and_then(|bytes| bytes.get(at & !3..(at & !3) + 4));
    match dword {
        Some(dword) if dword.iter().any(|&byte| byte != 0) => Role::Live,
        _ => Role::Zero,
    }
}

fn owner_start(live: &Painted, declared: &Painted, owners: (Option<usize>, Option<usize>)) -> Option<usize> {
    let owner = owners.0.and_then(|at| live.owners.get(at));
    owner.or_else(|| owners.1.and_then(|at| declared.owners.get(at))).map(|owner| owner.start)
}
