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
mod verbs;
mod verify;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    verbs::run().unwrap_or_else(|failure| failure.report())
}
