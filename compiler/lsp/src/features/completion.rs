//! What can be written at a place: everything that may stand there, and nothing else that the language tells.

mod elsewhere;
mod item;
mod offsets;

use std::collections::BTreeSet;

use gen_lsp_types::TextDocumentPositionParams;
use quirk_dsl::Span;
use quirk_runtime::capability::{DVSEC, Space, VSEC};
use serde_json::{Value, json};

use self::item::{Item, number};
use super::spot::{Sheet, Spot, markdown};
use crate::answers::Refusal;
use crate::cursor::Cursor;
use crate::desk::Desk;
use crate::index::Kind;
use crate::language::{self, Context, Takes};
use crate::uri;
use crate::world::World;

/// Signs behind which a client asks by itself.
pub(crate) const TRIGGERS: [&str; 6] = ["@", ":", " ", "\"", "(", "["];

/// Words and signs behind which a number is expected.
const BEFORE_NUMBER: [&str; 21] =
    ["=", "==", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "(", "[", ",", "..", "..=", "!", ":", "@", "class"];

/// Statements that are a keyword and a number.
const OF_NUMBER: [&str; 5] = ["max_width", "vendor", "id", "revision", "bar"];

/// The answer.
pub(super) fn complete(desk: &mut Desk, world: &World, params: &TextDocumentPositionParams) -> Result<Value, Refusal> {
    let spot = Spot::new(desk, world, params)?;
    let cursor = spot.cursor();
    let Spot { sheet, offset } = &spot;
    let (items, replaced) = if cursor.in_comment {
        (Vec::new(), Span::default())
    } else if let Some(text) = cursor.in_text {
        let inside = Span::new(text.span().start + 1, *offset);
        (if cursor.back(1) == "use" { paths(sheet) } else { Vec::new() }, inside)
    } else {
        (items(sheet, &cursor, *offset), cursor.replaced(*offset))
    };
    let range = sheet.range(replaced);
    let mut seen = BTreeSet::new();
    let items = items.into_iter().filter(|item| seen.insert(item.label.clone()));
    let items: Vec<Item> = items.collect();
    let is_cut = items.iter().filter(|item| item.also.is_some()).count() >= elsewhere::MOST;
    let items: Vec<Value> = items.iter().enumerate().map(|(at, item)| shown(sheet, item, at, &range)).collect();
    Ok(json!({ "isIncomplete": is_cut, "items": items }))
}

fn shown(sheet: &Sheet<'_>, item: &Item, at: usize, range: &Value) -> Value {
    let mut shown = json!({
        "label": item.label,
        "kind": item.kind,
        "detail": item.detail,
        "sortText": format!("{}{at:04}", item.rank),
        "textEdit": { "range": range, "newText": item.label },
    });
    if !item.doc.is_empty() {
        shown["documentation"] = markdown(&item.doc);
    }
    if let Some((at, text)) = &item.also {
        shown["additionalTextEdits"] = json!([{ "range": sheet.range(Span::new(*at, *at)), "newText": text }]);
    }
    shown
}

fn items(sheet: &Sheet<'_>, cursor: &Cursor<'_>, offset: u32) -> Vec<Item> {
    let Some(context) = cursor.context() else { return Vec::new() };
    if cursor.head.is_empty() {
        return match context {
            Context::Enable => params(sheet, cursor),
            _ => keywords(context, cursor),
        };
    }
    if let Some(space) = language::space(cursor.back(1)) {
        return kinds(space);
    }
    if cursor.back(1) == "::" {
        return behind_namespace(sheet, cursor.back(2), wanted(cursor));
    }
    if let Some(arguments) = arguments(cursor) {
        return arguments;
    }
    if let Some(found) = evidence(sheet, cursor, context) {
        return found;
    }
    if let Some(kind) = wanted(cursor) {
        return if context == Context::Policy {
            declared(sheet, &sheet.file, kind, "")
        } else {
            named(sheet, cursor, kind)
        };
    }
    let mut found = Vec::new();
    if cursor.back(1) == "@" {
        found.extend(offsets::offsets(sheet, cursor, offset));
    }
    found.extend(words(cursor));
    let takes_number = cursor
        .statement()
        .and_then(|statement| statement.word(cursor.back(1)))
        .is_some_and(|word| word.takes == Takes::Number);
    let is_of_number = cursor.head.len() == 1 && OF_NUMBER.contains(&cursor.back(1));
    if takes_number || is_of_number || BEFORE_NUMBER.contains(&cursor.back(1)) {
        found.extend(own_params(sheet, cursor));
        found.extend(names(sheet, Kind::Constant));
    }
    found
}

