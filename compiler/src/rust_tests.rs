//! A module of Rust tests, one for each `test` of descriptions.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::Compilation;

/// The module's text. It names the files and library folders, and calls [`crate::testing::Suite`].
pub(crate) fn tests(compilation: &Compilation, files: &[PathBuf], libraries: &[PathBuf]) -> String {
    let mut out = String::new();
    write(&mut out, compilation, files, libraries).unwrap_or_else(|_: std::fmt::Error| out.clear());
    out
}

fn write(out: &mut String, compilation: &Compilation, files: &[PathBuf], libraries: &[PathBuf]) -> std::fmt::Result {
    writeln!(out, "// Written by quirk-compiler. Change the descriptions, not this file.")?;
    let tests = compilation.tests();
    if tests.is_empty() {
        return Ok(());
    }
    writeln!(out, "static SUITE: ::std::sync::LazyLock<::quirk_compiler::testing::Suite> =")?;
    writeln!(out, "    ::std::sync::LazyLock::new(|| {{")?;
    writeln!(out, "        ::quirk_compiler::testing::Suite::new(")?;
    for paths in [files, libraries] {
        let names: Vec<String> = paths.iter().map(|path| literal(path)).collect();
        writeln!(out, "            &[{}],", names.join(", "))?;
    }
    writeln!(out, "        )")?;
    writeln!(out, "    }});")?;
    let mut taken = BTreeSet::from(["SUITE".to_owned()]);
    for test in tests {
        let name = unique(&test.file(), test.title(), &mut taken);
        writeln!(out)?;
        writeln!(out, "// {}", test.title().escape_debug())?;
        writeln!(out, "#[test]")?;
        writeln!(out, "fn {name}() -> Result<(), ::quirk_compiler::testing::Failed> {{")?;
        writeln!(out, "    SUITE.run({:?}, {:?})", test.file(), test.title())?;
        writeln!(out, "}}")?;
    }
    Ok(())
}

fn literal(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

/// The name of a function: file and title, in letters that a name has, and a number where that is not enough.
fn unique(file: &str, title: &str, taken: &mut BTreeSet<String>) -> String {
    let stem = Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let mut name = String::from("quirk");
    for word in [stem.as_str(), title].into_iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric())) {
        if !word.is_empty() {
            name.push('_');
            name.push_str(&word.to_ascii_lowercase());
        }
    }
    let mut numbered = name.clone();
    let mut count = 1;
    while !taken.insert(numbered.clone()) {
        count += 1;
        numbered = format!("{name}_{count}");
    }
    numbered
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::unique;

    #[test]
    fn titles_become_names() {
        let mut taken = BTreeSet::new();
        let mut name = |title| unique("a/mover.quirk", title, &mut taken);
        assert_eq!(name("PASID lands, at 0x400!"), "quirk_mover_pasid_lands_at_0x400");
        assert_eq!(name("PASID lands: at 0x400"), "quirk_mover_pasid_lands_at_0x400_2");
        assert_eq!(name("\u{e9}"), "quirk_mover");
    }
}
