//! `quirkc diff`: what changed between two states of descriptions, by meaning, and what of it breaks whom.

mod compare;
mod load;
mod model;
mod report;
pub(crate) mod rule;
mod text;
mod winners;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_compiler::Input;
use quirk_compiler::catalogue::Level;
use rule::BreakingRule;

use crate::config;
use crate::failure::Failure;
use crate::output::{json, print};
use load::Side;
use model::Model;

/// Compares two states of descriptions by meaning, and says what breaks those who rely on the old one
///
/// Exit code 0: nothing that breaks anybody. 1: something does. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What was: a file, a folder of `.quirk` files, a `.db` file, or `REVISION:PATH` of git
    #[arg(value_name = "OLD")]
    old: String,

    /// What is, in the same words
    #[arg(value_name = "NEW")]
    new: String,

    /// How a rule is judged: `off`, `warn` or `error`; beats the `diff` table of `quirkc.toml`. May be given several times
    #[arg(long, value_name = "RULE=LEVEL", value_parser = rule::level)]
    level: Vec<(BreakingRule, Level)>,

    /// The configuration, instead of the `quirkc.toml` that lies nearest above NEW
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long)]
    no_config: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A list for people
    Text,
    /// One object; see docs/diff.md
    Json,
}

/// Compares, prints, and says whether something breaks.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (old, new) = (Side::load(&args.old)?, Side::load(&args.new)?);
    let (old_databases, new_databases) = (old.databases()?, new.databases()?);
    let (before, after) = (Model::new(&old_databases, &old), Model::new(&new_databases, &new));
    let levels = args.levels()?;
    let mut changes = compare::changes(&before, &after);
    changes.extend(winners::changes(&old_databases, &new_databases));
    let report = report::Report::new(changes, |rule| {
        let said = levels.iter().rev().find(|(each, _)| *each == rule);
        said.map_or(rule.level(), |(_, level)| *level)
    });
    print(&match args.format {
        Format::Json => json(&report)?,
        Format::Text => text::text(&report).map_err(Failure::new)?,
    })?;
    Ok(ExitCode::from(u8::from(report.breaks())))
}

impl Args {
    /// What the configuration says, then what the command line says.
    fn levels(&self) -> Result<Vec<(BreakingRule, Level)>, Failure> {
        // A file in the folder lies under the same configuration as the folder itself.
        let path = PathBuf::from(&self.new);
        let input = if path.is_dir() { path.join("quirkc.toml") } else { path };
        let found = config::diff_levels(self.config.as_deref(), self.no_config, &[Input::Path(input)])?;
        Ok(found.into_iter().chain(self.level.iter().copied()).collect())
    }
}
