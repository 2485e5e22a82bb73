//! What a guest may do with bytes that nothing in its view owns, and the shield over hidden capabilities.

use super::Overlay;
use crate::ByteSet;
use crate::tables::{Allow, Unassigned};

/// The first byte after the header: below, nothing is unassigned.
const FIRST: u16 = 0x40;

/// One rule out of those of several layers: the strictest wins, and an exception counts only if each layer of that
/// strictness makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnassignedRule {
    kind: Unassigned,
    /// Where it makes exceptions.
    allowed: Option<Allowed>,
}

/// Bytes that are excepted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Allowed {
    readable: ByteSet,
    writable: ByteSet,
}

impl Allowed {
    fn none() -> Self {
        Self { readable: ByteSet::EMPTY, writable: ByteSet::EMPTY }
    }

    /// Keeps what these allow too.
    // What they allow is large, and nobody needs it afterwards.
    #[inline(never)]
    fn narrow(&mut self, allows: impl IntoIterator<Item = Allow>) {
        let mut given = Self::none();
        allows.into_iter().for_each(|allow| given.add(allow));
        self.readable.intersect(&given.readable);
        self.writable.intersect(&given.writable);
    }

    fn add(&mut self, Allow { start, end, writable }: Allow) {
        self.readable.insert(start..end);
        if writable {
            self.writable.insert(start..end);
        }
    }
}

impl Default for UnassignedRule {
    #[inline]
    fn default() -> Self {
        Self { kind: Unassigned::Raw, allowed: None }
    }
}

impl UnassignedRule {
    /// Adds what a layer or the VMM says; [`Unassigned::Unspecified`] says nothing.
    pub fn add(&mut self, kind: Unassigned, allows: impl IntoIterator<Item = Allow>) {
        if kind < self.kind || kind == Unassigned::Unspecified {
            return;
        }
        if kind == self.kind {
            // Without an exception so far there is none.
            if let Some(all) = &mut self.allowed {
                all.narrow(allows);
            }
            return;
        }
        self.kind = kind;
        self.allow_only(allows);
    }

    #[inline(never)]
    fn allow_only(&mut self, allows: impl IntoIterator<Item = Allow>) {
        self.allowed = None;
        for allow in allows {
            self.allowed.get_or_insert_with(Allowed::none).add(allow);
        }
    }

    /// The strictness that won.
    #[must_use]
    pub fn kind(&self) -> Unassigned {
        self.kind
    }

    fn reads(&self, offset: u16) -> bool {
        self.kind < Unassigned::Deny || self.allowed.as_ref().is_some_and(|all| all.readable.contains(offset))
    }

    /// The bytes that a guest must not write; among them are those that it must not read.
    fn unwritable(&self) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        if self.kind >= Unassigned::ReadOnly {
            set = ByteSet::ALL;
            if let Some(all) = &self.allowed {
                set.subtract(&all.writable);
            }
        }
        set
    }
}

impl Overlay {
    /// Applies the rule to every byte after the header that is not `assigned`, that is in no capability of the guest's
    /// view, and of which no bit is owned. The bytes of `shielded`, hidden capabilities that are known to be there, count
    /// as unassigned and drop writes in any case.
    ///
    /// Do this last: who owns a bit of a byte afterwards lifts the rule from it.
    pub fn restrict(&mut self, rule: &UnassignedRule, assigned: &ByteSet, shielded: &ByteSet) {
        let mut restricted = rule.unwritable();
        restricted.subtract(assigned);
        restricted.union(shielded);
        restricted.intersect(&ByteSet::of(FIRST..self.size));
        for offset in restricted.iter() {
            let at = usize::from(offset);
            if self.owned_bits(offset) != 0 {
                continue;
            }
            if rule.reads(offset) {
                self.ownership.drop_writes(at);
            } else {
                self.ownership.deny(at);
                self.values_mut()[at] = 0;
            }
        }
    }
}
