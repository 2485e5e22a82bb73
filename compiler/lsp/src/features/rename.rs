//! New names, for what files declare and for files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{RenameFilesParams, RenameParams, TextDocumentPositionParams};
use quirk_dsl::Ordered as _;
use quirk_dsl::Span;
use serde_json::{Value, json};

use super::edits::{self, Edit};
use super::spot::Spot;
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::files::Symbol;
use crate::index::Kind;
use crate::uri;
use crate::world::{World, key};

/// Words that mean something else where a number or a source could be named.
const RESERVED: [&str; 8] = ["any", "device", "free", "datasheet", "vendor", "driver", "dump", "probe"];

/// The name at a place, if there is one that can be changed.
pub(super) fn prepare(desk: &mut Desk, world: &World, params: &TextDocumentPositionParams) -> Result<Value, Refusal> {
    let Spot { sheet, offset } = Spot::new(desk, world, params)?;
    let Some((_, span)) = sheet.group.files.at(&sheet.file, offset) else {
        return Err(Refusal::failed("there is no name here"));
    };
    Ok(json!({ "range": sheet.range(span), "placeholder": sheet.text.slice(span) }))
}

/// The edits that give it another, in all files.
pub(super) fn rename(desk: &mut Desk, world: &World, params: &RenameParams) -> Result<Value, Refusal> {
    let Spot { sheet, offset } = Spot::new(desk, world, &params.text_document_position_params)?;
    let name = params.new_name.as_str();
    let files = &sheet.group.files;
    let found = files.at(&sheet.file, offset);
    let (symbol, _) = found.ok_or_else(|| Refusal::failed("there is no name here"))?;
    refuse(desk, world, &symbol, name)?;
    let mut changes: BTreeMap<PathBuf, (String, Option<i32>, Value)> = BTreeMap::new();
    for group in desk.groups(world) {
        let mut edits: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
        let mut edit = |file: &Path, span: Span| {
            edits.entry(file.to_owned()).or_default().push(Edit { span, text: name.to_owned() });
        };
        if let Some(declared) = group.files.declared(&symbol) {
            edit(&symbol.file, declared.span);
        }
        group.files.references(&symbol).into_iter().for_each(|(file, span)| edit(file, span));
        for (file, mut edits) in edits {
            edits.order();
            let Some(found) = group.files.files.get(&file) else { continue };
            let version = world.open.get(&file).map(|open| open.version);
            let edits = edits::in_text(&edits, &found.text, world);
            changes.insert(file.clone(), (world.uri(&file, &found.path), version, edits));
        }
    }
    Ok(edits::of_uris(changes.into_values().collect(), world))
}

/// Why a name cannot be had.
fn refuse(desk: &mut Desk, world: &World, symbol: &Symbol, name: &str) -> Result<(), Refusal> {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !starts || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Refusal::failed(format!("`{name}` is not a name: letters, digits and `_`, no digit first")));
    }
    if RESERVED.contains(&name) {
        return Err(Refusal::failed(format!("`{name}` has a meaning of its own")));
    }
    let groups = desk.groups(world);
    let index = groups.iter().find_map(|group| Some(group.files.files.get(&symbol.file)?.text.index()));
    let Some((index, declared)) = index.and_then(|index| Some((index, index.declared.get(symbol.declared)?))) else {
        return Err(Refusal::failed("the file has gone"));
    };
    let taken = match declared.kind {
        Kind::Param => {
            let constant = index.item(name).filter(|&at| index.declared[at].kind == Kind::Constant);
            declared.layer.and_then(|layer| index.param(layer, name)).or(constant)
        }
        Kind::Constant => index.declared.iter().position(|each| each.name == name),
        _ => index.item(name),
    };
    if taken.is_some_and(|taken| taken != symbol.declared) {
        return Err(Refusal::failed(format!("there is a `{name}` already")));
    }
    Ok(())
}

/// The edits that keep `use` right when files or folders get other names: in those that use them, and in those that move.
pub(super) fn files(desk: &mut Desk, world: &World, params: &RenameFilesParams) -> Result<Value, Refusal> {
    let moves: Vec<(PathBuf, PathBuf)> =
        params.files.iter().map(|file| (uri::path(&file.old_uri.0), uri::path(&file.new_uri.0))).collect();
    // A folder takes along what lies in it.
    let moved = |path: &Path| {
        moves.iter().find_map(|(old, new)| Some(new.join(path.strip_prefix(old).ok()?))).map(|path| uri::flat(&path))
    };
    let mut changes: BTreeMap<PathBuf, (String, Option<i32>, Value)> = BTreeMap::new();
    for group in desk.groups(world) {
        for (key_of_file, file) in &group.files.files {
            let path = uri::flat(&file.path);
            let now = moved(&path);
            let mut edits = Vec::new();
            for used in &file.text.index().uses {
                let Some(target) = file.uses.get(&used.name).and_then(|target| group.files.files.get(target)) else {
                    continue;
                };
                let old = uri::flat(&target.path);
                let new = moved(&old);
                // What a library holds is found from everywhere; beside a file, the way is from its own folder.
                let beside = path.parent().map(|folder| key(&folder.join(&used.path)));
                let is_beside = beside.is_some_and(|beside| beside == key(&old));
                if is_beside && (now.is_some() || new.is_some()) {
                    let way = uri::relative(now.as_ref().unwrap_or(&path), new.as_ref().unwrap_or(&old));
                    if way != used.path {
                        let escaped = way.replace('\\', "\\\\").replace('"', "\\\"");
                        edits.push(Edit { span: used.span, text: format!("\"{escaped}\"") });
                    }
                }
            }
            if !edits.is_empty() {
                let version = world.open.get(key_of_file).map(|open| open.version);
                let edits = edits::in_text(&edits, &file.text, world);
                changes.insert(key_of_file.clone(), (world.uri(key_of_file, &file.path), version, edits));
            }
        }
    }
    if changes.is_empty() {
        return Ok(Value::Null);
    }
    Ok(edits::of_uris(changes.into_values().collect(), world))
}
