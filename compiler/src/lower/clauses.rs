//! `match`: conditions in a normal form, lists written out.

use quirk_dsl::Ordered as _;
use quirk_dsl::Span;
use quirk_dsl::ast::{self, ConditionKind, Expr, Property, Statement};
use quirk_dsl::shape::Context;
use quirk_runtime::tables::{FunctionKind, Guard, IdKind, IdSet};

use super::Lower;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Clause;
use crate::source::{Located, Place};

/// The most combinations that the lists of one `match` may make.
const WIDEST: usize = 4096;

/// The sets of a list, any of which may hold.
type Sets = Vec<IdSet>;

/// The conditions of a `match`, each at most once.
#[derive(Default)]
struct Conditions {
    subsystem: Option<Located<Option<(Sets, Sets)>>>,
    revision: Option<Located<Option<Sets>>>,
    class: Option<Located<Option<(u32, u32)>>>,
    function: Option<Located<Option<FunctionKind>>>,
    guards: Vec<Option<Located<Guard>>>,
}

impl Conditions {
    /// What is asked of the bytes of configuration space: by `config`, and by the conditions on what stands at 8..12.
    fn of_bytes(&self) -> Vec<Located<Guard>> {
        let at_8 = |width, mask, value| Guard { offset: 8, width, mask, value };
        let class = self.class.as_ref().and_then(|class| {
            let (value, mask) = class.value?;
            Some(Located { value: at_8(4, mask << 8, value << 8), place: class.place })
        });
        let revision = self.revision.as_ref().and_then(|revision| {
            let [only] = revision.value.as_deref()? else { return None };
            Some(Located { value: at_8(1, 0xff, only.single()?.into()), place: revision.place })
        });
        class.into_iter().chain(revision).chain(self.guards.iter().flatten().copied()).collect()
    }
}

impl Lower<'_, '_> {
    /// The clauses of one `match`; none if any part of it was not understood.
    pub(super) fn clauses(&mut self, syntax: &ast::Match, span: Span) -> Option<Vec<Clause>> {
        self.in_hexadecimal(&syntax.vendor);
        self.in_hexadecimal(&syntax.device);
        let vendor = self.set(&syntax.vendor, 16, "a vendor id");
        let device = self.set(&syntax.device, 16, "a device id");
        let conditions = self.conditions(&syntax.conditions);
        self.agree(&conditions.of_bytes());
        if syntax.poisoned {
            return None;
        }
        let (vendor, device) = (vendor?, device?);
        let any = || vec![IdSet::ANY];
        let (subsystem_vendor, subsystem_device) = match conditions.subsystem {
            Some(subsystem) => subsystem.value?,
            None => (any(), any()),
        };
        let revision = match conditions.revision {
            Some(revision) => revision.value?,
            None => any(),
        };
        let (class_value, class_mask) = match conditions.class {
            Some(class) => class.value?,
            None => (0, 0),
        };
        let function = match conditions.function {
            Some(function) => function.value?,
            None => FunctionKind::Any,
        };
        let guards: Vec<Guard> =
            conditions.guards.into_iter().map(|guard| Some(guard?.value)).collect::<Option<_>>()?;
        let lists = [&vendor, &device, &subsystem_vendor, &subsystem_device, &revision];
        if lists.iter().try_fold(1, |product: usize, list| product.checked_mul(list.len())).is_none_or(|n| n > WIDEST) {
            let message = format!("the lists of this `match` make more than {WIDEST} combinations");
            self.wrong(&catalogue::MATCH_TOO_WIDE, span, message);
            return None;
        }
        let place = self.place(span);
        let mut clauses = Vec::new();
        for ids in product(&lists) {
            let [vendor, device, subsystem_vendor, subsystem_device, revision] = ids;
            let mut clause = Clause {
                node: self.node(),
                place,
                rank: 0,
                vendor,
                device,
                subsystem_vendor,
                subsystem_device,
                revision,
                class_mask,
                class_value,
                function,
                guards: guards.clone(),
            };
            clause.rank = rank(&clause);
            clauses.push(clause);
        }
        Some(clauses)
    }

