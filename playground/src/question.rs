//! What a page may ask.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::texts::Texts;

/// One question.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(crate) enum Question {
    /// What the language has, and what the colours of a map are.
    About,
    /// What is wrong with a description, and which devices it has. No more than `most` findings are listed.
    Check { texts: Texts, most: Option<usize> },
    /// What comes of its tests.
    Test { texts: Texts },
    /// The text as it ought to be written.
    Format { text: String },
    /// The text with its fixes made.
    Fix { texts: Texts, also_unsafe: bool },
    /// What `quirkc build` writes.
    Emit { texts: Texts, what: Emit },
    /// The functions of a dump.
    Dump,
    /// A map of a description or a function, and what a guest reads and writes there.
    Look(Box<Look>),
}

/// A form of the database.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Emit {
    Rust,
    C,
    Json,
}

/// What is looked at, and what a guest does there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Look {
    pub(crate) texts: Texts,
    /// A function of a dump; without one the description alone is drawn.
    pub(crate) function: Option<Function>,
    /// The device that is drawn alone; the first of the description if none is named.
    pub(crate) device: Option<String>,
    pub(crate) host: Option<Host>,
    /// The vIOMMU's PASID width.
    pub(crate) viommu_width: Option<u8>,
    /// The last 8 bytes may be used.
    #[serde(default)]
    pub(crate) tail: bool,
    /// The bytes are what a device behind VFIO answers: nothing has to be hidden.
    #[serde(default)]
    pub(crate) raw: bool,
    /// The layers that are not as the description says.
    #[serde(default)]
    pub(crate) layers: Vec<Switch>,
    #[serde(default)]
    pub(crate) accesses: Vec<Access>,
}

/// A layer that is switched on or off.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Switch {
    pub(crate) name: String,
    pub(crate) on: bool,
    /// Values as they were typed, by the names of parameters.
    #[serde(default)]
    pub(crate) params: BTreeMap<String, String>,
}

/// One function of a dump, as the answer to `dump` has it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Function {
    pub(crate) address: Option<String>,
    pub(crate) description: String,
    /// Two hex digits a byte.
    pub(crate) bytes: String,
}

/// What the host has.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Host {
    pub(crate) width: u8,
    #[serde(default)]
    pub(crate) execute: bool,
    #[serde(default)]
    pub(crate) privileged: bool,
}

/// What a guest does, or what happens to its function.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Access {
    Read { offset: u16, size: u8 },
    Write { offset: u16, size: u8, value: u32 },
    Reset { reset: Reset },
}

/// A reset that the VMM tells of.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reset {
    Flr,
    Bus,
    D3hot,
    Cold,
}
