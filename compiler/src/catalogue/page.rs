//! The reference page of a rule, in Markdown: for `docs/diagnostics/`, `explain` and editors.

use std::fmt::Write;

use super::Rule;
use crate::severity::Severity;

/// What an example's first file is called.
const MAIN: &str = "main.quirk";

impl Rule {
    /// Whether it is an error, and whether `allow` may silence it, in one sentence.
    #[must_use]
    pub fn standing(&self) -> String {
        let allow = if self.silenceable {
            format!("`allow {} \"reason\";` inside an item silences it there", self.name)
        } else {
            "it cannot be silenced".to_owned()
        };
        let severity = match self.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        format!("{severity}; {allow}.")
    }

    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let mut out = format!("# {} `{}`\n\n{}\n\n{}\n", self.code(), self.name, self.standing(), self.meaning);
        out += &format!("\nRests on: {}\n", self.rests_on);
        for (title, example) in [("Failing", self.failing), ("Corrected", self.corrected)] {
            if !example.is_empty() {
                out += &format!("\n## {title}\n");
                example_blocks(&mut out, example);
            }
        }
        out
    }
}

/// The files of an example, the first under [`MAIN`]: a line `//# PATH` begins another.
fn example_files(example: &str) -> Vec<(&str, String)> {
    let mut files = vec![(MAIN, String::new())];
    for line in example.lines() {
        if let Some(path) = line.strip_prefix("//# ") {
            files.push((path, String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            *text += line;
            text.push('\n');
        }
    }
    files
}

fn example_blocks(out: &mut String, example: &str) {
    let files = example_files(example);
    let many = files.len() > 1;
    for (path, text) in files {
        // Writing to a string cannot fail.
        let _ = if many { writeln!(out, "\n`{path}`:") } else { Ok(()) };
        let language = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let _ = write!(out, "\n```{language}\n{text}```\n");
    }
}

#[cfg(test)]
mod tests {
    use super::example_files;
    use crate::catalogue;

    #[test]
    fn a_line_begins_another_file() {
        let files = example_files("a;\n//# b/c.quirk\nd;\n");
        assert_eq!(files, [("main.quirk", "a;\n".to_owned()), ("b/c.quirk", "d;\n".to_owned())]);
    }

    #[test]
    fn a_page_shows_both_examples_whole() {
        let page = catalogue::OVERLAP.page();
        assert!(page.starts_with("# QK0302 `overlap`\n\nError; "), "{page}");
        for example in [catalogue::OVERLAP.failing, catalogue::OVERLAP.corrected] {
            assert!(page.contains(&format!("```quirk\n{example}```\n")), "{page}");
        }
    }
}
