//! The shape table and the grammar say the same.
#![expect(clippy::unwrap_used, reason = "tests")]

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::lex::TokenKind;
use crate::parse;
use crate::parser::NodeKind;
use crate::tree::{Element, Tree};

const EVERYTHING: &str = include_str!("../../tests/cases/everything.quirk");

/// A keyword or a word inside a statement, as it stands in a text.
#[derive(Clone, Debug)]
struct Found {
    context: Context,
    keyword: String,
    word: String,
    start: usize,
    /// The statement that it stands in.
    statement: Range<usize>,
    /// It stands where a name stands: which ones are legal there is the compiler's.
    named: bool,
    /// Other words that are legal in the same place.
    legal: BTreeSet<&'static str>,
}

/// Every keyword of a tree, and every word of the shape table in its statement.
fn words(tree: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    let mut open: Vec<Element<'_>> = Vec::new();
    for element in tree.elements() {
        open.retain(|outer| outer.end_index() > element.index());
        if element.node().is_some() {
            open.push(element);
        }
        if element.token() != Some(TokenKind::Word) {
            continue;
        }
        let parent = *open.last().unwrap();
        let named = matches!(parent.node(), Some(NodeKind::Name | NodeKind::Dashed | NodeKind::Path | NodeKind::Type));
        let is_statement = |outer: &&Element<'_>| outer.node().unwrap().is_statement();
        let Some(statement) = open.iter().rfind(is_statement) else { continue };
        let outer = open.iter().filter(is_statement).rev().nth(1);
        let keyword = statement.first_word().unwrap();
        // A field directly after `emulate` is a part of that statement.
        let (context, keyword, statement) = match outer.map(|outer| (outer, outer.node().unwrap())) {
            Some((outer, _)) if outer.says("emulate") && !open.iter().any(|it| it.node() == Some(NodeKind::Form)) => {
                (Context::Layer, "emulate", outer)
            }
            outer => {
                let block = outer.and_then(|(outer, _)| Context::opened_by(outer.first_word()?.text()));
                (block.unwrap_or(Context::File), keyword.text(), statement)
            }
        };
        let legal = if element.text() == keyword {
            context.keywords().collect()
        } else {
            context.statement(keyword).into_iter().flat_map(|shape| shape.parts).map(|part| part.word).collect()
        };
        let start = element.span().start as usize;
        found.push(Found {
            context,
            keyword: keyword.to_owned(),
            word: element.text().to_owned(),
            start,
            statement: statement.span().range(),
            named,
            legal,
        });
    }
    found
}

#[test]
fn every_statement_is_described_whole() {
    for context in Context::ALL {
        for shape in context.statements() {
            assert!(!shape.doc.is_empty() && !shape.doc.ends_with('.'), "{}", shape.doc);
            assert!(shape.syntax.starts_with(shape.keyword), "{}", shape.syntax);
            assert!(shape.example.starts_with(shape.keyword), "{}", shape.example);
            assert_eq!(shape.since, 1, "{}", shape.keyword);
        }
    }
}

#[test]
fn a_keyword_stands_once_in_its_block() {
    for context in Context::ALL {
        let mut keywords: Vec<&str> = context.keywords().collect();
        keywords.sort_unstable();
        assert!(keywords.is_sorted_by(|a, b| a < b), "{context:?}");
    }
}

/// A statement inside the blocks that lead to it.
fn wrapped(context: Context, statement: &str) -> String {
    let (before, after) = match context {
        Context::File => ("", ""),
        Context::Device => ("device d {", "}"),
        Context::Layout => ("device d { layout {", "} }"),
        Context::Evidence => ("device d { free @ 0..1 {", "} }"),
        Context::Pasid => ("device d { pasid {", "} }"),
        Context::Match => ("device d { match pci(1, 2) {", "} }"),
        Context::Layer => ("layer l {", "}"),
        Context::Emulate => ("layer l { emulate cap vendor @ 0x40 {", "} }"),
        Context::Unassigned => ("layer l { unassigned deny {", "} }"),
        Context::DvsecFormat => ("dvsec_format f {", "}"),
        Context::Profile => ("profile p for d {", "}"),
        Context::Test => ("test \"t\" {", "}"),
        Context::GivenPci => ("test \"t\" { given pci(1, 2) {", "} }"),
        Context::Enable => ("test \"t\" { enable l {", "} }"),
        Context::Policy => ("test \"t\" { policy {", "} }"),
    };
    format!("{before} {statement} {after}")
}

#[test]
fn the_grammar_accepts_every_example() {
    for context in Context::ALL {
        for shape in context.statements() {
            let text = wrapped(*context, shape.example);
            let parse = parse(text.as_str());
            assert_eq!(parse.errors, [], "{text}");
            let seen = words(&parse.tree);
            assert!(
                seen.iter().any(|found| found.context == *context && found.word == shape.keyword),
                "{text}: {seen:?}"
            );
        }
    }
}

