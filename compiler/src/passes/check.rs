//! What every pass is given: the model, what is known of its parts, and where findings go.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::allowed::Allowed;
use crate::allocate::Plans;
use crate::catalogue::{self, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::doubts::unused;
use crate::matching::{Near, Owned};
use crate::model::{Clause, Device, Layer, Model, NodeId, Placing, PlacingKind};
use crate::shares::shared;
use crate::source::{FileId, Place};

/// Where a device wishes to have PASID.
fn places(device: &Device) -> impl Iterator<Item = &Placing> {
    device.pasid.iter().flat_map(|pasid| &pasid.places)
}

/// What a pass establishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    InBounds,
    Aligned,
    LengthsFit,
    OffsetsDistinct,
    RegionsDisjoint,
    AliasDistance,
    InFirstCopy,
    FreeBehindCapabilities,
    CapabilitiesApart,
    EvidenceGiven,
    EvidenceStrong,
    VirtualFunctionsBare,
    PasidLiesInFree,
    DvsecLiesInFree,
    PasidHasRoom,
    DvsecHasRoom,
    ClausesDisjoint,
    ClausesReachable,
    LayersInBounds,
    LayerLengthsFit,
    LayerRangesDisjoint,
    FieldsInside,
    AnchorsHold,
    FieldsDisjoint,
    FieldsBesideCopies,
    LocksHeld,
    FieldsBesideFree,
    FieldsBesideHeaders,
    FieldsBesidePasid,
    EmulationsApart,
    LayersApply,
    PlacedApart,
    ParamsUsed,
    OverAcyclic,
    LayersAgree,
    BytesOwnedWhole,
    LayersHaveRoom,
    ProfilesHold,
    Tested,
    LayersTested,
    CapabilitiesOnce,
    ListHeadKept,
    FreeOfSomeFunctions,
    ExceptionsMatter,
    VendorsExist,
    VendorsOfLayersExist,
    PcieListed,
}

/// One pass.
pub(crate) struct Pass {
    /// What holds where it finds nothing.
    pub(crate) establishes: Fact,
    /// What must hold of a part of the model for the pass to look at it.
    pub(crate) needs: &'static [Fact],
    pub(crate) run: Run,
}

