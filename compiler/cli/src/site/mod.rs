//! `quirkc doc`: a database of descriptions as a site of static pages, which a browser reads from a folder as from a server.

mod device;
mod facts;
mod grid;
mod index;
mod names;
mod page;
mod playground;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, compile};
use quirk_host::quirk_files;
use quirk_runtime::Database;

use crate::config;
use crate::failure::Failure;
use crate::output::{json, print, remark};
use crate::report as findings;
use facts::Site;
use playground::Playground;
use report::Report;

/// Writes descriptions as a site: a page for each device, and a list of them that can be searched
///
/// The pages are read without a server and without a script; a script of their own adds the search. Nothing is loaded from
/// elsewhere, and the same descriptions make the same bytes. What lies in the folder under other names stays. Exit code 0:
/// written. 1: errors in the descriptions, or a test of them fails, which its page says. 2: bad usage, an unreadable input or
/// an output that cannot be written.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of `.quirk` files, less what their ignore files name
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// The folder of the site
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,

    /// What the list of devices is called
    #[arg(long, value_name = "TEXT", default_value = "Devices")]
    title: String,

    /// Where the playground is: each device's page leads there, with the device's text. Otherwise `playground` of `quirkc.toml` counts
    #[arg(long, value_name = "URL", value_parser = config::address)]
    playground: Option<String>,

    /// What to print; the pages are written in any case
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    config: config::Args,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Where the list of devices is
    Text,
    /// One object with what was written; see docs/doc.md
    Json,
}

/// Compiles, runs the tests, and writes the pages.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let inputs: Vec<Input> = quirk_files(&args.paths)?.into_iter().map(Input::Path).collect();
    let options = args.config.options(&inputs)?;
    let address = args.playground.clone().map_or_else(|| args.config.playground(&inputs), |said| Ok(Some(said)))?;
    let compilation = compile(inputs, &options, &Disk);
    let Some(database) = compilation.database() else {
        let format = match args.format {
            Format::Text => findings::Format::Full,
            Format::Json => findings::Format::Json,
        };
        print(&findings::render(&compilation, format, false)?)?;
        remark(&format!("nothing was written: {}", findings::summary(&compilation)));
        return Ok(ExitCode::from(if findings::is_unreadable(&compilation) { 2 } else { 1 }));
    };
    let mut site = Site::new(&args.title, Database::from_static(database), &compilation);
    if let Some(address) = &address {
        let playground = Playground::new(address, &compilation, &options)?;
        for device in &mut site.devices {
            device.link = playground.link(&device.source).map(str::to_owned);
        }
    }
    site.name_files(&args.paths);
    let files = files(&site).map_err(Failure::new)?;
    for (name, text) in &files {
        write(&args.output.join(name), text)?;
    }
    match args.format {
        Format::Text => {
            let count = findings::count(site.devices.len(), "device");
            remark(&format!("wrote {} with {count}\n", args.output.join("index.html").display()));
        }
        Format::Json => {
            let report = Report::new(&site, &files);
            print(&json(&report)?)?;
        }
    }
    Ok(ExitCode::from(u8::from(site.failed() != 0)))
}

/// Every file of the site by its path in it.
fn files(site: &Site) -> Result<Vec<(String, String)>, std::fmt::Error> {
    let mut files = vec![
        ("style.css".to_owned(), page::style()),
        ("search.js".to_owned(), include_str!("search.js").to_owned()),
        ("index.html".to_owned(), index::page(site)?),
    ];
    for device in &site.devices {
        files.push((device.path(), device::page(site, device)?));
    }
    Ok(files)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text));
    written.map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}")))
}
