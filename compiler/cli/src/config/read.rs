//! The text of a configuration: what it says, or everything that is wrong with it, each with its place.

use core::ops::Range;
use std::path::Path;

use quirk_compiler::catalogue::{self, Level, Rule};
use quirk_compiler::diagnostic::{Applicability, Diagnostic, Edit};
use quirk_compiler::{FileId, Place, Sources};
use quirk_dsl::Ordered as _;
use quirk_dsl::Span;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::address::address;
use super::settings::Config;
use crate::diff::rule::BreakingRule;

/// The settings of a configuration.
const SETTINGS: [&str; 4] = ["library", "rules", "diff", "playground"];

/// Reads a configuration that lies at a path.
pub(super) fn config(path: &Path, text: &str) -> Result<Config, (Sources, Vec<Diagnostic>)> {
    let mut sources = Sources::default();
    let file = sources.add(path, text);
    let mut reader = Reader { file, found: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or_default();
        reader.wrong(&catalogue::CONFIGURATION_SYNTAX, span, error.message().to_owned());
    }
    let config = if reader.found.is_empty() { reader.table(path, table.get_ref()) } else { Config::default() };
    if reader.found.is_empty() {
        return Ok(config);
    }
    reader.found.order_by_key(|found| found.primary.place);
    Err((sources, reader.found))
}

struct Reader {
    file: FileId,
    found: Vec<Diagnostic>,
}

impl Reader {
    fn diagnostic(&self, rule: &'static Rule, span: Range<usize>, message: String) -> Diagnostic {
        let offset = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let place = Place { file: self.file, span: Span::new(offset(span.start), offset(span.end)) };
        Diagnostic::new(rule, place, message)
    }

    fn wrong(&mut self, rule: &'static Rule, span: Range<usize>, message: String) {
        let found = self.diagnostic(rule, span, message);
        self.found.push(found);
    }

    fn wrong_value(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let is = value.get_ref().type_str();
        self.wrong(&catalogue::SETTING_VALUE, value.span(), format!("expected {wanted}, found {is}"));
    }

    fn table(&mut self, path: &Path, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("library", DeValue::Array(folders)) => {
                    let beside = path.parent().unwrap_or(Path::new(""));
                    for folder in folders {
                        match folder.get_ref() {
                            DeValue::String(name) if !name.is_empty() => {
                                config.libraries.push(beside.join(name.as_ref()));
                            }
                            DeValue::String(_) => {
                                let message = "the name of a folder is empty".to_owned();
                                self.wrong(&catalogue::SETTING_VALUE, folder.span(), message);
                            }
                            _ => self.wrong_value(folder, "the name of a folder"),
                        }
                    }
                }
                ("library", _) => self.wrong_value(value, "a list of folders"),
                ("rules", DeValue::Table(rules)) => {
                    for (name, level) in rules {
                        config.levels.extend(self.rule(name.get_ref(), name.span(), level));
                    }
                }
                ("diff", DeValue::Table(rules)) => {
                    for (name, level) in rules {
                        config.diff.extend(self.breaking_rule(name.get_ref(), name.span(), level));
                    }
                }
                ("playground", DeValue::String(text)) => match address(text) {
                    Ok(address) => config.playground = Some(address),
                    Err(problem) => self.wrong(&catalogue::SETTING_VALUE, value.span(), problem),
                },
                ("playground", _) => self.wrong_value(value, "the address of a page"),
                ("rules" | "diff", _) => self.wrong_value(value, "a table of rules"),
                (unknown, _) => {
                    let message = format!("there is no setting `{unknown}`");
                    let found = self.diagnostic(&catalogue::UNKNOWN_CONFIGURATION, key.span(), message);
                    let mut found = found.did_you_mean(unknown, SETTINGS);
                    found.help.get_or_insert_with(|| {
                        "the settings are `library`, `rules`, `diff` and `playground`".to_owned()
                    });
                    self.found.push(found);
                }
            }
        }
        config
    }

    fn rule(&mut self, name: &str, span: Range<usize>, level: &Spanned<DeValue<'_>>) -> Option<(&'static Rule, Level)> {
        let rule = catalogue::find(name).filter(|rule| rule.name == name);
        let level = self.level(level);
        let Some(rule) = rule else {
            let found = self.diagnostic(&catalogue::CONFIGURED_RULE, span, format!("there is no rule `{name}`"));
            let found = match catalogue::find(name) {
                Some(rule) => {
                    let edit = Edit { place: found.primary.place, text: rule.name.to_owned() };
                    let title = format!("write `{}`", rule.name);
                    found.help(format!("it is called `{}` here", rule.name)).fix(Applicability::Safe, title, edit)
                }
                None => found.did_you_mean(name, catalogue::all().map(|rule| rule.name)),
            };
            self.found.push(found);
            return None;
        };
        let level = level?;
        if !rule.may_be(level) {
            let message = format!("`{name}` is always an error: no tables can be made where it is broken");
            self.wrong(&catalogue::CONFIGURED_RULE, span, message);
            return None;
        }
        Some((rule, level))
    }

    fn breaking_rule(
        &mut self,
        name: &str,
        span: Range<usize>,
        level: &Spanned<DeValue<'_>>,
    ) -> Option<(BreakingRule, Level)> {
        let rule = BreakingRule::find(name);
        let level = self.level(level);
        if rule.is_none() {
            let found = self.diagnostic(&catalogue::CONFIGURED_RULE, span, format!("there is no rule `{name}`"));
            self.found.push(found.did_you_mean(name, BreakingRule::ALL.iter().map(|rule| rule.word())));
        }
        Some((rule?, level?))
    }

    fn level(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Level> {
        let DeValue::String(word) = value.get_ref() else {
            self.wrong_value(value, "`\"off\"`, `\"warn\"` or `\"error\"`");
            return None;
        };
        let level = Level::ALL.into_iter().find(|level| level.word() == word);
        if level.is_none() {
            let message = format!("there is no level `{word}`");
            let found = self.diagnostic(&catalogue::SETTING_VALUE, value.span(), message);
            self.found.push(found.help("a rule is `\"off\"`, `\"warn\"` or `\"error\"`"));
        }
        level
    }
}
