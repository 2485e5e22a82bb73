//! Where something may go in the device around a place.

use quirk_compiler::Place;
use quirk_compiler::facts::Device;
use quirk_dsl::Ordered as _;
use quirk_dsl::Span;

use super::super::hover;
use super::super::spot::Sheet;
use super::item::{Item, number};
use crate::cursor::Cursor;

/// What lies from where to where in a space.
const CONVENTIONAL: (u64, u64) = (0x40, 0x100);
const EXTENDED: (u64, u64) = (0x100, 0x1000);

/// What is declared may go where nothing is; what is placed, where the device leaves bytes free, or where the compiler put it.
pub(super) fn offsets(sheet: &Sheet<'_>, cursor: &Cursor<'_>, offset: u32) -> Vec<Item> {
    let Some(device) = hover::device(sheet, offset) else { return Vec::new() };
    // Not what is being written itself.
    let is_here = |place: Place| {
        let Span { start, end } = place.span;
        sheet.group.key(place.file) == Some(&sheet.file) && (start..=end).contains(&offset)
    };
    let declared = || {
        device.extents.iter().filter(|extent| !is_here(extent.place)).map(|extent| (extent.start, extent.end)).collect()
    };
    match cursor.head.first().map_or("", |keyword| keyword.text()) {
        "cap" => undeclared(declared(), &[CONVENTIONAL]),
        "ext" => undeclared(declared(), &[EXTENDED]),
        "register" | "reserved" | "free" => undeclared(declared(), &[CONVENTIONAL, EXTENDED]),
        _ => placed(&device),
    }
}

fn placed(device: &Device<'_>) -> Vec<Item> {
    let chosen = device
        .chosen
        .iter()
        .map(|chosen| Item::new(format!("{:#x}", chosen.offset), number::VALUE, chosen.what.to_string()).rank(2));
    let unused = device.unused().into_iter().map(|(start, end)| (start.next_multiple_of(4), end));
    let unused = unused
        .filter(|(start, end)| start < end)
        .map(|(start, end)| Item::new(format!("{start:#x}"), number::VALUE, format!("free up to {end:#x}")).rank(1));
    unused.chain(chosen).collect()
}

/// Dwords of which nothing says what they are.
fn undeclared(mut declared: Vec<(u64, u64)>, spaces: &[(u64, u64)]) -> Vec<Item> {
    declared.order();
    let mut gaps = Vec::new();
    for &(start, end) in spaces {
        let mut at = start;
        for &(from, until) in declared.iter().filter(|(from, until)| *from < end && *until > start) {
            gaps.push((at, from));
            at = at.max(until.next_multiple_of(4));
        }
        gaps.push((at, end));
    }
    let gaps = gaps.into_iter().filter(|(start, end)| start + 4 <= *end);
    gaps.map(|(start, end)| {
        Item::new(format!("{start:#x}"), number::VALUE, format!("not declared up to {end:#x}")).rank(1)
    })
    .collect()
}
