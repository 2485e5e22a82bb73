//! What `import` writes: the draft, or the object that `--format json` prints. `docs/import.md` is its documentation.

use serde::Serialize;

use super::draft::Draft;
use super::group::Group;
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
    pub(super) fn new(groups: &[Group], drafts: &[Draft]) -> Result<Self, Failure> {
        let mut text = "edition 1;\n//! A draft, made from records. It says what was seen, which is not all that is true: check every line, say who\n\
            //! vouches for it, and name what is unnamed.\n\n"
            .to_owned();
        text.extend(drafts.iter().map(|draft| draft.render().0));
        let text = quirk_dsl::format(&text).map_err(|errors| {
            let first = errors.first().map(|error| error.message.clone()).unwrap_or_default();
            Failure::new(format_args!("the draft cannot be formatted: {first}"))
        })?;
        let devices = groups.iter().zip(drafts).map(|(group, draft)| Device::new(group, draft)).collect();
        Ok(Self { version: VERSION, devices, text })
    }

    pub(super) fn left_out(&self) -> usize {
        self.devices.iter().map(|device| device.left_out).sum()
    }
}

impl Device {
    fn new(group: &Group, draft: &Draft) -> Self {
        let refused = draft.layout.iter().filter_map(|statement| {
            let (offset, reason) = (statement.offset, statement.refused.clone()?);
            Some(Refused { offset, statement: statement.ways.first().cloned().unwrap_or_default(), reason })
        });
        let refused: Vec<_> = refused.collect();
        Self {
            name: draft.name.clone(),
            records: group.records.len(),
            stated: draft.layout.len() - refused.len(),
            left_out: draft.left_out(),
            refused,
        }
    }
}
