//! An entry against a list of capabilities that was collected without bytes: one JSON object a line.

use quirk_runtime::capability::Space;
use quirk_runtime::tables::LayoutEntry;
use quirk_runtime::{Function, Identity};
use serde::Deserialize;

use super::entry::{Entry, called, sub};
use super::rule::{Disagreement, Finding};

/// One line, as far as it is compared.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    vendor: String,
    device: String,
    #[serde(default)]
    rev: String,
    #[serde(default)]
    class: String,
    caps: Vec<Listed>,
    /// Machines that have this list.
    #[serde(default = "one")]
    pub(super) count: u32,
}

const fn one() -> u32 {
    1
}

/// A capability of the list.
#[derive(Debug, Deserialize)]
struct Listed {
    id: u16,
    #[serde(default)]
    ext: bool,
    offset: u16,
}

impl Listed {
    const fn space(&self) -> Space {
        if self.ext { Space::Extended } else { Space::Conventional }
    }
}

impl Line {
    /// Who it is of.
    pub(super) fn identity(&self) -> Result<Identity, String> {
        let number = |name: &str, text: &str, most: u32| {
            let text = if text.is_empty() { "0" } else { text };
            let number = u32::from_str_radix(text, 16).ok().filter(|number| *number <= most && !text.starts_with('+'));
            number.ok_or_else(|| format!("`{name}` is `{text}`, expected a hex number up to {most:#x}"))
        };
        let vendor = number("vendor", &self.vendor, 0xffff)? as u16;
        let device = number("device", &self.device, 0xffff)? as u16;
        Ok(Identity::new(vendor, device)
            .with_revision(number("rev", &self.rev, 0xff)? as u8)
            .with_class(number("class", &self.class, 0xff_ffff)?)
            .with_function(Function::Physical))
    }

    /// How many capabilities were compared, and what differs.
    pub(super) fn compare(&self, entry: &Entry) -> (usize, Vec<Finding>) {
        // Without a single extended one, 256 bytes may have been readable.
        let has_extended = self.caps.iter().any(|listed| listed.ext);
        let is = |listed: &Listed, space: Space, declared: &LayoutEntry| {
            (listed.space(), listed.offset, listed.id) == (space, declared.offset, declared.id)
        };
        let (mut compared, mut found) = (0, Vec::new());
        for (space, declared) in entry.capabilities().filter(|(space, _)| has_extended || *space == Space::Conventional)
        {
            let is_there = self.caps.iter().any(|listed| is(listed, space, declared));
            compared += usize::from(is_there || !declared.optional);
            if !is_there && !declared.optional {
                let (name, offset) = (called(space, declared.id, sub(declared)), declared.offset);
                let message = format!("`{name}` is not in the list at {offset:#05x}");
                found.push(Finding::new(Disagreement::CapabilityMissing, offset, message));
            }
        }
        // A null capability has no contents, and nothing to be declared.
        for listed in self.caps.iter().filter(|listed| listed.id != 0) {
            if !entry.capabilities().any(|(space, declared)| is(listed, space, declared)) {
                let (name, offset) = (called(listed.space(), listed.id, None), listed.offset);
                let message = format!("`{name}` at {offset:#05x} is not declared");
                found.push(Finding::new(Disagreement::CapabilityUndeclared, offset, message));
            }
        }
        (compared, found)
    }
}
