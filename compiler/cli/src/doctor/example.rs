//! The functions of the examples, whole: one that lacks nothing, and what each example has otherwise.

use serde::Serialize;

use super::about::{About, Example};
use super::check::{Side, Want};
use super::checks;
use crate::failure::Failure;
use crate::output;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Where the function of an example is, and its port.
const ADDRESSES: [&str; 2] = ["01:00.0", "00:01.0"];

/// An endpoint with AER, ATS, PASID and PRI.
const FUNCTION: &[(u16, u32)] = &[
    (0x000, 0x1001_fffe),
    (0x004, 0x0010_0006),
    (0x008, 0x0880_0001),
    (0x02c, 0x0001_fffe),
    (0x034, 0x0000_0040),
    (0x040, 0x0003_5001),
    (0x044, 0x0000_0008),
    (0x050, 0x0002_0010),
    (0x054, 0x1000_8000),
    (0x05c, 0x0000_0011),
    (0x060, 0x0011_0000),
    (0x074, 0x0020_0000),
    (0x100, 0x2002_0001),
    (0x200, 0x2101_000f),
    (0x204, 0x0000_0020),
    (0x210, 0x2201_001b),
    (0x214, 0x0000_1406),
    (0x220, 0x0001_0013),
    (0x224, 0x8100_0000),
    (0x228, 0x0000_0040),
];

/// A root port with prefixes and ACS.
const PORT: &[(u16, u32)] = &[
    (0x000, 0x1002_fffe),
    (0x004, 0x0010_0007),
    (0x008, 0x0604_0001),
    (0x00c, 0x0001_0000),
    (0x018, 0x0001_0100),
    (0x034, 0x0000_0040),
    (0x040, 0x0042_0010),
    (0x064, 0x0020_0000),
    (0x100, 0x0001_000d),
    (0x104, 0x0014_0014),
];

#[derive(Serialize)]
struct Report {
    version: u32,
    checks: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    code: &'static str,
    side: Side,
    concerns: &'static [Want],
    reads: &'static str,
    must: &'static str,
    linux: &'static str,
    failing: Option<Whole>,
    passing: Option<Whole>,
}

/// An example as a program takes it.
#[derive(Serialize)]
struct Whole {
    /// The dwords that are not 0.
    function: Vec<(u16, u32)>,
    port: Vec<(u16, u32)>,
    addresses: [&'static str; 2],
    options: Vec<&'static str>,
}

impl From<&Example> for Whole {
    fn from(example: &Example) -> Self {
        Self {
            function: edited(FUNCTION, example.function),
            port: edited(PORT, example.port),
            addresses: ADDRESSES,
            options: example.options.split_whitespace().collect(),
        }
    }
}

fn edited(base: &[(u16, u32)], edits: &[(u16, u32)]) -> Vec<(u16, u32)> {
    let mut all: std::collections::BTreeMap<u16, u32> = base.iter().copied().collect();
    all.extend(edits.iter().copied());
    all.into_iter().filter(|(_, dword)| *dword != 0).collect()
}

impl From<&About> for Entry {
    fn from(about: &About) -> Self {
        let &About { code, side, concerns, reads, must, linux, .. } = about;
        let (failing, passing) = (about.failing.as_ref().map(Whole::from), about.passing.as_ref().map(Whole::from));
        Self { code, side, concerns, reads, must, linux, failing, passing }
    }
}

/// All checks as one object.
pub(super) fn json() -> Result<String, Failure> {
    let report = Report { version: VERSION, checks: checks::ABOUT.iter().map(|about| Entry::from(*about)).collect() };
    output::json(&report)
}

/// All checks as a table.
pub(super) fn text() -> String {
    let line = |about: &&About| {
        let side = if about.side == Side::Host { "host" } else { "guest" };
        format!(
            "{:<17}  {side:<5}  {}\n{:26}{}\n{:26}reads {}\n",
            about.code, about.must, "", about.linux, "", about.reads
        )
    };
    checks::ABOUT.iter().map(line).collect()
}
