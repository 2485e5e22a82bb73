//! Which clauses can match a function together with another, without a look at each pair: what asks for other ids is far.

mod asked;
mod axis;
mod group;
mod neighbours;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use self::asked::{Asked, Bits, Ranked, Shape, commonest, counted};
use self::axis::Axis;
use self::group::{Group, Member, grouped};
use crate::model::Clause;
use crate::shares::{each, shared, threads_for};
use quirk_dsl::Ordered as _;

pub(crate) use self::asked::Owned;
pub(crate) use self::neighbours::Neighbours;
pub(crate) use self::tree::{Extent, Tree};

/// Every rank.
const ANY_RANK: RangeInclusive<u8> = 0..=u8::MAX;

/// Clauses by their rank and by what they ask for.
#[derive(Debug, Default)]
pub(crate) struct Near {
    conditions: BTreeSet<Bits>,
    shapes: BTreeMap<Ranked, Vec<Sorted>>,
}

/// Clauses of one rank and shape, by some of the values, and along what else tells them apart best.
#[derive(Debug)]
struct Sorted {
    by: Shape,
    along: Axis,
    members: Tree,
}

impl Near {
    /// Takes clauses in the order of their numbers; `askers` are those that will be asked about, these ones if there are no others.
    /// Threads share the work.
    pub(crate) fn new(clauses: &[Owned<'_>], askers: Option<&[&Clause]>, threads: NonZeroUsize) -> Self {
        let conditions = match askers {
            Some(askers) => commonest([counted(askers.iter().copied())]),
            None => commonest(shared(clauses, threads, |_, share| counted(share.iter().map(|(.., clause)| *clause)))),
        };
        let groups = grouped(clauses, &conditions, threads);
        let sought: BTreeSet<Shape> = match askers {
            Some(askers) => askers.iter().map(|clause| Asked::of(clause, None, &conditions).shape()).collect(),
            None => groups.keys().map(|(_, shape)| shape.of_any()).collect(),
        };
        let of_owner = sought.iter().map(|sought| sought.of_owner());
        let sought: Vec<Shape> = sought.iter().copied().chain(of_owner).collect();
        let ways = groups.keys().flat_map(|ranked| {
            let by: BTreeSet<Shape> = sought.iter().map(|sought| sought.common(ranked.1)).collect();
            by.into_iter().map(|by| (*ranked, by))
        });
        let ways: Vec<(Ranked, Shape)> = ways.collect();
        let threads = threads_for(clauses.len(), threads);
        let sorted = each(&ways, threads, |(ranked, by)| Sorted::new(&groups[ranked], *by));
        let mut shapes: BTreeMap<Ranked, Vec<Sorted>> = BTreeMap::new();
        for ((ranked, _), sorted) in ways.into_iter().zip(sorted) {
            shapes.entry(ranked).or_default().push(sorted);
        }
        Self { conditions, shapes }
    }

    /// The numbers of all clauses of these ranks, and of this owner if there is one, that may match something together with a
    /// clause: runs of them, each ascending. Some of them may not.
    pub(crate) fn runs(
        &self,
        clause: &Clause,
        owner: Option<usize>,
        ranks: RangeInclusive<u8>,
    ) -> impl Iterator<Item = impl Iterator<Item = usize> + '_> + '_ {
        let asked = Asked::of(clause, owner, &self.conditions);
        let (own, extents) = (asked.shape(), Axis::ALL.map(|axis| axis.extent(clause)));
        let shapes = self.shapes.range((*ranks.start(), Shape::default())..);
        let shapes = shapes.take_while(move |((rank, _), _)| rank <= ranks.end());
        shapes.filter_map(move |((_, shape), sorted)| {
            let by = own.common(*shape);
            let Sorted { members, along, .. } = sorted.iter().find(|sorted| sorted.by == by)?;
            Some(members.meeting(asked.hash(by), extents[*along as usize]))
        })
    }

    /// The owners' numbers, ascending and each once, where clauses were numbered by owner.
    pub(crate) fn owners(&self, clauses: &[Clause]) -> Vec<usize> {
        let mut owners: Vec<usize> =
            clauses.iter().flat_map(|clause| self.runs(clause, None, ANY_RANK).flatten()).collect();
        owners.order();
        owners.dedup();
        owners
    }
}

impl Sorted {
    fn new(group: &Group<'_>, by: Shape) -> Self {
        let along = Axis::best(&group.members().map(|member| member.clause), by.ids, group.differ());
        let entry = |member: &Member<'_>| (member.asked.hash(by), along.extent(member.clause), member.number);
        Self { by, along, members: Tree::new(group.members().map(entry)) }
    }
}

#[cfg(test)]
mod tests {
    use quirk_dsl::Span;
    use quirk_runtime::tables::{FunctionKind, IdKind, IdSet};

