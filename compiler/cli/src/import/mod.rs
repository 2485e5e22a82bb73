//! `quirkc import`: a draft of a description from what was recorded, which compiles and whose test passes.

mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use quirk_draft::{Options, Sample};

use crate::failure::Failure;
use crate::like;
use crate::output::{json, print, remark, write_new};
use crate::subject::{Given, Subject};
use report::Report;

/// Writes a draft of a description from dumps or live functions: what is where, and who should be asked about the rest
///
/// Several records of one device make one draft: what only some of them have is `optional`. What the language cannot state
/// stays in the draft as a comment with the reason. Exit code 0: written. 1: a part of what was recorded is such a comment.
/// 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Dumps as `plan` reads them, addresses of functions of this machine, or `config` files of a sysfs
    #[arg(value_name = "DUMP|BDF", required = true)]
    what: Vec<PathBuf>,

    #[command(flatten)]
    given: Given,

    /// What the device is called in the description; only for one device
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    like: like::LikeArgs,

    /// Where a stranger finds the dumps, as evidence; the names of the files unless it is said
    #[arg(long, value_name = "TEXT")]
    evidence: Option<String>,

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
    /// The draft itself
    Text,
    /// One object with the draft and what it leaves out; see docs/import.md
    Json,
}

/// A record, and what it is called.
struct Recorded {
    subject: Subject,
    origin: String,
    name: String,
}

impl Recorded {
    fn record(&self) -> Sample<'_> {
        Sample {
            bytes: self.subject.record.original(),
            identity: self.subject.identity,
            name: &self.name,
            description: self.subject.record.description(),
            origin: &self.origin,
        }
    }
}

/// Reads, drafts, and writes.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut given = Vec::new();
    for what in &args.what {
        for subject in args.given.subjects(what)? {
            let origin = origin(what, &subject);
            let name = subject.record.address().map_or_else(|| origin.clone(), |address| address.to_string());
            given.push(Recorded { subject, origin, name });
        }
    }
    let records: Vec<_> = given.iter().map(Recorded::record).collect();
    let like = args.like.find(args.output.as_deref())?;
    let options = Options {
        name: args.name.as_deref(),
        evidence: args.evidence.as_deref(),
        like: like.as_ref().map(like::Found::base),
    };
    let drafts = quirk_draft::drafts(&records, &options)?;
    if let (Some(name), true) = (&args.name, drafts.len() > 1) {
        let message = format!("`--name {name}` names one device, and {} were recorded", drafts.len());
        return Err(Failure::new(message).help("pick one with `--function`"));
    }
    let report = Report::new(&drafts)?;
    let text = match args.format {
        Format::Text => report.text.clone(),
        Format::Json => json(&report)?,
    };
    match &args.output {
        Some(path) => write_new(path, &text)?,
        None => print(&text)?,
    }
    let left_out = report.left_out();
    if left_out != 0 && args.format == Format::Text {
        remark(&format!(
            "note: {left_out} of what was recorded cannot be stated, and stays a comment with its reason\n"
        ));
    }
    Ok(ExitCode::from(u8::from(left_out != 0)))
}

/// What a record is called in evidence: the file without its folder, and the file in it.
fn origin(path: &Path, subject: &Subject) -> String {
    let name = match path.file_name() {
        Some(name) if path.as_os_str() != "-" => name.to_string_lossy().into_owned(),
        _ => "standard input".to_owned(),
    };
    match subject.record.file() {
        "" => name,
        file => format!("{name}, {file}"),
    }
}
