//! `quirkc build`: compiles descriptions and writes what came of them, as Rust, C, JSON or a database file.

mod built;
mod depfile;
mod output;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use built::Built;
use output::Output;
use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Disk;
use quirk_compiler::{C, CStyle, CTypes, Compilation, Input, compile};
use quirk_host::quirk_files;

use crate::config;
use crate::failure::Failure;

/// Compiles descriptions to Rust, C, JSON or a database file
///
/// What is written depends on the descriptions alone, and a file that says the same already is left alone. Exit code 0:
/// written, or as it should be. 1: errors in the descriptions, or `--check` found a difference. 2: bad usage, an unreadable
/// input or an output that cannot be written.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of `.quirk` files, less what their ignore files name
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// What to write
    #[arg(long, value_enum, value_name = "WHAT")]
    emit: Emit,

    /// Where to write it; `-` is standard output
    #[arg(long, short, value_name = "OUT")]
    output: PathBuf,

    /// With `--emit c`: names begin with this, macros with it in capitals
    #[arg(long, value_name = "NAME")]
    prefix: Option<String>,

    /// With `--emit c`: what integers are called; `kernel` also leaves out what a kernel's checks do not like
    #[arg(long, value_enum, value_name = "TYPES")]
    types: Option<Types>,

    /// With `--emit c`: write two files, `--output` with the tables and this header, which it includes
    #[arg(long, value_name = "FILE")]
    header: Option<PathBuf>,

    /// With `--emit rust`: write two files, `--output` with an index that people read, and this database in the same folder, which it
    /// includes
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,

    /// Write, as a rule for make or ninja, which files the output was made from
    #[arg(long, value_name = "FILE")]
    depfile: Option<PathBuf>,

    /// Write nothing; say whether the output is what would be written
    #[arg(long)]
    check: bool,

    /// Write it again whenever a description changes, until the program is stopped
    #[arg(long, conflicts_with = "check")]
    watch: bool,

    #[command(flatten)]
    config: config::Args,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Emit {
    /// A module with a static `DATABASE`, for a crate that depends on `quirk-runtime`
    Rust,
    /// C11, for a kernel driver or QEMU: one header, or with `--header` a header and a source file
    C,
    /// All facts in words and numbers; see docs/db-json.md
    Json,
    /// A file that the runtime loads
    Db,
}

/// What integers are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Types {
    /// `uint16_t`
    Stdint,
    /// `u16`
    Kernel,
}

/// Compiles, writes, and says how it went.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let output = Output::of(&args.output);
    for (option, what, given) in [
        ("--check", "compares with a file", args.check),
        ("--depfile", "says what a file was made from", args.depfile.is_some()),
        ("--watch", "keeps a file current", args.watch),
    ] {
        if given && output == Output::Stdout {
            let failure = Failure::new(format_args!("`{option}` {what}, but `--output` is `-`"));
            return Err(failure.help(format_args!("name the file with `--output`, or leave `{option}` out")));
        }
    }
    let style = style(args)?;
    let beside = beside(args)?;
    if args.watch {
        watch::forever(&args.paths, &args.output, || once(args, &style, beside));
    }
    Ok(once(args, &style, beside)?.code)
}

/// One build.
fn once(args: &Args, style: &CStyle, beside: Option<Beside<'_>>) -> Result<Built, Failure> {
    let inputs: Vec<Input> = quirk_files(&args.paths)?.iter().map(|path| Input::Path(from_here(path))).collect();
    let options = args.config.options(&inputs)?;
    let compilation = compile(inputs, &options, &Disk);
    show(&compilation);
    let read = compilation.sources().iter().map(quirk_compiler::Source::path);
    let depends_on = read.map(Path::to_owned).chain(options.libraries).chain(args.config.named()).collect();
    let ended = |code: u8| Ok(Built { code: ExitCode::from(code), is_written: false, depends_on });
    if compilation.errors() > 0 {
        return ended(if unreadable(&compilation) { 2 } else { 1 });
    }
    let files = emitted(args, style, beside, &compilation)
        .ok_or_else(|| Failure::new("the descriptions are too large for one database"))?;
    if args.check {
        let mut code = 0;
        for (output, bytes) in &files {
            if let Some(difference) = output.difference(bytes)? {
                say(&format!("{difference}\nhelp: write it again with the same command without `--check`\n"));
                code = 1;
            }
        }
        return ended(code);
    }
    for (output, bytes) in &files {
        output.write(bytes)?;
    }
    if let Some(depfile) = &args.depfile {
        let inputs: Vec<&Path> = compilation.sources().iter().map(quirk_compiler::Source::path).collect();
        Output::File(depfile).write(depfile::rule(&args.output, &inputs)?.as_bytes())?;
    }
    Ok(Built { is_written: true, ..ended(0)? })
}

