//! `quirkc match`: which description applies to a function, which do not and by which condition, and which layers are on.

mod judge;
mod report;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_host::DescriptionArgs;
use quirk_runtime::Identity;
use quirk_sysfs::Address;
use report::Report;

use crate::failure::Failure;
use crate::output::{json, print};
use crate::subject::{Given, Ids, Look, View};
use judge::{Known, Question};

/// Says which description applies to a function, which others are for its ids and what keeps them away, and which layers apply
///
/// Exit code 0: a description applies to every function. 1: to at least one none does, or it depends on what is not known.
/// 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Vendor and device id such as `8086:0b25`, the address of a function of this machine such as `65:00.0`, or a dump
    #[arg(value_name = "VVVV:DDDD|BDF|DUMP")]
    what: PathBuf,

    #[command(flatten)]
    given: Given,

    /// The subsystem's vendor and device id, beside ids
    #[arg(long, value_name = "VVVV:DDDD", value_parser = subsystem)]
    subsystem: Option<(u16, u16)>,

    /// The revision in hex, beside ids
    #[arg(long, value_name = "HEX", value_parser = hex::<0xff>)]
    revision: Option<u32>,

    /// The class code in hex, beside ids: base class, subclass, programming interface
    #[arg(long, value_name = "HEX", value_parser = hex::<0xff_ffff>)]
    class: Option<u32>,

    /// What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`
    #[arg(long, value_enum)]
    view: Option<View>,

    #[command(flatten)]
    descriptions: DescriptionArgs,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A list for people
    Text,
    /// One object; see docs/match.md
    Json,
}

fn hex<const MOST: u32>(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let number = u32::from_str_radix(digits, 16).ok().filter(|number| *number <= MOST && !digits.starts_with('+'));
    number.ok_or_else(|| format!("expected a hex number up to {MOST:#x}"))
}

fn subsystem(text: &str) -> Result<(u16, u16), String> {
    let word = |digits: &str| {
        let is_word = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_word { u16::from_str_radix(digits, 16).ok() } else { None }
    };
    let ids = text.split_once(':').and_then(|(vendor, device)| Some((word(vendor)?, word(device)?)));
    ids.ok_or_else(|| "expected vendor and device id such as `8086:0001`".to_owned())
}

/// Looks each function up and prints what was found.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let descriptions = args.descriptions.load()?;
    let databases = descriptions.databases()?;
    let questions = args.questions()?;
    let functions =
        questions.iter().map(|question| judge::judge(&databases, question)).collect::<Result<Vec<_>, _>>()?;
    let all_apply = functions.iter().all(judge::Judged::has_winner);
    let report = Report::new(&functions);
    print(&match args.format {
        Format::Json => json(&report)?,
        Format::Text => text::text(&report).map_err(Failure::new)?,
    })?;
    Ok(ExitCode::from(u8::from(!all_apply)))
}

impl Args {
    fn questions(&self) -> Result<Vec<Question>, Failure> {
        let ids = self.what.to_str().and_then(|text| text.parse::<Ids>().ok()).filter(|_| !self.what.exists());
        if let Some(ids) = ids {
            return self.of_ids(ids).map(|question| vec![question]);
        }
        if self.subsystem.is_some() || self.revision.is_some() || self.class.is_some() {
            let message = "`--subsystem`, `--revision` and `--class` are beside ids; a function has its own";
            return Err(Failure::new(message));
        }
        let is_address = self.what.to_str().is_some_and(|text| text.parse::<Address>().is_ok());
        if !is_address && self.what.as_os_str() != "-" && !self.what.exists() {
            return Err(Failure::with_file(&self.what, "there is no such file, and it is neither ids nor an address")
                .help("ids are `8086:0b25`, an address is `65:00.0`"));
        }
        let subjects = self.given.subjects(&self.what)?;
        let question = |subject: &crate::subject::Subject| {
            let view = self.view.unwrap_or(subject.seen.view());
            let device = Look::at(subject, view)?.device;
            let (address, description) = (subject.record.address(), subject.record.description().to_owned());
            Ok(Question { identity: subject.identity, known: Known::ALL, device: Some(device), address, description })
        };
        subjects.iter().map(question).collect()
    }

    fn of_ids(&self, ids: Ids) -> Result<Question, Failure> {
        let given = &self.given;
        if given.function.is_some() || given.id.is_some() || given.sysfs.is_some() || self.view.is_some() {
            let message =
                "`--function`, `--id`, `--sysfs` and `--view` are beside a dump or an address, not beside ids";
            return Err(Failure::new(message));
        }
        let identity = ids
            .given_to(Identity::default())
            .with_subsystem(self.subsystem)
            .with_revision(self.revision.and_then(|revision| u8::try_from(revision).ok()).unwrap_or(0))
            .with_class(self.class.unwrap_or(0))
            .with_function(given.function_kind.map_or(quirk_runtime::Function::Unknown, Into::into));
        let known = Known {
            subsystem: self.subsystem.is_some(),
            revision: self.revision.is_some(),
            class: self.class.is_some(),
            function: given.function_kind.is_some(),
        };
        Ok(Question { identity, known, device: None, address: None, description: String::new() })
    }
}
