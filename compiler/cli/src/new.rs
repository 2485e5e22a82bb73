//! `quirkc new`: the description of a device of which the ids alone are known, to be filled in.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use crate::failure::Failure;
use crate::like;
use crate::output::{json, print, write_new};
use crate::subject::Ids;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Writes a description to be filled in, for a device of which nothing was recorded yet
///
/// It compiles and its test passes; `import` makes a better one from a record. Exit code 0: written. 2: bad usage.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The ids of the device, as `lspci -n` prints them
    #[arg(value_name = "VVVV:DDDD")]
    ids: Ids,

    /// What the device is called in the description
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// What its vendor calls it
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    #[command(flatten)]
    like: like::LikeArgs,

    /// Write to this file, instead of standard output; one that is there is not overwritten
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The description itself
    Text,
    /// One object with the description; see docs/import.md
    Json,
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    text: String,
}

/// Writes the description.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Ids { vendor, device } = args.ids;
    let like = args.like.find(args.output.as_deref())?;
    let options =
        quirk_draft::Options { name: args.name.as_deref(), evidence: None, like: like.as_ref().map(like::Found::base) };
    let text = quirk_draft::blank(vendor, device, args.title.as_deref(), &options)?;
    let text = match args.format {
        Format::Text => text,
        Format::Json => json(&Report { version: VERSION, text })?,
    };
    match &args.output {
        Some(path) => write_new(path, &text)?,
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}