/// What a pass looks at.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// Each device alone, so that devices can be shared out.
    EachDevice(Look),
    /// The whole model.
    Whole(fn(&mut Check<'_>)),
}

/// Looks at one device.
type Look = fn(&mut Check<'_>, &Device);

/// What the passes know and found so far.
pub(crate) struct Check<'m> {
    pub(crate) model: &'m Model,
    /// Where what its devices show goes.
    pub(crate) plans: &'m Plans,
    pub(crate) diagnostics: Vec<Diagnostic>,
    failed: HashSet<(NodeId, Fact)>,
    /// What failed before the devices were shared out.
    failed_before: Option<&'m HashSet<(NodeId, Fact)>>,
    allowed: Arc<Allowed>,
    /// Indices of allowances that silenced something.
    used_allowances: Vec<usize>,
    threads: NonZeroUsize,
    /// The pass that runs.
    establishes: Fact,
    needs: &'static [Fact],
}

impl<'m> Check<'m> {
    pub(crate) fn new(model: &'m Model, plans: &'m Plans, threads: NonZeroUsize) -> Self {
        Self { allowed: Arc::new(Allowed::new(&model.allowances)), threads, ..Self::bare(model, plans) }
    }

    /// What nothing is known of.
    fn bare(model: &'m Model, plans: &'m Plans) -> Self {
        Self {
            model,
            plans,
            diagnostics: vec![],
            failed: HashSet::new(),
            failed_before: None,
            allowed: Arc::default(),
            used_allowances: vec![],
            threads: NonZeroUsize::MIN,
            establishes: Fact::InBounds,
            needs: &[],
        }
    }

    /// Runs passes in an order in which each comes after what it needs: first those that look at each device alone, which need
    /// no others.
    pub(crate) fn run(&mut self, passes: &[&Pass]) {
        let of_devices = passes.iter().filter_map(|pass| match pass.run {
            Run::EachDevice(look) => Some((*pass, look)),
            Run::Whole(_) => None,
        });
        let of_devices: Vec<(&Pass, Look)> = of_devices.collect();
        // What devices take over from each other are the same nodes: what a pass finds in one counts for the next pass in all.
        let kin = self.each_device(&self.model.devices, &of_devices, |device| !device.is_kin);
        for pass in &of_devices {
            self.each_device(&kin, core::slice::from_ref(pass), |_| true);
        }
        for pass in passes {
            if let Run::Whole(run) = pass.run {
                (self.establishes, self.needs) = (pass.establishes, pass.needs);
                run(self);
            }
        }
    }

    /// Runs passes on those devices that are meant, on each all of them before the next: the processor has it at hand. Gives the others.
    fn each_device<'d, D: Borrow<Device> + Sync>(
        &mut self,
        devices: &'d [D],
        passes: &[(&Pass, Look)],
        is_meant: impl Fn(&Device) -> bool + Sync,
    ) -> Vec<&'d Device> {
        let shares = shared(devices, self.threads, |_, devices| {
            let mut share = Check {
                failed_before: Some(&self.failed),
                allowed: Arc::clone(&self.allowed),
                ..Check::bare(self.model, self.plans)
            };
            let mut others = Vec::new();
            for device in devices.iter().map(Borrow::borrow) {
                if !is_meant(device) {
                    others.push(device);
                    continue;
                }
                for (pass, look) in passes {
                    (share.establishes, share.needs) = (pass.establishes, pass.needs);
                    look(&mut share, device);
                }
            }
            (share.diagnostics, share.failed, share.used_allowances, others)
        });
        let mut all_others = Vec::new();
        for (diagnostics, failed, used_allowances, others) in shares {
            self.diagnostics.extend(diagnostics);
            self.failed.extend(failed);
            self.used_allowances.extend(used_allowances);
            all_others.extend(others);
        }
        all_others
    }

    /// The clauses of all devices, each with the index of its device.
    pub(crate) fn clauses(&self) -> Vec<Owned<'m>> {
        self.plans.neighbours.owned(self.model)
    }

    /// Where these clauses are looked up that one of them may meet.
    pub(crate) fn near(&self, clauses: &[Owned<'_>]) -> Near {
        Near::new(clauses, None, self.threads)
    }

    /// What comes of each of some things and its number, in their order; threads share them.
    pub(crate) fn shared<T: Sync, R: Send>(
        &self,
        things: &[T],
        look: impl Fn(usize, &T) -> Option<R> + Sync,
    ) -> Vec<R> {
        let look = |first: usize, share: &[T]| -> Vec<R> {
            share.iter().zip(first..).filter_map(|(thing, at)| look(at, thing)).collect()
        };
        shared(things, self.threads, look).into_iter().flatten().collect()
    }

    /// The devices that may match a function together with clauses of a layer, in their order; some may not.
    pub(crate) fn devices_near(&self, clauses: &[Clause]) -> impl Iterator<Item = &'m Device> + use<'m> {
        self.plans.neighbours.devices(self.model, clauses)
    }

    /// The layers that may match a function together with a device, in their order, and their indices; some may not.
    pub(crate) fn layers_near(&self, device: &Device) -> impl Iterator<Item = (usize, &'m Layer)> + use<'m> {
        self.plans.neighbours.layers(self.model, device)
    }

    /// Whether all that the running pass needs holds of a part.
    pub(crate) fn holds(&self, node: NodeId) -> bool {
        let failed = |fact: &Fact| {
            let part = (node, *fact);
            self.failed.contains(&part) || self.failed_before.is_some_and(|failed| failed.contains(&part))
        };
        !self.needs.iter().any(failed)
    }

    /// Whether it holds of every part of a device, and no part is missing: without that, a lack of room is a consequence.
    pub(crate) fn device_holds(&self, device: &Device) -> bool {
        let mut native = places(device).filter(|placing| placing.kind == PlacingKind::Native);
        self.room_holds(device) && native.all(|placing| self.holds(placing.node))
    }

    /// The same of what takes or gives free bytes: `native` does neither.
    pub(crate) fn room_holds(&self, device: &Device) -> bool {
        let regions = device.entries.iter().map(|entry| entry.region.node);
        let placings = places(device).filter(|placing| placing.kind != PlacingKind::Native);
        let mut nodes = regions
            .chain(device.free.iter().map(|free| free.region.node))
            .chain(placings.map(|placing| placing.node))
            .chain(device.dvsec.iter().map(|dvsec| dvsec.node));
        !device.broken.free() && !device.broken.layout() && nodes.all(|node| self.holds(node))
    }

    /// A part lacks what the running pass establishes.
    pub(crate) fn fail(&mut self, node: NodeId, found: Diagnostic) {
        if self.report(found) {
            self.failed.insert((node, self.establishes));
        }
    }

    /// Reports, unless the item allows it. Says whether it was reported.
    pub(crate) fn report(&mut self, found: Diagnostic) -> bool {
        let is_told = !self.silences(found.rule, found.primary.place);
        if is_told {
            self.diagnostics.push(found);
        }
        is_told
    }

    /// Whether the item allows what a rule finds at a place. Something is found there.
    pub(crate) fn silences(&mut self, rule: &Rule, place: Place) -> bool {
        let allowance = self.allowed.find(&self.model.allowances, rule, place);
        self.used_allowances.extend(allowance);
        allowance.is_some()
    }

    /// Reports what is allowed and does not happen, in items without an error: one with an error was not looked at in full. What
    /// another file uses is tested there.
    pub(crate) fn unused_allowances<'d>(&mut self, before: impl Iterator<Item = &'d Diagnostic>) {
        let error = |found: &Diagnostic| {
            let place = found.primary.place;
            (found.severity == Severity::Error).then_some((place.file, place.span.start))
        };
        let mut errors: BTreeSet<(FileId, u32)> = before.filter_map(error).collect();
        errors.extend(self.diagnostics.iter().filter_map(error));
        let mut is_used = vec![false; self.model.allowances.len()];
        self.used_allowances.iter().for_each(|at| is_used[*at] = true);
        for (allowance, _) in self.model.allowances.iter().zip(is_used).filter(|(_, is_used)| !is_used) {
            let Place { file, span } = allowance.item;
            let has_error = errors.range((file, span.start)..(file, span.end)).next().is_some();
            if allowance.asked_for && !has_error {
                let found = Diagnostic::new(&catalogue::UNUSED_ALLOW, allowance.place, unused(allowance.rule));
                let found = found.help("take this `allow` away");
                let found = found.remove(Applicability::Safe, "take this `allow` away", allowance.statement);
                self.diagnostics.push(found);
            }
        }
    }
}
