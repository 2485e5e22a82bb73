//! Entries that fit a function but for one condition: what a person would want to hear who expected one to apply.

use core::fmt;

use super::{clauses_of_key, guard_holds, is_class};
use crate::ConfigAccess;
use crate::identity::{Function, Identity};
use crate::tables::hash::Target;
use crate::tables::{Clause, ClauseIds, Database, Device, FunctionKind, Guard, IdKind, IdSet, Wire};

/// The one condition of an entry that does not hold, and what was found instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// It is for another kind of function, or the kind is not known.
    Function {
        /// What it is for.
        wanted: FunctionKind,
        /// What this is.
        found: Function,
    },
    /// It is for other subsystem ids.
    Subsystem {
        /// Their vendors.
        vendor: IdSet,
        /// Their devices.
        device: IdSet,
        /// Those of this function, if it has any.
        found: Option<(u16, u16)>,
    },
    /// It is for other revisions.
    Revision {
        /// Which.
        wanted: IdSet,
        /// That of this function.
        found: u8,
    },
    /// It is for another class.
    Class {
        /// The bits of the class code that count.
        mask: u32,
        /// What they must be.
        value: u32,
        /// The class code of this function.
        found: u32,
    },
    /// It asks for other bytes of configuration space.
    Config {
        /// What it asks for.
        guard: Guard,
        /// What is there; `None` where the function has no such bytes.
        found: Option<u32>,
    },
}

impl Condition {
    /// A name for programs: it is never changed.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Function { .. } => "function",
            Self::Subsystem { .. } => "subsystem",
            Self::Revision { .. } => "revision",
            Self::Class { .. } => "class",
            Self::Config { .. } => "config",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Function { wanted, found } => {
                let wanted = if wanted == FunctionKind::Virtual { "virtual" } else { "physical" };
                write!(f, "it is for {wanted} functions, and ")?;
                f.write_str(match found {
                    Function::Unknown => "nothing proves what this one is",
                    Function::Physical => "this one is physical",
                    Function::Virtual => "this one is virtual",
                })
            }
            Self::Subsystem { vendor, device, found: Some((found_vendor, found_device)) } => {
                let (vendor, device) = (Ids(vendor), Ids(device));
                write!(
                    f,
                    "it is for subsystem {vendor}:{device}, and this one is {found_vendor:#06x}:{found_device:#06x}"
                )
            }
            Self::Subsystem { vendor, device, found: None } => {
                write!(f, "it is for subsystem {}:{}, and this one has no subsystem ids", Ids(vendor), Ids(device))
            }
            Self::Revision { wanted, found } => {
                write!(f, "it is for revision {}, and this one is {found:#x}", Ids(wanted))
            }
            Self::Class { mask, value, found } => {
                write!(f, "it is for class {value:#08x} in the bits {mask:#08x}, and this one has {found:#08x}")
            }
            Self::Config { guard: Guard { offset, mask, value, .. }, found } => {
                write!(
                    f,
                    "it is for functions with {value:#x} at {offset:#05x} in the bits {mask:#x}, and this one has "
                )?;
                match found {
                    Some(found) => write!(f, "{found:#x}"),
                    None => f.write_str("no such bytes"),
                }
            }
        }
    }
}

/// Ids as a description has them.
struct Ids(IdSet);

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IdSet { kind, a, b } = self.0;
        match kind {
            IdKind::Any => f.write_str("any"),
            IdKind::Range if a == b => write!(f, "{a:#x}"),
            IdKind::Range => write!(f, "{a:#x}..={b:#x}"),
            IdKind::Mask => write!(f, "{a:#x} in the bits {b:#x}"),
        }
    }
}

/// An entry that fits but for one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMatch {
    /// Index of the database.
    pub database: usize,
    /// The entry.
    pub device: Device,
    /// What does not hold.
    pub condition: Condition,
}

