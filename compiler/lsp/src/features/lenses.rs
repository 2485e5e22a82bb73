//! What can be run from the text: a test, and the map of a device.

use quirk_dsl::ast::ItemKind;
use serde_json::{Value, json};

use super::commands::{MAP, RUN_TEST};
use super::spot::Sheet;
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::world::World;

/// The lenses of a text.
pub(super) fn lenses(desk: &mut Desk, world: &World, uri: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    let lens = |item: &quirk_dsl::ast::Item| {
        let (title, command, name) = match &item.kind {
            ItemKind::Test(test) => ("run test", RUN_TEST, &test.title.value),
            ItemKind::Device(device) => ("map", MAP, &device.name.value),
            _ => return None,
        };
        let command = json!({ "title": title, "command": command, "arguments": [uri, name] });
        Some(json!({ "range": sheet.range(item.head), "command": command }))
    };
    Ok(sheet.text.parse().file.items.iter().filter_map(lens).collect())
}
