//! Commands: a test is run, a map is drawn.

use gen_lsp_types::{ExecuteCommandParams, Position, TextDocumentIdentifier};
use quirk_runtime::Database;
use serde::Deserialize;
use serde_json::{Value, json};

use super::hover;
use super::spot::{Sheet, location};
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::transport;
use crate::world::World;

pub(super) const RUN_TEST: &str = "quirk.runTest";
pub(super) const MAP: &str = "quirk.map";

/// What the client may ask to be done.
pub(crate) const COMMANDS: [&str; 2] = [RUN_TEST, MAP];

/// What `quirk/map` takes: a text, and a device by its name or by a place in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MapParams {
    text_document: TextDocumentIdentifier,
    device: Option<String>,
    position: Option<Position>,
}

/// Does what a command says.
pub(super) fn execute(desk: &mut Desk, world: &World, params: &ExecuteCommandParams) -> Result<Value, Refusal> {
    let arguments: Vec<&str> = params.arguments.iter().flatten().filter_map(Value::as_str).collect();
    let [uri, name] = arguments[..] else {
        return Err(Refusal::params(format!("`{}` takes the URI of a text and a name", params.command)));
    };
    match params.command.as_str() {
        RUN_TEST => run_test(desk, world, uri, name),
        MAP => {
            let sheet = Sheet::new(desk, world, uri)?;
            let drawn = drawn(desk, &sheet, name)?;
            tell(desk, 3, drawn["text"].as_str().unwrap_or_default());
            Ok(drawn)
        }
        other => Err(Refusal::params(format!("there is no command `{other}`"))),
    }
}

/// The answer to `quirk/map`.
pub(super) fn map(desk: &mut Desk, world: &World, params: &MapParams) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
    let around = params.position.and_then(|place| {
        let offset = sheet.text.offset(place, world.client.encoding);
        Some(hover::device(&sheet, offset)?.name.to_owned())
    });
    let device = params.device.clone().or(around).ok_or_else(|| Refusal::failed("there is no device here"))?;
    drawn(desk, &sheet, &device)
}

fn drawn(desk: &Desk, sheet: &Sheet<'_>, device: &str) -> Result<Value, Refusal> {
    let whole = sheet.group.whole(sheet.world);
    let database =
        whole.database().ok_or_else(|| Refusal::failed("there are errors: a map is drawn of a description without"))?;
    let drawing = desk.program.draw(Database::from_static(database), device);
    let drawing = drawing.ok_or_else(|| Refusal::failed(format!("there is no device `{device}`")))?;
    Ok(json!({ "device": device, "text": drawing.text, "map": drawing.report }))
}

fn run_test(desk: &mut Desk, world: &World, uri: &str, title: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    let group = &sheet.group;
    if group.has_errors() {
        return Err(Refusal::failed("there are errors: a test runs on a description without"));
    }
    let whole = group.whole(world);
    let tests = whole.tests();
    let here = |test: &&quirk_compiler::testing::Test<'_>| {
        test.title() == title && group.key(test.place().file) == Some(&sheet.file)
    };
    let test = tests.iter().find(here).ok_or_else(|| Refusal::failed(format!("there is no test \"{title}\"")))?;
    let outcome = test.run();
    let failures = outcome.failures.iter().map(|failure| {
        let place = group.key(failure.place.file).and_then(|key| location(world, group, key, failure.place.span));
        json!({ "location": place, "expected": failure.expected, "found": failure.found })
    });
    let failures: Vec<Value> = failures.collect();
    let lines =
        outcome.failures.iter().map(|failure| format!("\nexpected {}, found {}", failure.expected, failure.found));
    let (kind, said) = if outcome.passed() { (3, "passed") } else { (1, "failed") };
    let message = format!("test \"{title}\" {said}{}", lines.collect::<String>());
    let result = json!({ "title": title, "passed": outcome.passed(), "failures": failures });
    tell(desk, kind, &message);
    Ok(result)
}

/// Shows a message to the person.
fn tell(desk: &mut Desk, kind: u32, message: &str) {
    desk.notes.push(transport::notification("window/showMessage", json!({ "type": kind, "message": message })));
}
