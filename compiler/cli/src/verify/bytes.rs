//! An entry against the bytes of a function.

use std::ops::Range;

use quirk_map::list;
use quirk_runtime::capability::{DVSEC, Kind, Space, VSEC};
use quirk_runtime::{Image, Kernel};

use super::entry::{Entry, bytes, called, sub, tells_its_length};
use super::rule::{Disagreement, Finding};
use crate::failure::Failure;
use quirk_dsl::Ordered as _;

/// The bytes of a header, which no entry declares.
const HEADER: u16 = 0x40;

/// What a comparison looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compared {
    pub(super) capabilities: usize,
    pub(super) free: usize,
}

/// A capability that the function has.
struct Live {
    space: Space,
    id: u16,
    sub: Option<(u16, u16)>,
    offset: u16,
    length: u16,
}

impl Live {
    fn bytes(&self) -> Range<u16> {
        self.offset..self.offset.saturating_add(self.length)
    }
}

/// Compares. `through_vfio` says that the kernel has taken out of the lists what it hides.
pub(super) fn compare(entry: &Entry, image: &Image, through_vfio: bool) -> Result<(Compared, Vec<Finding>), Failure> {
    let live = live(image)?;
    let mut found = Vec::new();
    let mut compared = Compared::default();
    declared(entry, image, &live, through_vfio, &mut compared, &mut found);
    undeclared(entry, &live, &mut found);
    outside(entry, &live, &mut found);
    free(entry, image, &mut compared, &mut found);
    repeats(entry, image, &mut found);
    bare(entry, image, &live, &mut found);
    found.order_by_key(|finding| (finding.rule, finding.offset));
    Ok((compared, found))
}

fn live(image: &Image) -> Result<Vec<Live>, Failure> {
    let mut all = Vec::new();
    for space in [Space::Conventional, Space::Extended] {
        for (capability, length) in list(image, space).map_err(Failure::new)? {
            let word = |at: u16| (image.dword(capability.offset.saturating_add(at)) & 0xffff) as u16;
            let sub = match (space, capability.id) {
                (Space::Extended, DVSEC) => Some((word(4), word(8))),
                (Space::Extended, VSEC) => Some((0, word(4))),
                _ => None,
            };
            all.push(Live { space, id: capability.id, sub, offset: capability.offset, length });
        }
    }
    Ok(all)
}

/// Whether a record reaches far enough to have this list.
fn is_recorded(space: Space, image: &Image) -> bool {
    image.bytes().len() >= usize::from(space.end())
}

fn declared(
    entry: &Entry,
    image: &Image,
    live: &[Live],
    through_vfio: bool,
    compared: &mut Compared,
    found: &mut Vec<Finding>,
) {
    for (space, declared) in entry.capabilities().filter(|(space, _)| is_recorded(*space, image)) {
        let is_hidden = Kind::by_id(space, declared.id).is_none_or(|kind| !kind.is_shown(Kernel::LATEST));
        if through_vfio && is_hidden {
            continue;
        }
        let offset = declared.offset;
        let name = called(space, declared.id, sub(declared));
        let Some(there) = live.iter().find(|live| (live.space, live.offset) == (space, offset)) else {
            if !declared.optional {
                let message = match live.iter().find(|live| (live.space, live.id) == (space, declared.id)) {
                    Some(other) => {
                        format!("`{name}` is not in the list at {offset:#05x}, one is at {:#05x}", other.offset)
                    }
                    None => format!("`{name}` is not in the list at {offset:#05x}"),
                };
                found.push(Finding::new(Disagreement::CapabilityMissing, offset, message));
                compared.capabilities += 1;
            }
            continue;
        };
        compared.capabilities += 1;
        let is = called(space, there.id, there.sub);
        if there.id != declared.id {
            let message = format!("`{name}` is declared at {offset:#05x}, and `{is}` is there");
            found.push(Finding::new(Disagreement::CapabilityMissing, offset, message));
        } else if sub(declared).is_some_and(|sub| there.sub != Some(sub)) {
            let message = format!("`{name}` is declared at {offset:#05x}, and `{is}` is there");
            found.push(Finding::new(Disagreement::CapabilityOther, offset, message));
        } else if declared.length_stated && there.length > declared.length && tells_its_length(space, there.id) {
            let (long, said) = (there.length, declared.length);
            let message = format!("`{is}` at {offset:#05x} has {long:#x} bytes, and {said:#x} are declared");
            found.push(Finding::new(Disagreement::CapabilityLength, offset, message));
        }
    }
}

fn undeclared(entry: &Entry, live: &[Live], found: &mut Vec<Finding>) {
    // A null capability has no contents, and nothing to be declared.
    for there in live.iter().filter(|live| live.id != 0) {
        if !entry.capabilities().any(|(space, declared)| (space, declared.offset) == (there.space, there.offset)) {
            let (is, offset) = (called(there.space, there.id, there.sub), there.offset);
            let message = format!("`{is}` at {offset:#05x} is not declared");
            found.push(Finding::new(Disagreement::CapabilityUndeclared, offset, message));
        }
    }
}

