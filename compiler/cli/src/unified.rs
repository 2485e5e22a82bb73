//! Unified diffs that `patch` and `git apply` take.

use std::fmt::{self, Write};

use imara_diff::{Algorithm, Diff, InternedInput, Interner, Token, UnifiedDiffPrinter};

/// What makes one text of another, under the names of both; empty where they are equal.
pub(crate) fn diff(before: &str, after: &str, names: [&str; 2]) -> String {
    let lines = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &lines);
    diff.postprocess_lines(&lines);
    if diff.hunks().next().is_none() {
        return String::new();
    }
    let [old, new] = names;
    let hunks =
        diff.unified_diff(&Lines(&lines.interner), imara_diff::UnifiedDiffConfig::default(), &lines).to_string();
    format!("--- {old}\n+++ {new}\n{hunks}")
}

/// The lines of both texts, as a diff has them.
struct Lines<'a>(&'a Interner<&'a str>);

impl Lines<'_> {
    /// A line with its sign. The last of a text may end without a line feed, which a diff has to say.
    fn write(&self, f: &mut impl Write, sign: char, line: Token) -> fmt::Result {
        let line = self.0[line];
        write!(f, "{sign}{line}")?;
        if line.ends_with('\n') { Ok(()) } else { f.write_str("\n\\ No newline at end of file\n") }
    }
}

impl UnifiedDiffPrinter for Lines<'_> {
    fn display_header(&self, mut f: impl Write, before: u32, after: u32, removed: u32, added: u32) -> fmt::Result {
        // Of no lines, a diff names the one before them.
        let first = |start: u32, count: u32| if count == 0 { start } else { start + 1 };
        writeln!(f, "@@ -{},{removed} +{},{added} @@", first(before, removed), first(after, added))
    }

    fn display_context_token(&self, mut f: impl Write, line: Token) -> fmt::Result {
        self.write(&mut f, ' ', line)
    }

    fn display_hunk(&self, mut f: impl Write, before: &[Token], after: &[Token]) -> fmt::Result {
        before.iter().try_for_each(|line| self.write(&mut f, '-', *line))?;
        after.iter().try_for_each(|line| self.write(&mut f, '+', *line))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;
    use std::process::{Command, Stdio};

    use proptest::prelude::*;

    use super::diff;

    /// What `git apply` makes of a text, or nothing where there is no git.
    fn applied(folder: &Path, before: &str, patch: &str) -> Option<String> {
        std::fs::write(folder.join("text"), before).unwrap();
        std::fs::write(folder.join("patch"), patch).unwrap();
        let mut git = Command::new("git");
        git.args(["apply", "--unidiff-zero", "--allow-empty", "patch"]).current_dir(folder);
        // A folder in no repository of anyone's.
        git.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap()).stderr(Stdio::piped());
        let output = git.output().ok()?;
        assert!(output.status.success(), "{}\n{patch}", String::from_utf8_lossy(&output.stderr));
        Some(std::fs::read_to_string(folder.join("text")).unwrap_or_default())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn git_applies_it(before in "([ab]{0,2}\n){0,12}[ab]{0,1}", after in "([ab]{0,2}\n){0,12}[ab]{0,1}") {
            let folder = tempfile::tempdir().unwrap();
            let patch = diff(&before, &after, ["a/text", "b/text"]);
            prop_assert_eq!(patch.is_empty(), before == after);
            if let Some(made) = applied(folder.path(), &before, &patch) {
                prop_assert_eq!(made, after);
            }
        }
    }
}
