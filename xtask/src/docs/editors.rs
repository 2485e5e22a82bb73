//! What editors colour before the language server answers: the query of the tree-sitter grammar, with the words that the grammar
//! has, and the `TextMate` grammar, with those of the shape table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quirk_dsl::shape::Context;
use quirk_runtime::capability::Space;
use serde_json::{Value, json};

const GRAMMAR: &str = "editors/tree-sitter/src/grammar.json";
const HIGHLIGHTS: &str = "editors/tree-sitter/queries/highlights.scm";
const ZED: &str = "editors/zed/languages/quirk/highlights.scm";
const TEXTMATE: &str = "editors/vscode/syntaxes/quirk.tmLanguage.json";

/// The files by their paths.
pub(super) fn files(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(root.join(GRAMMAR)).map_err(|error| format!("`{GRAMMAR}`: {error}"))?;
    let grammar: Value = serde_json::from_str(&text).map_err(|error| format!("`{GRAMMAR}`: {error}"))?;
    let mut words = BTreeSet::new();
    collect(&grammar["rules"], &mut words);
    // A setting of a policy is a name to the grammar.
    let statements = Context::ALL.iter().filter(|context| **context != Context::Policy);
    let mut keywords = statements.flat_map(|context| context.keywords());
    if let Some(missing) = keywords.find(|word| !words.contains(*word)) {
        return Err(format!("`{GRAMMAR}` has no statement `{missing}`"));
    }
    let textmate = serde_json::to_string_pretty(&textmate()).map_err(|error| error.to_string())? + "\n";
    let highlights = highlights(&words);
    Ok(BTreeMap::from([
        (ZED.to_owned(), highlights.clone()),
        (HIGHLIGHTS.to_owned(), highlights),
        (TEXTMATE.to_owned(), textmate),
    ]))
}

/// The words that statements start with.
fn keywords() -> impl Iterator<Item = &'static str> {
    Context::ALL.iter().flat_map(|context| context.keywords())
}

/// The words among the tokens of a grammar.
fn collect(rule: &Value, words: &mut BTreeSet<String>) {
    match rule {
        Value::Array(rules) => rules.iter().for_each(|rule| collect(rule, words)),
        Value::Object(fields) => {
            let value = fields.get("value").and_then(Value::as_str);
            let is_string = fields.get("type").and_then(Value::as_str) == Some("STRING");
            let is_word = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            words.extend(value.filter(|_| is_string).filter(is_word).map(str::to_owned));
            fields.values().for_each(|rule| collect(rule, words));
        }
        _ => {}
    }
}

fn highlights(words: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("  \"{word}\"\n")).collect();
    format!(
        "; Made by `cargo run -p xtask -- docs`; do not edit.

[
{}] @keyword

(comment) @comment
(doc_comment) @comment
(string) @string
(character) @string
(escape) @string.escape
(number) @number
(field_type) @type
(type) @type
(kind name: (identifier) @type)
(argument name: (identifier) @parameter)
(param name: (identifier) @parameter)
(assignment name: (identifier) @parameter)
(path namespace: (identifier) @namespace)
(use name: (identifier) @namespace)
(const name: (identifier) @constant)
(source name: (identifier) @constant)
(device name: (identifier) @type)
(layer name: (identifier) @type)
(dvsec_format name: (identifier) @type)
(profile name: (identifier) @type)
(setting name: (identifier) @property)

[\"+\" \"-\" \"*\" \"/\" \"%\" \"&\" \"|\" \"^\" \"<<\" \">>\" \"!\" \"=\" \"==\" \"..\" \"..=\" \"@\" \"::\"] @operator
[\"(\" \")\" \"[\" \"]\" \"{{\" \"}}\"] @punctuation.bracket
[\",\" \";\" \":\"] @punctuation.delimiter
",
        quoted.concat()
    )
}

fn textmate() -> Value {
    let statements: BTreeSet<&str> = keywords().collect();
    let shapes = || Context::ALL.iter().flat_map(|context| context.statements());
    let words: BTreeSet<&str> = shapes().flat_map(|shape| shape.parts).map(|part| part.word).collect();
    let words: Vec<&str> = words.difference(&statements).copied().collect();
    let kinds = |space: Space| {
        let names: BTreeSet<&str> =
            space.kinds().iter().map(|kind| kind.name).filter(|name| !name.is_empty()).collect();
        any(names)
    };
    let word = |name: &str, words: String| json!({ "name": name, "match": format!("\\b(?:{words})\\b") });
    let kind = |space: Space| {
        json!({
            "match": format!("\\b({})\\s+({})\\b", space.keyword(), kinds(space)),
            "captures": {
                "1": { "name": "keyword.control.quirk" },
                "2": { "name": "entity.name.type.capability.quirk" },
            },
        })
    };
    json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "comment": "Made by `cargo run -p xtask -- docs`; do not edit.",
        "name": "quirk",
        "scopeName": "source.quirk",
        "patterns": [
            { "name": "comment.line.documentation.quirk", "match": "///(?!/).*$|//!.*$" },
            { "name": "comment.line.double-slash.quirk", "match": "//.*$" },
            {
                "name": "string.quoted.double.quirk", "begin": "\"", "end": "\"|$",
                "patterns": [{ "name": "constant.character.escape.quirk", "match": "\\\\." }],
            },
            { "name": "string.quoted.single.quirk", "match": "'(?:\\\\.[^']*|[^'\\\\])'" },
            {
                "name": "constant.numeric.quirk",
                "match": "\\b(?:0x[0-9A-Fa-f_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*)\\b",
            },
            {
                "match": "\\b(device|layer|dvsec_format|profile|const|source|param)\\s+([A-Za-z_][A-Za-z0-9_]*)",
                "captures": {
                    "1": { "name": "keyword.control.quirk" },
                    "2": { "name": "entity.name.quirk" },
                },
            },
            kind(Space::Extended),
            kind(Space::Conventional),
            {
                "match": "\\b(allow)\\s+([a-z][a-z0-9-]*)",
                "captures": {
                    "1": { "name": "keyword.control.quirk" },
                    "2": { "name": "constant.other.rule.quirk" },
                },
            },
            word("keyword.control.quirk", any(statements)),
            word("keyword.other.quirk", any(words)),
            { "name": "keyword.operator.quirk", "match": "\\.\\.=?|==?|<<|>>|::|[@+*/%&|^!-]" },
        ],
    })
}

fn any<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().collect::<Vec<_>>().join("|")
}
