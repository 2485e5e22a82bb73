//! What there is to say about the word under the pointer.

use std::path::Path;

use gen_lsp_types::TextDocumentPositionParams;
use quirk_compiler::facts::{Device, Virtual};
use quirk_dsl::ast::{DeviceStatementKind, ItemKind, Property};
use quirk_dsl::{Element, Span, TokenKind};
use serde_json::{Value, json};

use super::space;
use super::spot::{Sheet, Spot, markdown};
use crate::answers::Refusal;
use crate::cursor::Cursor;
use crate::desk::Desk;
use crate::files::Symbol;
use crate::index::Kind;
use crate::language;
use crate::world::World;

/// The answer: text and the word that it is about.
pub(super) fn hover(desk: &mut Desk, world: &World, params: &TextDocumentPositionParams) -> Result<Value, Refusal> {
    let Spot { sheet, offset } = Spot::new(desk, world, params)?;
    let tree = &sheet.text.parse().tree;
    let is_word = |token: &Element<'_>| matches!(token.token(), Some(TokenKind::Word | TokenKind::Number));
    // At the end of a word it is still that word.
    let before = || tree.at(offset.checked_sub(1)?).filter(is_word);
    let Some(token) = tree.at(offset).filter(is_word).or_else(before) else { return Ok(Value::Null) };
    let cursor = Cursor::new(tree, token.span().start);
    let text = said(&sheet, &cursor, token);
    Ok(text.map_or(Value::Null, |text| json!({ "contents": markdown(&text), "range": sheet.range(token.span()) })))
}

fn said(sheet: &Sheet<'_>, cursor: &Cursor<'_>, token: Element<'_>) -> Option<String> {
    let word = token.text();
    if let Some(space) = language::space(cursor.back(1))
        && let Some(kind) = language::kind(space, word)
    {
        return Some(language::facts(space, kind));
    }
    if let Some((symbol, _)) = sheet.group.files.at(&sheet.file, token.span().start) {
        return named(sheet, &symbol);
    }
    if cursor.head.is_empty() {
        let statement = language::statement(cursor.context()?, word)?;
        let place = chosen(sheet, token.span()).unwrap_or_default();
        return Some(statement.reference() + &place);
    }
    if token.token() == Some(TokenKind::Number) {
        return number(sheet, cursor, token);
    }
    let place = chosen(sheet, token.span());
    let part = cursor.statement().and_then(|statement| Some((statement, statement.word(word)?)));
    let part = part.map(|(statement, part)| {
        let syntax = statement.syntax();
        format!("`{}`: {}\n\n```quirk\n{syntax}\n```\n", part.word, part.doc)
    });
    match (part, place) {
        (None, None) => None,
        (part, place) => Some(part.unwrap_or_default() + &place.unwrap_or_default()),
    }
}

/// A name: what declares it, with its documentation.
fn named(sheet: &Sheet<'_>, symbol: &Symbol) -> Option<String> {
    let files = &sheet.group.files;
    let (declared, file) = (files.declared(symbol)?, files.files.get(&symbol.file)?);
    let text = file.text.slice(declared.item);
    let head = text.split(['{', ';']).next().unwrap_or_default();
    let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = format!("```quirk\n{head}\n```\n");
    let items = &file.text.parse().file.items;
    if let Some(item) = items.iter().find(|item| item.span == declared.item) {
        out.extend(item.docs.iter().map(|line| format!("{}\n", line.value.trim())));
        if let ItemKind::Device(device) = &item.kind {
            let title = device.statements.iter().find_map(|statement| match &statement.kind {
                DeviceStatementKind::Property(Property::Text(title)) => Some(&title.value),
                _ => None,
            });
            out.extend(title.map(|title| format!("\n{title}\n")));
        }
    }
    match declared.kind {
        Kind::Constant => {
            out.extend(files.constant(symbol).map(|value| format!("\n= {value:#x} = {value}\n")));
        }
        Kind::Namespace => {
            let target = file.uses.get(&declared.name).and_then(|target| files.files.get(target));
            out.extend(target.map(|target| format!("\n{}\n", target.path.display())));
        }
        _ => {}
    }
    Some(out)
}

/// A number in other notations; an offset with what lies around it.
fn number(sheet: &Sheet<'_>, cursor: &Cursor<'_>, token: Element<'_>) -> Option<String> {
    let value = language::number(token.text())?;
    let mut out = format!("{value:#x} = {value} = {value:#b}\n");
    let is_offset = cursor.head.iter().any(|token| token.text() == "@");
    if is_offset
        && value < 0x1000
        && let Some(device) = device(sheet, token.span().start)
    {
        out += &format!("\nin `{}`, one character a dword:\n\n{}", device.name, space::around(&device, value));
    }
    Some(out)
}

/// The device that a place is about: around it, or given to the test around it.
pub(super) fn device<'s>(sheet: &'s Sheet<'_>, offset: u32) -> Option<Device<'s>> {
    let is_in = |device: &Device<'_>, file: &Path| sheet.group.key(device.item.file) == Some(file);
    let around = |device: &Device<'_>| {
        let span = device.item.span;
        is_in(device, &sheet.file) && (span.start..=span.end).contains(&offset)
    };
    if let Some(device) = sheet.devices().find(around) {
        return Some(device);
    }
    let items = &sheet.text.parse().file.items;
    let item = items.iter().find(|item| (item.span.start..=item.span.end).contains(&offset))?;
    let in_test = |span: Span| item.span.start <= span.start && span.end <= item.span.end;
    let index = sheet.text.index();
    let references = index.references.iter().filter(|reference| in_test(reference.span));
    let mut symbols = references.filter_map(|reference| sheet.group.files.resolve(&sheet.file, reference));
    symbols.find_map(|symbol| {
        let declared = sheet.group.files.declared(&symbol).filter(|declared| declared.kind == Kind::Device)?;
        sheet.devices().find(|device| device.name == declared.name && is_in(device, &symbol.file))
    })
}

/// What was given a place by the words at some bytes, and why there.
fn chosen(sheet: &Sheet<'_>, word: Span) -> Option<String> {
    let mut found = Vec::new();
    for device in sheet.devices() {
        for chosen in &device.chosen {
            let place = chosen.place;
            let is_here = sheet.group.key(place.file) == Some(&sheet.file)
                && place.span.start <= word.start
                && word.end <= place.span.end;
            if is_here {
                found.push(reason(&device, chosen));
            }
        }
    }
    found.truncate(16);
    (!found.is_empty()).then(|| format!("\n{}", found.concat()))
}

fn reason(device: &Device<'_>, chosen: &quirk_compiler::facts::Chosen<'_>) -> String {
    let (offset, length) = (chosen.offset, chosen.length);
    let end = offset.saturating_add(length);
    let why = match chosen.what {
        Virtual::NativePasid => "the slot of the function's own PASID capability".to_owned(),
        Virtual::FixedPasid => "as it is written".to_owned(),
        Virtual::Dvsec => "what PASID and the layers leave free".to_owned(),
        Virtual::Pasid | Virtual::Layer(..) => {
            let free = device.extents.iter().find(|extent| {
                extent.what == quirk_compiler::facts::What::Free && extent.start <= offset && end <= extent.end
            });
            let range = free.map_or(String::new(), |free| format!(" of `free` {:#x}..{:#x}", free.start, free.end));
            format!("the lowest {length:#x} bytes{range} that nothing else has, on a dword")
        }
    };
    format!("- in `{}` at **{offset:#05x}**..{end:#05x}: {why}\n", device.name)
}
