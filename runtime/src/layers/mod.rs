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
use crate::tables::{Database, Unassigned};
use crate::{ConfigAccess, Finding};
use attempt::{Attempt, Halt};
use choose::{Chosen, Params};
pub(crate) use mirrors::{Mirrors, NO_MIRRORS};
use stack::{Named, Stack};

/// Applies the layers that match and are on. What they own is taken in the map then, and what they hide is not visible.
/// `refusal` is why the device's entry must not place anything.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn apply<'db, D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    refusal: Option<Reason>,
    decision: &mut Decision<'db>,
    layers: &mut Option<GuestView>,
    mirrors: &mut Mirrors,
) -> Result<(), D::Error> {
    let mut chosen = Chosen::new(None);
    if !survey.is_gone() {
        choose::choose(question, survey.device, &mut chosen, |finding| survey.findings.push(finding))?;
    }
    // Most devices have none: a stack is not for nothing.
    if chosen.is_empty() {
        return Ok(());
    }
    apply_chosen(survey, question, refusal, &chosen, decision, layers, mirrors)
}

/// Applies those that were chosen.
#[inline(never)]
fn apply_chosen<'db, D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    refusal: Option<Reason>,
    chosen: &Chosen,
    decision: &mut Decision<'db>,
    layers: &mut Option<GuestView>,
    mirrors: &mut Mirrors,
) -> Result<(), D::Error> {
    let mut stack = Stack::new(survey.size.into());
    for (position, found) in (0..).zip(chosen.iter().flatten()) {
        let tables = question.databases.get(found.database).copied().unwrap_or(Database::EMPTY);
        let (database, index, layer) = (found.database, found.index, found.layer);
        let layer = Named { position, database, index, name: tables.text(layer.name), tables, layer };
        let refused = add(&mut stack, survey, question, refusal, layer)?;
        if refused.is_some() {
            survey.findings.push(Finding::LayerRefused { layer: position });
        }
        let source = tables.text(found.layer.source);
        decision.layers.push(LayerEntry { database, name: layer.name, source, refused });
    }
    settle(survey, &stack.shown);
    if stack.shown.rule.kind() > Unassigned::Raw {
        // What is after a capability is unassigned: it counts how long each one is.
        survey.measure_all()?;
    }
    if decision.has_layers() {
        (*layers, *mirrors) = (Some(stack.shown), stack.mirrors);
    }
    Ok(())
}

/// Puts one layer on the stack, or leaves the stack as it is and says why.
fn add<'db, D: ConfigAccess + ?Sized>(
    stack: &mut Stack<'db>,
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    refusal: Option<Reason>,
    layer: Named<'db>,
) -> Result<Option<LayerReason<'db>>, D::Error> {
    let params = match Params::new(layer.tables, layer.layer, choose::choice(question.policy, layer.name)) {
        Ok(params) => params,
        Err(reason) => return Ok(Some(reason)),
    };
    let mut attempt = Attempt { survey, question, refusal, stack: stack.clone(), layer, params };
    attempt.stack.enter(layer);
    match run::run(&mut attempt) {
        Ok(()) => {
            *stack = attempt.stack;
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
        Err(Halt::Refused(reason)) => Ok(Some(reason)),
        Err(Halt::Device(error)) => Err(error),
    }
}

/// What the layers hide decides about PASID as though the device did not have it.
fn settle<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>, shown: &GuestView) {
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
