//! From syntax to model: the parts that all statements share.

mod allow;
mod alone;
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
mod seats;
mod test_block;
mod test_policy;
mod times;

use core::sync::atomic::AtomicU32;
use std::collections::HashMap;

use quirk_dsl::Span;
use quirk_dsl::ast::{Expr, ExprKind, ItemKind, Name, Radix, Range, RangeEnd, Str};

use crate::catalogue::{self, Rule};
use crate::diagnostic::Diagnostic;
use crate::load::{Early, Said};
use crate::model::{Claim, Format, Model, NodeId, NodeIds, Region};
use crate::names::{ItemId, NameKind, Names, duplicate};
use crate::source::{FileId, Place};
use crate::suggest::listed;
use seats::Seats;

pub(crate) use alone::alone;

/// Understands all items that are not understood already. What cannot be understood is reported and left out.
pub(crate) fn lower(names: &mut Names<'_>, early: Vec<Vec<Early>>, said: Vec<Vec<Said>>) -> Model {
    let program = names.program;
    let mut lower = Lower { said, ..Lower::new(names, &program.nodes) };
    lower.claims_of_names();
    lower.understood(early);
    lower.all_sources();
    for (unit, each) in program.units.iter().enumerate() {
        for (item, node) in each.open() {
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
        for (_, node) in each.open() {
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
    nodes: NodeIds<'p>,
    pub(super) model: Model,
    pub(super) devices: Seats,
    /// What devices say that are not understood yet, by unit and in the order of its open items.
    said: Vec<Vec<Said>>,
    pub(super) formats: HashMap<ItemId, Option<usize>>,
    pub(super) layers: HashMap<ItemId, usize>,
    /// Titles of tests, unique in a file.
    pub(super) titles: HashMap<(FileId, String), Place>,
    /// What each source says.
    pub(super) sources: HashMap<ItemId, Claim>,
}

impl<'l, 'p> Lower<'l, 'p> {
    fn new(names: &'l mut Names<'p>, nodes: &'p AtomicU32) -> Self {
        let program = names.program;
        Self {
            names,
            unit: 0,
            nodes: NodeIds::new(nodes),
            model: Model::default(),
            devices: Seats::new(program),
            said: vec![],
            formats: HashMap::new(),
            layers: HashMap::new(),
            titles: HashMap::new(),
            sources: HashMap::new(),
        }
    }
}

impl Lower<'_, '_> {
    pub(super) fn node(&mut self) -> NodeId {
        self.nodes.next()
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

    /// Names that no other item of all files may have.
    fn claims_of_names(&mut self) {
        let program = self.names.program;
        if program.units.len() == 1 {
            // Twice in one file was reported with the names.
            return;
        }
        let mut first: HashMap<&str, Place> = HashMap::new();
        for (unit, each) in program.units.iter().enumerate() {
            self.unit = unit;
            for (_, name) in each.ast.items.iter().filter_map(NameKind::of).filter(|(kind, _)| kind.is_global()) {
                let place = self.place(name.span);
                let known = *first.entry(&name.value).or_insert(place);
                if known.file != place.file {
                    self.report(duplicate(&name.value, place, known));
                }
            }
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
        self.is_text(text, what).then(|| text.value.clone())
    }

    /// Whether a text is one that is not empty.
    pub(super) fn is_text(&mut self, text: &Str, what: &str) -> bool {
        let is_empty = text.value.trim().is_empty();
        let is_long = text.value.len() > usize::from(u16::MAX);
        if is_empty {
            self.wrong(&catalogue::EMPTY_TEXT, text.span, format!("{what} is empty"));
        } else if is_long {
            self.wrong(&catalogue::DOES_NOT_FIT, text.span, format!("{what} has more than 65535 bytes"));
        }
        !is_empty && !is_long
    }

    /// The index of a format that is understood.
    pub(super) fn format(&mut self, id: ItemId) -> Option<usize> {
        if let Some(&known) = self.formats.get(&id) {
            return known;
        }
        let ItemKind::DvsecFormat(syntax) = &self.names.item(id).kind else { return None };
        let back = core::mem::replace(&mut self.unit, id.unit);
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
