//! The quirk compiler on the command line: check, format, compile and test descriptions, plan placements.
#![forbid(unsafe_code)]

mod build;
mod check;
mod clause;
mod config;
mod devices;
mod diff;
mod doctor;
mod explain;
mod failure;
mod fmt;
mod import;
mod linux;
mod lsp;
mod map;
mod matching;
mod output;
mod plan;
mod report;
mod rules;
mod setting;
mod subject;
mod test;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Checks and compiles descriptions of PCI functions, and plans where virtual capabilities go
#[derive(Debug, Parser)]
#[command(name = "quirkc", version, arg_required_else_help = true)]
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
    Match(matching::Args),
    Doctor(doctor::Args),
    Devices(devices::Args),
    Rules(rules::Args),
    Test(test::Args),
    Verify(verify::Args),
    Lsp(lsp::Args),
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
        Verb::Match(args) => matching::run(&args),
        Verb::Doctor(args) => doctor::run(&args),
        Verb::Devices(args) => devices::run(&args),
        Verb::Rules(args) => rules::run(&args),
        Verb::Test(args) => test::run(&args),
        Verb::Verify(args) => verify::run(&args),
        Verb::Lsp(args) => lsp::run(&args),
    };
    result.unwrap_or_else(|failure| failure.report())
}
