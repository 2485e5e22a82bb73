//! What each word is, for colours.

use gen_lsp_types::SemanticTokensRangeParams;
use quirk_dsl::{Element, NodeKind, Span, TokenKind};
use serde_json::{Value, json};

use super::spot::Sheet;
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::index::Kind;
use crate::world::World;

/// The types, in the order in which the protocol counts them.
const TYPES: [&str; 13] = [
    "comment",
    "keyword",
    "string",
    "number",
    "operator",
    "namespace",
    "class",
    "interface",
    "struct",
    "variable",
    "parameter",
    "type",
    "enumMember",
];

/// The modifiers, by bit.
const MODIFIERS: [&str; 3] = ["declaration", "readonly", "documentation"];
const DECLARATION: u32 = 1;
const READONLY: u32 = 2;
const DOCUMENTATION: u32 = 4;

/// What the numbers mean.
pub(crate) fn legend() -> Value {
    json!({ "tokenTypes": TYPES, "tokenModifiers": MODIFIERS })
}

/// The tokens of a text.
pub(super) fn full(desk: &mut Desk, world: &World, uri: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    Ok(encoded(&sheet, Span::new(0, u32::MAX)))
}

/// The tokens of some lines.
pub(super) fn range(desk: &mut Desk, world: &World, params: &SemanticTokensRangeParams) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
    let wanted = sheet.text.span(params.range, world.client.encoding);
    Ok(encoded(&sheet, wanted))
}

fn encoded(sheet: &Sheet<'_>, wanted: Span) -> Value {
    let mut tokens = Vec::new();
    if let Some(root) = sheet.text.parse().tree.root() {
        collect(sheet, root, None, &mut tokens);
    }
    let encoding = sheet.world.client.encoding;
    let mut data = Vec::new();
    let mut last = gen_lsp_types::Position { line: 0, character: 0 };
    for (token, kind, modifiers) in tokens {
        let span = token.span();
        // A token of several lines is an error, which is shown as one.
        if span.end <= wanted.start || wanted.end <= span.start || token.text().contains('\n') {
            continue;
        }
        let at = sheet.text.position(span.start, encoding);
        let column = if at.line == last.line { at.character - last.character } else { at.character };
        let length = encoding.columns(token.text().trim_end_matches('\r'));
        data.extend([at.line - last.line, column, length, kind, modifiers]);
        last = at;
    }
    json!({ "data": data })
}

fn number(name: &str) -> u32 {
    TYPES.iter().position(|each| *each == name).and_then(|at| u32::try_from(at).ok()).unwrap_or_default()
}

fn collect<'t>(
    sheet: &Sheet<'_>,
    element: Element<'t>,
    above: Option<NodeKind>,
    tokens: &mut Vec<(Element<'t>, u32, u32)>,
) {
    let parent = element.node().or(above);
    for child in element.children() {
        match child.token() {
            None => collect(sheet, child, parent, tokens),
            Some(kind) => {
                let found = token(sheet, child, kind, parent, above);
                tokens.extend(found.map(|(name, modifiers)| (child, number(name), modifiers)));
            }
        }
    }
}

/// What a token in a node is, and in what node that one is.
fn token(
    sheet: &Sheet<'_>,
    token: Element<'_>,
    kind: TokenKind,
    parent: Option<NodeKind>,
    above: Option<NodeKind>,
) -> Option<(&'static str, u32)> {
    Some(match kind {
        TokenKind::Comment | TokenKind::BlockComment => ("comment", 0),
        TokenKind::OuterDoc | TokenKind::InnerDoc => ("comment", DOCUMENTATION),
        TokenKind::Text | TokenKind::OpenText => ("string", 0),
        TokenKind::Number | TokenKind::Character => ("number", 0),
        TokenKind::Sign => ("operator", 0),
        TokenKind::Word => word(sheet, token, parent, above),
        _ => return None,
    })
}

fn word(
    sheet: &Sheet<'_>,
    token: Element<'_>,
    parent: Option<NodeKind>,
    above: Option<NodeKind>,
) -> (&'static str, u32) {
    match (parent, above) {
        (Some(NodeKind::Name), Some(NodeKind::Kind)) | (Some(NodeKind::Type), _) => ("type", 0),
        (Some(NodeKind::Name), Some(NodeKind::Argument)) => ("parameter", 0),
        (Some(NodeKind::Name | NodeKind::Path | NodeKind::Dashed), _) => name(sheet, token),
        _ => ("keyword", 0),
    }
}

fn name(sheet: &Sheet<'_>, token: Element<'_>) -> (&'static str, u32) {
    let files = &sheet.group.files;
    // Between two names that touch, the one that starts here.
    let found = files.at(&sheet.file, token.span().start).filter(|(_, span)| *span == token.span());
    let Some((symbol, span)) = found else { return ("enumMember", 0) };
    let Some(declared) = files.declared(&symbol) else { return ("enumMember", 0) };
    let is_declaration = symbol.file == sheet.file && declared.span == span;
    let (name, modifiers) = match declared.kind {
        Kind::Namespace => ("namespace", 0),
        Kind::Constant => ("variable", READONLY),
        Kind::Source => ("variable", 0),
        Kind::Device => ("class", 0),
        Kind::Layer => ("interface", 0),
        Kind::Format | Kind::Profile => ("struct", 0),
        Kind::Param => ("parameter", 0),
    };
    (name, modifiers | if is_declaration { DECLARATION } else { 0 })
}
