//! Every `expect` of the repository's descriptions is one that can fail: said wrong, its test fails, and no other does.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};

/// The `.quirk` files of a folder of the repository that hold a test.
fn files(folder: &str, found: &mut Vec<PathBuf>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(folder);
    walk(&folder, found);
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "quirk") {
            found.push(path);
        }
    }
}

/// The statement said wrong, if it is one that can be.
fn flipped(statement: &str) -> Option<String> {
    let rest = statement.strip_prefix("expect ")?.strip_suffix(';')?;
    let flipped = match rest.split(' ').collect::<Vec<_>>()[..] {
        ["no", "pasid"] => "pasid @ 0x400".to_owned(),
        ["no", ..] => rest.replacen("no ", "", 1),
        ["cap" | "ext", ..] => format!("no {rest}"),
        ["pasid", "@", offset, ..] => rest.replacen(offset, &format!("{offset} + 4"), 1),
        ["chain", ..] if rest.ends_with("[]") => rest.replace("[]", "[0x40]"),
        ["chain", ..] => rest.replace(']', ", 0xffc]"),
        ["finding", _] => "finding chain-loop".to_owned(),
        ["reason", _] => "reason unaligned".to_owned(),
        ["effect", _] => "effect pri-control".to_owned(),
        ["device", ..] => return None,
        _ if rest.ends_with(']') => format!("{} ^ 1]", rest.trim_end_matches(']')),
        _ => format!("{rest} ^ 1"),
    };
    Some(format!("expect {flipped};"))
}

/// The titles of the tests of a text that fail.
fn failing(path: &Path, text: &str) -> Vec<String> {
    let compilation = compile(vec![Input::Text(path.to_owned(), text.to_owned())], &Options::default(), &Disk);
    assert_eq!(compilation.errors(), 0, "{}: {:?}\n{text}", path.display(), compilation.diagnostics().first());
    let tests = compilation.tests();
    tests.iter().filter(|test| !test.run().passed()).map(|test| test.title().to_owned()).collect()
}

#[test]
fn an_expectation_said_wrong_fails_its_test_alone() {
    let mut paths = Vec::new();
    files("examples", &mut paths);
    files("quirks", &mut paths);
    paths.sort();
    let mut flips = 0;
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(failing(&path, &text), Vec::<String>::new(), "{}", path.display());
        let mut title = String::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if let Some(rest) = line.strip_prefix("test \"") {
                title = rest.split('"').next().unwrap_or_default().to_owned();
            }
            if let Some(wrong) = flipped(line.trim()) {
                let mutated = format!("{}{wrong}\n{}", &text[..at], &text[at + line.len()..]);
                assert_eq!(failing(&path, &mutated), [title.clone()], "{}: {wrong}", path.display());
                flips += 1;
            }
            at += line.len();
        }
    }
    assert!(flips >= 120, "{flips}");
}
