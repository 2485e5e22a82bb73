//! `docs/plan.md` and `quirkc explain` say what the program has: every source, every word, every code.

use std::path::Path;

use clap::{Args as _, Command};
use quirk_host::{Explanation, PolicyArgs, REASONS};
use quirk_runtime::Source;

use crate::fixture::quirkc;

/// What the page has between two markers.
fn generated(name: &str, page: &str) -> (String, String, String) {
    let (begin, end) = (format!("<!-- {name}: written by a test -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = page.split_once(&begin).unwrap();
    let (table, after) = rest.split_once(&end).unwrap();
    (format!("{before}{begin}"), table.to_owned(), format!("{end}{after}"))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The words as the command line defines them.
fn words() -> String {
    let command = PolicyArgs::augment_args(Command::new("words"));
    let mut table = "| word | meaning |\n|---|---|\n".to_owned();
    for arg in command.get_arguments() {
        let value =
            arg.get_value_names().unwrap_or_default().first().map_or_else(String::new, |name| format!(" {name}"));
        let value = if arg.get_action().takes_values() { value } else { String::new() };
        let known: Vec<_> = arg
            .get_possible_values()
            .iter()
            .filter(|_| !value.is_empty())
            .map(|it| format!("`{}`", it.get_name()))
            .collect();
        let known = if known.is_empty() { String::new() } else { format!(": {}", known.join(", ")) };
        let help = arg.get_help().unwrap().to_string();
        table += &format!("| `--{}{}` | {}{known} |\n", arg.get_long().unwrap(), cell(&value), cell(&help));
    }
    table
}

fn reasons() -> String {
    let mut table = "| code | meaning | way out |\n|---|---|---|\n".to_owned();
    for Explanation { code, meaning, way_out } in REASONS {
        table += &format!("| `{code}` | {} | {} |\n", cell(meaning), cell(way_out));
    }
    table
}

/// `QUIRK_BLESS=1` writes the tables; look at the difference before you commit it.
#[test]
fn the_page_has_every_word_and_every_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/plan.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    for (name, table) in [("words", words()), ("reasons", reasons())] {
        let (before, found, after) = generated(name, &page);
        if std::env::var_os("QUIRK_BLESS").is_some() {
            page = format!("{before}{table}{after}");
            std::fs::write(&path, &page).unwrap();
        } else {
            assert_eq!(found, table, "{name}");
        }
    }
    for source in Source::ALL {
        assert!(page.contains(&format!("| `{source}` | ")), "{source}");
    }
}

#[test]
fn every_reason_is_explained() {
    for Explanation { code, meaning, .. } in REASONS {
        let run = quirkc(&["explain", code]);
        assert_eq!(run.code, 0, "{code}: {}", run.stderr);
        assert!(run.stdout.contains(meaning) && run.stdout.contains("way out"), "{}", run.stdout);
    }
}
