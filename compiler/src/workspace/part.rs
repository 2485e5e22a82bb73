//! A part of a program, looked at by itself.

use std::collections::{BTreeMap, BTreeSet};

use quirk_dsl::Ordered as _;
use quirk_dsl::{Span, ast, read, read_items};

use super::Workspace;
use super::reading::Reading;
use super::state::{At, File};
use crate::allocate::Plans;
use crate::diagnostic::Diagnostic;
use crate::load::{Program, Unit};
use crate::model::{Clause, Model, NameKind};
use crate::passes::{PASSES, Pass};
use crate::pipeline::{Understood, finish, in_order, understand};
use crate::source::Place;

/// What was found in a part.
pub(super) struct Part {
    pub(super) model: Model,
    pub(super) plans: Plans,
    pub(super) found: BTreeMap<At, Vec<Diagnostic>>,
    pub(super) clauses: BTreeMap<At, Vec<Clause>>,
    /// Items whose evidence names a source that is not known.
    pub(super) lost_sources: BTreeSet<At>,
}

/// A file that has just been read.
#[derive(Clone, Copy)]
pub(super) struct Fresh<'r> {
    pub(super) file: usize,
    pub(super) read: &'r Reading,
}

impl Workspace {
    /// Looks at some items that speak of nothing but each other.
    pub(super) fn look(&self, items: &BTreeSet<At>, fresh: Option<Fresh<'_>>) -> Option<Part> {
        let program = self.program(items, fresh)?;
        let files: BTreeSet<usize> = items.iter().map(|(file, _)| *file).collect();
        let before: Vec<Diagnostic> = files.into_iter().flat_map(|file| self.files[file].wrong.clone()).collect();
        let passes: Vec<&Pass> = PASSES.iter().collect();
        let Understood { model, plans, mut diagnostics } = understand(program, &before, &self.options, &passes);
        finish(&mut diagnostics, &self.sources, &self.options);
        in_order(&mut diagnostics);
        let mut part = self.sorted(model, plans);
        for found in diagnostics {
            part.found.entry(self.owner(found.primary.place)?).or_default().push(found);
        }
        Some(part)
    }

    /// A model, with the clauses of its parts by item.
    pub(super) fn sorted(&self, model: Model, plans: Plans) -> Part {
        let devices = model.devices.iter().map(|device| (device.head, &device.clauses));
        let layers = model.layers.iter().map(|layer| (layer.head, &layer.clauses));
        let clauses = devices.chain(layers).filter_map(|(head, clauses)| Some((self.owner(head)?, clauses.clone())));
        let (clauses, lost_sources) =
            (clauses.collect(), model.lost_sources.iter().filter_map(|place| self.owner(*place)).collect());
        Part { model, plans, found: BTreeMap::new(), clauses, lost_sources }
    }

    /// The item in which a place is.
    pub(super) fn owner(&self, place: Place) -> Option<At> {
        let file = *self.of_file.get(&place.file)?;
        let items = &self.files[file].items;
        let after = items.partition_point(|item| item.span.start <= place.span.start);
        (!items.is_empty()).then(|| (file, after.saturating_sub(1)))
    }

    fn program(&self, items: &BTreeSet<At>, fresh: Option<Fresh<'_>>) -> Option<Program> {
        let unit = |(index, file): (usize, &File)| {
            let fresh = fresh.filter(|fresh| fresh.file == index).map(|fresh| fresh.read);
            let mut unit = Unit::new(file.id, self.said(file, &wanted(items, index, file), fresh)?, vec![]);
            unit.uses.clone_from(&file.uses);
            unit.asked_for = file.asked_for;
            unit.declared = file.declared.clone();
            Some(unit)
        };
        let units: Option<Vec<Unit>> = self.files.iter().enumerate().map(unit).collect();
        Some(Program { units: units?, ..Program::default() })
    }

    /// What some items of a file say.
    fn said(&self, file: &File, wanted: &[usize], fresh: Option<&Reading>) -> Option<ast::File> {
        let pick = |whole: &ast::File| {
            let items: Option<Vec<ast::Item>> = wanted.iter().map(|at| whole.items.get(*at).cloned()).collect();
            Some(ast::File { items: items?, words: whole.words.clone(), ..ast::File::default() })
        };
        let text = self.sources.get(file.id).held_text();
        let some = |wanted: &[usize]| {
            let spans: Vec<Span> = wanted.iter().map(|at| file.items[*at].span).collect();
            read_items(text, &spans)
        };
        let ast = match fresh {
            _ if wanted.is_empty() => ast::File::default(),
            Some(Reading::Whole(read)) => pick(&read.file)?,
            Some(Reading::Item(at, read)) if wanted.contains(at) => {
                // Nothing is wrong with the others.
                let others: Vec<usize> = wanted.iter().copied().filter(|other| other != at).collect();
                joined(some(&others), &read.file)
            }
            Some(Reading::Item(..)) => some(wanted),
            None if file.wrong.is_empty() => some(wanted),
            None => pick(&read(text.clone(), self.options.threads()).file)?,
        };
        (ast.items.len() == wanted.len()).then_some(ast::File {
            poisoned: file.poisoned,
            lost_use: file.lost_use,
            ..ast
        })
    }
}

/// Two parts of a file as one.
fn joined(mut one: ast::File, other: &ast::File) -> ast::File {
    one.items.extend(other.items.iter().cloned());
    one.items.order_by_key(|item| item.span);
    one.words.extend(other.words.iter().copied());
    one.words.order_by_key(|word| word.span);
    one
}

/// The wanted items of a file, with all its `use`s if there are any.
fn wanted(items: &BTreeSet<At>, index: usize, file: &File) -> Vec<usize> {
    let mut wanted: BTreeSet<usize> = items.range((index, 0)..(index + 1, 0)).map(|(_, item)| *item).collect();
    if !wanted.is_empty() && !file.uses.is_empty() {
        let uses = file.items.iter().enumerate().filter(|(_, item)| item.is(NameKind::Namespace));
        wanted.extend(uses.map(|(at, _)| at));
    }
    wanted.into_iter().collect()
}
