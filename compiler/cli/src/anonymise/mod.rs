//! `quirkc report`: a dump that can be shown to anybody: what tells one device or one machine from others is taken out.

mod scrub;
mod secrets;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_recorded::{Recorded, lspci_text};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{json, print, remark};
use crate::subject::Given;
use scrub::{Scrubbed, scrub};

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Writes a dump or a live function as text of `lspci -xxxx` without what names one device or machine
///
/// The serial number, vital product data, the addresses in BARs, in the windows of bridges and in MSI, and with `--subsystem`
/// the subsystem read 0, wherever in the space their bytes lie. Names of devices become numbers. Everything else is as it was,
/// so that all verbs read the text as they read the dump. Exit code 0: written. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A dump as `plan` reads it, or the address of a function of this machine
    #[arg(value_name = "BDF|DUMP")]
    what: PathBuf,

    #[command(flatten)]
    given: Given,

    /// Take out the subsystem's ids too: they tell who built the card or the machine
    #[arg(long)]
    subsystem: bool,

    /// Write to this file, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The text itself
    Text,
    /// One object with the text and what was taken out; see docs/report.md
    Json,
}

#[derive(Serialize)]
struct Report {
    version: u32,
    functions: Vec<Function>,
    text: String,
}

#[derive(Serialize)]
struct Function {
    address: Option<String>,
    scrubbed: Vec<Scrubbed>,
}

/// Reads, scrubs, and writes.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut report = Report { version: VERSION, functions: Vec::new(), text: String::new() };
    for subject in args.given.subjects(&args.what)? {
        let record = &subject.record;
        let (bytes, scrubbed) = scrub(record.original(), args.subsystem)?;
        report.text += &lspci_text(record.address(), &name(record, &bytes), &bytes);
        report.functions.push(Function { address: record.address().map(|address| address.to_string()), scrubbed });
    }
    let text = match args.format {
        Format::Text => report.text.clone(),
        Format::Json => json(&report)?,
    };
    match &args.output {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}")))?,
        None => print(&text)?,
    }
    if args.format == Format::Text {
        for Function { address, scrubbed } in &report.functions {
            let address = address.as_deref().unwrap_or("the function");
            let what: Vec<String> = scrubbed.iter().map(ToString::to_string).collect();
            let what = if what.is_empty() { "nothing".to_owned() } else { what.join(", ") };
            remark(&format!("note: taken out of {address}: {what}\n"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What `lspci -n` says of it: what was written there may name a machine. The ids of a virtual function are stated there alone.
fn name(record: &Recorded, bytes: &[u8]) -> String {
    let word = |at: usize| match bytes.get(at..at + 2) {
        Some(&[low, high]) => u16::from_le_bytes([low, high]),
        _ => 0,
    };
    let stated = record.heading().and_then(|heading| heading.ids).filter(|_| word(0) == 0xffff);
    let (vendor, device) = stated.map_or((word(0), word(2)), |ids| (ids.vendor, ids.device));
    let revision = bytes.get(8).copied().unwrap_or(0);
    format!("{:04x}: {vendor:04x}:{device:04x} (rev {revision:02x})", word(0x0a))
}