    fn conditions(&mut self, conditions: &[Statement<ConditionKind>]) -> Conditions {
        let mut found = Conditions::default();
        for (condition, counts) in self.counted(Context::Match, conditions) {
            let place = self.place(condition.span);
            match &condition.kind {
                ConditionKind::Subsystem(vendor, device) => {
                    self.in_hexadecimal(vendor);
                    self.in_hexadecimal(device);
                    let vendor = self.set(vendor, 16, "a subsystem vendor id");
                    let device = self.set(device, 16, "a subsystem id");
                    first(&mut found.subsystem, vendor.zip(device), place, counts);
                }
                ConditionKind::Revision(set) => {
                    first(&mut found.revision, self.set(set, 8, "a revision"), place, counts);
                }
                ConditionKind::Class { value, mask } => {
                    let class = self.masked(value, mask.as_ref(), 24, "a class code");
                    first(&mut found.class, class, place, counts);
                }
                ConditionKind::Property(property) => {
                    let Property::Word(word) = property else { continue };
                    let kinds = [FunctionKind::Physical, FunctionKind::Virtual];
                    first(&mut found.function, self.choice(condition.shape, word, &kinds), place, counts);
                }
                ConditionKind::Config { width, at, value, mask } => {
                    let guard = self.guard(width.value, at, value, mask.as_ref());
                    found.guards.push(guard.map(|value| Located { value, place }));
                }
            }
        }
        found
    }

    /// Two conditions on the same bits ask for the same value.
    fn agree(&mut self, asked: &[Located<Guard>]) {
        for (at, later) in asked.iter().enumerate() {
            let Some(first) = asked[..at].iter().find(|first| excludes(&first.value, &later.value)) else { continue };
            let message = "no function satisfies this condition and another of the same `match`";
            let found = Diagnostic::new(&catalogue::MATCHES_NOTHING, later.place, message);
            let found = found.also(first.place, "this one asks for another value of the same bits");
            self.report(found.help("write a second `match` for the other value"));
        }
    }

    fn guard(&mut self, width: u8, at: &Expr, value: &Expr, mask: Option<&Expr>) -> Option<Guard> {
        let masked = self.masked(value, mask, width, "the value");
        let offset = self.offset(at)?;
        let bytes = u64::from(width / 8);
        if !offset.is_multiple_of(bytes) {
            let message = format!("{offset:#x} is not {bytes}-byte aligned");
            self.wrong(&catalogue::CONFIG_GUARD, at.span, message);
            return None;
        }
        let (value, mask) = masked?;
        Some(Guard { offset: u16::try_from(offset).ok()?, width: width / 8, mask, value })
    }

    /// A value and the bits of it that count, all of `bits` bits if nothing else is said.
    fn masked(&mut self, value: &Expr, mask: Option<&Expr>, bits: u8, what: &str) -> Option<(u32, u32)> {
        let all = (1_u64 << bits) - 1;
        let found = self.at_most(value, all, what);
        let mask = mask.map_or(Some(all), |mask| self.at_most(mask, all, "the mask"))?;
        let found = found?;
        self.satisfiable(found, mask, value.span)?;
        Some((u32::try_from(found).ok()?, u32::try_from(mask).ok()?))
    }

    fn satisfiable(&mut self, value: u64, mask: u64, span: Span) -> Option<()> {
        if value & !mask != 0 {
            let message = format!("nothing can equal {value:#x} under the mask {mask:#x}");
            self.wrong(&catalogue::MATCHES_NOTHING, span, message);
            return None;
        }
        Some(())
    }

    /// The sets of ids of `bits` bits that a condition lists.
    fn set(&mut self, set: &ast::IdSet, bits: u8, what: &str) -> Option<Sets> {
        let all = (1_u64 << bits) - 1;
        let id = |value: u64| u16::try_from(value).ok();
        match set {
            ast::IdSet::Any(_) => Some(vec![IdSet::ANY]),
            ast::IdSet::One(expr) => Some(vec![IdSet::exactly(id(self.at_most(expr, all, what)?)?)]),
            ast::IdSet::Range(a, b) => {
                let (start, end) = (self.at_most(a, all, what), self.at_most(b, all, what));
                let (start, end) = (start?, end?);
                if end < start {
                    let message = format!("the range ends at {end:#x}, before it starts at {start:#x}");
                    self.wrong(&catalogue::EMPTY_RANGE, a.span.to(b.span), message);
                    return None;
                }
                Some(vec![range(id(start)?, id(end)?, id(all)?)])
            }
            ast::IdSet::Mask(value, mask) => {
                let (value, mask) = self.masked_id(value, mask, all, what)?;
                Some(vec![masked_set(value, mask, id(all)?)])
            }
            ast::IdSet::List(sets, _) => {
                let lists: Vec<Option<Sets>> = sets.iter().map(|set| self.set(set, bits, what)).collect();
                let mut list: Sets = lists.into_iter().collect::<Option<Vec<_>>>()?.concat();
                // The same set twice says nothing new.
                list.order_by_key(|set| (set.kind, set.a, set.b));
                list.dedup();
                if list.is_empty() {
                    self.wrong(&catalogue::MATCHES_NOTHING, set.span(), "the list is empty");
                    return None;
                }
                Some(list)
            }
        }
    }