#[test]
fn the_table_knows_every_word_of_the_grammar() {
    for found in words(&parse(EVERYTHING).tree) {
        if found.named || found.context == Context::Enable {
            continue;
        }
        assert!(found.legal.contains(found.word.as_str()), "{found:?}");
    }
}

#[test]
fn every_word_of_the_table_is_accepted_somewhere() {
    let found = words(&parse(EVERYTHING).tree);
    let keywords: BTreeSet<(Context, &str)> =
        found.iter().filter(|it| it.keyword == it.word).map(|it| (it.context, it.word.as_str())).collect();
    let all: BTreeSet<&str> = found.iter().map(|it| it.word.as_str()).collect();
    let mut unseen = Vec::new();
    for context in Context::ALL {
        for shape in context.statements() {
            if !keywords.contains(&(*context, shape.keyword)) {
                unseen.push((context, shape.keyword));
            }
            unseen.extend(shape.parts.iter().filter(|part| !all.contains(part.word)).map(|part| (context, part.word)));
        }
    }
    assert_eq!(unseen, [], "not in everything.quirk");
}

/// All words that differ from a word by one edit: a letter or `_` more, less or another, or two neighbours swapped.
fn typos(word: &str) -> BTreeSet<String> {
    let mut typos = BTreeSet::from([word.to_uppercase()]);
    for at in 0..=word.len() {
        let (left, right) = word.split_at(at);
        let behind = right.get(1..);
        for letter in "abcdefghijklmnopqrstuvwxyz_".chars() {
            typos.insert(format!("{left}{letter}{right}"));
            typos.extend(behind.map(|behind| format!("{left}{letter}{behind}")));
        }
        typos.extend(behind.map(|behind| format!("{left}{behind}")));
        typos.extend(
            behind.and_then(|_| right.get(2..)).map(|rest| format!("{left}{}{}{rest}", &right[1..2], &right[..1])),
        );
    }
    typos.remove(word);
    // What starts with a digit is a number, not a word.
    typos.retain(|typo| !typo.starts_with(|first: char| first.is_ascii_digit()) && !typo.is_empty());
    typos
}

/// What is wrong with the answers to the typos of one word; and how many there were.
fn unanswered(found: &Found) -> (Vec<String>, usize) {
    let statement = wrapped(found.context, &EVERYTHING[found.statement.clone()]);
    let offset = statement.find(&EVERYTHING[found.statement.clone()]).unwrap() + found.start - found.statement.start;
    assert_eq!(parse(statement.as_str()).errors, [], "{statement}");
    let (before, behind) = (&statement[..offset], &statement[offset + found.word.len()..]);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for typo in typos(&found.word).iter().filter(|typo| !found.legal.contains(typo.as_str())) {
        let parse = parse(format!("{before}{typo}{behind}"));
        let place = offset..offset + typo.len();
        let fixes = parse.errors.iter().flat_map(|error| &error.fixes).flat_map(|fix| &fix.edits);
        let mut edits = fixes.map(|edit| (edit.span.range(), edit.text.as_str()));
        // Where an expression may stand, a mistyped word is a name; the compiler says so if there is none.
        let mut names = parse.file.words.iter().map(|word| (word.span.range(), word.value));
        let meant = (place, found.word.as_str());
        if !edits.any(|edit| edit == meant) && !names.any(|name| name == meant) {
            let messages: Vec<_> = parse.errors.iter().map(|error| (&error.message, &error.help)).collect();
            wrong.push(format!("`{typo}` for `{}` in `{before}{typo}{behind}`: {messages:?}", found.word));
        }
        tried += 1;
    }
    (wrong, tried)
}

#[test]
fn a_typo_gets_the_right_word() {
    let mut shortest: BTreeMap<_, Found> = BTreeMap::new();
    for found in words(&parse(EVERYTHING).tree).into_iter().filter(|found| !found.named) {
        let key = (found.context, found.keyword.clone(), found.word.clone());
        let known = shortest.entry(key).or_insert_with(|| found.clone());
        if found.statement.len() < known.statement.len() {
            *known = found;
        }
    }
    let found: Vec<&Found> = shortest.values().collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (wrong, tried) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|at| {
                let mine: Vec<&Found> = found.iter().copied().skip(at).step_by(threads).collect();
                scope.spawn(move || {
                    let answers = mine.into_iter().map(unanswered);
                    answers.fold((vec![], 0), |(wrong, tried), (more, count)| ([wrong, more].concat(), tried + count))
                })
            })
            .collect();
        let answers = workers.into_iter().map(|worker| worker.join().unwrap());
        answers.fold((vec![], 0), |(wrong, tried), (more, count)| ([wrong, more].concat(), tried + count))
    });
    assert!(tried > 40_000, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
