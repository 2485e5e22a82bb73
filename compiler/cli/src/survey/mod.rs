//! `quirkc survey`: many recorded functions at once, and what they have in common.

mod files;
mod format;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod progress;
mod row;
mod summary;
mod svg;
mod text;
mod turn;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_host::DescriptionArgs;

use crate::failure::Failure;
use crate::output::{json, print, remark};
use format::Format;
use output::Output;
use progress::Progress;
use work::Work;

/// Surveys recorded functions of folders and archives: PASID, odd lists, gaps, bytes outside of capabilities, and what descriptions cover
///
/// What is no dump is counted and passed over. Memory does not grow with the number of functions, and the output does not depend on
/// the number of threads. Exit code 0: surveyed. 1: no function was found. 2: bad usage, or an output that cannot be written.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Dumps as `plan` reads them, archives, and folders of them, such as copies of sysfs of many machines
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    descriptions: DescriptionArgs,

    /// How many files are read at once; as many as there are processors unless it is said
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,

    /// Write to this file, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Whether to say on standard error how far it is; `auto` does on a terminal
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = progress::When::Auto)]
    progress: progress::When,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Reads all files and prints what they have.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let descriptions = args.descriptions.load()?;
    let databases = descriptions.databases()?;
    let files = files::all(&args.paths)?;
    let output = Output::new(args.format, args.output.as_deref())?;
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let progress = Progress::new(args.progress, files.len());
    let work = Work::new(&files, &databases, args.format, output, progress);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            scope.spawn(|| work.run());
        }
    });
    let (summary, mut output) = work.finish()?;
    match args.format {
        Format::Csv | Format::Jsonl | Format::Parquet => {}
        Format::Text => {
            let text = text::text(&summary).map_err(Failure::new)?;
            match &args.output {
                None => print(&text)?,
                Some(_) => output.text(&anstream::adapter::strip_str(&text).to_string())?,
            }
        }
        Format::Json => output.text(&json(&summary)?)?,
        Format::Svg => output.text(&svg::histogram(&summary).map_err(Failure::new)?)?,
    }
    output.finish()?;
    if summary.unread_files != 0 && args.format.is_of_rows() {
        remark(&format!("note: {}\n", summary.unread()));
    }
    Ok(ExitCode::from(u8::from(summary.functions == 0)))
}
