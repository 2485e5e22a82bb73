//! `policy { .. }`: what the VMM of a test decides.

use quirk_dsl::ast::{self, Expr, Name, PolicySetting};
use quirk_dsl::shape::{Context, Shape, Times};
use quirk_runtime::capability::{Kind, Space};
use quirk_runtime::tables::Evidence;
use quirk_runtime::{ByteRange, Hidden, Native, Source, Sources};

use super::Lower;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::script::Settings;
use crate::names::NameKind;
use crate::source::Place;
use crate::suggest::listed;

/// In the order of their words.
const STRENGTHS: [Evidence; 6] =
    [Evidence::None, Evidence::Dump, Evidence::Probe, Evidence::Driver, Evidence::Vendor, Evidence::Datasheet];

/// What follows the name of a setting.
enum Behind<'s> {
    Nothing,
    Words(&'s [Name]),
    At(&'s Expr),
    Range(&'s ast::Range),
    /// A word and an offset or a range.
    WordAt(&'s Name, Option<&'s Expr>, Option<&'s ast::Range>),
    Other,
}

impl<'s> Behind<'s> {
    fn of(setting: &'s PolicySetting) -> Self {
        match (&setting.words[..], &setting.at, &setting.range) {
            ([], None, None) => Self::Nothing,
            (words, None, None) => Self::Words(words),
            ([], Some(at), _) => Self::At(at),
            ([], None, Some(range)) => Self::Range(range),
            ([word], at, range) => Self::WordAt(word, at.as_ref(), range.as_ref()),
            _ => Self::Other,
        }
    }
}

/// Where a setting is said first.
fn first_of(seen: &[(&str, Place)], name: &str) -> Option<Place> {
    seen.iter().find(|(known, _)| *known == name).map(|(_, first)| *first)
}

impl Lower<'_, '_> {
    pub(super) fn settings(&mut self, settings: &[PolicySetting]) -> Settings {
        let mut found = Settings::default();
        // No more than there are kinds of settings.
        let mut seen: Vec<(&str, Place)> = Vec::new();
        for setting in settings {
            let (name, place) = (setting.name.value.as_str(), self.place(setting.span));
            let Some(shape) = Context::Policy.statement(name) else {
                self.no_setting(setting);
                continue;
            };
            let first = first_of(&seen, name);
            if let Some(first) = first.filter(|_| shape.times == Times::AtMostOnce) {
                self.report(self.duplicate(Context::Policy, &format!("`{name}`"), place, first));
                continue;
            }
            if first.is_none() {
                seen.push((name, place));
            }
            self.setting(&mut found, shape, setting);
        }
        if let (Some(_), Some(_)) = (found.offset, found.ranges.first())
            && let (Some(offset), Some(ranges)) = (first_of(&seen, "offset"), first_of(&seen, "ranges"))
        {
            let message = "an operator gives an offset or ranges, not both";
            let both = Diagnostic::new(&catalogue::WRONG_POLICY, ranges, message);
            self.report(both.also(offset, "the offset is given here"));
        }
        found
    }

    fn setting(&mut self, found: &mut Settings, shape: &Shape, setting: &PolicySetting) {
        match (shape.keyword, Behind::of(setting)) {
            ("tail", Behind::Nothing | Behind::Words([_])) => found.tail = self.switch(shape, setting),
            ("native", Behind::Words([word])) => {
                found.native = self.choice(shape, word, &Native::ALL);
            }
            ("scan_gaps", Behind::Nothing | Behind::Words([_])) => found.scan_gaps = self.switch(shape, setting),
            ("expose_free_space", Behind::Nothing | Behind::Words([_])) => {
                found.expose_free_space = self.switch(shape, setting);
            }
            ("trapped_mirrors", Behind::Nothing | Behind::Words([_])) => {
                found.trapped_mirrors = self.switch(shape, setting);
            }
            ("offset", Behind::At(at)) => found.offset = self.offset(at).and_then(|at| u16::try_from(at).ok()),
            ("ranges", Behind::Range(range)) => found.ranges.extend(self.byte_range(range)),
            ("owned", Behind::Range(range)) => found.owned.extend(self.byte_range(range)),
            ("order", Behind::Words(words)) => found.sources = self.sources(shape, words),
            ("least_evidence", Behind::Words([word])) => found.least_evidence = self.choice(shape, word, &STRENGTHS),
            ("least_evidence_unless_zero", Behind::Words([word])) => {
                found.least_evidence_unless_zero = self.choice(shape, word, &STRENGTHS);
            }
            ("profile", Behind::Words([name])) => {
                let path = ast::Path { namespace: None, name: name.clone() };
                let known = self.names.resolve(self.unit, &path, NameKind::Profile).is_some();
                found.profile = known.then(|| name.value.clone());
            }
            ("disable", Behind::Words([name])) => {
                let path = ast::Path { namespace: None, name: name.clone() };
                let known = self.names.resolve(self.unit, &path, NameKind::Layer).is_some();
                found.disabled_layers.extend(known.then(|| name.value.clone()));
            }
            ("confirmed", Behind::WordAt(word, at, range)) => found.confirmed.extend(self.hidden(word, at, range)),
            (name, _) => {
                let message = format!("`{name}` is not written so");
                let found = Diagnostic::new(&catalogue::WRONG_POLICY, self.place(setting.span), message);
                self.report(found.help(format!("`{}`", shape.example)));
            }
        }
    }

    fn no_setting(&mut self, setting: &PolicySetting) {
        let name = &setting.name.value;
        let known: Vec<&str> = Context::Policy.keywords().collect();
        let place = self.place(setting.name.span);
        let found = Diagnostic::new(&catalogue::WRONG_POLICY, place, format!("a policy has no `{name}`"));
        let found = found.did_you_mean(name, known.iter().copied());
        let all = format!("a policy has {}", listed(&known, "and"));
        self.report(if found.help.is_some() { found } else { found.help(all) });
    }

    /// `on` where nothing is said.
    fn switch(&mut self, shape: &Shape, setting: &PolicySetting) -> bool {
        let word = setting.words.first();
        word.is_none_or(|word| self.choice(shape, word, &[true, false]).unwrap_or(false))
    }

    fn byte_range(&mut self, range: &ast::Range) -> Option<ByteRange> {
        let (start, end) = self.range(range)?;
        if end > 0x1000 {
            self.wrong(&catalogue::OUT_OF_BOUNDS, range.span, format!("the range ends at {end:#x}, past 0x1000"));
            return None;
        }
        Some(ByteRange::new(u16::try_from(start).ok()?, u16::try_from(end).ok()?))
    }

    /// The sources that may place PASID. Their order is the runtime's, so that one that is written otherwise is a mistake.
    fn sources(&mut self, shape: &Shape, words: &[Name]) -> Option<Sources> {
        let mut sources = Sources::NONE;
        let mut last: Option<Source> = None;
        for word in words {
            let source = self.choice(shape, word, &Source::ALL)?;
            if let Some(last) = last.filter(|&last| last >= source) {
                let message = format!("`{source}` is tried before `{last}`, not after it");
                let order = Source::ALL.map(Source::name);
                let found = Diagnostic::new(&catalogue::WRONG_POLICY, self.place(word.span), message);
                self.report(found.help(format!("the order is fixed: {}", listed(&order, "and"))));
                return None;
            }
            last = Some(source);
            sources = sources.with(source);
        }
        Some(sources)
    }

    /// A capability that the kernel hides and the caller knows.
    fn hidden(&mut self, word: &Name, at: Option<&Expr>, range: Option<&ast::Range>) -> Option<Hidden> {
        let Some(kind) = Kind::by_name(Space::Extended, &word.value) else {
            let message = format!("there is no `ext` capability `{}`", word.value);
            let found = Diagnostic::new(&catalogue::UNKNOWN_CAPABILITY, self.place(word.span), message);
            self.report(found.did_you_mean(&word.value, Space::Extended.kinds().iter().map(|kind| kind.name)));
            return None;
        };
        let (offset, length) = match range {
            Some(range) => {
                let ByteRange { start, end } = self.byte_range(range)?;
                (start, end - start)
            }
            None => (u16::try_from(self.offset(at?)?).ok()?, 0),
        };
        Some(Hidden::new(kind.id, 1, offset, length))
    }
}
