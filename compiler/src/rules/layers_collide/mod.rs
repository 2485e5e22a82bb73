//! Two layers that one function can match own no bit differently, unless one is over the other.

mod clash;
pub(crate) mod pair;
pub(crate) mod shown;

use std::collections::BTreeSet;

use quirk_runtime::capability::Name;

use self::clash::{Clash, Clashes, What, is_before, is_settled};
use self::pair::Pair;
use self::shown::{Function, Having, sound};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{common, common_function, covered};
use crate::model::{Clause, Layer, Model};
use crate::numbered::Numbered;
use crate::passes::claims::{self, Byte, Claim};
use crate::passes::{Check, Fact, Pass, Run};
use crate::source::Place;
use quirk_dsl::Ordered as _;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::LayersAgree,
    needs: &[
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::FieldsInside,
        Fact::FieldsDisjoint,
        Fact::AnchorsHold,
        Fact::FieldsBesideCopies,
        Fact::EmulationsApart,
        Fact::LayersApply,
        Fact::PlacedApart,
        Fact::FieldsBesidePasid,
        Fact::OverAcyclic,
    ],
    run: Run::Whole(run),
};

/// That a layer collides with ones before it: the first of them, and how many others there are. Layers that all own the
/// same bit are as many findings as layers, not as pairs of them.
struct Unsettled<'c> {
    with: usize,
    clash: &'c Clash,
    here: Place,
    there: Place,
    others: usize,
}

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let mut clashes = Clashes::default();
    let claims: Vec<Vec<Claim>> = model.layers.iter().map(|layer| sound(check, layer)).collect();
    let owned: Vec<(usize, Claim)> =
        claims.iter().enumerate().flat_map(|(layer, own)| own.iter().map(move |claim| (layer, *claim))).collect();
    // The device's own value leaves out what is a list's on the function.
    let mut by_lists = BTreeSet::new();
    claims::disagreements(&owned, |(layer, claim), (other, before), byte| {
        if layer == other || is_settled(model, *layer, *other) {
            return;
        }
        let pair = (*layer.min(other), *layer.max(other));
        if claim.leaves_lists() || before.leaves_lists() {
            by_lists.extend(clash::witness(model, pair, None).is_some().then_some(pair));
        } else {
            let what = What::Bits(claim.bits & before.bits, byte);
            clashes.add(model, None, [(*layer, claim.place), (*other, before.place)], what, true);
        }
    });
    hidden(model, &claims, &mut clashes);
    let all: Vec<usize> = (0..model.layers.len()).collect();
    on_function(check, Function::UNKNOWN, &all, (&claims, &by_lists), &mut clashes);
    by_lists.retain(|&(one, other)| !clashes.has(one, other));
    // One layer collides with none.
    let devices = if model.layers.len() > 1 { model.devices.as_slice() } else { &[] };
    let met = check.shared(devices, |index, device| {
        let is_here = |layer: &Layer| common_function(&layer.clauses, &device.clauses).is_some();
        let near = (!device.broken.layout()).then(|| check.layers_near(device)).into_iter().flatten();
        let here: Vec<usize> = near.filter(|(_, layer)| is_here(layer)).map(|(at, _)| at).collect();
        (here.len() > 1).then_some((index, here))
    });
    for (index, here) in met {
        on_function(check, Function::of(model, check.plans, index), &here, (&claims, &by_lists), &mut clashes);
    }
    for (later, found) in unsettled(&clashes).iter() {
        report(check, later, found);
    }
}

/// Looks at each two of some layers that have a byte in common on a function, or abut. Of two with fields alone, those of
/// `by_lists` are looked at.
fn on_function(
    check: &Check<'_>,
    function: Function<'_>,
    layers: &[usize],
    (claims, by_lists): (&[Vec<Claim>], &BTreeSet<(usize, usize)>),
    clashes: &mut Clashes,
) {
    let model = check.model;
    let mut having = Numbered::default();
    for &layer in layers {
        having.insert(layer, Having::of(check, function, layer, &claims[layer]));
    }
    let is_here = |(one, other): &&(usize, usize)| having.has(*one) && having.has(*other);
    let mut near: BTreeSet<(usize, usize)> = by_lists.iter().filter(is_here).copied().collect();
    near.retain(|&(one, other)| !clashes.has(one, other));
    neighbours(check.model, function, claims, &having, |one, other| {
        if !clashes.has(one, other) {
            near.insert((one, other));
        }
    });
    if function.device.is_none() {
        let mut described = Described::default();
        near.retain(|&(one, other)| !described.has(model, one, other));
    }
    for (one, other) in near {
        if let (Some(has), Some(too)) = (having.get(one), having.get(other)) {
            Pair { model, function, layers: [(one, has), (other, too)] }.look(clashes);
        }
    }
}

/// Of each clause of a layer, whether devices describe every function that it matches.
#[derive(Default)]
struct Described(Numbered<usize, Vec<bool>>);

impl Described {
    /// Whether devices describe every function that two layers match. Each is looked at as it is described then.
    fn has(&mut self, model: &Model, one: usize, other: usize) -> bool {
        for layer in [one, other] {
            self.0.or_insert_with(layer, || {
                let of_devices = || model.devices.iter().flat_map(|device| &device.clauses);
                let is_described = |clause| {
                    let met: Vec<&Clause> = of_devices().filter(|each| common(clause, each).is_some()).collect();
                    covered(clause, &met)
                };
                model.layers[layer].clauses.iter().map(is_described).collect()
            });
        }
        let clauses = |layer: usize| model.layers[layer].clauses.iter().zip(self.0.get(layer).into_iter().flatten());
        let mut met = clauses(one).flat_map(|a| clauses(other).map(move |b| (a, b)));
        met.all(|((a, is_described), (b, too))| *is_described || *too || common(a, b).is_none())
    }
}