/// The entry that fits but for one condition: of the latest database that has one, that of the highest rank, and of equals the
/// first. It has the function's vendor and device id.
///
/// # Errors
/// When the device could not be read.
pub fn near_match<D: ConfigAccess + ?Sized>(
    databases: &[Database<'_>],
    identity: &Identity,
    device: &D,
) -> Result<Option<NearMatch>, D::Error> {
    for (at, &database) in databases.iter().enumerate().rev() {
        let keyed = match database.find_key(identity.vendor, identity.device) {
            Some(Target::Clause(first)) => clauses_of_key(database, first, identity),
            _ => &[],
        };
        let mut best: Option<(u8, NearMatch)> = None;
        for bytes in keyed.iter().chain(database.unkeyed_clauses()) {
            let Some(clause) = ClauseIds::get(bytes).and_then(|ids| database.clause(ids)) else { continue };
            let has_ids = clause.vendor.contains(identity.vendor) && clause.device.contains(identity.device);
            // What names no device is near to everything.
            if !has_ids || clause.device == IdSet::ANY || best.is_some_and(|(rank, _)| rank >= clause.rank) {
                continue;
            }
            let condition = only_failure(database, &clause, identity, device)?;
            let device = database.record::<Device>(clause.owner);
            if let (Some(condition), Some(device)) = (condition, device) {
                best = Some((clause.rank, NearMatch { database: at, device, condition }));
            }
        }
        if let Some((_, found)) = best {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Hands every condition of a clause that does not hold to `each`, those on the ids aside.
///
/// # Errors
/// When the device could not be read.
pub fn failing<D: ConfigAccess + ?Sized>(
    database: Database<'_>,
    clause: &Clause,
    identity: &Identity,
    device: &D,
    mut each: impl FnMut(Condition),
) -> Result<(), D::Error> {
    of_identity(clause, identity).into_iter().flatten().for_each(&mut each);
    for guard in database.list(clause.guards) {
        if !guard_holds(device, &guard)? {
            each(Condition::Config { found: value(device, &guard)?, guard });
        }
    }
    Ok(())
}

/// The condition of a clause that does not hold, if it is exactly one.
fn only_failure<D: ConfigAccess + ?Sized>(
    database: Database<'_>,
    clause: &Clause,
    identity: &Identity,
    device: &D,
) -> Result<Option<Condition>, D::Error> {
    let mut failed = None;
    for condition in of_identity(clause, identity).into_iter().flatten() {
        if failed.replace(condition).is_some() {
            return Ok(None);
        }
    }
    for guard in database.list(clause.guards) {
        if !guard_holds(device, &guard)? {
            let condition = Condition::Config { found: value(device, &guard)?, guard };
            if failed.replace(condition).is_some() {
                return Ok(None);
            }
        }
    }
    Ok(failed)
}

/// Every condition on the identity that does not hold.
fn of_identity(clause: &Clause, identity: &Identity) -> [Option<Condition>; 4] {
    let &Identity { subsystem: found_subsystem, revision, class, function: found, .. } = identity;
    let function = match clause.function {
        FunctionKind::Any => true,
        FunctionKind::Physical => found == Function::Physical,
        FunctionKind::Virtual => found == Function::Virtual,
    };
    let (vendor, device) = (clause.subsystem_vendor, clause.subsystem_device);
    let subsystem = match found_subsystem {
        Some((found_vendor, found_device)) => vendor.contains(found_vendor) && device.contains(found_device),
        None => vendor == IdSet::ANY && device == IdSet::ANY,
    };
    let (wanted, mask, value) = (clause.revision, clause.class_mask, clause.class_value);
    [
        (!function).then_some(Condition::Function { wanted: clause.function, found }),
        (!subsystem).then_some(Condition::Subsystem { vendor, device, found: found_subsystem }),
        (!wanted.contains(revision.into())).then_some(Condition::Revision { wanted, found: revision }),
        (!is_class(clause, class)).then_some(Condition::Class { mask, value, found: class }),
    ]
}

/// What a guard looks at, without the bits that do not count.
fn value<D: ConfigAccess + ?Sized>(device: &D, guard: &Guard) -> Result<Option<u32>, D::Error> {
    let mut bytes = [0; 4];
    let width = usize::from(guard.width);
    let is_inside = usize::from(guard.offset) + width <= device.size();
    let Some(buffer) = bytes.get_mut(..width).filter(|_| is_inside) else { return Ok(None) };
    device.read(guard.offset, buffer)?;
    Ok(Some(u32::from_le_bytes(bytes) & guard.mask))
}
