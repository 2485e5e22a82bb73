//! `quirkc verify`: descriptions against the functions that they are for, and against what vendors publish.

mod bytes;
mod corpus;
mod entry;
mod facts;
mod given;
mod listed;
mod probe;
mod probed;
mod report;
pub(crate) mod rule;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_compiler::catalogue::Level;
use quirk_host::DescriptionArgs;

use crate::failure::Failure;
use crate::output::{json, print};
use crate::subject::Given;
use corpus::Corpus;
use given::Verified;
use report::Report;
use rule::{Disagreement, Levels};

/// Compares descriptions with functions, with folders of records, and with tables of what vendors publish
///
/// Exit code 0: all agrees. 1: something differs. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Dumps as `plan` reads them, addresses of functions of this machine, or `config` files of a sysfs
    #[arg(value_name = "DUMP|BDF", required_unless_present_any = ["corpus", "facts"])]
    what: Vec<PathBuf>,

    #[command(flatten)]
    given: Given,

    /// Folders of dumps and of collected lists of capabilities (`.jsonl`); what no entry describes is counted only
    #[arg(long, value_name = "FOLDER", num_args = 1..)]
    corpus: Vec<PathBuf>,

    /// Tables of what vendors publish; see docs/verify.md
    #[arg(long, value_name = "TSV", num_args = 1..)]
    facts: Vec<PathBuf>,

    /// Also write to the bytes that are declared free, read them back and restore them: of one function that vfio-pci has, that
    /// nobody uses and that can be reset; see docs/verify.md
    #[arg(long, conflicts_with_all = ["corpus", "facts", "function", "id"])]
    write_probe: bool,

    /// Write without asking
    #[arg(long, requires = "write_probe")]
    yes: bool,

    /// How a rule is judged: `off`, `warn` or `error`. May be given several times
    #[arg(long, value_name = "RULE=LEVEL", value_parser = rule::level)]
    level: Vec<(Disagreement, Level)>,

    #[command(flatten)]
    descriptions: DescriptionArgs,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A list for people
    Text,
    /// One object; see docs/verify.md
    Json,
}

/// Compares, prints, and says whether all agrees.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let descriptions = args.descriptions.load()?;
    let databases = descriptions.databases()?;
    let levels = Levels(args.level.clone());
    let mut report = Report::default();
    if args.write_probe {
        let (what, verified) = probe::verify(&args.what, &args.given, &databases, &levels, args.yes)?;
        report.function(&verified, what, &levels);
    }
    for what in args.what.iter().filter(|_| !args.write_probe) {
        for subject in args.given.subjects(what)? {
            report.function(&Verified::new(subject, &databases)?, what, &levels);
        }
    }
    for folder in &args.corpus {
        report.corpus(folder, &Corpus::read(folder, &databases)?, &levels);
    }
    let entries = if args.facts.is_empty() { Vec::new() } else { facts::entries(&databases) };
    for file in &args.facts {
        report.facts(&facts::judge(file, &entries)?, &levels);
    }
    print(&match args.format {
        Format::Json => json(&report)?,
        Format::Text => text::text(&report).map_err(Failure::new)?,
    })?;
    Ok(ExitCode::from(u8::from(!report.agrees())))
}
