//! `quirkc rules`: every rule of the language.

use std::process::ExitCode;

use quirk_compiler::catalogue::{self, Rule};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{self, print};

/// The version of the JSON shape.
const VERSION: u32 = 1;

/// Lists the rules: code, name, severity, meaning
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each rule
    Text,
    /// One object, with the examples
    Json,
    /// A Markdown table
    Md,
}

#[derive(Serialize)]
struct Report {
    version: u32,
    rules: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    code: String,
    rule: &'static str,
    severity: String,
    silenceable: bool,
    group: &'static str,
    meaning: &'static str,
    rests_on: &'static str,
    failing: Option<&'static str>,
    corrected: Option<&'static str>,
}

/// Prints the rules.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    print(&match args.format {
        Format::Text => text(),
        Format::Json => json()?,
        Format::Md => markdown(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn text() -> String {
    let widest = catalogue::all().map(|rule| rule.name.len()).max().unwrap_or_default();
    let line = |rule: &Rule| {
        format!("{} {:widest$} {:7} {}\n", rule.code(), rule.name, rule.severity.to_string(), rule.meaning)
    };
    catalogue::all().map(line).collect()
}

fn markdown() -> String {
    let line = |rule: &Rule| {
        let meaning = rule.meaning.replace('|', "\\|");
        format!("| {} | `{}` | {} | {meaning} |\n", rule.code(), rule.name, rule.severity)
    };
    let head = "| code | rule | severity | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    catalogue::all().map(line).fold(head, |table, line| table + &line)
}

fn json() -> Result<String, Failure> {
    let given = |example: &'static str| (!example.is_empty()).then_some(example);
    let entry = |rule: &'static Rule| Entry {
        code: rule.code(),
        rule: rule.name,
        severity: rule.severity.to_string(),
        silenceable: rule.silenceable,
        group: rule.group(),
        meaning: rule.meaning,
        rests_on: rule.rests_on,
        failing: given(rule.failing),
        corrected: given(rule.corrected),
    };
    output::json(&Report { version: VERSION, rules: catalogue::all().map(entry).collect() })
}
