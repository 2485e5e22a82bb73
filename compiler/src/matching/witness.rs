//! Whether two clauses can match one function, and which.

use quirk_runtime::tables::{FunctionKind, Guard, IdKind, IdSet};

use crate::model::Clause;

/// A function that two clauses match.
pub(crate) struct Witness {
    vendor: u16,
    device: u16,
    subsystem: Option<(u16, u16)>,
    revision: Option<u16>,
    class: Option<u32>,
    function: FunctionKind,
}

impl std::fmt::Display for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.device)?;
        if let Some((vendor, device)) = self.subsystem {
            write!(f, " subsystem {vendor:04x}:{device:04x}")?;
        }
        if let Some(revision) = self.revision {
            write!(f, " revision {revision:02x}")?;
        }
        if let Some(class) = self.class {
            write!(f, " class {class:06x}")?;
        }
        match self.function {
            FunctionKind::Any => Ok(()),
            FunctionKind::Physical => write!(f, " physical function"),
            FunctionKind::Virtual => write!(f, " virtual function"),
        }
    }
}

/// A function that two sets of clauses match.
pub(crate) fn common_function(a: &[Clause], b: &[Clause]) -> Option<Witness> {
    a.iter().find_map(|one| b.iter().find_map(|other| common(one, other)))
}

/// A function that both clauses match.
pub(crate) fn common(a: &Clause, b: &Clause) -> Option<Witness> {
    // What tells most clauses apart comes first.
    let device = meet(a.device, b.device)?;
    let vendor = meet(a.vendor, b.vendor)?;
    let any = |a: IdSet, b: IdSet| a == IdSet::ANY && b == IdSet::ANY;
    let subsystem_vendor = meet(a.subsystem_vendor, b.subsystem_vendor)?;
    let subsystem_device = meet(a.subsystem_device, b.subsystem_device)?;
    let subsystem = !(any(a.subsystem_vendor, b.subsystem_vendor) && any(a.subsystem_device, b.subsystem_device));
    let revision = meet(a.revision, b.revision)?;
    if (a.class_value ^ b.class_value) & a.class_mask & b.class_mask != 0 {
        return None;
    }
    let function = match (a.function, b.function) {
        (FunctionKind::Any, other) | (other, FunctionKind::Any) => other,
        (one, other) if one == other => one,
        _ => return None,
    };
    if guards_exclude(&a.guards, &b.guards) {
        return None;
    }
    Some(Witness {
        vendor,
        device,
        subsystem: subsystem.then_some((subsystem_vendor, subsystem_device)),
        revision: (!any(a.revision, b.revision)).then_some(revision),
        class: (a.class_mask | b.class_mask != 0).then_some(a.class_value | b.class_value),
        function,
    })
}

/// A function that three sets of clauses match.
pub(crate) fn common_three(a: &[Clause], b: &[Clause], c: &[Clause]) -> Option<Witness> {
    let of_three = |one: &Clause, other: &Clause, third: &Clause| {
        // Conditions on bits and on the kind of function exclude each other in pairs or not at all; sets of ids need not.
        common(one, third)?;
        common(other, third)?;
        let found = common(one, other)?;
        let any = |sets: [IdSet; 3]| sets.iter().all(|set| *set == IdSet::ANY);
        let fields = |set: fn(&Clause) -> IdSet| [set(one), set(other), set(third)];
        let subsystem_vendors = fields(|clause| clause.subsystem_vendor);
        let subsystem_devices = fields(|clause| clause.subsystem_device);
        let revisions = fields(|clause| clause.revision);
        let subsystem = (meet_three(subsystem_vendors)?, meet_three(subsystem_devices)?);
        let revision = meet_three(revisions)?;
        let kinds = [found.function, third.function];
        Some(Witness {
            vendor: meet_three(fields(|clause| clause.vendor))?,
            device: meet_three(fields(|clause| clause.device))?,
            subsystem: (!(any(subsystem_vendors) && any(subsystem_devices))).then_some(subsystem),
            revision: (!any(revisions)).then_some(revision),
            class: match (found.class, third.class_mask) {
                (None, 0) => None,
                (class, _) => Some(class.unwrap_or(0) | third.class_value),
            },
            function: kinds.into_iter().find(|kind| *kind != FunctionKind::Any).unwrap_or(FunctionKind::Any),
        })
    };
    a.iter().find_map(|one| b.iter().find_map(|other| c.iter().find_map(|third| of_three(one, other, third))))
}

