//! Two layers that one function can match own no bit differently, unless one is over the other.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::{self, Byte, Claim};
use super::{Check, Fact, Pass, common_function};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Emulated, Layer};
use crate::source::Place;

pub(super) const PASS: Pass = Pass {
    establishes: Fact::LayersAgree,
    needs: &[
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::FieldsInside,
        Fact::FieldsDisjoint,
        Fact::EmulationsApart,
        Fact::OverAcyclic,
    ],
    run,
};

/// What two layers do that does not go together, and where: the one that stands first first.
type Clash = (String, Place, Place);

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let mut clashes: BTreeMap<(usize, usize), Clash> = BTreeMap::new();
    let mut owned: BTreeMap<Byte, Vec<(usize, Claim)>> = BTreeMap::new();
    for (layer, found) in model.layers.iter().enumerate() {
        for claim in claims::of(found) {
            let emulated = matches!(claim.byte, Byte::Emulated(..));
            if !emulated && claim.node.is_none_or(|node| check.holds(node)) {
                owned.entry(claim.byte).or_default().push((layer, claim));
            }
        }
    }
    for (byte, claims) in &owned {
        for (at, (layer, claim)) in claims.iter().enumerate() {
            for (other, before) in claims[..at].iter().filter(|(other, before)| other != layer && !claim.agrees(before))
            {
                let what = format!("own bits {:#04x} of {byte} differently", claim.bits & before.bits);
                clashes.entry((*other, *layer)).or_insert((what, before.place, claim.place));
            }
        }
    }
    let capabilities: BTreeSet<usize> =
        (0..model.layers.len()).filter(|&layer| placed(check, &model.layers[layer]).next().is_some()).collect();
    for &layer in &capabilities {
        for other in 0..model.layers.len() {
            let (first, second) = (layer.min(other), layer.max(other));
            if first != second
                && !clashes.contains_key(&(first, second))
                && let Some((what, of_layer, of_other)) = extents(check, &model.layers[layer], &model.layers[other])
            {
                let places = if layer < other { (of_layer, of_other) } else { (of_other, of_layer) };
                clashes.insert((first, second), (what, places.0, places.1));
            }
        }
    }
    for (&(first, second), clash) in &hidden(&model.layers, clashes) {
        let (one, two) = (&model.layers[first], &model.layers[second]);
        let settled = |a: &Layer, b: usize| a.over.iter().any(|over| over.layer == b);
        if settled(one, second) || settled(two, first) {
            continue;
        }
        let Some(witness) = common_function(&one.clauses, &two.clauses) else { continue };
        let (what, of_one, of_two) = clash;
        // The finding stands at what was written later, whatever the order in which it was understood.
        let (here, there) =
            if of_one < of_two { ((two, *of_two), (one, *of_one)) } else { ((one, *of_one), (two, *of_two)) };
        let message = format!("`{}` and `{}` {what}, and both match {witness}", here.0.name, there.0.name);
        let found = Diagnostic::new(&catalogue::LAYERS_COLLIDE, here.1, message)
            .also(there.1, format!("`{}` says so here", there.0.name))
            .help(format!("say which one wins: `over {};` in `{}`, or the other way round", there.0.name, here.0.name));
        check.report(found);
    }
}

/// The emulated capabilities of a layer at places of its own.
fn placed<'m>(check: &Check<'_>, layer: &'m Layer) -> impl Iterator<Item = (&'m Emulated, Place)> {
    let sound: Vec<_> = layer.emulations.iter().filter(|emulation| check.holds(emulation.node)).collect();
    sound.into_iter().filter_map(|emulation| {
        let emulated = emulation.capability.as_ref().filter(|emulated| !emulated.in_free())?;
        Some((emulated, emulation.place))
    })
}

/// An emulated capability that overlaps one of the other layer, or a field of it, wherever both go.
fn extents(check: &Check<'_>, layer: &Layer, other: &Layer) -> Option<Clash> {
    placed(check, layer).find_map(|(emulated, place)| {
        let everywhere = |from: u64, to: u64| {
            emulated.places.iter().all(|place| from < place.value + emulated.length && place.value < to)
        };
        let capability = placed(check, other)
            .find(|(found, _)| found.places.iter().all(|place| everywhere(place.value, place.value + found.length)))
            .map(|(_, there)| there);
        let field = || {
            claims::of(other)
                .into_iter()
                .find(|claim| matches!(claim.byte, Byte::Space(at) if everywhere(at, at + 1)))
                .map(|claim| claim.place)
        };
        let there = capability.or_else(field)?;
        let (name, at) = (emulated.name(), emulated.places.first()?.value);
        Some((format!("both show something in the bytes of `{name}` at {at:#x}"), place, there))
    })
}

/// With the layers of which one hides what the other shows fields of.
fn hidden(layers: &[Layer], mut clashes: BTreeMap<(usize, usize), Clash>) -> BTreeMap<(usize, usize), Clash> {
    for (layer, found) in layers.iter().enumerate() {
        for hide in found.hides.iter().filter(|hide| hide.at.is_none() && hide.sub.is_none()) {
            for (other, shows) in layers.iter().enumerate().filter(|(other, _)| *other != layer) {
                let claim = claims::of(shows).into_iter().find(|claim| {
                    matches!(claim.byte, Byte::Capability(space, id, _) if (space, id) == (hide.space, hide.id))
                });
                let Some(claim) = claim else { continue };
                let name = quirk_runtime::capability::Name(hide.space, hide.id);
                let places = if layer < other { (hide.place, claim.place) } else { (claim.place, hide.place) };
                clashes.entry((layer.min(other), layer.max(other))).or_insert((
                    format!("disagree on `{name}`: one hides it, the other shows fields of it"),
                    places.0,
                    places.1,
                ));
            }
        }
    }
    clashes
}
