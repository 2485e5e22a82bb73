//! The options of `plan`, and the values that they take.

use std::path::PathBuf;

use quirk_recorded::Address;
use quirk_runtime::HostPasid;

use crate::failure::Failure;
use crate::setting::Setting;
use crate::subject::{self, FunctionKind, Ids, Subject};

/// Shows where PASID would go on a recorded or a live device, and why
///
/// Exit code 0: decided, placed or not. 1: the operator's offset was refused; for `qemu` and `libvirt`, no safe offset.
/// 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recorded configuration space: text of `lspci -xxxx`, a binary file such as sysfs `config`, or hex, as docs/dumps.md
    /// says; `-` is standard input. A path that leads into sysfs is a function of this machine, and no record
    #[arg(long, value_name = "DUMP", required_unless_present = "device")]
    pub(super) config: Option<PathBuf>,

    /// Plan this function of the dump only
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F", requires = "config")]
    pub(super) function: Option<Address>,

    /// What kind of function it is, where neither its bytes nor sysfs prove it; descriptions for one kind match no other
    #[arg(long, value_enum, value_name = "KIND")]
    pub(super) function_kind: Option<FunctionKind>,

    /// Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff
    #[arg(long, value_name = "VVVV:DDDD", requires = "config")]
    pub(super) id: Option<Ids>,

    /// Plan this function of this machine: through VFIO if vfio-pci has it, else through sysfs. All of its configuration
    /// space is read once, as `lspci -xxxx` does; opening a device through VFIO resets it. Nothing is bound
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F", conflicts_with = "config")]
    pub(super) device: Option<quirk_sysfs::Address>,

    /// A sysfs that lies elsewhere; devices are then not opened
    #[arg(long, value_name = "FOLDER")]
    pub(super) sysfs: Option<PathBuf>,

    /// Judge a record by its own PASID control register, as a machine of now. Otherwise the answer is for a host that will
    /// enable PASID, and gives at most what the function's own capability has
    #[arg(long, requires = "config")]
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
        if let Some(address) = self.device {
            let subject = subject::live(&subject::sysfs(self.sysfs.as_ref()), address)?;
            return Ok(vec![subject.of_kind(self.function_kind)]);
        }
        let Some(config) = &self.config else { return Err(Failure::new("neither `--config` nor `--device` is given")) };
        if let Some((sysfs, address)) = subject::in_sysfs(config, self.sysfs.as_ref()) {
            return Ok(vec![subject::through_sysfs(&sysfs, address)?.of_kind(self.function_kind)]);
        }
        if self.sysfs.is_some() {
            return Err(Failure::new("`--sysfs` is for a function of a machine, not for a dump"));
        }
        let records = subject::dump::read(config, self.function)?;
        Ok(records.into_iter().map(|record| Subject::recorded(record, self.function_kind, self.id)).collect())
    }
}
