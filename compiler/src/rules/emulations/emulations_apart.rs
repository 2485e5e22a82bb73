//! An emulated capability overlaps nothing of a device that one function can match with it, but free bytes.

use super::obstacles::{Obstacle, obstacle};
use crate::matching::common_function;
use crate::model::{Emulated, Emulation, Layer};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::EmulationsApart,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LengthsFit,
        Fact::InFirstCopy,
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::PasidLiesInFree,
        Fact::DvsecLiesInFree,
    ],
    run: Run::Whole(run),
};

/// An emulated capability at a place of its own.
type Placed<'m> = (&'m Emulation, &'m Emulated);

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let placed: Vec<Vec<Placed<'_>>> = model.layers.iter().map(|layer| placed(check, layer)).collect();
    if placed.iter().all(Vec::is_empty) {
        return;
    }
    let found = check.shared(&model.devices, |_, device| {
        let mut wrong = Vec::new();
        if device.broken.layout() {
            return None;
        }
        let plan = check.plans.of(device, model);
        for (at, layer) in check.layers_near(device).filter(|(at, _)| !placed[*at].is_empty()) {
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            for &(emulation, emulated) in &placed[at] {
                let obstacles: Vec<Option<Obstacle>> =
                    emulated.places.iter().map(|place| obstacle(check, device, plan, emulated, place.value)).collect();
                // One of several places that is vacant will do.
                let obstacles = obstacles.into_iter().collect::<Option<Vec<_>>>();
                let Some(obstacle) = obstacles.and_then(Obstacle::most_telling) else { continue };
                let of_both = (device.name.as_str(), witness.to_string());
                let (name, places) = (emulated.name(), shown(emulated));
                let found = obstacle.diagnostic(name, &places, emulation.place, (of_both.0, &of_both.1));
                wrong.push((emulation.node, found));
            }
        }
        (!wrong.is_empty()).then_some(wrong)
    });
    for (node, found) in found.into_iter().flatten() {
        check.fail(node, found);
    }
}

/// What a layer shows at places of its own.
fn placed<'m>(check: &Check<'_>, layer: &'m Layer) -> Vec<Placed<'m>> {
    let sound = layer.emulations.iter().filter(|emulation| check.holds(emulation.node));
    sound
        .filter_map(|emulation| Some((emulation, emulation.capability.as_ref()?)))
        .filter(|(_, emulated)| !emulated.in_free())
        .collect()
}

/// Its places, in a message.
fn shown(emulated: &Emulated) -> String {
    let places =
        emulated.places.iter().map(|place| format!("{:#x}..{:#x}", place.value, place.value + emulated.length));
    places.collect::<Vec<_>>().join(" and ")
}
