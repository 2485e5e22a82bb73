//! The JSON schema of `quirkc.toml`, which editors of TOML read too.

use quirk_compiler::catalogue::{self, Level, Rule};
use serde_json::{Map, Value, json};

/// The schema; the rules and their levels are the catalogue's.
pub(super) fn configuration() -> Result<String, String> {
    let rules: Map<String, Value> = catalogue::all().map(|rule| (rule.name.to_owned(), levels(rule))).collect();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "quirkc.toml",
        "description": "How quirkc judges rules, and where it looks for files.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "library": {
                "description": "Folders where `use` looks for files that do not lie beside the one that names them, \
                    from where the configuration lies.",
                "type": "array",
                "items": { "type": "string", "minLength": 1 }
            },
            "diff": {
                "description": "The level of each breaking rule of `quirkc diff` that is not to have its own.",
                "type": "object",
                "additionalProperties": { "enum": Level::ALL.map(Level::word) }
            },
            "playground": {
                "description": "The address of a playground, to which the pages of `quirkc doc` lead, as `--playground` takes it.",
                "type": "string",
                "minLength": 1
            },
            "rules": {
                "description": "The level of each rule that is not to have its own.",
                "type": "object",
                "additionalProperties": false,
                "properties": rules
            }
        }
    });
    let text = serde_json::to_string_pretty(&schema).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn levels(rule: &Rule) -> Value {
    let words: Vec<&str> = Level::ALL.into_iter().filter(|level| rule.may_be(*level)).map(Level::word).collect();
    json!({ "description": rule.meaning, "enum": words })
}
