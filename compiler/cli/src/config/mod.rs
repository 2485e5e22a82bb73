//! `quirkc.toml`: how rules are judged and where `use` looks, found upwards from the files.

mod address;
mod read;
mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quirk_compiler::catalogue::{Level, Rule};
use quirk_compiler::diagnostic::{Concise, Diagnostic};
use quirk_compiler::{Input, Options, Sources};

pub(crate) use self::address::address;
use self::settings::Config;
use crate::diff::rule::BreakingRule;
use crate::failure::Failure;

/// What a configuration is called.
pub(crate) const NAME: &str = "quirkc.toml";

/// Where the configuration comes from, and what is said beside it.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// Folders where `use` looks for files that do not lie beside the one that names them
    #[arg(long, short = 'L', value_name = "FOLDER")]
    library: Vec<PathBuf>,

    /// The configuration, instead of the `quirkc.toml` that lies nearest above the files
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long)]
    no_config: bool,
}

impl Args {
    /// The configuration that the command line names.
    pub(crate) fn named(&self) -> Option<PathBuf> {
        self.config.clone()
    }

    /// What the compiler is told for these inputs: folders of the command line come before those of the configuration.
    pub(crate) fn options(&self, inputs: &[Input]) -> Result<Options, Failure> {
        let config = self.config(inputs)?;
        let libraries = self.library.iter().cloned().chain(config.libraries).collect();
        Ok(Options { libraries, levels: config.levels, ..Options::default() })
    }

    /// Where the configuration of these inputs says that the playground is.
    pub(crate) fn playground(&self, inputs: &[Input]) -> Result<Option<String>, Failure> {
        Ok(self.config(inputs)?.playground)
    }

    fn config(&self, inputs: &[Input]) -> Result<Config, Failure> {
        let found = match &self.config {
            _ if self.no_config => None,
            Some(path) => Some(path.clone()),
            None => above(inputs)?,
        };
        found.as_deref().map_or_else(|| Ok(Config::default()), load)
    }
}

/// What the configuration of these inputs says of changes.
pub(crate) fn diff_levels(
    config: Option<&Path>,
    no_config: bool,
    inputs: &[Input],
) -> Result<Vec<(BreakingRule, Level)>, Failure> {
    let found = match config {
        _ if no_config => None,
        Some(path) => Some(path.to_owned()),
        None => above(inputs)?,
    };
    Ok(found.as_deref().map_or_else(|| Ok(Config::default()), load)?.diff)
}

/// Folders where `use` looks, and the levels of rules.
type Read = (Vec<PathBuf>, Vec<(&'static Rule, Level)>);

/// What a text says that lies at a path, or what is wrong with it.
pub(crate) fn read(path: &Path, text: &str) -> Result<Read, (Sources, Vec<Diagnostic>)> {
    read::config(path, text).map(|config| (config.libraries, config.levels))
}

fn load(path: &Path) -> Result<Config, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::with_file(path, format_args!("the configuration cannot be read: {error}")))?;
    read::config(path, &text).map_err(|(sources, found)| {
        let lines = found.iter().map(|diagnostic| Concise { diagnostic, sources: &sources }.to_string());
        Failure::new(format_args!("the configuration is wrong\n{}", lines.collect::<Vec<_>>().join("\n")))
    })
}

/// The one configuration that lies nearest above all files.
fn above(inputs: &[Input]) -> Result<Option<PathBuf>, Failure> {
    let mut folders: BTreeMap<PathBuf, Option<PathBuf>> = BTreeMap::new();
    let mut first: Option<(&Path, Option<PathBuf>)> = None;
    for input in inputs {
        let (Input::Path(path) | Input::Text(path, _)) = input;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let found = folders.entry(folder.to_owned()).or_insert_with(|| nearest(folder)).clone();
        match &first {
            None => first = Some((path, found)),
            Some((_, same)) if *same == found => {}
            Some((other, theirs)) => {
                let says = |path: &Path, config: &Option<PathBuf>| match config {
                    Some(config) => format!("`{}` is under `{}`", path.display(), config.display()),
                    None => format!("`{}` is under none", path.display()),
                };
                let message = format!("two configurations: {}, {}", says(other, theirs), says(path, &found));
                return Err(
                    Failure::new(message).help("check them apart, or say which with `--config` or `--no-config`")
                );
            }
        }
    }
    Ok(first.and_then(|(_, found)| found))
}

/// The configuration in a folder or in the nearest one above it that has one, by a path as short as the folder's.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let absolute = folder.canonicalize().ok()?;
    let holder = absolute.ancestors().find(|folder| folder.join(NAME).is_file())?;
    // A message names it as the user would: from where the program runs, if it lies below.
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
    let short = here.and_then(|here| holder.strip_prefix(here).map(Path::to_owned).ok());
    Some(short.unwrap_or_else(|| holder.to_owned()).join(NAME))
}
