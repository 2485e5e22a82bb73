//! What can be asked, a file for each kind of question.

pub(crate) mod actions;
pub(crate) mod commands;
pub(crate) mod completion;
pub(crate) mod diagnostics;
mod edits;
mod folding;
mod format;
mod hints;
mod hover;
mod lenses;
mod names;
mod rename;
pub(crate) mod signature;
mod space;
mod spot;
mod symbols;
pub(crate) mod tokens;

use lsp_server::ErrorCode;
use serde_json::Value;

use crate::answers::Refusal;
use crate::desk::Desk;
use crate::world::World;

/// Answers a question.
pub(crate) fn answer(desk: &mut Desk, world: &World, method: &str, params: Value) -> Result<Value, Refusal> {
    let read = spot::Params(params);
    match method {
        "textDocument/diagnostic" => diagnostics::of_text(desk, world, &read.get()?),
        "workspace/diagnostic" => Ok(diagnostics::of_all(desk, world)),
        "textDocument/completion" => completion::complete(desk, world, &read.position()?),
        "textDocument/signatureHelp" => signature::help(desk, world, &read.position()?),
        "textDocument/hover" => hover::hover(desk, world, &read.position()?),
        "textDocument/definition" => names::definition(desk, world, &read.position()?),
        "textDocument/references" => names::references(desk, world, &read.get()?),
        "textDocument/documentHighlight" => names::highlights(desk, world, &read.position()?),
        "textDocument/documentLink" => names::links(desk, world, &read.document()?),
        "textDocument/prepareRename" => rename::prepare(desk, world, &read.position()?),
        "textDocument/rename" => rename::rename(desk, world, &read.get()?),
        "workspace/willRenameFiles" => rename::files(desk, world, &read.get()?),
        "textDocument/documentSymbol" => symbols::of_text(desk, world, &read.document()?),
        "workspace/symbol" => symbols::of_all(desk, world, &read.get()?),
        "textDocument/codeAction" => actions::actions(desk, world, &read.get()?),
        "textDocument/codeLens" => lenses::lenses(desk, world, &read.document()?),
        "textDocument/formatting" => format::whole(desk, world, &read.document()?),
        "textDocument/rangeFormatting" => format::range(desk, world, &read.get()?),
        "textDocument/foldingRange" => folding::folds(desk, world, &read.document()?),
        "textDocument/selectionRange" => folding::selections(desk, world, &read.get()?),
        "textDocument/inlayHint" => hints::hints(desk, world, &read.get()?),
        "textDocument/semanticTokens/full" => tokens::full(desk, world, &read.document()?),
        "textDocument/semanticTokens/range" => tokens::range(desk, world, &read.get()?),
        "workspace/executeCommand" => commands::execute(desk, world, &read.get()?),
        "quirk/map" => commands::map(desk, world, &read.get()?),
        _ => Err(Refusal::new(ErrorCode::MethodNotFound, format!("there is no request `{method}`"))),
    }
}