/// The statements that may come next in a block.
fn keywords(context: Context, cursor: &Cursor<'_>) -> Vec<Item> {
    language::statements(context)
        .filter(|statement| !(statement.is_single() && cursor.before.contains(&statement.keyword())))
        .map(|statement| Item::new(statement.keyword(), number::KEYWORD, statement.syntax()).doc(statement.reference()))
        .collect()
}

/// The words of a statement that it does not have yet.
fn words(cursor: &Cursor<'_>) -> Vec<Item> {
    let Some(statement) = cursor.statement() else { return Vec::new() };
    let has = |word: &str| cursor.head.iter().skip(1).any(|token| token.text() == word);
    let words = statement.words().filter(|word| !has(word.word));
    words.map(|word| Item::new(word.word, number::ENUM_MEMBER, word.doc).rank(4)).collect()
}

fn kinds(space: Space) -> Vec<Item> {
    let item = |kind: &'static quirk_runtime::capability::Kind| {
        let detail = format!("{:#04x}, {}: {}", kind.id, language::length(kind), kind.title);
        Item::new(kind.name, number::STRUCT, detail).doc(language::facts(space, kind))
    };
    language::kinds(space).map(item).collect()
}

/// `vendor` and `id` in the parentheses behind a kind.
fn arguments(cursor: &Cursor<'_>) -> Option<Vec<Item>> {
    let open = cursor.head.iter().rposition(|token| matches!(token.text(), "(" | ")"))?;
    let is_open = cursor.head[open].text() == "(";
    let text = |at: usize| cursor.head.get(at).map_or("", |token| token.text());
    let space = language::space(text(open.checked_sub(2)?)).filter(|_| is_open)?;
    let kind = language::kind(space, text(open - 1))?;
    if !matches!(cursor.back(1), "(" | ",") {
        return None;
    }
    let takes: &[&str] = match (space, kind.id) {
        (Space::Extended, DVSEC) => &["vendor", "id"],
        (Space::Extended, VSEC) => &["id"],
        _ => &[],
    };
    let has = |word: &str| cursor.head[open..].iter().any(|token| token.text() == word);
    let missing = takes.iter().filter(|word| !has(word));
    Some(
        missing.map(|word| Item::new(format!("{word}: "), number::PROPERTY, "tells those of one kind apart")).collect(),
    )
}

/// Who can vouch, where evidence or a source is written; rules, where one is silenced.
fn evidence(sheet: &Sheet<'_>, cursor: &Cursor<'_>, context: Context) -> Option<Vec<Item>> {
    let kinds = || language::evidence().map(|word| Item::new(word.word, number::ENUM_MEMBER, word.doc).rank(3));
    match (cursor.head.first()?.text(), cursor.head.len(), cursor.back(1)) {
        ("evidence", 1, _) => Some(kinds().chain(named(sheet, cursor, Kind::Source)).collect()),
        ("evidence", _, "[" | ",") => Some(named(sheet, cursor, Kind::Source)),
        ("source", _, "=") => Some(kinds().collect()),
        ("allow", 1, _) if context != Context::Unassigned => {
            let rule = |rule: &quirk_compiler::catalogue::Rule| {
                Item::new(rule.name, number::ENUM_MEMBER, rule.code()).doc(rule.meaning)
            };
            Some(language::silenceable().map(rule).collect())
        }
        _ => None,
    }
}

/// The kind of item that is named here, if it is no number.
fn wanted(cursor: &Cursor<'_>) -> Option<Kind> {
    // What a namespace is about is said by the words before it.
    let skip = if cursor.back(1) == "::" { 2 } else { 0 };
    let len = cursor.head.len() - skip.min(cursor.head.len());
    match (cursor.head.first()?.text(), len, cursor.back(1 + skip)) {
        ("device", 3, "like") | ("profile", 3, "for") | ("given", 2, "device") => Some(Kind::Device),
        ("enable" | "over" | "disable", 1, _) => Some(Kind::Layer),
        ("dvsec", 1, _) => Some(Kind::Format),
        ("profile", 1, _) if cursor.context() == Some(Context::Policy) => Some(Kind::Profile),
        ("evidence", ..) => Some(Kind::Source),
        _ => None,
    }
}

