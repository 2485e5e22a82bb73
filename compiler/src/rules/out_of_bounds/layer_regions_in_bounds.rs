//! What a layer speaks of lies in configuration space, and capabilities begin at a dword.

use quirk_runtime::capability::Space;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Anchor, Layer};
use crate::passes::{Check, Fact, Pass, Run};
use crate::source::Place;

pub(crate) const PASS: Pass = Pass { establishes: Fact::LayersInBounds, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        emulations(check, layer);
        for hide in &layer.hides {
            let Some(at) = hide.at else { continue };
            let what = quirk_runtime::capability::Name(hide.space, hide.id);
            if let Some(found) = capability(hide.space, at, 4, &format!("`{what}`"), hide.place) {
                check.report(found);
            }
        }
        for mirror in &layer.mirrors {
            let region = mirror.region;
            let length = region.end - region.start;
            if region.end == u64::MAX {
                let message = format!("the window at {:#x} ends past the last byte of any BAR", region.start);
                check.report(Diagnostic::new(&catalogue::OUT_OF_BOUNDS, region.place, message));
            } else if mirror.config.saturating_add(length) > u64::from(Space::Extended.end()) {
                let message = format!(
                    "a window of {length:#x} bytes that begins at {:#x} shows more than the 0x1000 bytes that there are",
                    mirror.config
                );
                check.report(Diagnostic::new(&catalogue::OUT_OF_BOUNDS, region.place, message));
            }
        }
        for allow in &layer.allows {
            let (start, end) = (u64::from(Space::Conventional.start()), u64::from(Space::Extended.end()));
            if allow.region.start < start || allow.region.end > end {
                let message = format!(
                    "bytes {:#x}..{:#x} are allowed: that is out of {start:#x}..{end:#x}",
                    allow.region.start, allow.region.end
                );
                check.report(Diagnostic::new(&catalogue::OUT_OF_BOUNDS, allow.region.place, message));
            }
        }
    }
}

fn emulations(check: &mut Check<'_>, layer: &Layer) {
    for emulation in &layer.emulations {
        for field in emulation.fields.iter().filter(|field| field.anchor == Anchor::Space) {
            let end = field.offset + field.length;
            if end > u64::from(Space::Extended.end()) {
                let message = format!("the field at {:#x}..{end:#x}: that is out of 0x0..0x1000", field.offset);
                check.fail(field.node, Diagnostic::new(&catalogue::OUT_OF_BOUNDS, field.place, message));
            }
        }
        let Some(emulated) = &emulation.capability else { continue };
        for place in &emulated.places {
            let what = format!("`{}`", emulated.name());
            if let Some(found) = capability(emulated.space, place.value, emulated.length, &what, place.place) {
                check.fail(emulation.node, found);
            }
        }
    }
}

fn capability(space: Space, start: u64, length: u64, what: &str, place: Place) -> Option<Diagnostic> {
    let end = start + length;
    if start < u64::from(space.start()) || end > u64::from(space.end()) {
        let message =
            format!("{what} at {start:#x}..{end:#x}: that is out of {:#x}..{:#x}", space.start(), space.end());
        return Some(Diagnostic::new(&catalogue::OUT_OF_BOUNDS, place, message));
    }
    if !start.is_multiple_of(4) {
        let message = format!("{what} begins at {start:#x}, which is not 4-byte aligned");
        return Some(Diagnostic::new(&catalogue::MISALIGNED, place, message));
    }
    None
}
