//! What a text, and what all texts declare.

use std::collections::BTreeSet;

use gen_lsp_types::WorkspaceSymbolParams;
use quirk_dsl::Span;
use quirk_dsl::ast::{DeviceStatementKind, Item, ItemKind};
use serde_json::{Value, json};

use super::spot::{Sheet, location};
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::index::Kind;
use crate::text::Text;
use crate::world::World;

/// The numbers of the protocol.
mod number {
    pub(super) const MODULE: u32 = 2;
    pub(super) const CLASS: u32 = 5;
    pub(super) const METHOD: u32 = 6;
    pub(super) const PROPERTY: u32 = 7;
    pub(super) const FIELD: u32 = 8;
    pub(super) const INTERFACE: u32 = 11;
    pub(super) const CONSTANT: u32 = 14;
    pub(super) const STRING: u32 = 15;
    pub(super) const OBJECT: u32 = 19;
    pub(super) const STRUCT: u32 = 23;
    pub(super) const PARAMETER: u32 = 26;
}

/// How many symbols of all texts are shown.
const MOST: usize = 1000;

const fn kind_number(kind: Kind) -> u32 {
    match kind {
        Kind::Namespace => number::MODULE,
        Kind::Constant => number::CONSTANT,
        Kind::Source => number::STRING,
        Kind::Device => number::CLASS,
        Kind::Layer => number::INTERFACE,
        Kind::Format => number::STRUCT,
        Kind::Profile => number::OBJECT,
        Kind::Param => number::PARAMETER,
    }
}

/// The items of a text, with their statements.
pub(super) fn of_text(desk: &mut Desk, world: &World, uri: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    let items = &sheet.text.parse().file.items;
    Ok(items.iter().filter_map(|item| symbol(&sheet, item)).collect())
}

fn symbol(sheet: &Sheet<'_>, item: &Item) -> Option<Value> {
    let (kind, name, children) = match &item.kind {
        ItemKind::Edition(_) => return None,
        ItemKind::Use(used) => (number::MODULE, &used.name, vec![]),
        ItemKind::Const(constant) => (number::CONSTANT, &constant.name, vec![]),
        ItemKind::Source(source) => (number::STRING, &source.name, vec![]),
        ItemKind::Device(device) => {
            let statements = device.statements.iter().flat_map(|statement| match &statement.kind {
                DeviceStatementKind::Layout(entries) => {
                    entries.iter().map(|entry| (number::FIELD, entry.span)).collect()
                }
                _ => vec![(number::PROPERTY, statement.span)],
            });
            (number::CLASS, &device.name, statements.collect())
        }
        ItemKind::Layer(layer) => {
            let statements = layer.statements.iter().map(|statement| (number::PROPERTY, statement.span));
            (number::INTERFACE, &layer.name, statements.collect())
        }
        ItemKind::DvsecFormat(format) => {
            let statements = format.statements.iter().map(|statement| (number::PROPERTY, statement.span));
            (number::STRUCT, &format.name, statements.collect())
        }
        ItemKind::Profile(profile) => {
            let statements = profile.statements.iter().map(|statement| (number::PROPERTY, statement.span));
            (number::OBJECT, &profile.name, statements.collect())
        }
        ItemKind::Test(test) => {
            let statements = test.statements.iter().map(|statement| (number::PROPERTY, statement.span));
            (number::METHOD, &test.title, statements.collect())
        }
    };
    let children: Vec<Value> = children
        .into_iter()
        .map(|(kind, span)| {
            let range = sheet.range(span);
            json!({ "name": head(&sheet.text, span), "kind": kind, "range": range, "selectionRange": range })
        })
        .collect();
    let shown = if name.value.trim().is_empty() { "\"\"" } else { &name.value };
    Some(json!({
        "name": shown,
        "detail": head(&sheet.text, item.head),
        "kind": kind,
        "range": sheet.range(item.span),
        "selectionRange": sheet.range(name.span),
        "children": children,
    }))
}

/// The words of a statement before its block or its end, in one line.
fn head(text: &Text, span: Span) -> String {
    let text = text.slice(span);
    let words = text.split(['{', ';', '\n']).next().unwrap_or_default();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "?".to_owned() } else { line }
}

/// What all texts declare, by a part of its name.
pub(super) fn of_all(desk: &mut Desk, world: &World, params: &WorkspaceSymbolParams) -> Result<Value, Refusal> {
    let query = params.query.to_lowercase();
    let mut seen = BTreeSet::new();
    let mut symbols = Vec::new();
    for group in desk.groups(world) {
        for (key, file) in &group.files.files {
            for declared in &file.text.index().declared {
                let is_meant = holds(&declared.name.to_lowercase(), &query) && declared.kind != Kind::Namespace;
                if is_meant && symbols.len() < MOST && seen.insert((key.clone(), declared.span)) {
                    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned());
                    let location = location(world, group, key, declared.span);
                    symbols.push(json!({
                        "name": declared.name,
                        "kind": kind_number(declared.kind),
                        "containerName": name,
                        "location": location,
                    }));
                }
            }
        }
    }
    Ok(symbols.into())
}

/// Whether a name has the characters of a query in their order.
fn holds(name: &str, query: &str) -> bool {
    let mut rest = name.chars();
    query.chars().all(|wanted| rest.any(|each| each == wanted))
}
