//! `quirkc test`: runs the tests of descriptions.

mod json;
mod junit;
mod report;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_compiler::files::Disk;
use quirk_compiler::testing::Test;
use quirk_compiler::{Compilation, Input, compile};
use quirk_host::quirk_files;
use report::Report;

use crate::config;
use crate::failure::Failure;
use crate::output::print;
use crate::report as findings;

/// Runs the tests of descriptions
///
/// Each test attaches the runtime to a function made from a layout, as a VMM does, and compares what a guest sees. Exit
/// code 0: all passed. 1: failures, or errors in the descriptions. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of `.quirk` files, less what their ignore files name
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    config: config::Args,

    /// Run only tests whose title holds this; given more than once, one of them is enough
    #[arg(long, value_name = "NAME")]
    filter: Vec<String>,

    /// Run only tests whose title is the filter's, letter for letter
    #[arg(long, requires = "filter")]
    exact: bool,

    /// Print the tests, with their places, and run none
    #[arg(long, conflicts_with = "format")]
    list: bool,

    /// How to print results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each test as it ends, then what failed and a map of the place
    Text,
    /// One object; see docs/test-json.md
    Json,
    /// `JUnit` XML: a suite for each file
    Junit,
}

/// Runs, prints, and says how it went.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let inputs: Vec<Input> = quirk_files(&args.paths)?.into_iter().map(Input::Path).collect();
    let options = args.config.options(&inputs)?;
    let compilation = compile(inputs, &options, &Disk);
    if compilation.errors() > 0 {
        print(&match args.format {
            Format::Text => findings::render(&compilation, findings::Format::Full, false)?,
            Format::Json => json::render(&compilation, &[], 0)?,
            Format::Junit => findings::render(&compilation, findings::Format::Junit, false)?,
        })?;
        if args.format == Format::Text {
            print(&format!("nothing was run: {}", findings::summary(&compilation)))?;
        }
        return Ok(ExitCode::from(if findings::is_unreadable(&compilation) { 2 } else { 1 }));
    }
    let all = compilation.tests();
    let tests: Vec<&Test<'_>> = all.iter().filter(|test| args.wants(test)).collect();
    if tests.is_empty() && !args.filter.is_empty() {
        let message = format!("no test of {} has such a title", all.len());
        return Err(Failure::new(message).help("`--list` shows the titles"));
    }
    if args.list {
        print(&tests.iter().map(|test| line(&compilation, test)).collect::<String>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let left_out = all.len() - tests.len();
    let mut reports = Vec::new();
    let mut progress = text::Progress::default();
    for test in tests {
        let report = Report::of(test, &compilation);
        if args.format == Format::Text {
            print(&progress.line(&report))?;
        }
        reports.push(report);
    }
    print(&match args.format {
        Format::Text => text::summary(&reports, left_out),
        Format::Json => json::render(&compilation, &reports, left_out)?,
        Format::Junit => junit::render(&reports),
    })?;
    Ok(ExitCode::from(u8::from(reports.iter().any(|report| !report.passed()))))
}

impl Args {
    fn wants(&self, test: &Test<'_>) -> bool {
        let is_meant =
            |filter: &String| if self.exact { test.title() == filter } else { test.title().contains(filter.as_str()) };
        self.filter.is_empty() || self.filter.iter().any(is_meant)
    }
}

fn line(compilation: &Compilation, test: &Test<'_>) -> String {
    let at = compilation.sources().position(test.place());
    format!("{}:{}: {}\n", test.file(), at.line, test.title())
}
