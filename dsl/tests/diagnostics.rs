//! What is said about wrong texts: one file for each kind of mistake, and beside it what comes out.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use quirk_dsl::{Applicability, ColumnUnit, Edit, LineIndex, Parse, Span, SyntaxCode, SyntaxError, parse};

fn cases() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/errors");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "quirk"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn place(index: &LineIndex, text: &str, span: Span) -> String {
    let start = index.locate(text, span.start, ColumnUnit::Chars);
    let end = index.locate(text, span.end, ColumnUnit::Chars);
    let (line, column) = (start.line + 1, start.column + 1);
    if span.start == span.end {
        format!("{line}:{column}")
    } else if start.line == end.line {
        format!("{line}:{column}-{}", end.column + 1)
    } else {
        format!("{line}:{column}-{}:{}", end.line + 1, end.column + 1)
    }
}

fn describe(text: &str, errors: &[SyntaxError]) -> String {
    let index = LineIndex::new(text);
    let mut out = String::new();
    for error in errors {
        let rule = error.code.rule();
        writeln!(out, "{} {} {rule}: {}", place(&index, text, error.span), error.code, error.message).unwrap();
        writeln!(out, "    label: {}", error.label).unwrap();
        if let Some((span, label)) = &error.related {
            writeln!(out, "    {}: {label}", place(&index, text, *span)).unwrap();
        }
        if let Some(help) = &error.help {
            writeln!(out, "    help: {help}").unwrap();
        }
        for fix in &error.fixes {
            writeln!(out, "    fix ({:?}): {}", fix.applicability, fix.title).unwrap();
        }
    }
    out
}

fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::new();
    let mut from = 0;
    for edit in edits {
        let range = edit.span.range();
        assert!(from <= range.start, "fixes overlap");
        out.push_str(&text[from..range.start]);
        out.push_str(&edit.text);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}

/// The text with every fix that leaves no choice.
fn fixed(text: &str, parse: &Parse, least: Applicability) -> String {
    let edits = parse
        .errors
        .iter()
        .filter_map(|error| match error.fixes.as_slice() {
            [fix] if fix.applicability <= least => Some(fix.edits.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    edited(text, edits)
}

#[test]
fn mistakes_are_explained() {
    for (name, text) in cases() {
        let parse = parse(text.as_str());
        assert_eq!(parse.tree.print(), text);
        insta::with_settings!({
            snapshot_path => "cases/errors",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, describe(&text, &parse.errors));
        });
    }
}

#[test]
fn every_code_has_a_case() {
    let found: BTreeSet<SyntaxCode> =
        cases().iter().flat_map(|(_, text)| parse(text.as_str()).errors).map(|error| error.code).collect();
    let all: BTreeSet<SyntaxCode> =
        SyntaxCode::ALL.iter().copied().filter(|code| *code != SyntaxCode::FileTooLarge).collect();
    assert_eq!(found, all);
}

#[test]
fn safe_fixes_do_what_they_say() {
    for (name, text) in cases() {
        let before = parse(text.as_str());
        let after = parse(fixed(&text, &before, Applicability::Safe));
        let safe = |parse: &Parse| {
            let safe = |error: &&SyntaxError| matches!(error.fixes.as_slice(), [fix] if fix.applicability == Applicability::Safe);
            parse.errors.iter().filter(safe).count()
        };
        assert_eq!(safe(&after), 0, "{name}: {:#?}", after.errors);
        assert_eq!(after.errors.len(), before.errors.len() - safe(&before), "{name}: {:#?}", after.errors);
    }
}

#[test]
fn slips_are_corrected_whole() {
    for (name, text) in cases() {
        let before = parse(text.as_str());
        if before.errors.iter().all(|error| error.fixes.len() == 1) {
            let text = fixed(&text, &before, Applicability::Unsafe);
            assert_eq!(parse(text.as_str()).errors, [], "{name}: {text}");
        }
    }
}

#[test]
fn messages_are_in_the_project_s_style() {
    for (name, text) in cases() {
        for error in parse(text.as_str()).errors {
            for line in [Some(&error.message), Some(&error.label), error.help.as_ref()].into_iter().flatten() {
                assert!(!line.ends_with('.') && !line.is_empty(), "{name}: {line}");
                assert!(!line.starts_with(char::is_uppercase), "{name}: {line}");
                for rule in ["NoExpr", "IdSet", "Statement", "want_"] {
                    assert!(!line.contains(rule), "{name}: {line}");
                }
            }
            assert!(error.span.end as usize <= text.len(), "{name}");
        }
    }
}
