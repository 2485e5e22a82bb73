//! The verbs of the program. Of what was asked for, only one is ever told to clap, so that a start does not pay for the options of all.

use std::ffi::OsStr;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::failure::Failure;
use crate::{
    anonymise, build, check, completions, devices, diff, doctor, explain, fmt, import, lsp, man, map, matching, new,
    plan, rules, site, survey, test, verify,
};

/// A verb: its options, and what it does with them.
struct Verb {
    name: &'static str,
    options: fn(Command) -> Command,
    run: fn(&ArgMatches) -> Result<ExitCode, Failure>,
}

macro_rules! verbs {
    ($($name:literal: $args:ty => $run:expr,)*) => {
        &[$(Verb {
            name: $name,
            options: <$args as Args>::augment_args,
            run: |matches| {
                let run: fn(&$args) -> Result<ExitCode, Failure> = $run;
                run(&<$args as FromArgMatches>::from_arg_matches(matches).unwrap_or_else(|error| error.exit()))
            },
        },)*]
    };
}

/// All of them, in the order of the help.
const VERBS: &[Verb] = verbs! {
    "check": check::Args => check::run,
    "explain": explain::Args => explain::run,
    "build": build::Args => build::run,
    "fmt": fmt::Args => fmt::run,
    "plan": plan::Args => plan::run,
    "map": map::Args => map::run,
    "diff": diff::Args => diff::run,
    "import": import::Args => import::run,
    "new": new::Args => new::run,
    "match": matching::Args => matching::run,
    "doctor": doctor::Args => doctor::run,
    "devices": devices::Args => devices::run,
    "doc": site::Args => site::run,
    "report": anonymise::Args => anonymise::run,
    "survey": survey::Args => survey::run,
    "rules": rules::Args => rules::run,
    "test": test::Args => test::run,
    "verify": verify::Args => verify::run,
    "lsp": lsp::Args => lsp::run,
    "completions": completions::Args => |args| completions::run(args, whole()),
    "man": man::Args => |args| man::run(args, whole()),
};

/// Reads the command line and does what it says.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let first = std::env::args_os().nth(1);
    let matches = program_for(first.as_deref()).get_matches();
    let asked = matches.subcommand().and_then(|(name, matches)| Some((find(OsStr::new(name))?, matches)));
    match asked {
        Some((verb, matches)) => (verb.run)(matches),
        // Clap has said so already.
        None => Ok(ExitCode::from(2)),
    }
}

/// The program, as far as a command line with this first word needs it.
fn program_for(first: Option<&OsStr>) -> Command {
    match first {
        Some(word) if word == "--version" || word == "-V" => bare(),
        Some(word) => find(word).map_or_else(whole, |verb| bare().subcommand(verb.command())),
        None => whole(),
    }
}

/// The program with all its verbs.
fn whole() -> Command {
    bare().subcommands(VERBS.iter().map(Verb::command))
}

/// The program without a verb.
fn bare() -> Command {
    Command::new("quirkc")
        .version(version())
        .about("Checks and compiles descriptions of PCI functions, and plans where virtual capabilities go")
        .subcommand_required(true)
        .arg_required_else_help(true)
}

fn find(name: &OsStr) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| name == verb.name)
}

impl Verb {
    fn command(&self) -> Command {
        (self.options)(Command::new(self.name))
    }
}

/// The version of the program, and of the tables that it writes and reads.
fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let tables = quirk_runtime::tables::VERSION;
        format!("{} (tables {tables}, language edition 1)", env!("CARGO_PKG_VERSION"))
    });
    &VERSION
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::ffi::OsStr;

    use super::{VERBS, program_for, whole};

    /// What clap says to these words: as text, and whether it is an error.
    fn said(program: clap::Command, words: &[&str]) -> (String, Option<i32>) {
        match program.try_get_matches_from([&["quirkc"], words].concat()) {
            Ok(matches) => (format!("{:?}", matches.subcommand_name()), None),
            Err(error) => (error.render().to_string(), Some(error.exit_code())),
        }
    }

    #[test]
    fn the_program_is_sound() {
        whole().debug_assert();
    }

    #[test]
    fn a_program_with_one_verb_says_what_the_whole_says() {
        let names =
            VERBS.iter().map(|verb| verb.name).chain(["--version", "-V", "--help", "-h", "help", "chek", "--nope"]);
        for name in names {
            for rest in [&[][..], &["--help"], &["-h"], &["--nope"], &["a", "b", "--nope=1"], &["--version"], &["help"]]
            {
                let words = [&[name], rest].concat();
                let short = said(program_for(Some(OsStr::new(name))), &words);
                assert_eq!(short, said(whole(), &words), "{words:?}");
            }
        }
        assert_eq!(said(program_for(None), &[]), said(whole(), &[]));
        assert_eq!(said(whole(), &["help", "check"]).1, Some(0));
    }

    #[test]
    fn the_first_word_alone_decides_how_much_is_built() {
        let built = |word: &str| program_for(Some(OsStr::new(word))).get_subcommands().count();
        assert_eq!((built("--version"), built("check"), built("chek")), (0, 1, VERBS.len()));
        assert_eq!(program_for(None).get_subcommands().count(), VERBS.len());
        let version = program_for(Some(OsStr::new("-V"))).try_get_matches_from(["quirkc", "-V"]).unwrap_err();
        assert!(version.to_string().contains("tables"), "{version}");
    }
}
