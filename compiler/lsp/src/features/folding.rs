//! Blocks, comments and runs of `use` that can be folded, and what a selection grows to.

use gen_lsp_types::SelectionRangeParams;
use quirk_dsl::ast::ItemKind;
use quirk_dsl::{Element, Span, TokenKind};
use serde_json::{Value, json};

use super::spot::Sheet;
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::world::World;

/// What can be folded.
pub(super) fn folds(desk: &mut Desk, world: &World, uri: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    let mut folds = blocks(&sheet);
    folds.extend(comments(&sheet));
    folds.extend(uses(&sheet));
    Ok(folds.into())
}

fn line(sheet: &Sheet<'_>, offset: u32) -> u32 {
    sheet.text.position(offset, sheet.world.client.encoding).line
}

fn tokens<'s>(sheet: &'s Sheet<'_>) -> impl Iterator<Item = (TokenKind, Element<'s>)> {
    sheet.text.parse().tree.elements().filter_map(|element| Some((element.token()?, element)))
}

/// From the line of a brace to the line before its end, which stays in sight.
fn blocks(sheet: &Sheet<'_>) -> Vec<Value> {
    let (mut open, mut folds) = (Vec::new(), Vec::new());
    for (kind, token) in tokens(sheet) {
        match kind {
            TokenKind::OpenBrace => open.push(line(sheet, token.span().start)),
            TokenKind::CloseBrace => {
                let end = line(sheet, token.span().start);
                folds.extend(open.pop().and_then(|start| fold(start, end.saturating_sub(1), None)));
            }
            _ => {}
        }
    }
    folds
}

fn fold(start: u32, end: u32, kind: Option<&str>) -> Option<Value> {
    let mut fold = json!({ "startLine": start, "endLine": end });
    if let Some(kind) = kind {
        fold["kind"] = kind.into();
    }
    (start < end).then_some(fold)
}

fn comments(sheet: &Sheet<'_>) -> Vec<Value> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut last = None;
    for (kind, token) in tokens(sheet).filter(|(kind, _)| *kind != TokenKind::Whitespace) {
        let at = line(sheet, token.span().start);
        let is_comment = matches!(kind, TokenKind::Comment | TokenKind::OuterDoc | TokenKind::InnerDoc);
        // A comment behind something else is no part of a run.
        if is_comment && last != Some(at) {
            match runs.last_mut() {
                Some(run) if run.1 + 1 == at => run.1 = at,
                _ => runs.push((at, at)),
            }
        }
        last = Some(at);
    }
    runs.into_iter().filter_map(|(start, end)| fold(start, end, Some("comment"))).collect()
}

fn uses(sheet: &Sheet<'_>) -> Vec<Value> {
    let items = &sheet.text.parse().file.items;
    let runs = items.chunk_by(|one, other| is_use(&one.kind) && is_use(&other.kind));
    let fold = |run: &[quirk_dsl::ast::Item]| {
        let (first, last) = (run.first().filter(|item| is_use(&item.kind))?, run.last()?);
        fold(line(sheet, first.span.start), line(sheet, last.span.end), Some("imports"))
    };
    runs.filter_map(fold).collect()
}

fn is_use(item: &ItemKind) -> bool {
    matches!(item, ItemKind::Use(_))
}

/// For each place what is around it, from the word to the file.
pub(super) fn selections(desk: &mut Desk, world: &World, params: &SelectionRangeParams) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
    let selection = |place: &gen_lsp_types::Position| {
        let offset = sheet.text.offset(*place, world.client.encoding);
        let mut around = vec![Span::new(offset, offset)];
        let mut found = sheet.text.parse().tree.root();
        while let Some(element) = found {
            around.insert(1, element.span());
            let holds = |child: &Element<'_>| (child.span().start..=child.span().end).contains(&offset);
            let mut inner = element.children().filter(holds);
            // Between two, the one that is not white space.
            let first = inner.next();
            let second = inner.next();
            found = second.filter(|_| first.is_none_or(|first| first.token() == Some(TokenKind::Whitespace))).or(first);
        }
        around.dedup();
        around.into_iter().rev().fold(Value::Null, |parent, span| {
            let mut range = json!({ "range": sheet.range(span) });
            if !parent.is_null() {
                range["parent"] = parent;
            }
            range
        })
    };
    Ok(params.positions.iter().map(selection).collect())
}
