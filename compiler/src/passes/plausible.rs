//! What is allowed and can hardly be meant.

use std::collections::BTreeSet;

use quirk_runtime::capability::{PASID, Space};
use quirk_runtime::tables::Unassigned;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Clause, Device, Entry, PlacingKind};

pub(super) const PASS: Pass = Pass { establishes: Fact::Plausible, needs: &[], run };

/// Id of the PCI Express capability.
const PCI_EXPRESS: u16 = 0x10;

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for device in &model.devices {
        vendors(check, &device.clauses);
        free_everywhere(check, device);
        free_list_head(check, device);
        let uses_native =
            device.pasid.iter().flat_map(|pasid| &pasid.places).any(|it| matches!(it.kind, PlacingKind::Native));
        twice(check, device, (Space::Conventional, PCI_EXPRESS), "a function has one, and the kernel takes the first");
        if uses_native {
            twice(check, device, (Space::Extended, PASID), "`native` is the slot of the first");
        }
    }
    for layer in &model.layers {
        vendors(check, &layer.clauses);
        if let Some(allow) = layer.allows.first().filter(|_| layer.unassigned == Unassigned::Raw) {
            let message = "`unassigned raw` takes nothing from the guest, so this exception changes nothing";
            let found = Diagnostic::new(&catalogue::EXCEPTION_CHANGES_NOTHING, allow.region.place, message);
            check.report(found.help("write `unassigned read_only` or `unassigned deny`, or leave the exception out"));
        }
    }
}

/// Vendor 0xffff is what reads give where there is no function.
fn vendors(check: &mut Check<'_>, clauses: &[Clause]) {
    let of_none = clauses.iter().filter(|clause| clause.vendor.single() == Some(0xffff));
    for place in of_none.map(|clause| clause.place).collect::<BTreeSet<_>>() {
        let message = "no function has vendor id 0xffff: reads give it where there is none";
        check.report(Diagnostic::new(&catalogue::VENDOR_OF_NONE, place, message));
    }
}

fn free_everywhere(check: &mut Check<'_>, device: &Device) {
    let everything = device.clauses.iter().find(|clause| clause.rank == 0);
    if let (Some(clause), Some(free)) = (everything, device.free.first()) {
        let message = format!("`{}` declares bytes free in every function that no other entry describes", device.name);
        let found = Diagnostic::new(&catalogue::FREE_EVERYWHERE, clause.place, message);
        check.report(
            found
                .also(free.region.place, "they are declared here")
                .help("match the functions that somebody vouches for"),
        );
    }
}

/// The list of extended capabilities begins at 0x100, with a null one where the device has none there.
fn free_list_head(check: &mut Check<'_>, device: &Device) {
    let head = u64::from(Space::Extended.start());
    let extended = |entry: &&Entry| entry.capability().is_some_and(|found| found.space == Space::Extended);
    let Some(first) = device.entries.iter().filter(extended).min_by_key(|entry| entry.region.start) else { return };
    if first.region.start == head {
        return;
    }
    for free in device.free.iter().filter(|free| free.region.start < head + 4 && head < free.region.end) {
        let message = format!("the list of extended capabilities begins at {head:#x}, and these bytes hold its head");
        let found = Diagnostic::new(&catalogue::FREE_LIST_HEAD, free.region.place, message);
        let found = found.also(first.region.place, "the first that is declared is here");
        check.report(
            found.help(format!("begin at {:#x}: without a capability at {head:#x} a null one leads on", head + 4)),
        );
    }
}

fn twice(check: &mut Check<'_>, device: &Device, kind: (Space, u16), why: &str) {
    // Those that may be absent may stand for each other.
    let is_it =
        |entry: &&Entry| !entry.optional && entry.capability().is_some_and(|found| (found.space, found.id) == kind);
    let mut found = device.entries.iter().filter(is_it);
    if let (Some(first), Some(second)) = (found.next(), found.next()) {
        let message = format!("{} again: {why}", second.describe());
        let found = Diagnostic::new(&catalogue::CAPABILITY_TWICE, second.region.place, message);
        check.report(found.also(first.region.place, "the first is here"));
    }
}
