//! No capability begins where another of the same id ends: Linux takes the two for one.

use std::collections::BTreeMap;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::CapabilitiesApart,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit, Fact::OffsetsDistinct, Fact::RegionsDisjoint],
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    let sound = |entry: &&crate::model::Entry| check.holds(entry.region.node);
    let capabilities: Vec<_> = device.entries.iter().filter(sound).collect();
    let ends: BTreeMap<_, _> = capabilities
        .iter()
        .filter_map(|entry| {
            let capability = entry.capability()?;
            Some(((capability.space, capability.id, entry.region.end), *entry))
        })
        .collect();
    for entry in capabilities {
        let Some(capability) = entry.capability() else { continue };
        let Some(before) = ends.get(&(capability.space, capability.id, entry.region.start)) else { continue };
        let (here, there) = if entry.inherited { (*before, entry) } else { (entry, *before) };
        if !here.inherited {
            let message = format!(
                "{} at {:#x} lies directly after another, which ends there",
                entry.describe(),
                entry.region.start
            );
            let found = Diagnostic::new(&catalogue::SAME_ID_ABUTS, here.region.place, message);
            check.fail(here.region.node, found.also(there.region.place, "the other is here"));
        }
    }
}
