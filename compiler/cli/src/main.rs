//! The quirk compiler on the command line: check, format, compile and test descriptions, plan placements.
#![forbid(unsafe_code)]

mod anonymise;
mod build;
mod check;
mod clause;
mod completions;
mod config;
mod devices;
mod diff;
mod doctor;
mod explain;
mod failure;
mod fmt;
mod import;
mod like;
mod linux;
mod lsp;
mod man;
mod map;
mod matching;
mod new;
mod output;
mod pci_ids;
mod plan;
mod report;
mod rules;
mod setting;
mod site;
mod subject;
mod survey;
mod test;
mod unified;
mod verify;

use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{CommandFactory, Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Checks and compiles descriptions of PCI functions, and plans where virtual capabilities go
#[derive(Debug, Parser)]
#[command(name = "quirkc", version = version(), arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Args),
    Explain(explain::Args),
    Build(build::Args),
    Fmt(fmt::Args),
    Plan(plan::Args),
    Map(map::Args),
    Diff(diff::Args),
    Import(import::Args),
    New(new::Args),
    Match(matching::Args),
    Doctor(doctor::Args),
    Devices(devices::Args),
    Doc(site::Args),
    Report(anonymise::Args),
    Survey(survey::Args),
    Rules(rules::Args),
    Test(test::Args),
    Verify(verify::Args),
    Lsp(lsp::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The version of the program, and of the tables that it writes and reads.
fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let tables = quirk_runtime::tables::VERSION;
        format!("{} (tables {tables}, language edition 1)", env!("CARGO_PKG_VERSION"))
    });
    &VERSION
}

fn main() -> ExitCode {
    let result = match Cli::parse().verb {
        Verb::Check(args) => check::run(&args),
        Verb::Explain(args) => explain::run(&args),
        Verb::Build(args) => build::run(&args),
        Verb::Fmt(args) => fmt::run(&args),
        Verb::Plan(args) => plan::run(&args),
        Verb::Map(args) => map::run(&args),
        Verb::Diff(args) => diff::run(&args),
        Verb::Import(args) => import::run(&args),
        Verb::New(args) => new::run(&args),
        Verb::Match(args) => matching::run(&args),
        Verb::Doctor(args) => doctor::run(&args),
        Verb::Devices(args) => devices::run(&args),
        Verb::Doc(args) => site::run(&args),
        Verb::Report(args) => anonymise::run(&args),
        Verb::Survey(args) => survey::run(&args),
        Verb::Rules(args) => rules::run(&args),
        Verb::Test(args) => test::run(&args),
        Verb::Verify(args) => verify::run(&args),
        Verb::Lsp(args) => lsp::run(&args),
        Verb::Completions(args) => completions::run(&args, Cli::command()),
        Verb::Man(args) => man::run(&args, Cli::command()),
    };
    result.unwrap_or_else(|failure| failure.report())
}
