//! Layers: what a VMM shows on top of a device. They are applied one by one, each as a whole or not at all, before a place
//! for PASID is looked for.

mod attempt;
mod capability;
mod choose;
mod fields;
mod hides;
mod mirrors;
mod pcie;
mod place;
mod resizable_bar;
mod run;
mod stack;
mod value;

use crate::capability::{PASID, PCIE, Space};
use crate::decision::{Decision, LayerEntry, LayerReason};
use crate::guest_view::GuestView;
use crate::question::Question;
use crate::reason::Reason;
use crate::survey::{ConfigSurvey, Owner, Start};
use crate::tables::Unassigned;
use crate::{ConfigAccess, Finding};
use attempt::{Attempt, Halt};
pub(crate) use choose::Chosen;
use choose::Params;
pub(crate) use mirrors::Mirrors;
use stack::{Before, Named, Names, Runs, Stack};

/// What layers work on: what the guest is shown, what the decision says of them, and the windows that they have.
pub(crate) struct Ground<'a, 'o, 'db> {
    pub(crate) view: &'a mut GuestView<'o>,
    pub(crate) decision: &'a mut Decision<'db>,
    pub(crate) mirrors: &'a mut Mirrors,
}

/// The layers that match and are on, in the order in which they are applied.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn choose<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    chosen: &mut Chosen,
) -> Result<(), D::Error> {
    if survey.is_gone() {
        return Ok(());
    }
    choose::choose(question, survey.device, chosen, |finding| survey.findings.push(finding))
}

/// Applies the layers that were chosen; whether there is one. What they own is taken in the map then, and what they hide
/// is not visible.
///
/// # Errors
/// When the device could not be read; what is shown is of no use then.
pub(crate) fn apply<'db, D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    chosen: &Chosen,
    ground: &mut Ground<'_, '_, 'db>,
) -> Result<bool, D::Error> {
    // Most devices have none: a stack is not for nothing.
    if chosen.is_empty() {
        return Ok(false);
    }
    survey.map.open();
    apply_chosen(survey, question, chosen, ground)?;
    settle(survey, ground.view);
    if ground.view.rule.kind() > Unassigned::Raw {
        // What is after a capability is unassigned: it counts how long each one is.
        survey.measure_all()?;
    }
    Ok(ground.decision.has_layers())
}

/// Applies those that were chosen.
// What a layer is taken back by is large, and nobody needs it afterwards.
#[inline(never)]
fn apply_chosen<'db, D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    chosen: &Chosen,
    ground: &mut Ground<'_, '_, 'db>,
) -> Result<(), D::Error> {
    let Ground { view, decision, mirrors } = ground;
    let mut before = Before::FIRST;
    let mut stack = Stack::new(view, mirrors, Names { chosen, databases: question.databases });
    for position in 0..chosen.len() as u8 {
        let Some(layer) = stack.names.get(position) else { continue };
        let refused = if layer.is_over_any() {
            add_over(&mut stack, &before, survey, question, layer)?
        } else {
            add(&mut stack, &before, survey, question, layer)?
        };
        match refused {
            None => stack.keep(&mut before),
            Some(_) => survey.findings.push(Finding::LayerRefused { layer: position }),
        }
        let (database, source) = (layer.database, layer.tables.text(layer.layer.source));
        decision.layers.push(LayerEntry { database, name: layer.name, source, refused });
    }
    Ok(())
}

/// The same as [`add`] for a layer that may take bits from others.
// What it gives back is large, and most layers take nothing.
#[inline(never)]
fn add_over<'db, D: ConfigAccess + ?Sized>(
    stack: &mut Stack<'_, '_, 'db>,
    before: &Before,
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    layer: Named<'db>,
) -> Result<Option<LayerReason<'db>>, D::Error> {
    let mut runs = Runs::NONE;
    stack.keep_runs(&mut runs);
    let refused = add(stack, before, survey, question, layer)?;
    if refused.is_some() {
        stack.give_back(&runs);
    }
    Ok(refused)
}

/// Puts one layer on the stack, or leaves the stack as it is and says why.
#[inline(never)]
fn add<'db, D: ConfigAccess + ?Sized>(
    stack: &mut Stack<'_, '_, 'db>,
    before: &Before,
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    layer: Named<'db>,
) -> Result<Option<LayerReason<'db>>, D::Error> {
    let params = match Params::new(layer.tables, layer.layer, choose::choice(question.policy, layer.name)) {
        Ok(params) => params,
        Err(reason) => return Ok(Some(reason)),
    };
    match run::run(&mut Attempt { survey, question, stack, layer, params }) {
        Ok(()) if stack.is_full() => {
            stack.go_back(before);
            return Ok(Some(LayerReason::NoRoom));
        }
        Ok(()) => {}
        Err(Halt::Refused(reason)) => {
            stack.go_back(before);
            return Ok(Some(reason));
        }
        Err(Halt::Device(error)) => return Err(error),
    }
    let allows = layer.tables.list(layer.layer.allows);
    stack.view.rule.add(layer.layer.unassigned, allows);
    for range in stack.ranges_of(layer.position) {
        survey.map.claim(range, Owner::LayerOwned);
    }
    for mirror in layer.tables.list(layer.layer.mirrors) {
        if !question.policy.trapped_mirrors.contains(&mirror) {
            let (layer, bar, offset) = (layer.position, mirror.bar, mirror.offset);
            survey.findings.push(Finding::MirrorUntrapped { layer, bar, offset });
        }
    }
    Ok(None)
}

/// What the layers hide decides about PASID as though the device did not have it.
fn settle<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>, shown: &GuestView<'_>) {
    let is_pasid = |start: &Start| start.is_visible() && start.id == PASID && !shown.is_hidden(start.offset);
    survey.visible_pasid = survey.visible_pasid.filter(|&at| !shown.is_hidden(at)).or_else(|| {
        let mut others = survey.map.starts(Space::Extended).filter(is_pasid);
        others.next().map(|start| start.offset)
    });
    let is_pcie = |start: &Start| start.is_visible() && start.id == PCIE;
    let mut all = survey.map.starts(Space::Conventional).filter(is_pcie).peekable();
    if all.peek().is_some() && all.all(|start| shown.is_hidden(start.offset)) {
        survey.closed = survey.closed.or(Some(Reason::NoExtendedSpace { size: survey.size }));
    }
}

#[cfg(test)]
mod tests;