/// The names of a kind, those of files that are not used yet among them.
fn named(sheet: &Sheet<'_>, cursor: &Cursor<'_>, kind: Kind) -> Vec<Item> {
    let mut found = names(sheet, kind);
    found.extend(elsewhere::elsewhere(sheet, cursor, kind));
    found
}

/// The names of a kind: those of the text itself, those of the files that it uses, and the ways to these.
fn names(sheet: &Sheet<'_>, kind: Kind) -> Vec<Item> {
    let files = &sheet.group.files.files;
    let Some(file) = files.get(&sheet.file) else { return Vec::new() };
    let mut found = declared(sheet, &sheet.file, kind, "");
    for (namespace, target) in &file.uses {
        let behind = declared(sheet, target, kind, &format!("{namespace}::"));
        if !behind.is_empty() {
            let path = files.get(target).map(|file| file.path.display().to_string()).unwrap_or_default();
            found.push(Item::new(format!("{namespace}::"), number::MODULE, path).rank(7));
        }
        found.extend(behind);
    }
    found
}

fn declared(sheet: &Sheet<'_>, file: &std::path::Path, kind: Kind, before: &str) -> Vec<Item> {
    let Some(found) = sheet.group.files.files.get(file) else { return Vec::new() };
    let of_kind = found.text.index().declared.iter().enumerate().filter(|(_, each)| each.kind == kind);
    let item = |(at, each): (usize, &crate::index::Declared)| {
        let symbol = crate::files::Symbol { file: file.to_owned(), declared: at };
        let value = (kind == Kind::Constant).then(|| sheet.group.files.constant(&symbol)).flatten();
        let detail = value.map_or_else(|| kind.keyword().to_owned(), |value| format!("= {value:#x}"));
        let number = if kind == Kind::Constant { number::CONSTANT } else { number::CLASS };
        let rank = if before.is_empty() { 4 } else { 6 };
        Item::new(format!("{before}{}", each.name), number, detail).rank(rank)
    };
    of_kind.map(item).collect()
}

fn behind_namespace(sheet: &Sheet<'_>, namespace: &str, kind: Option<Kind>) -> Vec<Item> {
    let files = &sheet.group.files.files;
    let target = files.get(&sheet.file).and_then(|file| file.uses.get(namespace));
    target.map_or_else(Vec::new, |target| declared(sheet, target, kind.unwrap_or(Kind::Constant), ""))
}

/// The parameters of the layer around a place.
fn own_params(sheet: &Sheet<'_>, cursor: &Cursor<'_>) -> Vec<Item> {
    let Some(("layer", name)) = cursor.item() else { return Vec::new() };
    params_of(sheet, &sheet.file, name.text())
}

/// The parameters of the layer that `enable` switches on.
fn params(sheet: &Sheet<'_>, cursor: &Cursor<'_>) -> Vec<Item> {
    let Some(block) = cursor.blocks.last() else { return Vec::new() };
    let word = |at: usize| block.head.get(at).map_or("", |token| token.text());
    if word(2) != "::" {
        return params_of(sheet, &sheet.file, word(1));
    }
    let target = sheet.group.files.files.get(&sheet.file).and_then(|file| file.uses.get(word(1)));
    target.map_or_else(Vec::new, |target| params_of(sheet, target, word(3)))
}

fn params_of(sheet: &Sheet<'_>, file: &std::path::Path, layer: &str) -> Vec<Item> {
    let Some(found) = sheet.group.files.files.get(file) else { return Vec::new() };
    let index = found.text.index();
    let layer = index.item(layer);
    let of_layer = index.declared.iter().filter(|each| each.layer.is_some() && each.layer == layer);
    of_layer.map(|each| Item::new(&each.name, number::PROPERTY, "param").rank(3)).collect()
}

/// The files that can be used, as `use` writes them.
fn paths(sheet: &Sheet<'_>) -> Vec<Item> {
    let files = &sheet.group.files.files;
    let Some(here) = files.get(&sheet.file) else { return Vec::new() };
    let from = uri::flat(&here.path);
    let others = files.iter().filter(|(key, _)| **key != sheet.file);
    let paths = others.map(|(_, file)| uri::relative(&from, &uri::flat(&file.path)));
    // A path that is not finished may be that of a folder.
    paths.filter(|path| path.ends_with(".quirk")).map(|path| Item::new(path, number::FILE, "file")).collect()
}
