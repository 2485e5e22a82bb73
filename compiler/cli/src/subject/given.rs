//! The functions that a verb is given on its command line: one of this machine, or those of a dump.

use std::path::{Path, PathBuf};

use quirk_recorded::{Address, Recorded};

use super::{FunctionKind, Ids, Subject, dump, in_sysfs, live, sysfs, through_sysfs};
use crate::failure::Failure;
use crate::output::remark;

/// How a function is picked and what is known of it.
#[derive(Debug, clap::Args)]
pub(crate) struct Given {
    /// Look at this function of the dump only
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F")]
    pub(crate) function: Option<Address>,

    /// What kind of function it is, where neither its bytes nor sysfs prove it
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) function_kind: Option<FunctionKind>,

    /// Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff
    #[arg(long, value_name = "VVVV:DDDD")]
    pub(crate) id: Option<Ids>,

    /// A sysfs that lies elsewhere; devices are then not opened
    #[arg(long, value_name = "FOLDER")]
    pub(crate) sysfs: Option<PathBuf>,
}

impl Given {
    /// The functions, at least one. What reads as an address is one; a file of that name is `./NAME`.
    pub(crate) fn subjects(&self, what: &Path) -> Result<Vec<Subject>, Failure> {
        let (subjects, _) = self.subjects_among(what)?;
        tell(&subjects);
        Ok(subjects)
    }

    /// The same, and all of the dump that they are in; how they were read is not told.
    pub(crate) fn subjects_among(&self, what: &Path) -> Result<(Vec<Subject>, Vec<Recorded>), Failure> {
        let address = what.to_str().and_then(|text| text.parse::<quirk_sysfs::Address>().ok());
        if let Some(address) = address {
            if self.function.is_some() || self.id.is_some() {
                return Err(Failure::new("`--function` and `--id` are for a dump, and sysfs knows both"));
            }
            let subject = live(&sysfs(self.sysfs.as_ref()), address)?;
            return Ok((vec![subject.of_kind(self.function_kind)], Vec::new()));
        }
        if let Some((sysfs, address)) = in_sysfs(what, self.sysfs.as_ref()) {
            let subject = through_sysfs(&sysfs, address)?;
            return Ok((vec![subject.of_kind(self.function_kind)], Vec::new()));
        }
        if self.sysfs.is_some() {
            return Err(Failure::new("`--sysfs` is for a function of a machine, not for a dump"));
        }
        let dump = dump::Dump::read(what)?;
        let picked = dump.pick(self.function)?;
        let subject = |record| Subject::recorded(record, self.function_kind, self.id);
        Ok((picked.into_iter().map(subject).collect(), dump.functions))
    }
}

/// Says which functions were not read as a VMM reads them.
pub(crate) fn tell(subjects: &[Subject]) {
    for subject in subjects {
        if let (Some(address), Some(why)) = (subject.record.address(), &subject.remark) {
            remark(&format!("note: {address} is read through sysfs, not through VFIO: {why}\n"));
        }
    }
}