/// What is declared beside capabilities lies in none.
fn outside(entry: &Entry, live: &[Live], found: &mut Vec<Finding>) {
    for (range, what) in entry.outside() {
        let overlaps = |live: &&Live| {
            let owned = live.bytes();
            owned.start < range.end && range.start < owned.end
        };
        if let Some(hit) = live.iter().find(overlaps) {
            let (is, owned) = (called(hit.space, hit.id, hit.sub), hit.bytes());
            let message = format!(
                "{:#05x}..{:#05x} is {what}, and `{is}` has {:#05x}..{:#05x}",
                range.start, range.end, owned.start, owned.end
            );
            found.push(Finding::new(Disagreement::InsideCapability, range.start, message));
        }
    }
}

fn free(entry: &Entry, image: &Image, compared: &mut Compared, found: &mut Vec<Finding>) {
    for free in &entry.free {
        let range = usize::from(free.start)..usize::from(free.end);
        let Some(bytes) = image.bytes().get(range) else { continue };
        compared.free += bytes.len();
        for (start, run) in runs(bytes, free.start) {
            let message = format!("{} is declared free, and reads {}", span(start, run), hex(run));
            found.push(Finding::new(Disagreement::FreeNotZero, start, message));
        }
    }
}

fn repeats(entry: &Entry, image: &Image, found: &mut Vec<Finding>) {
    let (every, bytes) = (entry.aliased_every, image.bytes());
    if every == 0 || bytes.len() < 0x1000 {
        return;
    }
    let differs = |at: &usize| bytes[*at] != bytes[*at % every];
    if let Some(at) = (every..bytes.len()).find(differs) {
        let message = format!("{at:#05x} reads other than {:#05x}, {every:#x} bytes apart", at % every);
        found.push(Finding::new(Disagreement::NotRepeating, u16::try_from(at).ok(), message));
    }
}

/// Bytes that are not 0 and that nothing declares.
fn bare(entry: &Entry, image: &Image, live: &[Live], found: &mut Vec<Finding>) {
    let mut rest = image.bytes().to_vec();
    let mut clear = |range: Range<u16>| {
        let end = usize::from(range.end).min(rest.len());
        if let Some(part) = rest.get_mut(usize::from(range.start)..end) {
            part.fill(0);
        }
    };
    clear(0..HEADER);
    entry.layout.iter().map(bytes).chain(live.iter().map(Live::bytes)).for_each(&mut clear);
    // A second finding on free bytes says nothing new.
    entry.free.iter().map(|free| free.start..free.end).for_each(&mut clear);
    let first_copy = if entry.aliased_every == 0 { rest.len() } else { entry.aliased_every.min(rest.len()) };
    for (start, run) in runs(&rest[..first_copy], 0) {
        let message = format!("{} reads {}, and nothing declares it", span(start, run), hex(run));
        found.push(Finding::new(Disagreement::UndeclaredBytes, start, message));
    }
}

/// Runs of dwords that are not 0, with the offset of each.
pub(super) fn runs(bytes: &[u8], base: u16) -> Vec<(u16, &[u8])> {
    let mut runs = Vec::new();
    let mut open: Option<usize> = None;
    for at in (0..bytes.len()).step_by(4) {
        let is_zero = bytes[at..bytes.len().min(at + 4)].iter().all(|&byte| byte == 0);
        match (open, is_zero) {
            (None, false) => open = Some(at),
            (Some(start), true) => {
                runs.push((start, at));
                open = None;
            }
            _ => {}
        }
    }
    runs.extend(open.map(|start| (start, bytes.len())));
    let place = |at: usize| base.saturating_add(u16::try_from(at).unwrap_or(u16::MAX));
    runs.into_iter().map(|(start, end)| (place(start), &bytes[start..end])).collect()
}

pub(super) fn span(start: u16, run: &[u8]) -> String {
    format!("{start:#05x}..{:#05x}", usize::from(start) + run.len())
}

/// The first bytes of a run.
pub(super) fn hex(run: &[u8]) -> String {
    const MOST: usize = 16;
    let bytes: Vec<String> = run.iter().take(MOST).map(|byte| format!("{byte:02x}")).collect();
    let rest = if run.len() > MOST { " .." } else { "" };
    format!("`{}{rest}`", bytes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_of_whole_dwords_and_know_their_place() {
        let mut bytes = [0; 18];
        assert_eq!(runs(&bytes, 0x40), []);
        (bytes[5], bytes[8], bytes[17]) = (1, 2, 3);
        assert_eq!(runs(&bytes, 0x40), [(0x44, &[0, 1, 0, 0, 2, 0, 0, 0][..]), (0x50, &[0, 3][..])]);
    }
}
