//! Where a name is declared, and where it is used.

use std::collections::BTreeSet;
use std::path::Path;

use gen_lsp_types::{ReferenceParams, TextDocumentPositionParams};
use quirk_dsl::Span;
use serde_json::{Value, json};

use super::spot::{Sheet, Spot, location};
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::files::Symbol;
use crate::world::World;

/// Where the name at a place is declared; of a file that is used, the file.
pub(super) fn definition(
    desk: &mut Desk,
    world: &World,
    params: &TextDocumentPositionParams,
) -> Result<Value, Refusal> {
    let Spot { sheet, offset } = Spot::new(desk, world, params)?;
    if let Some(target) = used_at(&sheet, offset) {
        return Ok(json!(location(world, &sheet.group, target, Span::default())));
    }
    let Some((symbol, _)) = sheet.group.files.at(&sheet.file, offset) else { return Ok(Value::Null) };
    let span = sheet.group.files.declared(&symbol).map(|declared| declared.span);
    Ok(json!(span.and_then(|span| location(world, &sheet.group, &symbol.file, span))))
}

/// The file whose path is written at a place.
fn used_at<'s>(sheet: &'s Sheet<'_>, offset: u32) -> Option<&'s Path> {
    let used = sheet.text.index().uses.iter().find(|used| (used.span.start..=used.span.end).contains(&offset))?;
    sheet.group.files.files.get(&sheet.file)?.uses.get(&used.name).map(std::path::PathBuf::as_path)
}

/// All uses of the name at a place, over all files.
pub(super) fn references(desk: &mut Desk, world: &World, params: &ReferenceParams) -> Result<Value, Refusal> {
    let Spot { sheet, offset } = Spot::new(desk, world, &params.text_document_position_params)?;
    let Some((symbol, _)) = sheet.group.files.at(&sheet.file, offset) else { return Ok(Value::Null) };
    let mut found = BTreeSet::new();
    for group in desk.groups(world) {
        let uses = group.files.references(&symbol);
        found.extend(uses.into_iter().map(|(file, span)| (file.to_owned(), span)));
        let declared = group.files.declared(&symbol).filter(|_| params.context.include_declaration);
        found.extend(declared.map(|declared| (symbol.file.clone(), declared.span)));
    }
    let place = |(file, span): &(std::path::PathBuf, Span)| {
        desk.groups(world).iter().find_map(|group| location(world, group, file, *span))
    };
    Ok(found.iter().filter_map(place).collect())
}

/// The same name in the same text.
pub(super) fn highlights(
    desk: &mut Desk,
    world: &World,
    params: &TextDocumentPositionParams,
) -> Result<Value, Refusal> {
    let Spot { sheet, offset } = Spot::new(desk, world, params)?;
    let Some((symbol, _)) = sheet.group.files.at(&sheet.file, offset) else { return Ok(Value::Null) };
    let highlight = |span: Span, kind: u32| json!({ "range": sheet.range(span), "kind": kind });
    let Symbol { file, .. } = &symbol;
    let declared = sheet.group.files.declared(&symbol).filter(|_| *file == sheet.file);
    let mut found: Vec<Value> = declared.into_iter().map(|declared| highlight(declared.span, 3)).collect();
    let uses = sheet.group.files.references(&symbol);
    found.extend(uses.into_iter().filter(|(file, _)| *file == sheet.file).map(|(_, span)| highlight(span, 2)));
    Ok(found.into())
}

/// The files that a text uses.
pub(super) fn links(desk: &mut Desk, world: &World, uri: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    let files = &sheet.group.files.files;
    let Some(file) = files.get(&sheet.file) else { return Ok(Value::Null) };
    let link = |used: &crate::index::Used| {
        let target = file.uses.get(&used.name)?;
        let path = &files.get(target)?.path;
        Some(json!({ "range": sheet.range(used.span), "target": world.uri(target, path) }))
    };
    Ok(sheet.text.index().uses.iter().filter_map(link).collect())
}