/// The file that holds the bytes of a Rust output, and what that calls it.
type Beside<'a> = (&'a Path, &'a str);

/// The file that is to hold the bytes of a Rust output, if one is.
fn beside(args: &Args) -> Result<Option<Beside<'_>>, Failure> {
    let Some(database) = &args.db else { return Ok(None) };
    if args.emit != Emit::Rust {
        return Err(Failure::new("`--db` is about Rust").help("add `--emit rust`, or leave the option out"));
    }
    if Output::of(&args.output) == Output::Stdout || Output::of(database) == Output::Stdout {
        return Err(Failure::new("`--db` makes two files, and standard output is one").help("name both files"));
    }
    let folder = |path: &Path| std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_owned));
    if *database == args.output || folder(database) != folder(&args.output) {
        let failure = Failure::new("`--db` is to be another file in the folder of `--output`, which names it");
        return Err(failure.help("name two files of one folder"));
    }
    let name = database.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::with_file(database, "a source file cannot name this file"))?;
    Ok(Some((database, name)))
}

/// How the C output is to look.
fn style(args: &Args) -> Result<CStyle, Failure> {
    let given =
        [("--prefix", args.prefix.is_some()), ("--types", args.types.is_some()), ("--header", args.header.is_some())];
    if let Some((option, _)) = given.into_iter().find(|(_, is_given)| *is_given && args.emit != Emit::C) {
        return Err(Failure::new(format_args!("`{option}` is about C")).help("add `--emit c`, or leave the option out"));
    }
    let mut style = CStyle::default();
    if let Some(prefix) = &args.prefix {
        style = style.with_prefix(prefix).map_err(|error| Failure::new(format_args!("`--prefix`: {error}")))?;
    }
    if args.types == Some(Types::Kernel) {
        style = style.with_types(CTypes::Kernel);
    }
    let Some(header) = &args.header else { return Ok(style) };
    if Output::of(&args.output) == Output::Stdout || Output::of(header) == Output::Stdout {
        return Err(Failure::new("`--header` makes two files, and standard output is one").help("name both files"));
    }
    let name = header.file_name().and_then(|name| name.to_str()).filter(|name| !name.contains(['"', '\n', '\r', '\\']));
    match name {
        Some(name) if *header != args.output => Ok(style.with_header(name)),
        Some(_) => Err(Failure::new("`--header` and `--output` are the same file").help("name both files")),
        None => Err(Failure::with_file(header, "a source file cannot include this name").help("rename the header")),
    }
}

/// What is written, and where.
fn emitted<'a>(
    args: &'a Args,
    style: &CStyle,
    beside: Option<Beside<'a>>,
    compilation: &Compilation,
) -> Option<Vec<(Output<'a>, Vec<u8>)>> {
    if let Some((path, name)) = beside {
        let (database, index) = (compilation.database()?.to_vec(), compilation.rust_beside(name)?);
        // The bytes first: who sees the new index finds them.
        return Some(vec![(Output::of(path), database), (Output::of(&args.output), index.into_bytes())]);
    }
    let bytes = match args.emit {
        Emit::Rust => compilation.rust()?.into_bytes(),
        Emit::Json => compilation.json()?.into_bytes(),
        Emit::Db => compilation.database()?.to_vec(),
        Emit::C => {
            let C { header, source, .. } = compilation.c_styled(style)?;
            if let (Some(source), Some(path)) = (source, &args.header) {
                let files = [(Output::of(&args.output), source), (Output::of(path), header)];
                return Some(files.map(|(output, text)| (output, text.into_bytes())).into());
            }
            header.into_bytes()
        }
    };
    Some(vec![(Output::of(&args.output), bytes)])
}

/// A path as it is from the current folder: an output that names its sources does not tell where on this machine they are.
fn from_here(path: &Path) -> PathBuf {
    let Some(here) = std::env::current_dir().ok().filter(|_| path.is_absolute()) else { return path.to_owned() };
    let common = here.components().zip(path.components()).take_while(|(here, there)| here == there).count();
    let up = here.components().skip(common).map(|_| "..");
    up.map(PathBuf::from).chain(path.components().skip(common).map(|part| PathBuf::from(part.as_os_str()))).collect()
}

/// Standard output may be the output: what was found goes to standard error.
fn show(compilation: &Compilation) {
    let sources = compilation.sources();
    for diagnostic in compilation.diagnostics() {
        say(&format!("{}\n", Concise { diagnostic, sources }));
    }
}

fn unreadable(compilation: &Compilation) -> bool {
    compilation.diagnostics().iter().any(|found| found.rule.code / 100 == 9)
}

fn say(text: &str) {
    // Nobody is left to be told if this fails.
    let _ = std::io::Write::write_all(&mut anstream::stderr(), text.as_bytes());
}
