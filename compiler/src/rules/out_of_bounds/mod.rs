//! Every region lies where its kind can lie.

pub(crate) mod layer_regions_in_bounds;

use std::fmt::Display;

use quirk_runtime::capability::Space;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Region};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::InBounds, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    for entry in device.entries.iter().filter(|entry| !entry.inherited) {
        let (start, end) = match entry.capability() {
            Some(capability) => (capability.space.start(), capability.space.end()),
            None => (Space::Conventional.start(), Space::Extended.end()),
        };
        bounds(check, &entry.region, &entry.describe(), (start, end));
    }
    for free in &device.free {
        bounds(check, &free.region, &"free bytes", (Space::Conventional.start(), Space::Extended.end()));
    }
}

fn bounds(check: &mut Check<'_>, region: &Region, what: &dyn Display, (start, end): (u16, u16)) {
    if region.holds_in(start, end) {
        return;
    }
    let message = format!("{what} at {:#x}..{:#x}: that is out of {start:#x}..{end:#x}", region.start, region.end);
    check.fail(region.node, Diagnostic::new(&catalogue::OUT_OF_BOUNDS, region.place, message));
}

impl Region {
    fn holds_in(&self, start: u16, end: u16) -> bool {
        u64::from(start) <= self.start && self.end <= u64::from(end)
    }
}
