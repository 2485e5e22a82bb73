//! The options of `doctor`.

use std::path::PathBuf;

use quirk_recorded::Recorded;

use super::check::Want;
use super::viommu::Viommu;
use super::vmm::{Bus, Vmm};
use crate::failure::Failure;
use crate::setting::Setting;
use crate::subject::{Given, Subject};

/// Says why PASID, ATS or PRI would not come up in a Linux guest, register by register, and what helps
///
/// Exit code 0: nothing stands in the way. 1: something does. 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address of a function of this machine, such as `65:00.0`, or a dump as `plan` reads it
    #[arg(value_name = "BDF|DUMP", required_unless_present = "checks")]
    pub(super) device: Option<PathBuf>,

    #[command(flatten)]
    pub(super) given: Given,

    #[command(flatten)]
    pub(super) setting: Setting,

    /// The VMM of the guest, which may change what is shown on the way
    #[arg(long, value_enum)]
    vmm: Option<Vmm>,

    /// Where the VMM attaches the function: `root`, or behind an emulated port: `port:pcie-root-port`, `port:ioh3420`,
    /// `port:xio3130-downstream`; another model by `port:with-acs` or `port:without-acs`
    #[arg(long, value_name = "root|port[:MODEL]")]
    bus: Option<Bus>,

    /// The vIOMMU of the guest and what is switched on in it: `intel`, `smmuv3`, `amd` or `virtio`
    #[arg(long, value_name = "MODEL[,pasid=WIDTH][,ats][,pri]")]
    pub(super) viommu: Option<Viommu>,

    /// What the guest wants to use; everything unless said otherwise
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) want: Vec<Want>,

    /// List the checks with what Linux does and examples, and look at no function
    #[arg(long, conflicts_with = "device")]
    pub(super) checks: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
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
    /// The functions to look at, at least one, and all of the dump that they are in.
    pub(super) fn subjects(&self) -> Result<(Vec<Subject>, Vec<Recorded>), Failure> {
        let Some(device) = &self.device else { return Err(Failure::new("no function is named")) };
        self.given.subjects_among(device)
    }

    /// What the guest wants to use.
    pub(super) fn wants(&self) -> &[Want] {
        if self.want.is_empty() { Want::ALL } else { &self.want }
    }

    /// The VMM that was said, or every one that attaches functions where it was said.
    pub(super) fn vmms(&self) -> Vec<Vmm> {
        let can = |vmm: &Vmm| *vmm != Vmm::CloudHypervisor || !matches!(self.bus, Some(Bus::Port(_)));
        self.vmm.map_or_else(|| Vmm::ALL.into_iter().filter(can).collect(), |vmm| vec![vmm])
    }

    /// Where a VMM attaches the function. Cloud Hypervisor emulates no port.
    pub(super) fn bus_with(&self, vmm: Vmm) -> Option<Bus> {
        if vmm == Vmm::CloudHypervisor { Some(Bus::Root) } else { self.bus }
    }

    /// Where it was said that the VMM attaches the function, and which VMM.
    pub(super) fn said(&self) -> (Option<Vmm>, Option<Bus>) {
        (self.vmm, self.bus)
    }

    /// The width of the vIOMMU's PASIDs, 0 if it has none.
    pub(super) fn viommu_width(&self) -> Result<Option<u8>, Failure> {
        let named = self.viommu.map(|viommu| viommu.pasid.filter(|_| viommu.has_pasid()).unwrap_or(0));
        match (named, self.setting.host.viommu_pasid) {
            (Some(0), Some(width)) if self.viommu.is_some_and(|viommu| viommu.pasid.is_none()) => Ok(Some(width)),
            (Some(named), Some(width)) if named != width => {
                let message = "`--viommu` and `--viommu-pasid` say different widths";
                Err(Failure::new(message).help("leave `--viommu-pasid` out"))
            }
            (named, width) => Ok(named.or(width)),
        }
    }

    /// What cannot be.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.vmm == Some(Vmm::CloudHypervisor) && matches!(self.bus, Some(Bus::Port(_))) {
            return Err(
                Failure::new("Cloud Hypervisor emulates no port").help("leave `--bus` out, or say `--bus root`")
            );
        }
        Ok(())
    }
}
