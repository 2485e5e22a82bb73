//! Sheets as an object for programs. `docs/map.md` is its documentation.

use serde::Serialize;

use crate::model::{Owner, Region};
use crate::sheet::{Sheet, State};

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// The object.
#[derive(Debug, Serialize)]
pub struct MapReport {
    version: u32,
    functions: Vec<Function>,
}

#[derive(Debug, Serialize)]
struct Function {
    title: String,
    vendor: Option<u16>,
    device: Option<u16>,
    description: Option<Description>,
    size: usize,
    states: Vec<StateReport>,
}

#[derive(Debug, Serialize)]
struct Description {
    name: String,
    title: String,
    source: String,
}

#[derive(Debug, Serialize)]
struct StateReport {
    name: &'static str,
    label: String,
    regions: Vec<RegionReport>,
}

#[derive(Debug, Serialize)]
struct RegionReport {
    start: usize,
    end: usize,
    role: &'static str,
    name: String,
    live: Option<OwnerReport>,
    declared: Option<OwnerReport>,
    /// Two hex digits a byte; empty for a description alone.
    bytes: String,
}

#[derive(Debug, Serialize)]
struct OwnerReport {
    name: String,
    start: usize,
    end: usize,
    evidence: Vec<String>,
    note: Option<String>,
}

/// The object of these sheets.
#[must_use]
pub fn report(sheets: &[Sheet]) -> MapReport {
    MapReport { version: VERSION, functions: sheets.iter().map(Function::new).collect() }
}

impl Function {
    fn new(sheet: &Sheet) -> Self {
        Self {
            title: sheet.title.clone(),
            vendor: sheet.ids.map(|(vendor, _)| vendor),
            device: sheet.ids.map(|(_, device)| device),
            description: sheet.description.as_ref().map(|description| Description {
                name: description.name.clone(),
                title: description.title.clone(),
                source: description.source.clone(),
            }),
            size: sheet.size,
            states: sheet.states.iter().map(StateReport::new).collect(),
        }
    }
}

impl StateReport {
    fn new(state: &State) -> Self {
        let regions = state.regions.iter().map(RegionReport::new).collect();
        Self { name: state.name, label: state.label.clone(), regions }
    }
}

impl RegionReport {
    fn new(region: &Region) -> Self {
        Self {
            start: region.start,
            end: region.end,
            role: region.role.word(),
            name: region.name(),
            live: region.live.as_ref().map(OwnerReport::new),
            declared: region.declared.as_ref().map(OwnerReport::new),
            bytes: region.bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

impl OwnerReport {
    fn new(owner: &Owner) -> Self {
        let Owner { name, start, end, evidence, note, .. } = owner;
        Self { name: name.clone(), start: *start, end: *end, evidence: evidence.clone(), note: note.clone() }
    }
}
