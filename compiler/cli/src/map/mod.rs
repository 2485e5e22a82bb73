//! `quirkc map`: the configuration space as a picture, by what lies where and who says so.

mod args;
mod html;
mod sheet;
mod svg;
mod text;

use std::process::ExitCode;

pub(crate) use args::Args;
use args::{COLUMNS, Format};
use quirk_map::Sheet;
use quirk_map::json::report;
use quirk_runtime::Database;

use crate::failure::Failure;
use crate::output::{json, print};

/// Draws each function.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let sheets = sheet::all(args)?;
    let text = draw(args, &sheets)?;
    match &args.output {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}")))?,
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn draw(args: &Args, sheets: &[Sheet]) -> Result<String, Failure> {
    Ok(match args.format {
        Format::Text => text::text(sheets, args.columns()).map_err(Failure::new)?,
        Format::Json => json(&report(sheets))?,
        Format::Svg => svg::document(sheets).map_err(Failure::new)?,
        Format::Html => html::page(sheets)?,
    })
}

/// The map of a description alone, for a person and for a program; none if the database has no device of that name.
pub(crate) fn declared(database: Database<'_>, device: &str) -> Option<(String, serde_json::Value)> {
    let sheet = sheet::of_description(database, device)?;
    let sheets = [sheet];
    let text = text::text(&sheets, COLUMNS).ok()?;
    Some((anstream::adapter::strip_str(&text).to_string(), serde_json::to_value(report(&sheets)).ok()?))
}
