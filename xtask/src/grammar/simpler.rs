//! Steps that do the same with less: characters of a kind are read as a run, a keyword together with its end.

use super::bytes::Bytes;
use super::facts::Facts;
use super::step::Step;

impl Facts {
    /// A step that does the same.
    pub(super) fn simpler(&self, step: &Step) -> Step {
        if let Some(one) = self.one_of(step) {
            return if matches!(step, Step::Text(_)) { step.clone() } else { Step::One(one) };
        }
        match step {
            Step::Choice(all) => Step::Choice(all.iter().map(|each| self.simpler(each)).collect()),
            Step::Sequence(all) => self.row(all),
            Step::Repeat(inner) => self.repeat(inner),
            Step::Optional(inner) => Step::Optional(Box::new(self.simpler(inner))),
            Step::Look(positive, inner) => Step::Look(*positive, Box::new(self.simpler(inner))),
            Step::Node(name, inner) => Step::Node(name.clone(), Box::new(self.simpler(inner))),
            _ => step.clone(),
        }
    }

    fn row(&self, all: &[Step]) -> Step {
        let mut row: Vec<Step> = Vec::new();
        for each in all {
            match (row.last_mut(), self.refused(each)) {
                (Some(Step::Text(text)), Some(longer)) => {
                    let bounded = Step::Bounded(core::mem::take(text), longer);
                    row.pop();
                    row.push(bounded);
                }
                _ => row.push(self.simpler(each)),
            }
        }
        Step::Sequence(row)
    }

    fn repeat(&self, inner: &Step) -> Step {
        if let Some(bytes) = self.one_of(inner) {
            return Step::Run(bytes, 0);
        }
        let inner = match self.simpler(inner) {
            // A run may take the place of one character where no other alternative could start inside of it.
            Step::Choice(all) => {
                let kinds: Vec<Option<Bytes>> = all.iter().map(|each| self.one_of(each)).collect();
                let run = |at: usize, each: &Step| {
                    let bytes = kinds[at].clone()?;
                    let apart = |other: &Step| {
                        let first = self.first(other);
                        !first.empty && first.bytes.is_disjoint(&bytes)
                    };
                    let alone = all.iter().enumerate().all(|(other, step)| other == at || apart(step));
                    Some(if alone { Step::Run(bytes, 1) } else { each.clone() })
                };
                Step::Choice(
                    all.iter().enumerate().map(|(at, each)| run(at, each).unwrap_or_else(|| each.clone())).collect(),
                )
            }
            other => other,
        };
        Step::Repeat(Box::new(inner))
    }
}
