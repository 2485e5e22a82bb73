//! Two layers that one function can match own no bit differently, unless one is over the other.

use std::collections::BTreeMap;

use quirk_runtime::capability::Name;

use super::claims::{self, Byte, Claim};
use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Emulated, Layer, Model};
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
type Clash = (What, Place, Place);

/// Of each pair of layers the first thing that was found.
type Clashes = BTreeMap<(usize, usize), Clash>;

/// That a layer collides with ones before it: the first of them, and how many others there are. Layers that all own the
/// same bit are as many findings as layers, not as pairs of them.
struct Unsettled<'c> {
    with: usize,
    what: &'c What,
    here: Place,
    there: Place,
    others: usize,
}

/// What does not go together.
enum What {
    Bits(u8, Byte),
    Extent(Name, u64),
    Hidden(Name),
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bits(bits, byte) => write!(f, "own bits {bits:#04x} of {byte} differently"),
            Self::Extent(name, at) => write!(f, "both show something in the bytes of `{name}` at {at:#x}"),
            Self::Hidden(name) => write!(f, "disagree on `{name}`: one hides it, the other shows fields of it"),
        }
    }
}

/// Keeps what two layers do, if one function can match both.
fn meet(model: &Model, clashes: &mut Clashes, one: (usize, Place), other: (usize, Place), what: What) {
    let (first, second) = if one.0 < other.0 { (one, other) } else { (other, one) };
    let pair = (first.0, second.0);
    if !clashes.contains_key(&pair)
        && common_function(&model.layers[pair.0].clauses, &model.layers[pair.1].clauses).is_some()
    {
        clashes.insert(pair, (what, first.1, second.1));
    }
}

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let mut clashes = Clashes::new();
    let claims: Vec<Vec<Claim>> = model.layers.iter().map(|layer| sound(check, layer)).collect();
    let owned: Vec<(usize, Claim)> =
        claims.iter().enumerate().flat_map(|(layer, own)| own.iter().map(move |claim| (layer, *claim))).collect();
    claims::meetings(&owned, |(layer, claim), (other, before), byte| {
        if layer != other && !claim.agrees(before) {
            let what = What::Bits(claim.bits & before.bits, byte);
            meet(model, &mut clashes, (*layer, claim.place), (*other, before.place), what);
        }
    });
    for (layer, found) in model.layers.iter().enumerate() {
        if placed(check, found).next().is_none() {
            continue;
        }
        for (other, (shows, claims)) in
            model.layers.iter().zip(&claims).enumerate().filter(|(other, _)| *other != layer)
        {
            if let Some((what, of_layer, of_other)) = extents(check, found, shows, claims) {
                meet(model, &mut clashes, (layer, of_layer), (other, of_other), what);
            }
        }
    }
    hidden(model, &claims, &mut clashes);
    for (later, found) in unsettled(model, &clashes) {
        report(check, later, &found);
    }
}

/// The layers that collide with ones that say so before them, and with how many.
fn unsettled<'c>(model: &Model, clashes: &'c Clashes) -> BTreeMap<usize, Unsettled<'c>> {
    let mut unsettled: BTreeMap<usize, Unsettled<'c>> = BTreeMap::new();
    let settled = |a: usize, b: usize| model.layers[a].over.iter().any(|over| over.layer == b);
    for (&(first, second), (what, of_first, of_second)) in clashes {
        if settled(first, second) || settled(second, first) {
            continue;
        }
        // The finding stands at what was written later, whatever the order in which it was understood.
        let (later, here, with, there) = if of_first < of_second {
            (second, *of_second, first, *of_first)
        } else {
            (first, *of_first, second, *of_second)
        };
        unsettled
            .entry(later)
            .and_modify(|found| {
                found.others += 1;
                if (there, here) < (found.there, found.here) {
                    (found.with, found.there, found.here, found.what) = (with, there, here, what);
                }
            })
            .or_insert(Unsettled { with, what, here, there, others: 0 });
    }
    unsettled
}

fn report(check: &mut Check<'_>, layer: usize, found: &Unsettled<'_>) {
    let (one, two) = (&check.model.layers[layer], &check.model.layers[found.with]);
    let Some(witness) = common_function(&one.clauses, &two.clauses) else { return };
    let (here, there) = (&one.name, &two.name);
    let message = format!("`{here}` and `{there}` {}, and both match {witness}", found.what);
    let wins = format!("say which one wins: `over {there};` in `{here}`, or the other way round");
    let help = match found.others {
        0 => wins,
        1 => format!("{wins}; `{here}` collides with one more layer"),
        others => format!("{wins}; `{here}` collides with {others} more layers"),
    };
    let found = Diagnostic::new(&catalogue::LAYERS_COLLIDE, found.here, message)
        .also(found.there, format!("`{there}` says so here"))
        .help(help);
    check.report(found);
}

/// What a layer owns of the device's bytes.
fn sound(check: &Check<'_>, layer: &Layer) -> Vec<Claim> {
    let mut claims = claims::of(layer);
    claims.retain(|claim| !matches!(claim.byte, Byte::Emulated(..)) && claim.node.is_none_or(|node| check.holds(node)));
    claims
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
fn extents(check: &Check<'_>, layer: &Layer, other: &Layer, claims: &[Claim]) -> Option<Clash> {
    placed(check, layer).find_map(|(emulated, place)| {
        let everywhere = |from: u64, to: u64| {
            emulated.places.iter().all(|place| from < place.value + emulated.length && place.value < to)
        };
        let capability = placed(check, other)
            .find(|(found, _)| found.places.iter().all(|place| everywhere(place.value, place.value + found.length)))
            .map(|(_, there)| there);
        let field = || {
            claims
                .iter()
                .find(|claim| matches!(claim.byte, Byte::Space(at) if everywhere(at, at + claim.length)))
                .map(|claim| claim.place)
        };
        let there = capability.or_else(field)?;
        Some((What::Extent(emulated.name(), emulated.places.first()?.value), place, there))
    })
}

/// Layers of which one hides what the other shows fields of.
fn hidden(model: &Model, claims: &[Vec<Claim>], clashes: &mut Clashes) {
    for (layer, found) in model.layers.iter().enumerate() {
        for hide in found.hides.iter().filter(|hide| hide.at.is_none()) {
            for (other, shows) in claims.iter().enumerate().filter(|(other, _)| *other != layer) {
                let claim = shows.iter().find(|claim| {
                    matches!(claim.byte, Byte::Capability(space, id, sub, _)
                        if (space, id) == (hide.space, hide.id) && (hide.sub.is_none() || hide.sub == sub))
                });
                if let Some(claim) = claim {
                    let what = What::Hidden(Name(hide.space, hide.id));
                    meet(model, clashes, (layer, hide.place), (other, claim.place), what);
                }
            }
        }
    }
}