    fn masked_id(&mut self, value: &Expr, mask: &Expr, all: u64, what: &str) -> Option<(u16, u16)> {
        let (found, mask) = (self.at_most(value, all, what), self.at_most(mask, all, "the mask"));
        let (found, mask) = (found?, mask?);
        self.satisfiable(found, mask, value.span)?;
        Some((u16::try_from(found).ok()?, u16::try_from(mask).ok()?))
    }
}

/// Whether no bytes satisfy both conditions.
fn excludes(one: &Guard, other: &Guard) -> bool {
    let byte = |guard: &Guard, offset: u16| {
        let at = offset.checked_sub(guard.offset).filter(|at| *at < guard.width.into())?;
        Some((guard.value >> (8 * at) & 0xff, guard.mask >> (8 * at) & 0xff))
    };
    let mut bytes = one.offset..one.offset + u16::from(one.width);
    bytes.any(|offset| {
        let both = byte(one, offset).zip(byte(other, offset));
        both.is_some_and(|((value, mask), (wanted, counts))| (value ^ wanted) & mask & counts != 0)
    })
}

/// Keeps the first condition of its kind.
fn first<T>(slot: &mut Option<Located<T>>, value: T, place: Place, counts: bool) {
    if counts {
        *slot = Some(Located { value, place });
    }
}

fn range(start: u16, end: u16, all: u16) -> IdSet {
    if start == 0 && end == all { IdSet::ANY } else { IdSet { kind: IdKind::Range, a: start, b: end } }
}

/// A mask whose bits are the highest is a range: there is one way to write a set, where there can be.
fn masked_set(value: u16, mask: u16, all: u16) -> IdSet {
    let rest = all & !mask;
    if rest & rest.wrapping_add(1) == 0 {
        range(value, value | rest, all)
    } else {
        IdSet { kind: IdKind::Mask, a: value, b: mask }
    }
}

/// One bit for each field that the clause constrains, the field that counts most in the highest.
fn rank(clause: &Clause) -> u8 {
    let constrains = |set: IdSet| set != IdSet::ANY;
    let exact = clause.device.single().is_some();
    [
        constrains(clause.subsystem_vendor) || constrains(clause.subsystem_device),
        !clause.guards.is_empty(),
        constrains(clause.revision),
        exact,
        constrains(clause.device) && !exact,
        clause.class_mask != 0,
        constrains(clause.vendor),
        clause.function != FunctionKind::Any,
    ]
    .into_iter()
    .fold(0, |rank, bit| rank << 1 | u8::from(bit))
}

/// All ways to take one set of each list, the first list turning slowest.
fn product(lists: &[&Sets; 5]) -> Vec<[IdSet; 5]> {
    let mut rows = vec![[IdSet::ANY; 5]];
    for (at, list) in lists.iter().enumerate() {
        rows = rows
            .iter()
            .flat_map(|row| {
                list.iter().map(move |set| {
                    let mut row = *row;
                    row[at] = *set;
                    row
                })
            })
            .collect();
    }
    rows
}

#[cfg(test)]
mod tests {
    use quirk_runtime::tables::{IdKind, IdSet};

    use super::masked_set;

    #[test]
    fn a_mask_of_the_highest_bits_is_a_range() {
        assert_eq!(masked_set(0x1000, 0xff00, 0xffff), IdSet { kind: IdKind::Range, a: 0x1000, b: 0x10ff });
        assert_eq!(masked_set(0x12, 0xff, 0xff), IdSet::exactly(0x12));
        assert_eq!(masked_set(0, 0, 0xff), IdSet::ANY);
        assert_eq!(masked_set(1, 1, 0xffff).kind, IdKind::Mask);
    }
}
