//! What the compiler knows and the text does not say: where capabilities end, what was allocated, ids in decimal.

use std::collections::BTreeMap;

use gen_lsp_types::InlayHintParams;
use quirk_compiler::Place;
use quirk_compiler::facts::{Virtual, What};
use quirk_dsl::Ordered as _;
use quirk_dsl::{Element, NodeKind, Span, TokenKind};
use serde_json::{Value, json};

use super::spot::Sheet;
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::language;
use crate::world::World;

/// A hint: the byte that it follows, what it says, and more of it.
struct Hint {
    at: u32,
    label: String,
    tooltip: String,
}

/// The hints of some lines.
pub(super) fn hints(desk: &mut Desk, world: &World, params: &InlayHintParams) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
    let wanted = sheet.text.span(params.range, world.client.encoding);
    let mut hints = ends(&sheet);
    hints.extend(places(&sheet));
    hints.extend(ids(&sheet));
    hints.retain(|hint| (wanted.start..=wanted.end).contains(&hint.at));
    hints.order_by_key(|hint| hint.at);
    let shown = |hint: &Hint| {
        let position = sheet.text.position(hint.at, world.client.encoding);
        json!({ "position": position, "label": hint.label, "tooltip": hint.tooltip, "paddingLeft": true })
    };
    Ok(hints.iter().map(shown).collect())
}

fn statements<'s>(sheet: &'s Sheet<'_>) -> impl Iterator<Item = Element<'s>> {
    sheet.text.parse().tree.elements().filter(|element| element.node() == Some(NodeKind::Statement))
}

fn is_here(sheet: &Sheet<'_>, place: Place) -> bool {
    sheet.group.key(place.file) == Some(&sheet.file)
}

/// The ends of capabilities whose length is not written, after their offsets.
fn ends(sheet: &Sheet<'_>) -> Vec<Hint> {
    let offset = |node: Element<'_>| {
        let offset = node.children().find(|child| child.node() == Some(NodeKind::Expr))?;
        Some((node.span().start, offset.span().end))
    };
    let offsets: BTreeMap<u32, u32> = statements(sheet).filter_map(offset).collect();
    let mut hints = Vec::new();
    for device in sheet.devices() {
        for extent in device.extents.iter().filter(|each| !each.is_stated && !each.is_inherited) {
            let What::Capability(space, id) = extent.what else { continue };
            if is_here(sheet, extent.place)
                && let Some(&at) = offsets.get(&extent.place.span.start)
            {
                let kind = quirk_runtime::capability::Kind::by_id(space, id);
                let length = kind.map(language::length).unwrap_or_default();
                let tooltip = format!("{} has {length}", extent.what);
                hints.push(Hint { at, label: format!("..{:#x}", extent.end), tooltip });
            }
        }
    }
    hints
}

/// What the compiler gave a place, after the words that asked for one.
fn places(sheet: &Sheet<'_>) -> Vec<Hint> {
    let mut by_place: BTreeMap<u32, Vec<(u64, String)>> = BTreeMap::new();
    for device in sheet.devices() {
        for chosen in device.chosen.iter().filter(|chosen| is_here(sheet, chosen.place)) {
            if let Some(at) = behind(sheet, chosen.place.span, chosen.what) {
                by_place.entry(at).or_default().push((chosen.offset, device.name.to_owned()));
            }
        }
    }
    let hint = |(at, mut places): (u32, Vec<(u64, String)>)| {
        places.order();
        let tooltip = places.iter().map(|(offset, device)| format!("{offset:#x} in {device}"));
        let tooltip = tooltip.take(32).collect::<Vec<_>>().join("\n");
        let mut offsets: Vec<u64> = places.iter().map(|(offset, _)| *offset).collect();
        offsets.dedup();
        let shown: Vec<String> = offsets.iter().take(3).map(|offset| format!("{offset:#x}")).collect();
        let more = if offsets.len() > 3 { ", .." } else { "" };
        Hint { at, label: format!("@ {}{more}", shown.join(", ")), tooltip }
    };
    by_place.into_iter().map(hint).collect()
}

/// Where a hint goes: after the word that leaves the place open.
fn behind(sheet: &Sheet<'_>, span: Span, what: Virtual<'_>) -> Option<u32> {
    let word = match what {
        // As it was written; a hint would say it again.
        Virtual::FixedPasid => return None,
        Virtual::NativePasid => "native",
        Virtual::Pasid | Virtual::Dvsec | Virtual::Layer(..) => "free",
    };
    let tokens = || {
        let elements = sheet.text.parse().tree.elements();
        let words = elements.filter(|element| element.token() == Some(TokenKind::Word));
        words.filter(|token| span.start <= token.span().start && token.span().end <= span.end)
    };
    // `pasid;` asks for a free place without a word for it.
    let keyword = || tokens().next().filter(|first| first.text() == "pasid");
    tokens().find(|token| token.text() == word).or_else(keyword).map(|token| token.span().end)
}

/// Ids of `match pci(..)` in decimal, as many tables print them.
fn ids(sheet: &Sheet<'_>) -> Vec<Hint> {
    let matches = statements(sheet).filter(|statement| statement.says("match"));
    let sets = matches.flat_map(Element::children).filter(|child| child.node() == Some(NodeKind::IdSet));
    let numbers = sets.flat_map(Element::descendants).filter(|each| each.token() == Some(TokenKind::Number));
    let hexadecimal = numbers.filter(|number| number.text().starts_with("0x"));
    let hint = |number: Element<'_>| {
        let value = language::number(number.text())?;
        Some(Hint { at: number.span().end, label: format!("= {value}"), tooltip: "in decimal".to_owned() })
    };
    hexadecimal.filter_map(hint).collect()
}