/// The smallest id that three sets share.
fn meet_three(sets: [IdSet; 3]) -> Option<u16> {
    let [a, b, c] = sets;
    let first = meet(a, b)?;
    if c.contains(first) {
        return Some(first);
    }
    let last = sets.iter().map(|set| *values(*set).end()).min()?;
    let start = sets.iter().map(|set| *values(*set).start()).max()?;
    (start.max(first)..=last).find(|id| sets.iter().all(|set| set.contains(*id)))
}

/// The smallest id that two sets share.
pub(super) fn meet(a: IdSet, b: IdSet) -> Option<u16> {
    match (a.kind, b.kind) {
        (IdKind::Mask, IdKind::Mask) => ((a.a ^ b.a) & a.b & b.b == 0).then_some(a.a | b.a),
        (IdKind::Mask, _) => values(b).find(|id| a.contains(*id)),
        (_, IdKind::Mask) => values(a).find(|id| b.contains(*id)),
        _ => {
            let (a, b) = (values(a), values(b));
            let start = *a.start().max(b.start());
            (start <= *a.end().min(b.end())).then_some(start)
        }
    }
}

/// The ids between the least and the greatest of a set.
pub(crate) fn values(set: IdSet) -> std::ops::RangeInclusive<u16> {
    match set.kind {
        IdKind::Any => 0..=u16::MAX,
        IdKind::Range => set.a..=set.b,
        IdKind::Mask => set.a..=set.a | !set.b,
    }
}

/// Whether no bytes satisfy both.
fn guards_exclude(a: &[Guard], b: &[Guard]) -> bool {
    let bits = |guard: &Guard| {
        let guard = *guard;
        (0..u16::from(guard.width)).map(move |at| {
            let byte = |word: u32| word.to_le_bytes()[usize::from(at)];
            (guard.offset + at, byte(guard.mask), byte(guard.value))
        })
    };
    let b: Vec<(u16, u8, u8)> = b.iter().flat_map(bits).collect();
    a.iter().flat_map(bits).any(|(offset, mask, value)| {
        b.iter().any(|&(other, with, wanted)| other == offset && (value ^ wanted) & mask & with != 0)
    })
}

#[cfg(test)]
mod tests {
    use quirk_runtime::tables::{Guard, IdKind, IdSet};

    use super::{guards_exclude, meet};

    const EVEN: IdSet = IdSet { kind: IdKind::Mask, a: 0, b: 1 };

    fn range(a: u16, b: u16) -> IdSet {
        IdSet { kind: IdKind::Range, a, b }
    }

    #[test]
    fn sets_meet_at_their_smallest_common_id() {
        assert_eq!(meet(range(3, 9), range(5, 20)), Some(5));
        assert_eq!(meet(range(3, 4), range(5, 20)), None);
        assert_eq!(meet(EVEN, range(3, 9)), Some(4));
        assert_eq!(meet(range(3, 3), EVEN), None);
        assert_eq!(meet(IdSet::ANY, IdSet::ANY), Some(0));
        assert_eq!(meet(EVEN, IdSet { kind: IdKind::Mask, a: 8, b: 8 }), Some(8));
        assert_eq!(meet(EVEN, IdSet { kind: IdKind::Mask, a: 1, b: 1 }), None);
    }

    #[test]
    fn guards_on_the_same_bits_exclude_each_other() {
        let guard = |offset, width, mask, value| Guard { offset, width, mask, value };
        let word = guard(0x40, 4, 0xffff_0000, 0x0001_0000);
        assert!(guards_exclude(&[word], &[guard(0x42, 1, 0xff, 2)]));
        assert!(!guards_exclude(&[word], &[guard(0x42, 1, 0xff, 1)]));
        assert!(!guards_exclude(&[word], &[guard(0x40, 1, 0xff, 9)]));
    }
}
