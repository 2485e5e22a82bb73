//! No layer stands in its own way: what it says is done in order, as at attach, on each device that it can match and on a
//! function that nobody describes.

use std::collections::{HashMap, HashSet};

use quirk_runtime::capability::Space;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{common, common_function, covered};
use crate::model::{Clause, Layer, NodeId};
use crate::numbered::Numbered;
use crate::passes::claims::{self, Byte, Claim};
use crate::passes::{Check, Fact, Pass, Run};
use crate::rules::layers_collide::pair::Taken;
use crate::rules::layers_collide::shown::{Function, Having, Hiding, Showing, Vacancy, sound};
use crate::source::Place;
use quirk_dsl::Ordered as _;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::LayersApply,
    needs: &[
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::FieldsInside,
        Fact::FieldsDisjoint,
        Fact::AnchorsHold,
        Fact::FieldsBesideCopies,
        Fact::FieldsBesideHeaders,
        Fact::FieldsBesidePasid,
        Fact::EmulationsApart,
        Fact::PlacedApart,
    ],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for (index, layer) in model.layers.iter().enumerate() {
        let claims = sound(check, layer);
        if !may_meet(layer, &claims) {
            continue;
        }
        let mut told = HashSet::new();
        let on_unknown = look(check, Function::UNKNOWN, index, &claims, "");
        if !on_unknown.is_empty() && !is_described(check, layer) {
            tell(check, &mut told, on_unknown);
        }
        for device in check.devices_near(&layer.clauses).filter(|device| !device.broken.layout()) {
            if common_function(&layer.clauses, &device.clauses).is_some() {
                let function = Function::of(model, check.plans, device.index);
                let found = look(check, function, index, &claims, &format!(" on `{}`", device.name));
                tell(check, &mut told, found);
            }
        }
    }
}

/// Whether two things of a layer can meet that were not looked at: a capability and something else, or fields that count from
/// different things.
fn may_meet(layer: &Layer, claims: &[Claim]) -> bool {
    let shows = layer.emulations.iter().filter(|emulation| emulation.capability.is_some()).count();
    let owner = |claim: &Claim| match claim.byte {
        Byte::Space(_) | Byte::Emulated(..) => None,
        Byte::Capability(space, id, sub, _) => Some((space, id, sub)),
    };
    let first = claims.first().map(owner);
    shows > 1 || shows == 1 && first.is_some() || claims.iter().any(|claim| Some(owner(claim)) != first)
}

/// Whether devices describe every function that a layer matches.
fn is_described(check: &Check<'_>, layer: &Layer) -> bool {
    let devices: Vec<&Clause> = check.devices_near(&layer.clauses).flat_map(|device| &device.clauses).collect();
    layer.clauses.iter().all(|clause| {
        let met: Vec<&Clause> = devices.iter().copied().filter(|each| common(clause, each).is_some()).collect();
        covered(clause, &met)
    })
}

/// Each part of a layer is told once, on the first function where it is wrong.
fn tell(check: &mut Check<'_>, told: &mut HashSet<NodeId>, found: Vec<(NodeId, Diagnostic)>) {
    for (node, found) in found {
        if told.insert(node) {
            check.fail(node, found);
        }
    }
}

/// What does not go together in a layer on a function; `where_` names that in a message.
fn look(
    check: &Check<'_>,
    function: Function<'_>,
    layer: usize,
    claims: &[Claim],
    where_: &str,
) -> Vec<(NodeId, Diagnostic)> {
    let having = Having::of(check, function, layer, claims);
    let mut found = Vec::new();
    let fields: Vec<(NodeId, Claim)> = having.fields.iter().filter_map(|claim| Some((claim.node?, *claim))).collect();
    claims::disagreements(&fields, |(_, first), (node, claim), byte| {
        let message = format!("bits {:#04x} of {byte} are owned twice in this layer{where_}", claim.bits & first.bits);
        let twice = Diagnostic::new(&catalogue::FIELDS_OVERLAP, claim.place, message);
        found.push((*node, twice.also(first.place, "they are owned here first")));
    });
    let mut ground = Ground::default();
    let mut fields = fields.iter().map(|(_, claim)| claim).collect::<Vec<_>>();
    fields.order_by_key(|claim| claim.place);
    let mut fields = fields.into_iter().peekable();
    for showing in &having.shows {
        while let Some(field) = fields.next_if(|field| field.place < showing.place) {
            ground.own(field);
        }
        if let Some((rule, what, there)) = ground.put(showing, &having.hides) {
            ground.wrong.push((showing.node, showing.place, rule, what, there));
        }
    }
    fields.for_each(|field| ground.own(field));
    found.extend(ground.wrong.into_iter().map(|(node, place, rule, what, there)| {
        let wrong = Diagnostic::new(rule, place, format!("{what}{where_}"));
        (node, wrong.also(there, "which is here"))
    }));
    found
}

