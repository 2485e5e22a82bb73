//! What can be told of a step without running it: whether it can fail, and with which bytes it can start.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::bytes::Bytes;
use super::step::Step;

/// With what a step can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct First {
    pub(super) bytes: Bytes,
    /// It can also succeed without having read anything, so any byte may follow, or none.
    pub(super) empty: bool,
}

/// All rules, with what is already known of them.
pub(super) struct Facts {
    rules: BTreeMap<String, Step>,
    first: RefCell<BTreeMap<String, First>>,
    /// False while a rule is being looked at: one that needs itself is not known not to fail.
    never_fails: RefCell<BTreeMap<String, bool>>,
}

impl Facts {
    pub(super) fn new(rules: BTreeMap<String, Step>) -> Self {
        Self { rules, first: RefCell::default(), never_fails: RefCell::default() }
    }

    /// What a rule does.
    pub(super) fn rule(&self, name: &str) -> Option<&Step> {
        self.rules.get(name)
    }

    /// Whether a step succeeds on every text.
    pub(super) fn never_fails(&self, step: &Step) -> bool {
        match step {
            Step::Text(text) => text.is_empty(),
            Step::Run(_, least) => *least == 0,
            Step::Repeat(_) | Step::Optional(_) | Step::Until(_) => true,
            Step::Bounded(..) | Step::One(_) | Step::Look(..) => false,
            Step::Choice(all) => all.iter().any(|each| self.never_fails(each)),
            Step::Sequence(all) => all.iter().all(|each| self.never_fails(each)),
            Step::Node(_, inner) => self.never_fails(inner),
            Step::Call(name) => {
                if let Some(&known) = self.never_fails.borrow().get(name) {
                    return known;
                }
                self.never_fails.borrow_mut().insert(name.clone(), false);
                let found = self.rules.get(name).is_some_and(|rule| self.never_fails(rule));
                self.never_fails.borrow_mut().insert(name.clone(), found);
                found
            }
        }
    }

    /// With what a step can start. More is claimed than can be, never less.
    pub(super) fn first(&self, step: &Step) -> First {
        let only = |bytes: Bytes| First { bytes, empty: false };
        let maybe = |first: First| First { empty: true, ..first };
        match step {
            Step::Text(text) | Step::Bounded(text, _) => match text.bytes().next() {
                Some(byte) => only(Bytes::one(byte)),
                None => maybe(only(Bytes::NONE)),
            },
            Step::One(bytes) | Step::Run(bytes, 1) => only(bytes.clone()),
            Step::Run(bytes, _) => maybe(only(bytes.clone())),
            Step::Look(..) | Step::Until(_) => maybe(only(Bytes::NONE)),
            Step::Repeat(inner) | Step::Optional(inner) => maybe(self.first(inner)),
            Step::Node(_, inner) => self.first(inner),
            Step::Choice(all) => all
                .iter()
                .map(|each| self.first(each))
                .fold(only(Bytes::NONE), |a, b| First { bytes: a.bytes.union(&b.bytes), empty: a.empty || b.empty }),
            Step::Sequence(all) => {
                let mut first = maybe(only(Bytes::NONE));
                for each in all {
                    let next = self.first(each);
                    first = First { bytes: first.bytes.union(&next.bytes), empty: next.empty };
                    if !first.empty {
                        break;
                    }
                }
                first
            }
            Step::Call(name) => {
                if let Some(known) = self.first.borrow().get(name) {
                    return known.clone();
                }
                // pest's own rules, as the end of the text, read nothing.
                let found = self.rules.get(name).map_or(maybe(only(Bytes::NONE)), |rule| self.first(rule));
                self.first.borrow_mut().insert(name.clone(), found.clone());
                found
            }
        }
    }

    /// The characters of which a step reads exactly one, whichever.
    pub(super) fn one_of(&self, step: &Step) -> Option<Bytes> {
        match step {
            Step::Text(text) => match text.as_bytes() {
                [byte] if byte.is_ascii() => Some(Bytes::one(*byte)),
                _ => None,
            },
            Step::One(bytes) => Some(bytes.clone()),
            Step::Call(name) => self.one_of(self.rules.get(name)?),
            Step::Choice(all) => all
                .iter()
                .map(|each| self.one_of(each))
                .try_fold(Bytes::NONE, |sum, each| each.map(|each| sum.union(&each))),
            // Any character but some.
            Step::Sequence(all) => match all.as_slice() {
                [not, Step::One(any)] if *any == Bytes::ALL => self.refused(not).map(|refused| refused.others()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The bytes before which a step that reads nothing fails; it succeeds before all others, and at the end.
    pub(super) fn refused(&self, step: &Step) -> Option<Bytes> {
        match step {
            Step::Look(false, inner) => self.one_of(inner),
            Step::Call(name) => self.refused(self.rules.get(name)?),
            _ => None,
        }
    }
}
