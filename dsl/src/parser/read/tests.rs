//! The table beside the parser that pest makes of the same grammar: both find the same nodes, whatever the text.

use std::path::{Path, PathBuf};

use pest::{Parser as _, RuleType, Token};
use proptest::prelude::*;

use super::read;
use crate::lex::lex;
use crate::parser::normal::Normal;
use crate::parser::{PieceKind, Rule};
use crate::shape::Context;
use crate::split::split;

/// Pest's own.
mod model {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar.pest"]
    pub(super) struct Grammar;
}

/// Where nodes begin and end, by the names of their rules.
fn nodes<'i, R: RuleType>(tokens: impl Iterator<Item = Token<'i, R>>) -> Vec<(bool, String, usize)> {
    let node = |token| match token {
        Token::Start { rule, pos } => (true, format!("{rule:?}"), pos.pos()),
        Token::End { rule, pos, .. } => (false, format!("{rule:?}"), pos.pos()),
    };
    tokens.map(node).collect()
}

/// Panics where the two differ; says how many nodes there are.
fn compare(written: &str) -> usize {
    let expected = model::Grammar::parse(model::Rule::Chunk, written).ok().map(|pairs| nodes(pairs.tokens()));
    let found = read(Rule::Chunk, written).map(|pairs| nodes(pairs.tokens()));
    assert_eq!(found, expected, "{written:?}");
    found.map_or(0, |nodes| nodes.len())
}

/// Compares what is found in the items of a file.
fn compare_items(text: &str) -> usize {
    let tokens = lex(text);
    let mut normal = Normal::default();
    let pieces = split(text, &tokens);
    let items = pieces.into_iter().filter(|piece| matches!(piece.kind, PieceKind::Item { .. }));
    items
        .map(|piece| {
            normal.write(text, &tokens[piece.tokens], &[]);
            compare(normal.text())
        })
        .sum()
}

/// What the rules read, in any order: words of the language, signs, and what is none of them.
fn soup() -> impl Strategy<Value = String> {
    let words: Vec<&str> = Context::ALL
        .iter()
        .flat_map(|context| context.statements())
        .flat_map(|shape| core::iter::once(shape.keyword).chain(shape.parts.iter().map(|part| part.word)))
        .collect();
    let signs = vec![
        "{", "}", "{ }", "(", ")", "[", "]", ";", ",", "=", "==", "..", "..=", "@", "+", "-", "!", ":", "::", "#", "$",
    ];
    let values = vec![
        "x",
        "a-b",
        "any",
        "u16",
        "0x1",
        "1..2",
        "\"t\"",
        "'c'",
        "/// d\n",
        "\n",
        "pci(1, 2)",
        "cap pcie @ 0x40",
        "== 1",
    ];
    let word = prop_oneof![
        6 => proptest::sample::select(words).prop_map(str::to_owned),
        4 => proptest::sample::select(signs).prop_map(str::to_owned),
        3 => proptest::sample::select(values).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

#[test]
fn the_table_reads_every_description_as_pest_does() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut folders: Vec<PathBuf> =
        ["quirks", "compiler", "dsl", "examples"].iter().map(|name| root.join(name)).collect();
    let (mut files, mut found) = (0, 0);
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "quirk") {
                found += compare_items(&String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()));
                files += 1;
            }
        }
    }
    assert!(files > 250 && found > 10_000, "{files} files, {found} nodes");
}

proptest! {
    #[test]
    fn the_table_reads_any_tokens_as_pest_does(text in soup()) {
        compare_items(&text);
        compare_items(&format!("device d {{ {text} }}"));
        compare_items(&format!("layer l {{ emulate ext pasid @ free {{ {text} }} }}"));
        compare_items(&format!("test \"t\" {{ given pci(1, 2) {{ {text} }} expect {text} }}"));
    }

    #[test]
    fn the_table_reads_any_text_as_pest_does(text in "[ \n{};_a-z0\"@=.,/?]{0,80}") {
        compare(&text);
    }
}
