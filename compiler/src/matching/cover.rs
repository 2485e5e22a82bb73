//! Whether some clauses together match all that one matches.

use quirk_runtime::tables::{FunctionKind, IdKind, IdSet};

use super::witness::values;
use crate::model::Clause;

/// Comparisons after which the question is left open.
const BUDGET: usize = 200_000;

/// Whether every function that `clause` matches is matched by one of `others`.
///
/// Only `true` is certain: the search may end too early, and what a class says of bytes is not compared with conditions on them.
pub(crate) fn covered(clause: &Clause, others: &[&Clause]) -> bool {
    let mut search = Search { clause, budget: BUDGET };
    search.ids(0, others) == Some(false)
}

struct Search<'c> {
    clause: &'c Clause,
    budget: usize,
}

/// The last of the sets of ids.
const REVISION: usize = 4;

/// The sets of ids of a clause.
fn set(clause: &Clause, field: usize) -> Option<IdSet> {
    [clause.vendor, clause.device, clause.subsystem_vendor, clause.subsystem_device, clause.revision]
        .get(field)
        .copied()
}

/// The highest id that there is: a revision has 8 bits.
fn last(field: usize) -> u16 {
    if field == REVISION { 0xff } else { u16::MAX }
}

impl Search<'_> {
    /// Whether something is left that no other matches; none where the budget ended.
    fn ids(&mut self, field: usize, others: &[&Clause]) -> Option<bool> {
        if others.is_empty() {
            return Some(true);
        }
        let Some(own) = set(self.clause, field) else { return self.functions(others) };
        for id in representatives(own, others, field) {
            self.budget = self.budget.checked_sub(others.len())?;
            let still: Vec<&Clause> =
                others.iter().copied().filter(|other| set(other, field).is_some_and(|set| set.contains(id))).collect();
            if self.ids(field + 1, &still)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// A function of which nothing is known satisfies no condition, so it is a third kind.
    fn functions(&mut self, others: &[&Clause]) -> Option<bool> {
        let kinds: &[FunctionKind] = match self.clause.function {
            FunctionKind::Any => &[FunctionKind::Any, FunctionKind::Physical, FunctionKind::Virtual],
            FunctionKind::Physical => &[FunctionKind::Physical],
            FunctionKind::Virtual => &[FunctionKind::Virtual],
        };
        let mut settled = Bits::default();
        for (byte, bits) in asked(self.clause) {
            settled.add(byte, bits);
        }
        for kind in kinds {
            let others = others.iter().filter(|other| other.function == FunctionKind::Any || other.function == *kind);
            let others: Vec<Asked> = others.map(|other| asked(other).collect()).collect();
            if self.bits(&mut settled.clone(), &others.iter().collect::<Vec<_>>())? {
                return Some(true);
            }
        }
        Some(false)
    }

    fn bits(&mut self, settled: &mut Bits, others: &[&Asked]) -> Option<bool> {
        self.budget = self.budget.checked_sub(others.len() + 1)?;
        let others: Vec<&Asked> = others
            .iter()
            .copied()
            .filter(|other| other.iter().all(|(byte, bits)| settled.of(*byte).agrees(*bits)))
            .collect();
        // The first bit that each of the others asks for and that is not settled yet.
        let open = others.iter().map(|other| {
            let open = other.iter().map(|(byte, bits)| (*byte, bits.mask & !settled.of(*byte).mask));
            open.into_iter().find(|(_, open)| *open != 0).map(|(byte, open)| (byte, open & open.wrapping_neg()))
        });
        let Some(open) = open.collect::<Option<Vec<_>>>() else { return Some(false) };
        let Some((byte, bit)) = open.first().copied() else { return Some(true) };
        // It is settled both ways.
        let before = settled.of(byte);
        for value in [0, bit] {
            settled.set(byte, before);
            settled.add(byte, Masked { mask: bit, value });
            if self.bits(settled, &others)? {
                return Some(true);
            }
        }
        settled.set(byte, before);
        Some(false)
    }
}

/// Bits of a byte, and their values.
#[derive(Clone, Copy, Default)]
struct Masked {
    mask: u8,
    value: u8,
}

impl Masked {
    fn add(&mut self, other: Self) {
        (self.mask, self.value) = (self.mask | other.mask, self.value | other.value);
    }

    /// Whether both say the same of what both speak of.
    fn agrees(self, other: Self) -> bool {
        (self.value ^ other.value) & self.mask & other.mask == 0
    }
}

/// Bits that are settled, by the byte, in order.
#[derive(Clone, Default)]
struct Bits(Vec<(u16, Masked)>);

impl Bits {
    fn find(&self, byte: u16) -> Result<usize, usize> {
        self.0.binary_search_by_key(&byte, |(byte, _)| *byte)
    }

    fn of(&self, byte: u16) -> Masked {
        self.find(byte).map_or_else(|_| Masked::default(), |at| self.0[at].1)
    }

    fn set(&mut self, byte: u16, bits: Masked) {
        match self.find(byte) {
            Ok(at) => self.0[at].1 = bits,
            Err(at) => self.0.insert(at, (byte, bits)),
        }
    }

    fn add(&mut self, byte: u16, bits: Masked) {
        let mut all = self.of(byte);
        all.add(bits);
        self.set(byte, all);
    }
}

/// Bits that a clause asks for, with the byte.
type Asked = Vec<(u16, Masked)>;

/// The first of the three bytes of the class code, which are no offsets here: a function has them without its bytes being read.
const CLASS: u16 = 0x8000;

/// What a clause asks of bytes.
fn asked(clause: &Clause) -> impl Iterator<Item = (u16, Masked)> {
    let bytes = |first: u16, mask: u32, value: u32| {
        let pairs = mask.to_le_bytes().into_iter().zip(value.to_le_bytes());
        (first..)
            .zip(pairs)
            .map(|(byte, (mask, value))| (byte, Masked { mask, value }))
            .filter(|(_, bits)| bits.mask != 0)
    };
    let class = bytes(CLASS, clause.class_mask, clause.class_value);
    class.chain(clause.guards.iter().flat_map(move |guard| bytes(guard.offset, guard.mask, guard.value)))
}

/// Ids of a set such that every other id of it lies in the same sets of `others` as one of them.
fn representatives(own: IdSet, others: &[&Clause], field: usize) -> Vec<u16> {
    let sets: Vec<IdSet> = others.iter().filter_map(|other| set(other, field)).collect();
    if own.kind == IdKind::Mask || sets.iter().any(|set| set.kind == IdKind::Mask) {
        let mut seen = std::collections::HashSet::new();
        return values(own)
            .filter(|id| *id <= last(field) && own.contains(*id))
            .filter(|id| seen.insert(sets.iter().map(|set| set.contains(*id)).collect::<Vec<_>>()))
            .collect();
    }
    let range = values(own);
    let range = *range.start()..=(*range.end()).min(last(field));
    let mut points = vec![*range.start()];
    for set in sets {
        let set = values(set);
        points.extend([Some(*set.start()), set.end().checked_add(1)].into_iter().flatten());
    }
    points.retain(|point| range.contains(point));
    points.sort_unstable();
    points.dedup();
    points
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use quirk_dsl::Span;
    use quirk_runtime::tables::{FunctionKind, Guard, IdKind, IdSet};

    use super::covered;
    use crate::model::{Clause, NodeId};
    use crate::source::{Place, Sources};

    fn clause() -> Clause {
        let file = Sources::default().add("a", "");
        Clause {
            node: NodeId(0),
            place: Place { file, span: Span::default() },
            rank: 0,
            vendor: IdSet::exactly(1),
            device: IdSet::exactly(2),
            subsystem_vendor: IdSet::ANY,
            subsystem_device: IdSet::ANY,
            revision: IdSet::ANY,
            class_mask: 0,
            class_value: 0,
            function: FunctionKind::Any,
            guards: vec![],
        }
    }

    fn revisions(a: u16, b: u16) -> Clause {
        Clause { revision: IdSet { kind: IdKind::Range, a, b }, ..clause() }
    }

    #[test]
    fn two_ranges_cover_one_that_they_make_up() {
        let own = revisions(0, 9);
        assert!(covered(&own, &[&revisions(0, 4), &revisions(5, 20)]));
        assert!(!covered(&own, &[&revisions(0, 4), &revisions(6, 20)]));
    }

    #[test]
    fn a_revision_has_8_bits() {
        assert!(covered(&clause(), &[&revisions(0, 0x7f), &revisions(0x80, 0xff)]));
        assert!(!covered(&clause(), &[&revisions(0, 0x7f), &revisions(0x80, 0xfe)]));
        let odd = |b| Clause { revision: IdSet { kind: IdKind::Mask, a: b, b: 1 }, ..clause() };
        assert!(covered(&clause(), &[&odd(0), &odd(1)]));
    }

    /// Clauses of a vendor, with a few values of each of the other conditions.
    fn any_clause() -> impl Strategy<Value = Clause> {
        let set = |last: u16| {
            prop_oneof![
                Just(IdSet::ANY),
                (0..=last, 0..=last).prop_map(|(a, b)| IdSet { kind: IdKind::Range, a: a.min(b), b: a.max(b) }),
                (0..=last, 0..=3_u16).prop_map(|(a, mask)| IdSet { kind: IdKind::Mask, a: a & mask, b: mask }),
            ]
        };
        let function = prop_oneof![Just(FunctionKind::Any), Just(FunctionKind::Physical), Just(FunctionKind::Virtual)];
        (set(0xffff), set(0xff), function, 0..4_u32, 0..4_u32).prop_map(|(device, revision, function, value, mask)| {
            Clause { device, revision, function, class_value: value & mask, class_mask: mask, ..clause() }
        })
    }

    /// Whether a clause matches a function, by its definition; the kind of a function may be unknown.
    fn matches(clause: &Clause, device: u16, revision: u16, kind: Option<FunctionKind>, class: u32) -> bool {
        clause.device.contains(device)
            && clause.revision.contains(revision)
            && (clause.function == FunctionKind::Any || Some(clause.function) == kind)
            && class & clause.class_mask == clause.class_value
    }

    proptest! {
        #[test]
        fn covered_is_what_every_function_says(own in any_clause(), others in vec(any_clause(), 1..7)) {
            // Ids at which a set can begin or end, and their neighbours of either parity.
            let ids = |last: u16, of: fn(&Clause) -> IdSet| {
                let mut ids: BTreeSet<u16> = (0..4).chain(last - 3..=last).collect();
                for set in others.iter().chain([&own]).map(of).filter(|set| set.kind == IdKind::Range) {
                    let near = |id: u16| id.saturating_sub(4)..=id.saturating_add(4).min(last);
                    ids.extend(near(set.a).chain(near(set.b)));
                }
                ids.into_iter().filter(|id| *id <= last).collect::<Vec<_>>()
            };
            let devices = ids(u16::MAX, |clause| clause.device);
            let revisions = ids(0xff, |clause| clause.revision);
            let kinds = [None, Some(FunctionKind::Physical), Some(FunctionKind::Virtual)];
            let mut all = devices.iter().flat_map(|device| {
                revisions.iter().flat_map(move |revision| {
                    kinds.into_iter().flat_map(move |kind| (0..4).map(move |class| (*device, *revision, kind, class)))
                })
            });
            let is_covered = all.all(|(device, revision, kind, class)| {
                let matches = |clause: &Clause| matches(clause, device, revision, kind, class);
                !matches(&own) || others.iter().any(matches)
            });
            prop_assert_eq!(covered(&own, &others.iter().collect::<Vec<_>>()), is_covered);
        }
    }

    /// Clauses with conditions on two bytes, a class and a kind of function.
    fn clause_of_bytes() -> impl Strategy<Value = Clause> {
        let guard = (0..2_u16, prop_oneof![Just(1_u8), Just(2)], 0..4_u32, 0..4_u32, 0..4_u32, 0..4_u32).prop_map(
            |(at, width, mask, value, high_mask, high_value)| {
                let (mask, value) = match width {
                    1 => (mask, value),
                    _ => (mask | high_mask << 8, value | high_value << 8),
                };
                Guard { offset: 0x50 + if width == 1 { at } else { 0 }, width, mask, value: value & mask }
            },
        );
        let function = prop_oneof![4 => Just(FunctionKind::Any), 1 => Just(FunctionKind::Physical)];
        (vec(guard, 0..3), function, 0..2_u32, 0..2_u32).prop_map(|(guards, function, value, mask)| Clause {
            guards,
            function,
            class_value: value & mask,
            class_mask: mask,
            ..clause()
        })
    }

    fn asks(guard: &Guard, bytes: [u8; 2]) -> bool {
        let word = u32::from(u16::from_le_bytes(bytes));
        let found = if guard.offset == 0x50 { word } else { word >> 8 };
        let found = if guard.width == 1 { found & 0xff } else { found };
        found & guard.mask == guard.value
    }

    proptest! {
        #[test]
        fn covered_is_what_all_bytes_say(own in clause_of_bytes(), others in vec(clause_of_bytes(), 1..7)) {
            let kinds = [None, Some(FunctionKind::Physical), Some(FunctionKind::Virtual)];
            let bytes = (0..4).flat_map(|low| (0..4).map(move |high| [low, high]));
            let mut all = bytes.flat_map(|bytes| kinds.iter().flat_map(move |kind| (0..2).map(move |class| (bytes, *kind, class))));
            let is_covered = all.all(|(bytes, kind, class)| {
                let matches = |clause: &Clause| {
                    matches(clause, 2, 0, kind, class) && clause.guards.iter().all(|guard| asks(guard, bytes))
                };
                !matches(&own) || others.iter().any(matches)
            });
            // Of conditions that exclude each other, nothing is said: none of them is compiled.
            let is_possible = (0..4).any(|low| (0..4).any(|high| own.guards.iter().all(|guard| asks(guard, [low, high]))));
            prop_assume!(is_possible);
            prop_assert_eq!(covered(&own, &others.iter().collect::<Vec<_>>()), is_covered);
        }
    }

    #[test]
    fn a_function_of_unknown_kind_is_matched_by_no_condition() {
        let physical = Clause { function: FunctionKind::Physical, ..clause() };
        let virtual_ = Clause { function: FunctionKind::Virtual, ..clause() };
        assert!(!covered(&clause(), &[&physical, &virtual_]));
        assert!(covered(&physical, &[&clause()]));
    }

    #[test]
    fn class_bits_are_settled_both_ways() {
        let class = |class_value, class_mask| Clause { class_value, class_mask, ..clause() };
        assert!(covered(&class(0x02_0000, 0xff_0000), &[&class(0, 1), &class(1, 1)]));
        assert!(!covered(&class(0x02_0000, 0xff_0000), &[&class(0, 1), &class(3, 3)]));
    }

    #[test]
    fn masks_are_covered_id_by_id() {
        let mask = |a| Clause { device: IdSet { kind: IdKind::Mask, a, b: 1 }, ..clause() };
        let any = Clause { device: IdSet::ANY, ..clause() };
        assert!(covered(&any, &[&mask(0), &mask(1)]));
        assert!(!covered(&any, &[&mask(0)]));
    }
}
