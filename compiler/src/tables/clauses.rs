//! Clauses: those with one vendor and one device id first, by that key, so that a lookup is a search.

use quirk_runtime::tables::hash::Target;
use quirk_runtime::tables::{Clause, ClauseIds, Conditions, Guard, Optional, Section};

use super::hash;
use super::writer::Writer;
use crate::model::{self, Model};

/// A clause of a device, with its key and the index of the device.
type Owned<'m> = (Option<u32>, usize, &'m model::Clause);

pub(super) fn write(writer: &mut Writer, model: &Model, order: &[usize]) -> Option<()> {
    let owned = order
        .iter()
        .enumerate()
        .flat_map(|(owner, &device)| model.devices[device].clauses.iter().map(move |clause| (owner, clause)));
    let mut clauses: Vec<Owned<'_>> = owned.map(|(owner, clause)| (key(clause), owner, clause)).collect();
    // Stable: of one key and one device the order of the text stays.
    clauses.sort_by_key(|(key, owner, _)| (key.is_none(), *key, *owner));
    let keys: Vec<u32> = clauses.iter().filter_map(|(key, ..)| *key).collect();
    writer.raw(Section::Keys, &keys)?;
    writer.raw(Section::Hash, &hash(&clauses).unwrap_or_default())?;
    for (_, owner, clause) in clauses {
        let record = record(writer, clause, u32::try_from(owner).ok()?, false)?;
        writer.push(&[record])?;
    }
    Some(())
}

/// The hash of the keys.
fn hash(clauses: &[Owned<'_>]) -> Option<Vec<u64>> {
    let mut targets = Vec::new();
    let mut first = 0;
    for same in clauses.chunk_by(|one, next| one.0 == next.0) {
        let &(Some(key), owner, clause) = same.first()? else { break };
        let is_plain = same.len() == 1 && clause.rank == Clause::PLAIN_RANK;
        let index = u32::try_from(if is_plain { owner } else { first }).ok()?;
        targets.push((key, if is_plain { Target::Device(index) } else { Target::Clause(index) }));
        first += same.len();
    }
    hash::table(&targets)
}

/// A clause as it is written. Those of layers follow those of all devices.
pub(super) fn record(writer: &mut Writer, clause: &model::Clause, owner: u32, layer: bool) -> Option<ClauseIds> {
    let asked = Conditions {
        subsystem_vendor: clause.subsystem_vendor,
        subsystem_device: clause.subsystem_device,
        revision: clause.revision,
        class_mask: clause.class_mask,
        class_value: clause.class_value,
        function: clause.function,
        guards: writer.share::<Guard>(&clause.guards)?,
    };
    let conditions =
        if asked == Conditions::NONE { Optional::NONE } else { Optional::new(writer.share(&[asked])?.start)? };
    let &model::Clause { rank, vendor, device, .. } = clause;
    Some(ClauseIds { owner, layer, rank, vendor, device, conditions })
}

fn key(clause: &model::Clause) -> Option<u32> {
    let (vendor, device) = (clause.vendor.single()?, clause.device.single()?);
    Some(u32::from(vendor) << 16 | u32::from(device))
}
