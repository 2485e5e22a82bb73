//! How the statement that is being written goes on.

use gen_lsp_types::TextDocumentPositionParams;
use serde_json::{Value, json};

use super::spot::{Spot, markdown};
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::world::World;

/// Signs behind which a client asks by itself.
pub(crate) const TRIGGERS: [&str; 4] = [" ", "@", "(", ","];

/// The statement around a place, with the part that comes next.
pub(super) fn help(desk: &mut Desk, world: &World, params: &TextDocumentPositionParams) -> Result<Value, Refusal> {
    let spot = Spot::new(desk, world, params)?;
    let cursor = spot.cursor();
    let Some(statement) = cursor.statement().filter(|_| !cursor.in_comment) else { return Ok(Value::Null) };
    let syntax = statement.syntax();
    let parts = parts(syntax);
    let words: Vec<&str> = cursor.head.iter().skip(1).map(|token| token.text()).collect();
    let active = active(&parts, &words);
    let parameters = parts.iter().map(|part| {
        let doc = statement.words().find(|word| choices(part).any(|choice| choice == word.word)).map(|word| word.doc);
        doc.map_or_else(|| json!({ "label": part }), |doc| json!({ "label": part, "documentation": doc }))
    });
    let parameters: Vec<Value> = parameters.collect();
    Ok(json!({
        "signatures": [{
            "label": syntax,
            "documentation": markdown(statement.doc()),
            "parameters": parameters,
            "activeParameter": active,
        }],
        "activeSignature": 0,
        "activeParameter": active,
    }))
}

/// The parts of a statement after its keyword, as its syntax has them between blanks; what brackets hold stays together.
fn parts(syntax: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_u32, 0);
    for (at, sign) in syntax.char_indices() {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 => {
                parts.push(&syntax[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&syntax[start..]);
    parts.remove(0);
    parts
}

/// The first words or signs of a part's choices: `cap` and `ext` of `cap|ext`, `len` of `[len N]`.
fn choices(part: &str) -> impl Iterator<Item = &str> {
    let inner = part.trim_start_matches('[').trim_end_matches([']', ';']);
    inner.split('|').map(|choice| {
        let end = choice.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(choice.len());
        if end == 0 { choice.get(..1).unwrap_or_default() } else { &choice[..end] }
    })
}

/// Which part is next behind some words.
fn active(parts: &[&str], words: &[&str]) -> usize {
    let (mut at, mut is_done) = (0, false);
    for word in words {
        let named = (at..parts.len()).find(|&part| choices(parts[part]).any(|choice| choice == *word));
        match named {
            Some(part) => {
                at = part;
                // A part that is nothing but its word takes no more.
                is_done = !parts[part].contains(|sign: char| sign.is_ascii_uppercase());
            }
            None if is_done => {
                at += 1;
                is_done = false;
            }
            None => {}
        }
    }
    (at + usize::from(is_done)).min(parts.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::{active, parts};

    const CAP: &str = "cap KIND @ OFFSET [len N] [optional] ;|{ evidence .. }";

    #[test]
    fn parts_are_what_blanks_part() {
        assert_eq!(parts(CAP), ["KIND", "@", "OFFSET", "[len N]", "[optional]", ";|{ evidence .. }"]);
        assert_eq!(parts("match pci(VENDOR, DEVICE) ;|{ .. }"), ["pci(VENDOR, DEVICE)", ";|{ .. }"]);
    }

    #[test]
    fn the_next_part_follows_the_words() {
        let next = |words: &[&str]| parts(CAP)[active(&parts(CAP), words)];
        assert_eq!(next(&[]), "KIND");
        assert_eq!(next(&["pcie"]), "KIND");
        assert_eq!(next(&["pcie", "@"]), "OFFSET");
        assert_eq!(next(&["pcie", "@", "0x40", "len"]), "[len N]");
        assert_eq!(next(&["pcie", "@", "0x40", "optional"]), ";|{ evidence .. }");
    }
}
