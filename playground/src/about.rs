//! What an editor must know of the language, and a page of the map.

use std::collections::BTreeMap;

use quirk_dsl::shape::Context;
use quirk_map::page::roles;
use serde::Serialize;

/// All of it.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    version: &'static str,
    statements: Vec<Statement>,
    /// Words inside statements.
    words: Vec<Word>,
    /// The stylesheet of the map's colours.
    style: String,
}

#[derive(Debug, Serialize)]
struct Statement {
    keyword: &'static str,
    syntax: &'static str,
    doc: &'static str,
}

#[derive(Debug, Serialize)]
struct Word {
    word: &'static str,
    doc: &'static str,
}

pub(crate) fn about() -> About {
    // A keyword may begin statements of several blocks: the first of them is shown.
    let (mut statements, mut words) = (BTreeMap::new(), BTreeMap::new());
    for shape in Context::ALL.iter().flat_map(|context| context.statements()) {
        statements.entry(shape.keyword).or_insert((shape.syntax, shape.doc));
        for part in shape.parts {
            words.entry(part.word).or_insert(part.doc);
        }
    }
    About {
        version: env!("CARGO_PKG_VERSION"),
        statements: statements.into_iter().map(|(keyword, (syntax, doc))| Statement { keyword, syntax, doc }).collect(),
        words: words.into_iter().map(|(word, doc)| Word { word, doc }).collect(),
        style: roles(),
    }
}
