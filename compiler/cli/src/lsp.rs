//! `quirkc lsp`: a language server on standard input and output.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use quirk_lsp::{Drawing, Ending, Program, Settings, Wrong, serve};
use quirk_runtime::Database;

use crate::failure::Failure;
use crate::{config, map};

/// Serves an editor with what the compiler knows: the language server protocol on standard input and output
///
/// An editor starts it; `docs/editors.md` says how. Exit code 0: the editor ended it in order. 1: the editor went away.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Standard input and output, as there is nothing else; some editors say so
    #[arg(long)]
    stdio: bool,
}

/// Serves until the editor leaves.
pub(crate) fn run(_: &Args) -> Result<ExitCode, Failure> {
    let ending = serve(Arc::new(Quirkc), std::io::stdin(), std::io::stdout());
    Ok(match ending {
        Ending::Orderly => ExitCode::SUCCESS,
        Ending::Abandoned => ExitCode::FAILURE,
    })
}

struct Quirkc;

impl Program for Quirkc {
    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn configuration(&self) -> &'static str {
        config::NAME
    }

    fn settings(&self, path: &Path, text: &str) -> Result<Settings, Wrong> {
        let read = config::read(path, text);
        read.map(|(libraries, levels)| Settings { libraries, levels })
            .map_err(|(sources, found)| Wrong { sources, found })
    }

    fn draw(&self, database: Database<'_>, device: &str) -> Option<Drawing> {
        let (text, report) = map::declared(database, device)?;
        Some(Drawing { text, report })
    }
}
