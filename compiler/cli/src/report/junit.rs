//! Findings as `JUnit` XML: CI systems show it as tests. A file without failures is a test that passed.

use quirk_dsl::Ordered as _;
use std::fmt::Write;

use quirk_compiler::diagnostic::{Concise, Diagnostic, Severity};
use quirk_compiler::{Compilation, Source};

/// A suite for each file. Warnings are failures only if they are denied; else their text goes with the suite.
pub(super) fn report(compilation: &Compilation, denied: bool) -> String {
    let sources = compilation.sources();
    let fails = |found: &&Diagnostic| denied || found.severity == Severity::Error;
    let mut suites = String::new();
    let (mut tests, mut failures) = (0, 0);
    let mut files: Vec<&Source> = sources.iter().collect();
    files.order_by_key(|source| source.path());
    files.dedup_by_key(|source| source.path());
    for file in files {
        let here = compilation
            .diagnostics()
            .iter()
            .filter(|found| sources.get(found.primary.place.file).path() == file.path());
        let (failed, passed): (Vec<&Diagnostic>, Vec<&Diagnostic>) = here.partition(fails);
        tests += failed.len().max(1);
        failures += failed.len();
        // Writing to a string cannot fail.
        let _ = suite(&mut suites, compilation, &file.name(), &failed, &passed);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"quirkc check\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n{suites}</testsuites>\n"
    )
}

fn suite(
    out: &mut String,
    compilation: &Compilation,
    file: &str,
    failed: &[&Diagnostic],
    passed: &[&Diagnostic],
) -> std::fmt::Result {
    let sources = compilation.sources();
    let (name, failures) = (escaped(file), failed.len());
    let tests = failures.max(1);
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    )?;
    if failed.is_empty() {
        writeln!(out, "    <testcase classname=\"{name}\" name=\"check\"/>")?;
    }
    for diagnostic in failed {
        let rule = diagnostic.rule;
        let at = sources.position(diagnostic.primary.place);
        let test = format!("{} {} at {}:{}", rule.code(), rule.name, at.line, at.column);
        let (message, text) = (escaped(&diagnostic.message), escaped(&Concise { diagnostic, sources }.to_string()));
        writeln!(out, "    <testcase classname=\"{name}\" name=\"{test}\" file=\"{name}\" line=\"{}\">", at.line)?;
        writeln!(out, "      <failure type=\"{}\" message=\"{message}\">{text}</failure>", rule.name)?;
        writeln!(out, "    </testcase>")?;
    }
    if !passed.is_empty() {
        let texts: Vec<String> = passed.iter().map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect();
        writeln!(out, "    <system-out>{}</system-out>", escaped(&texts.join("\n")))?;
    }
    writeln!(out, "  </testsuite>")
}

/// XML has no way to write most control characters, not even escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\t' => out += "&#9;",
            '\n' => out += "&#10;",
            '\r' => out += "&#13;",
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_text_breaks_the_document() {
        assert_eq!(escaped("<a b=\"c\">&\u{1}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}&#10;");
    }
}
