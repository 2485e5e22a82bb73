//! Which descriptions apply to a function: at most one device entry, and every layer that matches.
//!
//! A matching entry of a later database beats any of an earlier one. Within one database the clause with the highest rank
//! wins; of equal ones, which the compiler refuses, the first.

mod near;

use crate::ConfigAccess;
use crate::identity::{Function, Identity};
use crate::tables::hash::Target;
use crate::tables::{Clause, ClauseIds, Database, Device, EncodedClause, FunctionKind, Guard, IdSet, Layer, Wire};

pub use near::{Condition, NearMatch, failing, near_match};

/// A device entry that matches a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceMatch {
    /// Index of the database.
    pub database: usize,
    /// Index of the entry in it.
    pub index: u32,
    /// The entry.
    pub device: Device,
    /// The rank of the clause that matched; see [`Clause::rank`].
    pub rank: u8,
}

/// A layer that matches a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerMatch {
    /// Index of the database.
    pub database: usize,
    /// Index of the layer in it.
    pub index: u32,
    /// The layer.
    pub layer: Layer,
    /// The highest rank among its clauses that match.
    pub rank: u8,
}

/// Whether a condition on the device's own bytes holds; bytes outside its space satisfy none.
///
/// # Errors
/// When the device could not be read.
pub fn guard_holds<D: ConfigAccess + ?Sized>(device: &D, guard: &Guard) -> Result<bool, D::Error> {
    let mut bytes = [0; 4];
    let width = usize::from(guard.width);
    let inside = usize::from(guard.offset) + width <= device.size();
    let Some(buffer) = bytes.get_mut(..width).filter(|_| inside && matches!(width, 1 | 2 | 4)) else {
        return Ok(false);
    };
    device.read(guard.offset, buffer)?;
    Ok(u32::from_le_bytes(bytes) & guard.mask == guard.value)
}

/// Index of the best entry of one database, and the rank of the clause that matched. `guard` says whether a condition on
/// the device's bytes holds; it is asked last.
///
/// # Errors
/// The first error of `guard`.
#[inline]
pub fn device_in<E>(
    database: Database<'_>,
    identity: &Identity,
    guard: &mut dyn FnMut(&Guard) -> Result<bool, E>,
) -> Result<Option<(u32, u8)>, E> {
    let target = database.find_key(identity.vendor, identity.device);
    if database.unkeyed_clauses().is_empty() {
        match target {
            None => return Ok(None),
            Some(Target::Device(index)) => return Ok(Some((index, Clause::PLAIN_RANK))),
            Some(Target::Clause(_)) => {}
        }
    }
    best_of_all(database, target, identity, guard)
}

fn key(identity: &Identity) -> u32 {
    u32::from(identity.vendor) << 16 | u32::from(identity.device)
}

/// The best of all clauses of devices; `target` is what the function's key leads to.
#[inline(never)]
fn best_of_all<E>(
    database: Database<'_>,
    target: Option<Target>,
    identity: &Identity,
    guard: &mut dyn FnMut(&Guard) -> Result<bool, E>,
) -> Result<Option<(u32, u8)>, E> {
    let best = match target {
        None => None,
        Some(Target::Device(index)) => Some((index, Clause::PLAIN_RANK)),
        Some(Target::Clause(first)) => {
            best_of(database, clauses_of_key(database, first, identity), None, identity, guard)?
        }
    };
    best_of(database, database.unkeyed_clauses(), best, identity, guard)
}

/// The clauses with the function's key, which lie together from the `first` on.
fn clauses_of_key<'db>(database: Database<'db>, first: u32, identity: &Identity) -> &'db [EncodedClause] {
    let clauses = database.keyed_clauses().get(first as usize..).unwrap_or(&[]);
    let end = clauses.iter().position(|clause| ClauseIds::key(clause) != key(identity));
    &clauses[..end.unwrap_or(clauses.len())]
}

/// The best of these clauses of devices, if it is better than `best`.
fn best_of<E>(
    database: Database<'_>,
    clauses: &[EncodedClause],
    mut best: Option<(u32, u8)>,
    identity: &Identity,
    guard: &mut dyn FnMut(&Guard) -> Result<bool, E>,
) -> Result<Option<(u32, u8)>, E> {
    for bytes in clauses {
        let is_better = |rank| best.is_none_or(|(_, best)| rank > best);
        // What most clauses fail by comes first, and only what is left is decoded whole.
        if !ClauseIds::admits(bytes, identity.vendor, identity.device).is_some_and(|(rank, ids)| ids && is_better(rank))
        {
            continue;
        }
        let Some(clause) = ClauseIds::get(bytes).and_then(|ids| database.clause(ids)) else { continue };
        if applies(database, &clause, identity, guard)? {
            best = Some((clause.owner, clause.rank));
        }
    }
    Ok(best)
}