    use std::num::NonZeroUsize;

    use super::{ANY_RANK, Near, Owned};
    use crate::matching::{common, common_function};
    use crate::model::{Clause, NodeId};
    use crate::source::{Place, Sources};

    /// Clauses of few ids, so that many meet.
    fn clauses(count: usize) -> Vec<Clause> {
        let file = Sources::default().add("a", "");
        let mut seed = 7_u64;
        let mut next = |below: u16| {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            u16::try_from(seed >> 33 & 0xffff).unwrap_or(0) % below
        };
        let mut set = || match next(4) {
            0 => IdSet::ANY,
            1 => IdSet { kind: IdKind::Range, a: 1, b: 1 + next(3) },
            _ => IdSet::exactly(next(3)),
        };
        (0..count)
            .map(|at| {
                let sets: [IdSet; 5] = core::array::from_fn(|_| set());
                Clause {
                    node: NodeId(0),
                    place: Place { file, span: Span::default() },
                    rank: u8::try_from(at % 3).unwrap_or(0),
                    vendor: sets[0],
                    device: sets[1],
                    subsystem_vendor: sets[2],
                    subsystem_device: sets[3],
                    revision: sets[4],
                    class_mask: [0, 0xff_ffff, 0xff_0000][at % 3],
                    class_value: [0, 0x02_0000, 0x02_0000][at % 3],
                    function: FunctionKind::Any,
                    guards: vec![],
                }
            })
            .collect()
    }

    #[test]
    fn no_clause_that_shares_a_function_is_left_out() {
        let clauses = clauses(300);
        let owned = || clauses.iter().enumerate().map(|(at, clause)| (at / 4, at, clause));
        let all: Vec<Owned<'_>> = owned().collect();
        for threads in [1, 2, 5].into_iter().filter_map(NonZeroUsize::new) {
            holds_all(&clauses, &all, threads);
        }
    }

    fn holds_all(clauses: &[Clause], all: &[Owned<'_>], threads: NonZeroUsize) {
        let owned = || all.iter().copied();
        let near = Near::new(all, None, threads);
        let mut fewer = 0;
        for (owner, _, clause) in owned() {
            let found: Vec<usize> = near.runs(clause, None, ANY_RANK).flatten().collect();
            fewer += clauses.len() - found.len();
            let own: Vec<usize> = near.runs(clause, Some(owner), clause.rank..=u8::MAX).flatten().collect();
            for (other_owner, at, other) in owned() {
                if common(clause, other).is_some() {
                    assert!(found.contains(&at), "{clause:?} {other:?}");
                    let sought = other_owner == owner && other.rank >= clause.rank;
                    assert!(!sought || own.contains(&at), "{clause:?} {other:?}");
                }
            }
            assert!(own.iter().all(|at| at / 4 == owner && clauses[*at].rank >= clause.rank));
            assert!(near.runs(clause, None, ANY_RANK).all(Iterator::is_sorted));
        }
        assert!(fewer > 10_000, "most that share none are: {fewer}");
    }

    #[test]
    fn owners_are_numbers() {
        let clauses = clauses(60);
        let owned: Vec<Owned<'_>> = clauses.iter().enumerate().map(|(at, clause)| (0, at / 3, clause)).collect();
        let near = Near::new(&owned, Some(&clauses.iter().collect::<Vec<_>>()), NonZeroUsize::MIN);
        for of_one in clauses.chunks(3) {
            let owners = near.owners(of_one);
            assert!(owners.is_sorted_by(|a, b| a < b));
            for (at, of_other) in clauses.chunks(3).enumerate() {
                let meet = common_function(of_one, of_other).is_some();
                assert!(!meet || owners.contains(&at));
            }
        }
    }
}