/// Calls with each two layers of which one has bytes at or directly beside those of the other. Two fields of configuration space
/// are left out: what they own is the same on every function, and was looked at.
fn neighbours(
    model: &Model,
    function: Function<'_>,
    claims: &[Vec<Claim>],
    having: &Numbered<usize, Having>,
    mut meet: impl FnMut(usize, usize),
) {
    let mut spans: Vec<(usize, bool, u64, u64)> = Vec::new();
    for (layer, has) in having.iter() {
        let fields = claims[layer].iter().filter_map(|claim| {
            let is_plain = matches!(claim.byte, Byte::Space(_));
            let Byte::Space(at) = shown::on(claim, &model.layers[layer], function)?.byte else { return None };
            Some((layer, is_plain, at, at + claim.length))
        });
        let shown = has.shows.iter().flat_map(|each| {
            let around = |start: u64| (start.saturating_sub(1), (start + each.length).next_multiple_of(4) + 1);
            each.places.iter().map(move |place| around(place.start))
        });
        let hidden = has.hides.iter().map(|each| (each.start, each.end));
        spans.extend(fields.chain(shown.chain(hidden).map(|(start, end)| (layer, false, start, end))));
    }
    spans.order();
    // Those of one layer that meet are one.
    spans.dedup_by(|next, last| {
        let is_one = (next.0, next.1) == (last.0, last.1) && next.2 <= last.3;
        if is_one {
            last.3 = last.3.max(next.3);
        }
        is_one
    });
    spans.order_by_key(|&(layer, is_plain, start, end)| (start, end, layer, is_plain));
    // What began and may not have ended: fields of configuration space, and what is something else.
    let (mut plain, mut other) = (Vec::<(u64, usize)>::new(), Vec::<(u64, usize)>::new());
    for (layer, is_plain, start, end) in spans {
        other.retain(|(end, _)| *end > start);
        if !is_plain {
            plain.retain(|(end, _)| *end > start);
        }
        for &(_, met) in other.iter().chain(plain.iter().filter(|_| !is_plain)).filter(|(_, met)| *met != layer) {
            meet(met.min(layer), met.max(layer));
        }
        let began = if is_plain { &mut plain } else { &mut other };
        began.push((end, layer));
    }
}

/// The layers that collide with ones that say so before them, and with how many.
fn unsettled(clashes: &Clashes) -> Numbered<usize, Unsettled<'_>> {
    let mut unsettled = Numbered::default();
    for ((first, second), clash) in clashes.0.iter() {
        // The finding stands at what was written later, whatever the order in which it was understood.
        let (later, here, with, there) = if clash.first < clash.second {
            (second, clash.second, first, clash.first)
        } else {
            (first, clash.first, second, clash.second)
        };
        let others = unsettled.get(later).map_or(0, |found: &Unsettled<'_>| found.others + 1);
        let found = unsettled.or_insert_with(later, || Unsettled { with, clash, here, there, others });
        found.others = others;
        if (there, here) < (found.there, found.here) {
            (found.with, found.there, found.here, found.clash) = (with, there, here, clash);
        }
    }
    unsettled
}

fn report(check: &mut Check<'_>, layer: usize, found: &Unsettled<'_>) {
    let clash = found.clash;
    let Some(witness) = clash::witness(check.model, (layer, found.with), clash.device) else { return };
    let (here, there) = (&check.model.layers[layer].name, &check.model.layers[found.with].name);
    let device = clash.device.map_or(String::new(), |device| format!(" on `{}`", check.model.devices[device].name));
    let message = format!("`{here}` and `{there}` {}{device}, and both match {witness}", clash.what);
    let wins = if clash.can_be_settled {
        format!("say which one wins: `over {there};` in `{here}`, or the other way round")
    } else {
        "no `over` settles this: give one of them another place, or let no function match both".to_owned()
    };
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

/// Layers of which one hides what the other shows fields of. Only where the fields come first there is something to be over.
fn hidden(model: &Model, claims: &[Vec<Claim>], clashes: &mut Clashes) {
    for (layer, found) in model.layers.iter().enumerate() {
        for hide in found.hides.iter().filter(|hide| hide.at.is_none()) {
            for (other, shows) in claims.iter().enumerate().filter(|(other, _)| *other != layer) {
                let counts = |claim: &&Claim| {
                    matches!(claim.byte, Byte::Capability(space, id, sub, _)
                        if (space, id) == (hide.space, hide.id) && (hide.sub.is_none() || hide.sub == sub))
                };
                let comes_first = is_before(&model.layers[other], found);
                let agrees = |claim: &Claim| comes_first && (claim.reads_0() || is_settled(model, layer, other));
                if let Some(claim) = shows.iter().filter(counts).find(|claim| !agrees(claim)) {
                    let what = What::Hidden(Name(hide.space, hide.id));
                    clashes.add(model, None, [(layer, hide.place), (other, claim.place)], what, comes_first);
                }
            }
        }
    }
}
