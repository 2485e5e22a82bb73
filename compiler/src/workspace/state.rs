//! What is kept of files and of their items beside the texts: names, places, the functions that they match, what was found.

use std::collections::HashMap;
use std::sync::Arc;

use quirk_dsl::{Span, ast};

use crate::diagnostic::Diagnostic;
use crate::lower::claims::poisoned;
use crate::model::{Clause, NameKind};
use crate::source::{FileId, Place};

/// An item by its file and its index there.
pub(super) type At = (usize, usize);

/// One file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) id: FileId,
    /// The files that it uses, in the order of its `use`s.
    pub(super) uses: Vec<Option<usize>>,
    /// The files that use it.
    pub(super) users: Vec<usize>,
    pub(super) asked_for: bool,
    /// An item could not be read.
    pub(super) poisoned: bool,
    /// A `use` could not be read.
    pub(super) lost_use: bool,
    /// What reading it found, and what is told of that.
    pub(super) wrong: Vec<Diagnostic>,
    pub(super) told: Vec<Diagnostic>,
    pub(super) items: Vec<Item>,
    /// Its items by the names that they declare.
    pub(super) names: HashMap<Box<str>, Vec<usize>>,
    pub(super) declared: Arc<[(NameKind, String)]>,
}

impl File {
    /// Collects the names again.
    pub(super) fn name(&mut self) {
        self.names.clear();
        for (index, item) in self.items.iter().enumerate() {
            if let Kind::Named(_) = item.kind {
                self.names.entry(item.name.as_str().into()).or_default().push(index);
            }
        }
        let named = self.items.iter().filter_map(|item| match item.kind {
            Kind::Named(kind) => Some((kind, item.name.clone())),
            Kind::Edition | Kind::Test => None,
        });
        self.declared = named.collect();
    }

    /// What may have declared a name and could not be read: any item, a `use`.
    pub(super) fn lost(&self) -> (bool, bool) {
        (self.poisoned, self.lost_use)
    }

    /// Whether something in it may have named a source and could not be read.
    pub(super) fn is_doubtful(&self) -> bool {
        self.poisoned || self.items.iter().any(|item| item.poisoned || item.lost_source)
    }
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Edition,
    Test,
    Named(NameKind),
}

/// One item.
#[derive(Debug)]
pub(super) struct Item {
    /// No other has had it.
    pub(super) number: u32,
    pub(super) kind: Kind,
    /// Its name; of a test its title.
    pub(super) name: String,
    /// The file that a `use` names, as it was written.
    pub(super) path: Option<Box<str>>,
    pub(super) span: Span,
    /// A statement of it is lost that may have named a source.
    pub(super) poisoned: bool,
    /// It names a source that is not known.
    pub(super) lost_source: bool,
    /// The functions that it matches.
    pub(super) clauses: Vec<Clause>,
    /// What was found in it.
    pub(super) findings: Vec<Diagnostic>,
}

impl Item {
    pub(super) fn new(item: &ast::Item, number: u32) -> Self {
        let (kind, name) = match (&item.kind, NameKind::of(item)) {
            (_, Some((kind, name))) => (Kind::Named(kind), name.value.clone()),
            (ast::ItemKind::Test(test), None) => (Kind::Test, test.title.value.clone()),
            (_, None) => (Kind::Edition, String::new()),
        };
        let poisoned = poisoned(item);
        let path = match &item.kind {
            ast::ItemKind::Use(used) => Some(used.path.value.as_str().into()),
            _ => None,
        };
        let (clauses, findings) = (vec![], vec![]);
        Self { number, kind, name, path, span: item.span, poisoned, lost_source: false, clauses, findings }
    }

    /// Whether it was read as this is.
    pub(super) fn is_like(&self, item: &ast::Item) -> bool {
        let now = Self::new(item, self.number);
        (self.kind, self.poisoned, &self.name, &self.path) == (now.kind, now.poisoned, &now.name, &now.path)
    }

    pub(super) fn is(&self, kind: NameKind) -> bool {
        self.kind == Kind::Named(kind)
    }

    /// Whether it is of a kind whose names are unique over all files.
    pub(super) fn is_global(&self) -> bool {
        matches!(self.kind, Kind::Named(kind) if kind.is_global())
    }
}

/// Every place of a finding.
pub(super) fn places(found: &mut Diagnostic) -> impl Iterator<Item = &mut Place> {
    let secondary = found.secondary.iter_mut().map(|label| &mut label.place);
    let edits = found.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.place);
    core::iter::once(&mut found.primary.place).chain(secondary).chain(edits)
}
