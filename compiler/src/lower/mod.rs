//! From syntax to model: the parts that all statements share.

mod allow;
pub(crate) mod claims;
mod clauses;
mod device;
mod emulate;
mod enable;
mod field;
mod format;
mod ids;
mod kind;
mod layer;
mod layout;
mod long_names;
mod pasid;
mod profile;
mod program;
mod reach;
mod test_block;
mod test_policy;
mod times;

use std::collections::HashMap;

use quirk_dsl::Span;
use quirk_dsl::ast::{Expr, ExprKind, ItemKind, Name, Radix, Range, RangeEnd, Str};

use crate::catalogue::{self, Rule};
use crate::diagnostic::Diagnostic;
use crate::model::{Claim, Format, Model, NodeId, Region};
use crate::names::{ItemId, Names, duplicate};
use crate::source::{FileId, Place};
use crate::suggest::listed;

/// Understands all items. What cannot be understood is reported and left out.
pub(crate) fn lower(names: &mut Names<'_>) -> Model {
    let mut lower = Lower {
        names,
        unit: 0,
        nodes: 0,
        model: Model::default(),
        devices: HashMap::new(),
        formats: HashMap::new(),
        layers: HashMap::new(),
        global: HashMap::new(),
        titles: HashMap::new(),
        sources: HashMap::new(),
    };
    let program = lower.names.program;
    lower.all_sources();
    for (unit, each) in program.units.iter().enumerate() {
        for (item, node) in each.ast.items.iter().enumerate() {
            let id = ItemId { unit, item };
            lower.unit = unit;
            match &node.kind {
                ItemKind::Device(_) => drop(lower.device(id)),
                ItemKind::DvsecFormat(_) => drop(lower.format(id)),
                ItemKind::Layer(_) => lower.layer(id),
                ItemKind::Profile(profile) => lower.profile(id, profile),
                ItemKind::Edition(_)
                | ItemKind::Use(_)
                | ItemKind::Const(_)
                | ItemKind::Source(_)
                | ItemKind::Test(_) => {}
            }
        }
    }
    lower.devices_in_order();
    for unit in 0..program.units.len() {
        lower.unit = unit;
        lower.overs(unit);
    }
    // Tests look at everything else.
    for (unit, each) in program.units.iter().enumerate() {
        lower.unit = unit;
        for node in &each.ast.items {
            if let ItemKind::Test(test) = &node.kind {
                lower.test(test, node.head);
            }
        }
        lower.allowances(unit);
    }
    lower.unused_sources();
    lower.model.lost_items = program.units.iter().any(|each| each.ast.poisoned);
    lower.model
}

/// Whether a number is written in decimal.
fn decimal(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Int(int) if int.radix == Radix::Decimal)
}

pub(crate) struct Lower<'l, 'p> {
    pub(super) names: &'l mut Names<'p>,
    /// The unit whose text is being understood.
    pub(super) unit: usize,
    nodes: u32,
    pub(super) model: Model,
    /// Index of each device; none while it is being understood.
    pub(super) devices: HashMap<ItemId, Option<usize>>,
    pub(super) formats: HashMap<ItemId, Option<usize>>,
    pub(super) layers: HashMap<ItemId, usize>,
    /// Names that are unique over all files.
    global: HashMap<String, Place>,
    /// Titles of tests, unique in a file.
    pub(super) titles: HashMap<(FileId, String), Place>,
    /// What each source says.
    pub(super) sources: HashMap<ItemId, Claim>,
}

