//! The options of `map`.

use std::path::PathBuf;

use crate::setting::Setting;
use crate::subject::Given;

/// Draws what lies where in a configuration space: capabilities, what a description declares, what is free, and PASID
///
/// Of a dump or a live function the map shows its bytes with the description that applies laid over them, before and, with
/// `--pasid`, after placement. With `--entry` alone it shows what a description declares.
///
/// Exit code 0: drawn. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address of a function of this machine, such as `65:00.0`, or a dump as `plan` reads it
    #[arg(value_name = "BDF|DUMP", required_unless_present = "entry")]
    pub(super) what: Option<PathBuf>,

    #[command(flatten)]
    pub(super) given: Given,

    /// Lay this device of the descriptions over it, whatever it matches; alone, draw the description
    #[arg(long, value_name = "NAME")]
    pub(super) entry: Option<String>,

    /// Lay no description over the bytes
    #[arg(long, conflicts_with = "entry")]
    pub(super) bare: bool,

    #[command(flatten)]
    pub(super) setting: Setting,

    /// What to draw
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    /// Write to this file, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// How wide the text may be; as wide as the terminal says (`COLUMNS`), else 80
    #[arg(long, value_name = "CHARACTERS")]
    width: Option<usize>,
}

/// How wide a map is where nobody says.
pub(super) const COLUMNS: usize = 80;

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Letters for a terminal, and a list of regions
    Text,
    /// A picture
    Svg,
    /// One page that needs nothing else, for a browser
    Html,
    /// One object; see docs/map.md
    Json,
}

impl Args {
    /// Characters in a line.
    pub(super) fn columns(&self) -> usize {
        let told = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        self.width.or_else(told).unwrap_or(COLUMNS)
    }
}
