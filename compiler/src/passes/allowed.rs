//! What the items of all files allow, found by the place of a finding.

use quirk_dsl::Ordered as _;

use crate::catalogue::Rule;
use crate::model::Allowance;
use crate::source::{FileId, Place};

/// Allowances by the items that they are of.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    /// Where the item of each begins, and its index, ascending.
    starts: Vec<(FileId, u32, usize)>,
}

impl Allowed {
    pub(super) fn new(allowances: &[Allowance]) -> Self {
        let start = |(at, allowance): (usize, &Allowance)| (allowance.item.file, allowance.item.span.start, at);
        let mut starts: Vec<_> = allowances.iter().enumerate().map(start).collect();
        // Mostly they are in order.
        starts.order();
        Self { starts }
    }

    /// The index of the first of those allowances that silences findings of a rule at a place.
    pub(super) fn find(&self, allowances: &[Allowance], rule: &Rule, place: Place) -> Option<usize> {
        if !rule.silenceable {
            return None;
        }
        // Items do not nest: only the last one that begins before the place can hold it.
        let end = self.starts.partition_point(|&(file, start, _)| (file, start) <= (place.file, place.span.start));
        let &(file, start, _) = self.starts[..end].last()?;
        let of_item = self.starts[..end].iter().rev().take_while(|other| (other.0, other.1) == (file, start));
        let silences = |at: &usize| allowances[*at].rule == rule && allowances[*at].item.holds(place);
        of_item.map(|&(.., at)| at).filter(silences).last()
    }
}