/// The entry that applies to a function: the last match of [`device_matches`].
///
/// # Errors
/// When the device could not be read.
pub fn find_device<D: ConfigAccess + ?Sized>(
    databases: &[Database<'_>],
    identity: &Identity,
    device: &D,
) -> Result<Option<DeviceMatch>, D::Error> {
    let mut found = None;
    device_matches(databases, identity, device, |entry| found = Some(entry))?;
    Ok(found)
}

/// Hands the best entry of every database to `each`, in the order of the databases: the last one applies, those before it
/// are shadowed.
///
/// # Errors
/// When the device could not be read.
pub fn device_matches<D: ConfigAccess + ?Sized>(
    databases: &[Database<'_>],
    identity: &Identity,
    device: &D,
    mut each: impl FnMut(DeviceMatch),
) -> Result<(), D::Error> {
    for (at, &database) in databases.iter().enumerate() {
        let found = device_in(database, identity, &mut |guard| guard_holds(device, guard))?;
        let entry = found.and_then(|(index, rank)| Some((index, rank, database.record::<Device>(index)?)));
        if let Some((index, rank, device)) = entry {
            each(DeviceMatch { database: at, index, device, rank });
        }
    }
    Ok(())
}

/// Hands every layer that matches to `each`, databases in order and layers as they stand in each, except those that a
/// later database replaces by one of the same name.
///
/// # Errors
/// When the device could not be read.
pub fn layer_matches<D: ConfigAccess + ?Sized>(
    databases: &[Database<'_>],
    identity: &Identity,
    device: &D,
    each: impl FnMut(LayerMatch),
) -> Result<(), D::Error> {
    layer_matches_where(databases, identity, device, |_, _| true, each)
}

/// The same for those layers only that `wants` says are wanted: what it does not want costs no access of the device.
pub(crate) fn layer_matches_where<D: ConfigAccess + ?Sized>(
    databases: &[Database<'_>],
    identity: &Identity,
    device: &D,
    wants: impl Fn(&str, &Layer) -> bool,
    mut each: impl FnMut(LayerMatch),
) -> Result<(), D::Error> {
    for (at, &database) in databases.iter().enumerate() {
        for (index, layer) in (0..).zip(database.all::<Layer>()) {
            let name = database.text(layer.name);
            if !wants(name, &layer) {
                continue;
            }
            if databases[at + 1..].iter().any(|later| later.has_layer(name)) {
                continue;
            }
            let mut rank: Option<u8> = None;
            for clause in database.clauses_of(layer.clauses) {
                let is_better = rank.is_none_or(|rank| clause.rank > rank);
                if is_better && applies(database, &clause, identity, &mut |guard| guard_holds(device, guard))? {
                    rank = Some(clause.rank);
                }
            }
            if let Some(rank) = rank {
                each(LayerMatch { database: at, index, layer, rank });
            }
        }
    }
    Ok(())
}

/// Whether the bits of the class code that count are as they must be.
#[inline]
fn is_class(clause: &Clause, class: u32) -> bool {
    class & clause.class_mask == clause.class_value
}

/// Whether all conditions of a clause hold.
#[inline]
fn applies<E>(
    database: Database<'_>,
    clause: &Clause,
    identity: &Identity,
    guard: &mut dyn FnMut(&Guard) -> Result<bool, E>,
) -> Result<bool, E> {
    // What most clauses fail by comes first.
    if !(clause.vendor.contains(identity.vendor) && clause.device.contains(identity.device)) {
        return Ok(false);
    }
    let function = match clause.function {
        FunctionKind::Any => true,
        FunctionKind::Physical => identity.function == Function::Physical,
        FunctionKind::Virtual => identity.function == Function::Virtual,
    };
    let subsystem = match identity.subsystem {
        Some((vendor, device)) => clause.subsystem_vendor.contains(vendor) && clause.subsystem_device.contains(device),
        None => clause.subsystem_vendor == IdSet::ANY && clause.subsystem_device == IdSet::ANY,
    };
    let kind = clause.revision.contains(identity.revision.into()) && is_class(clause, identity.class);
    if !(function && subsystem && kind) {
        return Ok(false);
    }
    if clause.guards.is_empty() {
        return Ok(true);
    }
    for condition in database.list(clause.guards) {
        if !guard(&condition)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod near_tests;
#[cfg(test)]
mod tests;
