//! The place that a question is about.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{TextDocumentIdentifier, TextDocumentPositionParams};
use quirk_compiler::Compilation;
use quirk_compiler::facts::Device;
use quirk_dsl::Span;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answers::Refusal;
use crate::cursor::Cursor;
use crate::desk::{Desk, Group};
use crate::text::Text;
use crate::world::World;

/// The parameters of a question.
pub(super) struct Params(pub(super) Value);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfDocument {
    text_document: TextDocumentIdentifier,
}

impl Params {
    pub(super) fn get<T: DeserializeOwned>(self) -> Result<T, Refusal> {
        serde_json::from_value(self.0).map_err(|error| Refusal::params(error.to_string()))
    }

    /// A text and a place in it; whatever else was said makes no difference.
    pub(super) fn position(self) -> Result<TextDocumentPositionParams, Refusal> {
        self.get()
    }

    /// The URI of a text.
    pub(super) fn document(self) -> Result<String, Refusal> {
        Ok(self.get::<OfDocument>()?.text_document.uri.0)
    }
}

/// A text that is asked about, and the moment.
pub(super) struct Sheet<'w> {
    pub(super) world: &'w World,
    pub(super) group: Arc<Group>,
    /// The identity of the file.
    pub(super) file: PathBuf,
    pub(super) text: Arc<Text>,
    /// The items of the file, once they were asked for.
    part: OnceCell<Option<Compilation>>,
}

impl<'w> Sheet<'w> {
    pub(super) fn new(desk: &mut Desk, world: &'w World, uri: &str) -> Result<Self, Refusal> {
        let (group, file, text) = desk.opened(world, uri)?;
        Ok(Self { world, group, file, text, part: OnceCell::new() })
    }

    /// The devices of the file, and those that they need or that its items are shown on.
    pub(super) fn devices(&self) -> impl Iterator<Item = Device<'_>> {
        let part = self.part.get_or_init(|| self.group.part(&self.file)).as_ref();
        part.into_iter().flat_map(Compilation::devices)
    }

    /// Some bytes as the client counts them.
    pub(super) fn range(&self, span: Span) -> Value {
        json!(self.text.range(span, self.world.client.encoding))
    }
}

/// A place in a text.
pub(super) struct Spot<'w> {
    pub(super) sheet: Sheet<'w>,
    pub(super) offset: u32,
}

impl<'w> Spot<'w> {
    pub(super) fn new(desk: &mut Desk, world: &'w World, params: &TextDocumentPositionParams) -> Result<Self, Refusal> {
        let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
        let offset = sheet.text.offset(params.position, world.client.encoding);
        Ok(Self { sheet, offset })
    }

    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.sheet.text.parse().tree, self.offset)
    }
}

/// Some bytes of a file, as the protocol names them.
pub(super) fn location(world: &World, group: &Group, file: &std::path::Path, span: Span) -> Option<Value> {
    let found = group.files.files.get(file)?;
    let range = found.text.range(span, world.client.encoding);
    Some(json!({ "uri": world.uri(file, &found.path), "range": range }))
}

/// Text as the protocol shows it.
pub(super) fn markdown(text: &str) -> Value {
    json!({ "kind": "markdown", "value": text })
}
