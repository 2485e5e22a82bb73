//! Findings as workflow commands of GitHub Actions, which show them on the lines of a pull request.

use quirk_compiler::Compilation;
use quirk_compiler::diagnostic::Diagnostic;

use super::part::{bounds, message_with_help, path};

/// One command a finding.
pub(super) fn report(compilation: &Compilation) -> String {
    compilation.diagnostics().iter().map(|found| command(found, compilation)).collect()
}

fn command(found: &Diagnostic, compilation: &Compilation) -> String {
    let sources = compilation.sources();
    let (start, end) = bounds(found.primary.place, sources);
    let file = property(&path(found.primary.place, sources));
    let title = property(&format!("{} {}", found.rule.code(), found.rule.name));
    // Columns are only read where the finding stays on its line.
    let extent = if start.line == end.line {
        format!("line={},col={},endColumn={}", start.line, start.column, end.column)
    } else {
        format!("line={},endLine={}", start.line, end.line)
    };
    let text = data(&message_with_help(found));
    format!("::{} file={file},{extent},title={title}::{text}\n", found.severity)
}

/// What would end the command or its line is written as `%XX`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property, so is what would end the property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_in_a_text_ends_the_command() {
        assert_eq!(data("50%\r\nnext: a, b"), "50%25%0D%0Anext: a, b");
        assert_eq!(property("c:\\a,b%\n"), "c%3A\\a%2Cb%25%0A");
    }
}
