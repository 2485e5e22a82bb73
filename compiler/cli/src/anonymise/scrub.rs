//! Takes secrets out: where they belong, and wherever else in the space the same bytes lie.

use std::fmt;

use serde::Serialize;

use super::secrets::{Kind, Secret, find};
use crate::failure::Failure;
use quirk_dsl::Ordered as _;

/// What was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Scrubbed {
    /// In words.
    what: &'static str,
    /// The first byte and the one after the last.
    start: usize,
    end: usize,
    /// It is a copy, in a place where nothing says what it is.
    copy: bool,
}

impl fmt::Display for Scrubbed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let copy = if self.copy { " (a copy)" } else { "" };
        write!(f, "{}{copy} at {:#05x}", self.what, self.start)
    }
}

/// The bytes without secrets, and what was taken out of them. What read 0 is none.
pub(super) fn scrub(bytes: &[u8], with_subsystem: bool) -> Result<(Vec<u8>, Vec<Scrubbed>), Failure> {
    let mut left = bytes.to_vec();
    let mut scrubbed = Vec::new();
    let secrets = find(bytes, with_subsystem)?;
    for &Secret { kind, start, end } in &secrets {
        let end = end.min(left.len());
        if take(&mut left, kind, start, end) {
            scrubbed.push(Scrubbed { what: kind.name(), start, end, copy: false });
        }
    }
    for &Secret { kind, start, end } in &secrets {
        let Some(secret) = bytes.get(start..end.min(bytes.len())) else { continue };
        for at in copies(&left, kind, secret) {
            let end = at + secret.len();
            // What it overlaps may be gone by now.
            if left.get_mut(at..end).is_some_and(|part| {
                let was = part.iter().any(|byte| *byte != 0);
                part.fill(0);
                was
            }) {
                scrubbed.push(Scrubbed { what: kind.name(), start: at, end, copy: true });
            }
        }
    }
    scrubbed.order_by_key(|each| (each.start, each.end));
    scrubbed.dedup_by_key(|each| (each.start, each.end));
    Ok((left, scrubbed))
}

/// Takes the bits of a run out that do not stay; says whether one was set.
fn take(bytes: &mut [u8], kind: Kind, start: usize, end: usize) -> bool {
    let mut was_set = false;
    let first = bytes.get(start..start + 4).and_then(|part| part.try_into().ok()).map_or(0, u32::from_le_bytes);
    let kept = kind.kept(first).to_le_bytes();
    for (byte, kept) in bytes.get_mut(start..end).unwrap_or_default().iter_mut().zip(kept.into_iter().chain([0; 32])) {
        was_set |= *byte & !kept != 0;
        *byte &= kept;
    }
    was_set
}

/// Where the same bytes lie, as they are or the other way round. Only of what is long and varied enough to be no coincidence:
/// a serial number or an address, but no id of 16 bits.
fn copies(bytes: &[u8], kind: Kind, secret: &[u8]) -> Vec<usize> {
    let varied = secret.iter().filter(|byte| !matches!(byte, 0 | 0xff)).count();
    let is_telling = match kind {
        Kind::SerialNumber | Kind::Vpd | Kind::Msi => varied >= 3,
        Kind::Bar | Kind::Subsystem | Kind::Window => secret.len() == 4 && varied >= 3,
    };
    if !is_telling {
        return Vec::new();
    }
    let reversed: Vec<u8> = secret.iter().rev().copied().collect();
    let lies_at = |(at, window): (usize, &[u8])| (at >= 0x40 && (window == secret || window == reversed)).then_some(at);
    bytes.windows(secret.len()).enumerate().filter_map(lies_at).collect()
}
