//! The options of `doctor`.

use std::path::PathBuf;

use quirk_recorded::{Address, Recorded};

use super::check::Want;
use crate::failure::Failure;
use crate::setting::Setting;
use crate::subject::{self, FunctionKind, Ids, Subject};

/// Says why PASID, ATS or PRI would not come up in a Linux guest, register by register, and what helps
///
/// Exit code 0: nothing stands in the way. 1: something does. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address of a function of this machine, such as `65:00.0`, or a dump as `plan` reads it
    #[arg(value_name = "BDF|DUMP")]
    pub(super) device: PathBuf,

    /// Look at this function of the dump only
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F")]
    pub(super) function: Option<Address>,

    /// What kind of function it is, where neither its bytes nor sysfs prove it
    #[arg(long, value_enum, value_name = "KIND")]
    pub(super) function_kind: Option<FunctionKind>,

    /// Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff
    #[arg(long, value_name = "VVVV:DDDD")]
    pub(super) id: Option<Ids>,

    /// A sysfs that lies elsewhere; devices are then not opened
    #[arg(long, value_name = "FOLDER")]
    pub(super) sysfs: Option<PathBuf>,

    #[command(flatten)]
    pub(super) setting: Setting,

    /// Where the VMM attaches the function
    #[arg(long, value_enum)]
    pub(super) bus: Option<Bus>,

    /// What the guest wants to use; everything unless said otherwise
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) want: Vec<Want>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// Where a VMM attaches a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Bus {
    /// On the guest's root bus
    Root,
    /// Behind an emulated root port
    Port,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A line for each check, and what helps
    Text,
    /// One object, or an array of them if the dump holds several functions; see docs/doctor-json.md
    Json,
}

impl Args {
    /// The functions to look at, at least one, and all of the dump that they are in. What reads as an address is one; a
    /// file of that name is `./NAME`.
    pub(super) fn subjects(&self) -> Result<(Vec<Subject>, Vec<Recorded>), Failure> {
        let address = self.device.to_str().and_then(|text| text.parse::<quirk_sysfs::Address>().ok());
        match address {
            None => {
                if let Some((sysfs, address)) = subject::in_sysfs(&self.device, self.sysfs.as_ref()) {
                    let subject = subject::through_sysfs(&sysfs, address)?.of_kind(self.function_kind);
                    return Ok((vec![subject], Vec::new()));
                }
                if self.sysfs.is_some() {
                    return Err(Failure::new("`--sysfs` is for a function of a machine, not for a dump"));
                }
                let dump = subject::dump::Dump::read(&self.device)?;
                let picked = dump.pick(self.function)?;
                let subjects =
                    picked.into_iter().map(|record| Subject::recorded(record, self.function_kind, self.id)).collect();
                Ok((subjects, dump.functions))
            }
            Some(_) if self.function.is_some() || self.id.is_some() => {
                Err(Failure::new("`--function` and `--id` are for a dump, and sysfs knows both"))
            }
            Some(address) => {
                let subject = subject::live(&subject::sysfs(self.sysfs.as_ref()), address)?;
                Ok((vec![subject.of_kind(self.function_kind)], Vec::new()))
            }
        }
    }

    /// What the guest wants to use.
    pub(super) fn wants(&self) -> &[Want] {
        if self.want.is_empty() { Want::ALL } else { &self.want }
    }
}
