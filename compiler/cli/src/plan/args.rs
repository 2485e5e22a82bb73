//! The options of `plan`, and the values that they take.

use std::path::{Path, PathBuf};

use quirk_runtime::HostPasid;

use crate::failure::Failure;
use crate::setting::Setting;
use crate::subject::{self, Given, Seen, Subject};

/// Shows where PASID would go on a recorded or a live device, and why
///
/// Exit code 0: decided, placed or not. 1: the operator's offset was refused; for `qemu` and `libvirt`, no safe offset.
/// 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address of a function of this machine, such as `65:00.0`, or recorded configuration space: text of `lspci -xxxx`, a
    /// binary file such as sysfs `config`, or hex, as docs/dumps.md says; `-` is standard input. What reads as an address is
    /// one; a file of that name is `./NAME`. A function of this machine is read through VFIO if vfio-pci has it, else through
    /// sysfs: all of its configuration space once, as `lspci -xxxx` does; opening a device through VFIO resets it. Nothing is
    /// bound
    #[arg(value_name = "BDF|DUMP", required_unless_present_any = ["config", "device"], conflicts_with_all = ["config", "device"])]
    what: Option<PathBuf>,

    /// The older spelling of DUMP
    #[arg(long, value_name = "DUMP", hide = true, conflicts_with = "device")]
    config: Option<PathBuf>,

    /// The older spelling of BDF
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F", hide = true)]
    device: Option<quirk_sysfs::Address>,

    #[command(flatten)]
    given: Given,

    /// The list of PCI ids that a name comes from where nothing else names the function, instead of the system's
    #[arg(long, value_name = "FILE")]
    pub(super) pci_ids: Option<PathBuf>,

    /// Judge a record by its own PASID control register, as a machine of now. Otherwise the answer is for a host that will
    /// enable PASID, and gives at most what the function's own capability has
    #[arg(long)]
    pub(super) as_recorded: bool,

    #[command(flatten)]
    pub(super) setting: Setting,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    /// The vIOMMU of the machine that QEMU or libvirt is to make
    #[arg(long, value_enum, default_value_t = Viommu::Intel)]
    pub(super) viommu: Viommu,

    /// Write the guest's configuration space, raw, as many bytes as were recorded
    #[arg(long, value_name = "OUT")]
    pub(super) write_config: Option<PathBuf>,

    /// Write the guest's configuration space as text that `lspci -F` reads
    #[arg(long, value_name = "OUT")]
    pub(super) write_lspci: Option<PathBuf>,
}

/// The vIOMMU of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Viommu {
    /// x86: `intel-iommu`
    Intel,
    /// Arm: `arm-smmuv3`
    Smmuv3,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Tables and a map
    Text,
    /// One object, or an array of them if the dump holds several functions; see docs/plan-json.md
    Json,
    /// Arguments for QEMU 11 that put PASID there, where that is safe: iommufd, vIOMMU, device; see docs/plan-qemu.md
    Qemu,
    /// The same for libvirt, as the elements of a domain; see docs/plan-qemu.md
    Libvirt,
}

impl Format {
    /// Whether it is for QEMU, which asks the host itself how wide its PASIDs are.
    pub(super) fn is_for_qemu(self) -> bool {
        matches!(self, Self::Qemu | Self::Libvirt)
    }
}

impl Args {
    /// The host's PASID support, which VFIO may have told. For QEMU an offset is sought as though the host had it all.
    pub(super) fn host(&self, subject: &Subject) -> Option<HostPasid> {
        let assumed = || self.format.is_for_qemu().then(|| subject::assumed_host(subject.raw.as_ref()));
        self.setting.host.pasid.or(subject.host).or_else(assumed)
    }

    /// The functions that are to be planned, at least one.
    pub(super) fn subjects(&self) -> Result<Vec<Subject>, Failure> {
        let what = match (&self.what, &self.config, self.device) {
            (Some(what), ..) => what.clone(),
            // This spelling always was a path.
            (None, Some(config), _) => {
                Path::new(if config.is_absolute() || config.as_os_str() == "-" { "" } else { "." }).join(config)
            }
            (None, None, Some(address)) => PathBuf::from(address.to_string()),
            (None, None, None) => return Err(Failure::new("no function is named")),
        };
        let subjects = self.given.subjects(&what)?;
        if self.as_recorded && subjects.iter().any(|subject| subject.seen != Seen::Dump) {
            return Err(Failure::new("`--as-recorded` is for a dump, and this is a function of this machine"));
        }
        Ok(subjects)
    }
}
