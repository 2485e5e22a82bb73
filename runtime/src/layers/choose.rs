//! Which layers are on, and in which order they are applied.

use crate::bounded::Bounded;
use crate::decision::{LAYERS, LayerReason};
use crate::lookup::{self, LayerMatch};
use crate::policy::{LayerChoice, ParamValue};
use crate::question::Question;
use crate::tables::{Database, Layer, Param, ParamKind};
use crate::{ConfigAccess, Finding, Policy};

/// A layer that matches and is on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(super) database: usize,
    pub(super) index: u32,
    rank: u8,
}

/// The layers that match and are on, in the order in which they are applied.
pub(crate) type Chosen = Bounded<Choice, LAYERS>;

/// The policy's choice of a layer.
pub(super) fn choice<'a>(policy: &Policy<'a>, name: &str) -> Option<&'a LayerChoice<'a>> {
    policy.layers.iter().find(|choice| choice.name == name)
}

fn is_on(policy: &Policy<'_>, name: &str, layer: &Layer) -> bool {
    choice(policy, name).is_some() || layer.default_on && !policy.disabled_layers.contains(&name)
}

/// Adds the layers that are on to those that are `chosen`: the least specific first, then by database and name. What the policy asks for in vain is
/// handed to `note`.
///
/// # Errors
/// When the device could not be read.
pub(super) fn choose<D: ConfigAccess + ?Sized>(
    question: &Question<'_, '_>,
    device: &D,
    chosen: &mut Chosen,
    mut note: impl FnMut(Finding),
) -> Result<(), D::Error> {
    let (databases, policy) = (question.databases, question.policy);
    let mut was_found = ChoiceSet::default();
    let wants = |name: &str, layer: &Layer| is_on(policy, name, layer);
    lookup::layer_matches_where(databases, question.identity, device, wants, |found| {
        let LayerMatch { database, index, layer, rank } = found;
        let name = databases.get(database).map_or("", |each| each.text(layer.name));
        for (index, _) in policy.layers.iter().enumerate().filter(|(_, choice)| choice.name == name) {
            was_found.insert(index);
        }
        chosen.push(Choice { database, index, rank });
    })?;
    chosen.sort_unstable_by(|one, other| {
        let key = |each: &Choice| (each.rank, each.database);
        let name = |each: &Choice| {
            let tables = databases.get(each.database)?;
            Some(tables.text(tables.record::<Layer>(each.index)?.name))
        };
        key(one).cmp(&key(other)).then_with(|| (name(one), one.index).cmp(&(name(other), other.index)))
    });
    if chosen.overflow() != 0 {
        note(Finding::TooManyLayers { count: chosen.overflow() as u16 });
    }
    for (index, asked) in policy.layers.iter().enumerate().filter(|&(index, _)| !was_found.contains(index)) {
        let choice = index as u16;
        note(match databases.iter().any(|database| database.has_layer(asked.name)) {
            true => Finding::LayerNotMatching { choice },
            false => Finding::LayerUnknown { choice },
        });
    }
    Ok(())
}

/// Which choices of the policy were found; of more than there is room for, all that did not fit count as found.
#[derive(Default)]
struct ChoiceSet([u64; 4]);

impl ChoiceSet {
    fn insert(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    fn contains(&self, index: usize) -> bool {
        self.0.get(index / 64).is_none_or(|word| word >> (index % 64) & 1 != 0)
    }
}

/// The values of a layer's parameters.
#[derive(Clone, Copy)]
pub(super) struct Params<'a, 'db> {
    database: Database<'db>,
    layer: Layer,
    given: &'a [(&'a str, ParamValue<'a>)],
}

impl<'a, 'db> Params<'a, 'db> {
    /// Takes the values that the policy gives, if each parameter has one of its kind and there is none beside.
    pub(super) fn new(
        database: Database<'db>,
        layer: Layer,
        choice: Option<&LayerChoice<'a>>,
    ) -> Result<Self, LayerReason<'db>> {
        let params = Self { database, layer, given: choice.map_or(&[], |choice| choice.params) };
        for param in database.list(layer.params) {
            let name = database.text(param.name);
            let value = params.named(name).ok_or(LayerReason::ParamMissing { param: name })?;
            if !fits(&param, value) {
                return Err(LayerReason::ParamKind { param: name });
            }
        }
        let is_known = |name: &str| database.list(layer.params).any(|param| database.text(param.name) == name);
        match params.given.iter().filter(|(name, _)| !is_known(name)).count() {
            0 => Ok(params),
            count => Err(LayerReason::ParamUnknown { count: count as u16 }),
        }
    }

    fn named(&self, name: &str) -> Option<ParamValue<'a>> {
        self.given.iter().find(|(given, _)| *given == name).map(|&(_, value)| value)
    }

    fn nth(&self, index: u16) -> Option<ParamValue<'a>> {
        let param = self.database.list(self.layer.params).nth(usize::from(index))?;
        self.named(self.database.text(param.name))
    }

    /// A parameter that is a number.
    pub(super) fn unsigned(&self, index: u8) -> Option<u64> {
        match self.nth(index.into())? {
            ParamValue::Unsigned(value) => Some(value),
            ParamValue::Bytes(_) => None,
        }
    }

    /// A parameter of bytes.
    pub(super) fn bytes(&self, index: u16) -> Option<&'a [u8]> {
        match self.nth(index)? {
            ParamValue::Bytes(bytes) => Some(bytes),
            ParamValue::Unsigned(_) => None,
        }
    }
}

/// Whether a value is of the kind and size that the layer declares.
fn fits(param: &Param, value: ParamValue<'_>) -> bool {
    match (param.kind, value) {
        (ParamKind::Unsigned, ParamValue::Unsigned(value)) => {
            param.size >= 64 || value.checked_shr(param.size.into()).unwrap_or(0) == 0
        }
        (ParamKind::Bytes, ParamValue::Bytes(bytes)) => bytes.len() == usize::from(param.size),
        _ => false,
    }
}
