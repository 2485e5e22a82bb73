//! `quirkc man`: manual pages, made from what `--help` says.

use std::path::PathBuf;
use std::process::ExitCode;

use clap_mangen::Man;

use crate::failure::Failure;
use crate::output::print;

/// Prints the manual page of the program or of a verb, or writes all of them
///
/// Exit code 0: printed or written. 2: bad usage, or a page cannot be written.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The verb; the page of the program as a whole if none is given
    #[arg(value_name = "VERB", conflicts_with = "output")]
    verb: Option<String>,

    /// Write all pages to this folder
    #[arg(long, short, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

/// Prints one, or writes all.
pub(crate) fn run(args: &Args, program: clap::Command) -> Result<ExitCode, Failure> {
    let pages = pages(program)?;
    match &args.output {
        None => {
            let name = args.verb.as_ref().map_or_else(|| "quirkc".to_owned(), |verb| format!("quirkc-{verb}"));
            let page = pages.iter().find(|(page, _)| *page == name);
            let (_, page) = page.ok_or_else(|| Failure::new(format_args!("there is no page `{name}`")))?;
            print(page)?;
        }
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(|error| Failure::with_file(folder, error))?;
            for (name, page) in &pages {
                let path = folder.join(format!("{name}.1"));
                std::fs::write(&path, page).map_err(|error| Failure::with_file(&path, error))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of the program and one of each verb, by name.
fn pages(program: clap::Command) -> Result<Vec<(String, String)>, Failure> {
    let verbs: Vec<clap::Command> =
        program.get_subcommands().filter(|verb| verb.get_name() != "help" && !verb.is_hide_set()).cloned().collect();
    let whole = std::iter::once(program.disable_help_subcommand(true));
    let of_verbs = verbs.into_iter().map(|verb| {
        let name = format!("quirkc-{}", verb.get_name());
        // A command's name must live as long as the program.
        let bin_name = format!("quirkc {}", verb.get_name());
        verb.name(&*name.leak()).bin_name(bin_name)
    });
    whole.chain(of_verbs).map(page).collect()
}

fn page(command: clap::Command) -> Result<(String, String), Failure> {
    let name = command.get_name().to_owned();
    let mut text = Vec::new();
    Man::new(command).render(&mut text).map_err(Failure::new)?;
    Ok((name, String::from_utf8(text).map_err(Failure::new)?))
}
