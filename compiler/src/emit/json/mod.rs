//! The database as JSON: all facts in words and numbers, for programs that link nothing of ours.
//!
//! `docs/db-json.md` is the documentation, `docs/schema/db.schema.json` the schema.

mod clause;
mod device;
mod layer;
mod value;

use quirk_runtime::Database;
use quirk_runtime::tables::{self, Form, Layer};
use serde::Serialize;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// The database as JSON, a line for every value.
///
/// # Errors
/// When memory is exhausted.
pub(crate) fn json(database: Database<'_>) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&Facts::new(database))?;
    text.push('\n');
    Ok(text)
}

/// The whole object.
#[derive(Serialize)]
struct Facts<'db> {
    format: &'static str,
    version: u32,
    edition: u16,
    hash: String,
    dvsec_formats: Vec<Format<'db>>,
    devices: Vec<device::Device<'db>>,
    profiles: Vec<device::Profile<'db>>,
    layers: Vec<layer::Layer<'db>>,
}

/// Identity and form of a free-space DVSEC.
#[derive(Serialize)]
struct Format<'db> {
    name: &'db str,
    vendor: u16,
    id: u16,
    revision: u8,
    form: &'static str,
}

impl<'db> Facts<'db> {
    fn new(database: Database<'db>) -> Self {
        let mut clauses = clause::of_devices(database);
        let formats = database.all::<tables::Format>();
        Self {
            format: "quirk-database",
            version: VERSION,
            edition: database.edition(),
            hash: format!("{:016x}", database.hash()),
            dvsec_formats: formats
                .map(|format| Format {
                    name: database.text(format.name),
                    vendor: format.vendor,
                    id: format.id,
                    revision: format.revision,
                    form: match format.form {
                        Form::PerGap => "per_gap",
                        Form::Table => "table",
                    },
                })
                .collect(),
            devices: (0..)
                .zip(database.all::<tables::Device>())
                .map(|(index, device)| device::Device::new(database, &device, clauses.remove(&index)))
                .collect(),
            profiles: database.all().map(|profile| device::Profile::new(database, &profile)).collect(),
            layers: database.all::<Layer>().map(|layer| layer::Layer::new(database, &layer)).collect(),
        }
    }
}
