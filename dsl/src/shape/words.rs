//! Every word that the grammar may name, to be looked up.

use super::Context;

/// What a word of the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A statement begins with it, whatever else it may be.
    Statement,
    /// It stands inside statements.
    Part,
}

/// What a word is, if the table of statements knows it. The settings of a policy are names to the grammar.
pub(crate) fn word(text: &str) -> Option<Word> {
    let mut at = slot(text.as_bytes());
    while let Some((word, what)) = TABLE[at] {
        if word == text {
            return Some(what);
        }
        at = (at + 1) % TABLE.len();
    }
    None
}

type Table = [Option<(&'static str, Word)>; 512];

static TABLE: Table = {
    let mut table = [None; 512];
    let mut context = 0;
    while context < Context::ALL.len() {
        let shapes = Context::ALL[context].statements();
        let mut shape = 0;
        while shape < shapes.len() && !matches!(Context::ALL[context], Context::Policy) {
            table = with(table, shapes[shape].keyword, Word::Statement);
            let mut part = 0;
            while part < shapes[shape].parts.len() {
                table = with(table, shapes[shape].parts[part].word, Word::Part);
                part += 1;
            }
            shape += 1;
        }
        context += 1;
    }
    table
};

const fn with(mut table: Table, word: &'static str, what: Word) -> Table {
    let mut at = slot(word.as_bytes());
    while let Some((known, before)) = table[at] {
        if is_same(known.as_bytes(), word.as_bytes()) {
            if matches!(before, Word::Part) {
                table[at] = Some((word, what));
            }
            return table;
        }
        at = (at + 1) % table.len();
    }
    table[at] = Some((word, what));
    table
}

/// Where a word is looked for first.
const fn slot(word: &[u8]) -> usize {
    match word {
        [first, .., last] => (*first as usize * 7 + *last as usize * 31 + word.len() * 67) % 512,
        _ => 0,
    }
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

#[cfg(test)]
mod tests {
    use super::{Context, TABLE, Word, word};

    #[test]
    fn every_word_of_the_table_is_found() {
        for shape in Context::ALL.iter().filter(|it| **it != Context::Policy).flat_map(|it| it.statements()) {
            assert_eq!(word(shape.keyword), Some(Word::Statement), "{}", shape.keyword);
            assert!(shape.parts.iter().all(|part| word(part.word).is_some()), "{}", shape.keyword);
        }
        assert_eq!(word("len"), Some(Word::Part));
        assert_eq!(word("trapped_mirrors"), None);
        assert_eq!(word(""), None);
    }

    #[test]
    fn words_that_begin_others_are_those_whose_end_the_grammar_looks_for() {
        let words: Vec<&str> = TABLE.iter().flatten().map(|(word, _)| *word).collect();
        assert!(words.len() > 100 && words.len() < TABLE.len() / 2, "{}", words.len());
        let grammar = include_str!("../grammar.pest");
        for word in words.iter().filter(|word| grammar.contains(&format!("\"{word}\""))) {
            if let Some(longer) = words.iter().find(|longer| *longer != word && longer.starts_with(word)) {
                let named = grammar.matches(&format!("\"{word}\"")).count();
                let ended = grammar.matches(&format!("\"{word}\" ~ wb")).count();
                assert_eq!(named, ended, "`{word}` begins `{longer}`");
            }
        }
    }
}