impl Lower<'_, '_> {
    pub(super) fn node(&mut self) -> NodeId {
        self.nodes += 1;
        NodeId(self.nodes)
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.names.program.units[self.unit].file, span }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.names.diagnostics.push(diagnostic);
    }

    pub(super) fn wrong(&mut self, rule: &'static Rule, span: Span, message: impl Into<String>) {
        let found = Diagnostic::new(rule, self.place(span), message);
        self.report(found);
    }

    /// A name that no other item of all files may have.
    pub(super) fn claim(&mut self, name: &Name) {
        let place = self.place(name.span);
        match self.global.get(&name.value) {
            // Twice in one file was reported with the names.
            Some(first) if first.file == place.file => {}
            Some(&first) => self.report(duplicate(&name.value, place, first)),
            None => drop(self.global.insert(name.value.clone(), place)),
        }
    }

    pub(super) fn value(&mut self, expr: &Expr) -> Option<u64> {
        self.names.value(self.unit, expr)
    }

    /// A value of at most `max`.
    pub(super) fn at_most(&mut self, expr: &Expr, max: u64, what: &str) -> Option<u64> {
        let value = self.value(expr)?;
        if value > max {
            let limit = if decimal(expr) { max.to_string() } else { format!("{max:#x}") };
            let message = format!("{value:#x} is too large for {what}, which is at most {limit}");
            self.wrong(&catalogue::DOES_NOT_FIT, expr.span, message);
            return None;
        }
        Some(value)
    }

    pub(super) fn id16(&mut self, expr: &Expr, what: &str) -> Option<u16> {
        u16::try_from(self.at_most(expr, 0xffff, what)?).ok()
    }

    pub(super) fn id32(&mut self, expr: &Expr, what: &str) -> Option<u32> {
        u32::try_from(self.at_most(expr, 0xffff_ffff, what)?).ok()
    }

    /// A byte of config space.
    pub(super) fn offset(&mut self, expr: &Expr) -> Option<u64> {
        self.at_most(expr, 0xfff, "an offset")
    }

    /// A run of bytes that is not empty.
    pub(super) fn range(&mut self, range: &Range) -> Option<(u64, u64)> {
        let start = self.value(&range.start);
        let (end, length) = match &range.end {
            RangeEnd::End(end) => (self.value(end), false),
            RangeEnd::Len(length) => (self.value(length), true),
        };
        let start = start?;
        let end = if length { start.saturating_add(end?) } else { end? };
        if end <= start {
            let message = if length {
                "the range is empty".to_owned()
            } else {
                format!("the range ends at {end:#x}, before or where it starts at {start:#x}")
            };
            self.wrong(&catalogue::EMPTY_RANGE, range.span, message);
            return None;
        }
        Some((start, end))
    }

    pub(super) fn region(&mut self, range: &Range) -> Option<Region> {
        let (start, end) = self.range(range)?;
        Some(Region { node: self.node(), place: self.place(range.span), start, end })
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&mut self, name: &Name, words: &[(&str, T)]) -> Option<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == name.value) {
            return Some(*value);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` has no meaning here", name.value);
        let found = Diagnostic::new(&catalogue::UNKNOWN_WORD, self.place(name.span), message);
        let mut found = found.did_you_mean(&name.value, known.iter().copied());
        found.help.get_or_insert_with(|| format!("expected {}", listed(&known, "or")));
        self.report(found);
        None
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, text: &Str, what: &str) -> Option<String> {
        if text.value.trim().is_empty() {
            self.wrong(&catalogue::EMPTY_TEXT, text.span, format!("{what} is empty"));
            return None;
        }
        if text.value.len() > usize::from(u16::MAX) {
            self.wrong(&catalogue::DOES_NOT_FIT, text.span, format!("{what} has more than 65535 bytes"));
            return None;
        }
        Some(text.value.clone())
    }

    /// The index of a format that is understood.
    pub(super) fn format(&mut self, id: ItemId) -> Option<usize> {
        if let Some(&known) = self.formats.get(&id) {
            return known;
        }
        let ItemKind::DvsecFormat(syntax) = &self.names.item(id).kind else { return None };
        let back = core::mem::replace(&mut self.unit, id.unit);
        self.claim(&syntax.name);
        let format: Option<Format> = self.format_of(id, syntax);
        self.unit = back;
        let index = format.map(|format| {
            self.model.formats.push(format);
            self.model.formats.len() - 1
        });
        self.formats.insert(id, index);
        index
    }
}
