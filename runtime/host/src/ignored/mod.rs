//! What the ignore files of folders name: `.ignore` everywhere, `.gitignore` and `info/exclude` in a repository of git. What is nearer to a
//! file decides, and of one file the last line.

mod pattern;

use std::fs;
use std::path::{Path, PathBuf};

use pattern::Pattern;

/// The folders from the top of the file system to one that is walked, each with what its ignore files say.
#[derive(Debug, Default)]
pub(crate) struct Ignored {
    folders: Vec<Folder>,
}

#[derive(Debug)]
struct Folder {
    /// How many letters its path has, with a slash at the end.
    length: usize,
    ignore: Vec<Pattern>,
    gitignore: Vec<Pattern>,
    exclude: Vec<Pattern>,
    is_repository: bool,
}

impl Ignored {
    /// What counts in a folder, by the files of those above it too.
    pub(crate) fn above(folder: &Path) -> std::io::Result<(Self, PathBuf)> {
        let folder = folder.canonicalize()?;
        let mut ignored = Self::default();
        let above: Vec<&Path> = folder.ancestors().skip(1).collect();
        above.into_iter().rev().for_each(|each| ignored.enter(each));
        Ok((ignored, folder))
    }

    /// Goes into a folder.
    pub(crate) fn enter(&mut self, folder: &Path) {
        let git = folder.join(".git");
        self.folders.push(Folder {
            length: letters(folder).len() + usize::from(folder.parent().is_some()),
            ignore: patterns(&folder.join(".ignore")),
            gitignore: patterns(&folder.join(".gitignore")),
            exclude: patterns(&git.join("info/exclude")),
            is_repository: git.exists(),
        });
    }

    /// Leaves the folder that was entered last.
    pub(crate) fn leave(&mut self) {
        self.folders.pop();
    }

    /// Whether what lies in the folder that was entered last is passed over.
    pub(crate) fn names(&self, path: &Path, is_folder: bool) -> bool {
        let letters = letters(path);
        let says = |folder: &Folder, patterns: &[Pattern]| {
            let below = letters.get(folder.length..)?;
            patterns.iter().rev().find(|pattern| pattern.matches(below, is_folder)).map(|pattern| pattern.is_kept)
        };
        let up = || self.folders.iter().rev();
        // A repository knows nothing of what is around it.
        let end = up().position(|folder| folder.is_repository);
        let own = || up().take(end.map_or(0, |end| end + 1));
        let kept = up()
            .find_map(|folder| says(folder, &folder.ignore))
            .or_else(|| own().find_map(|folder| says(folder, &folder.gitignore)))
            .or_else(|| own().find_map(|folder| says(folder, &folder.exclude)));
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !kept.unwrap_or(!is_hidden)
    }
}

fn letters(path: &Path) -> Vec<char> {
    path.to_string_lossy().chars().collect()
}

/// The patterns of a file, in its order; none if there is no file.
fn patterns(path: &Path) -> Vec<Pattern> {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.trim_start_matches('\u{feff}').lines().filter_map(Pattern::of).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use proptest::prelude::*;

    use crate::quirk_files;

    /// What another walker finds.
    fn expected(folder: &Path) -> BTreeSet<PathBuf> {
        let walk = ignore::WalkBuilder::new(folder).git_global(false).build();
        let files = walk.map(|entry| entry.unwrap().into_path());
        files.filter(|path| path.extension().is_some_and(|end| end == "quirk") && path.is_file()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn another_walker_finds_the_same(
            files in proptest::collection::vec(r"(\.?[ab]/){0,3}\.?[ab]{1,2}\.quirk", 1..12),
            lines in proptest::collection::vec(
                (r"(\.?[ab]/){0,2}", "\\.ignore|\\.gitignore", r"!?/?(\*\*/)?([ab]{1,2}|\*|\.[ab])(/[ab]|/\*)?(\.quirk|/)?"), 0..8),
            repository in proptest::option::of(r"([ab]/){0,2}"),
            start in r"([ab]/)?",
        ) {
            let root = tempfile::tempdir().unwrap();
            let put = |path: String, text: &str| {
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                let old = fs::read_to_string(&path).unwrap_or_default();
                fs::write(path, old + text).unwrap();
            };
            files.iter().for_each(|file| put(file.clone(), "edition 1;\n"));
            lines.iter().for_each(|(folder, name, line)| put(format!("{folder}{name}"), &format!("{line}\n")));
            if let Some(folder) = &repository {
                put(format!("{folder}.git/HEAD"), "ref: refs/heads/main\n");
                put(format!("{folder}.git/info/exclude"), "bb.quirk\n");
            }
            let start = root.path().join(&start);
            prop_assume!(start.is_dir());
            let found = quirk_files(std::slice::from_ref(&start)).unwrap_or_default().into_iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(found, expected(&start));
        }
    }
}
