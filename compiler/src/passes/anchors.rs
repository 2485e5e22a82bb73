//! What the offset of a field counts from on a device.

use quirk_runtime::capability::Space;

use crate::model::{Anchor, Capability, Device, Entry, Field, Hide, Layer};

/// What a field counts from.
#[derive(Clone, Copy)]
pub(crate) enum Base<'m> {
    /// Configuration space.
    Space,
    /// The one capability that can be meant.
    Entry(&'m Entry),
    /// The layer hides every capability that can be meant, one of them by this.
    Hidden(&'m Hide),
    /// One of these and others: the function's list decides.
    Several(&'m Entry, &'m Entry),
    /// Something that is not in the layout, or one of several that may all be absent.
    Unknown,
}

impl<'m> Base<'m> {
    /// What a field of a layer counts from.
    pub(crate) fn of(layer: &'m Layer, device: &'m Device, anchor: Anchor) -> Self {
        let (space, id, sub) = match anchor {
            Anchor::Space => return Self::Space,
            Anchor::Owner => return Self::Unknown,
            Anchor::Capability(space, id, sub) => (space, id, sub),
        };
        let is_it = |found: &Capability| (found.space, found.id) == (space, id) && (sub.is_none() || found.sub == sub);
        let same = || device.entries.iter().filter(|entry| entry.capability().is_some_and(is_it));
        let mut seen = same().filter(|entry| hide(layer, entry).is_none());
        match (seen.next(), seen.next()) {
            (None, _) => same().find_map(|entry| hide(layer, entry)).map_or(Self::Unknown, Self::Hidden),
            (Some(one), None) => Self::Entry(one),
            (Some(one), Some(other)) if one.optional && other.optional && seen.all(|each| each.optional) => {
                Self::Unknown
            }
            (Some(one), Some(other)) => Self::Several(one, other),
        }
    }

    /// Its first byte, if that is known.
    pub(crate) fn start(self) -> Option<u64> {
        match self {
            Self::Space => Some(0),
            Self::Entry(entry) => Some(entry.region.start),
            Self::Hidden(..) | Self::Several(..) | Self::Unknown => None,
        }
    }
}

/// By what a layer hides a capability of a device.
fn hide<'m>(layer: &'m Layer, entry: &Entry) -> Option<&'m Hide> {
    layer.hides.iter().find(|hide| hide.is_of(entry))
}

/// Where a field of a layer lies on a device, if that is known.
pub(crate) fn bytes(layer: &Layer, device: &Device, field: &Field) -> Option<(u64, u64)> {
    let base = Base::of(layer, device, field.anchor).start()?;
    Some((base + field.offset, base + field.offset + field.length))
}

/// The first capability behind an offset.
pub(crate) fn next_capability(
    device: &Device,
    space: Space,
    start: u64,
    counts: impl Fn(&Entry) -> bool,
) -> Option<u64> {
    let is_of = |entry: &&Entry| entry.capability().is_some_and(|found| found.space == space);
    let starts = device.entries.iter().filter(is_of).filter(|entry| counts(entry)).map(|entry| entry.region.start);
    starts.filter(|other| *other > start).min()
}