type Wrong = (&'static catalogue::Rule, String, Place);

/// What the layer has so far.
#[derive(Default)]
struct Ground<'s> {
    /// By dword: the first field.
    fields: Numbered<u64, Place>,
    /// By dword: the capability.
    capabilities: Numbered<u64, usize>,
    taken: Vec<(&'s Showing, Taken)>,
    /// The extended capabilities that begin and end here.
    ends: HashMap<(u16, u64), Place>,
    wrong: Vec<(NodeId, Place, &'static catalogue::Rule, String, Place)>,
}

impl<'s> Ground<'s> {
    /// Owns a field. The capability that has the bytes gives them only to what reads as they do.
    fn own(&mut self, field: &Claim) {
        let Byte::Space(at) = field.byte else { return };
        for dword in at / 4..(at + field.length).div_ceil(4) {
            let of = self.capabilities.get(dword).and_then(|index| self.taken.get(*index));
            if let Some((showing, _)) = of.filter(|(showing, taken)| taken.refuses(&showing.inside, field)) {
                let what = overlaps(showing);
                self.wrong.push((showing.node, showing.place, &catalogue::EMULATION_OVERLAPS, what, field.place));
                return;
            }
            self.fields.or_insert_with(dword, || field.place);
        }
    }

    /// Puts a capability at the first of its places that the layer itself leaves it; what is wrong if there is none.
    fn put(&mut self, showing: &'s Showing, hides: &[Hiding]) -> Option<Wrong> {
        let is_vacant = |place: &&Vacancy| place.beside.iter().all(|at| hides.iter().any(|hiding| hiding.start == *at));
        let mut last = None;
        for vacancy in showing.places.iter().filter(is_vacant) {
            let (start, end) = (vacancy.start, vacancy.start + showing.length);
            let Some(obstacle) = self.in_the_way(showing, start, end) else {
                let index = self.taken.len();
                self.taken.push((showing, Taken { name: showing.name, start, end, place: showing.place }));
                for dword in start / 4..end.div_ceil(4) {
                    self.capabilities.insert(dword, index);
                }
                if showing.name.0 == Space::Extended {
                    self.ends.extend([start, end].map(|at| ((showing.name.1, at), showing.place)));
                }
                return None;
            };
            last = Some(obstacle);
        }
        last
    }

    fn in_the_way(&self, showing: &Showing, start: u64, end: u64) -> Option<Wrong> {
        let dwords = start / 4..end.div_ceil(4);
        let capability = self.capabilities.first_in(dwords.clone()).and_then(|index| self.taken.get(*index));
        let field = || self.fields.first_in(dwords).copied();
        if let Some(there) = capability.map(|(other, _)| other.place).or_else(field) {
            return Some((&catalogue::EMULATION_OVERLAPS, overlaps(showing), there));
        }
        let twin = [start, end]
            .iter()
            .find_map(|at| self.ends.get(&(showing.name.1, *at)).filter(|_| showing.name.0 == Space::Extended))?;
        let what = format!("`{}` at {start:#x} abuts another of this layer", showing.name);
        Some((&catalogue::PLACED_ABUTS, what, *twin))
    }
}

fn overlaps(showing: &Showing) -> String {
    let places = showing.places.iter().map(|place| format!("{:#x}..{:#x}", place.start, place.start + showing.length));
    let places: Vec<String> = places.collect();
    format!("`{}` at {} overlaps what this layer emulates there", showing.name, places.join(" and "))
}
