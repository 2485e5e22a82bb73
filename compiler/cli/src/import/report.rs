//! What `import` writes: the draft, or the object that `--format json` prints. `docs/import.md` is its documentation.

use quirk_draft::Draft;
use serde::Serialize;

use crate::failure::Failure;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What `import` writes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    devices: Vec<Device>,
    /// The whole draft.
    pub(super) text: String,
}

#[derive(Debug, Serialize)]
struct Device {
    name: String,
    records: usize,
    stated: usize,
    left_out: usize,
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize)]
struct Refused {
    offset: usize,
    statement: String,
    reason: String,
}

impl Report {
    pub(super) fn new(drafts: &[Draft]) -> Result<Self, Failure> {
        let text = quirk_draft::text(drafts)?;
        Ok(Self { version: VERSION, devices: drafts.iter().map(Device::new).collect(), text })
    }

    pub(super) fn left_out(&self) -> usize {
        self.devices.iter().map(|device| device.left_out).sum()
    }
}

impl Device {
    fn new(draft: &Draft) -> Self {
        let refused = draft.refused().into_iter().map(|refused| {
            let quirk_draft::Refused { offset, statement, reason } = refused;
            Refused { offset, statement, reason }
        });
        Self {
            name: draft.name().to_owned(),
            records: draft.records(),
            stated: draft.stated(),
            left_out: draft.left_out(),
            refused: refused.collect(),
        }
    }
}
