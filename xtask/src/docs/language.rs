//! The generated parts of `docs/language.md`: between `<!-- begin NAME -->` and `<!-- end -->` stands what the shape table and
//! the list of capabilities say. The rest is written by hand.

use std::fmt::Write;

use quirk_dsl::shape::{Context, Part, Shape, Times, Value};
use quirk_runtime::capability::{Space, UNBOUNDED};
use quirk_runtime::{Effect, Finding, Reason};

const BEGIN: &str = "<!-- begin ";
const END: &str = "<!-- end -->";

/// The reference with its generated parts as they ought to be. None of them is missing.
pub(super) fn reference(text: &str) -> Result<String, String> {
    let (out, seen) = filled(text)?;
    let missing = Context::ALL.iter().find(|context| has_statements(**context) && !seen.contains(&name(**context)));
    missing.map_or(Ok(out), |context| Err(format!("nothing says what stands in {}", context.title())))
}

/// The page on tests with its generated parts.
pub(super) fn testing(text: &str) -> Result<String, String> {
    filled(text).map(|(out, _)| out)
}

/// The text with its generated parts as they ought to be, and their names.
fn filled(text: &str) -> Result<(String, Vec<&str>), String> {
    let mut out = String::new();
    let mut rest = text;
    let mut seen: Vec<&str> = Vec::new();
    while let Some((before, behind)) = rest.split_once(BEGIN) {
        let (name, behind) = behind.split_once(" -->").ok_or("a `<!-- begin` is not closed")?;
        let (_, behind) = behind.split_once(END).ok_or_else(|| format!("`{name}` has no `{END}`"))?;
        // Writing to a string cannot fail.
        let _ = write!(out, "{before}{BEGIN}{name} -->\n\n{}\n{END}", part(name)?);
        seen.push(name);
        rest = behind;
    }
    Ok((out + rest, seen))
}

fn has_statements(context: Context) -> bool {
    !context.statements().is_empty()
}

/// What a block is called in the text.
fn name(context: Context) -> &'static str {
    match context {
        Context::File => "file",
        Context::Evidence => "evidence",
        Context::GivenPci => "given pci",
        _ => context.title().trim_matches('`'),
    }
}

fn part(wanted: &str) -> Result<String, String> {
    match wanted {
        "cap kinds" => Ok(kinds(Space::Conventional)),
        "ext kinds" => Ok(kinds(Space::Extended)),
        "names" => Ok(names()),
        _ => {
            let context = Context::ALL.iter().find(|context| name(**context) == wanted);
            context.map(|context| statements(*context)).ok_or_else(|| format!("there is no part `{wanted}`"))
        }
    }
}

fn statements(context: Context) -> String {
    let shapes = context.statements();
    let mut out =
        "| statement | how often | default | since | what it says |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for shape in shapes {
        let default = shape.default.unwrap_or(match shape.times {
            Times::Once | Times::AtLeastOnce => "needed",
            Times::AtMostOnce | Times::Any => "-",
        });
        let (syntax, times, doc) = (cell(shape.syntax), times(shape.times), cell(shape.doc));
        let _ = writeln!(out, "| `{syntax}` | {times} | {} | {} | {doc} |", cell(default), shape.since);
    }
    for shape in shapes {
        out += &details(shape);
    }
    out
}

fn details(shape: &Shape) -> String {
    let mut out = format!("\n`{}`", shape.keyword);
    if !shape.parts.is_empty() {
        out += ", with ";
        let words: Vec<String> = shape.parts.iter().map(word).collect();
        out += &words.join(", ");
        out += ".";
    }
    let _ = writeln!(out, "{}: `{}`", if shape.parts.is_empty() { "" } else { " For example" }, shape.example);
    out
}

fn word(part: &Part) -> String {
    let takes = match part.value {
        Value::Nothing | Value::Statement => "",
        Value::Number => " number",
        Value::Range => " range",
        Value::Name => " name",
        Value::Kind => " kind",
        Value::Text => " text",
    };
    format!("`{}`{takes} ({})", part.word, part.doc)
}

fn times(times: Times) -> &'static str {
    match times {
        Times::Once => "once",
        Times::AtMostOnce => "at most once",
        Times::AtLeastOnce => "at least once",
        Times::Any => "any number",
    }
}

fn kinds(space: Space) -> String {
    let mut out = "| kind | id | least length | where free bytes may begin |\n| --- | --- | --- | --- |\n".to_owned();
    for kind in space.kinds().iter().filter(|kind| !kind.name.is_empty()) {
        let free = match kind.max {
            _ if kind.is_fixed() => "after it".to_owned(),
            _ if kind.rule.is_exact() => "after the least: its bits tell the rest".to_owned(),
            UNBOUNDED => "at the next header".to_owned(),
            most => format!("after {most:#x}, or at the next header"),
        };
        let _ = writeln!(out, "| `{} {}` | {:#04x} | {:#x} | {free} |", space.keyword(), kind.name, kind.id, kind.min);
    }
    out
}

/// What `expect` knows by name.
fn names() -> String {
    let row = |(what, codes): (&str, &[&str])| {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        format!("| `{what}` | {} |\n", codes.join(", "))
    };
    let rows = [("effect", Effect::CODES), ("reason", Reason::CODES), ("finding", Finding::CODES)].map(row);
    format!("| `expect` | names |\n| --- | --- |\n{}", rows.concat())
}

/// In a table, `|` would begin another cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn a_mark_that_means_nothing_is_an_error() {
        assert!(reference("<!-- begin nonsense -->\n<!-- end -->").is_err_and(|error| error.contains("nonsense")));
        assert!(reference("<!-- begin file -->").is_err_and(|error| error.contains("<!-- end -->")));
        assert!(reference("").is_err_and(|error| error.contains("nothing says")));
    }
}
