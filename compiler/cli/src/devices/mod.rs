//! `quirkc devices`: the functions of this machine that vfio-pci could take, and what would become of PASID on each.

mod report;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use quirk_host::PolicyArgs;
use quirk_sysfs::PciFunction;
use report::{Function, LeftOut, Report};

use crate::failure::Failure;
use crate::output::{json, print};
use crate::pci_ids::Names;
use crate::subject::{sparse, sysfs};

/// Lists the functions of this machine that vfio-pci can take, with what is known of their PASID
///
/// Nothing is bound and nothing is written. Of each function the header, the capabilities and what its description names
/// are read through sysfs. Only the kernel's iommufd tells how wide the host's PASIDs are, and only of a function that is
/// on vfio-pci already: such a one is opened and closed again, which resets it, unless `--no-open` is given.
///
/// Exit code 0: listed. 2: bad usage, or sysfs could not be read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A sysfs that lies elsewhere; devices are then not opened
    #[arg(long, value_name = "FOLDER")]
    sysfs: Option<PathBuf>,

    /// Open no device, not even those that are on vfio-pci
    #[arg(long)]
    no_open: bool,

    /// The list of PCI ids that names come from, instead of the system's
    #[arg(long, value_name = "FILE")]
    pci_ids: Option<PathBuf>,

    #[command(flatten)]
    policy: PolicyArgs,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table
    Text,
    /// One object; see docs/devices-json.md
    Json,
}

/// The base class of bridges.
const BRIDGE: u32 = 0x06;

/// Lists the functions.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let descriptions = args.policy.descriptions()?;
    let databases = descriptions.databases()?;
    let layers = args.policy.layers(&databases)?;
    let params = layers.params();
    let choices = layers.choices(&params);
    let policy = args.policy.policy(&choices, &layers.disabled)?;
    let names = Names::read(args.pci_ids.as_deref())?;
    let sysfs = sysfs(args.sysfs.as_ref());
    let all = sysfs.functions().map_err(Failure::new)?;
    // vfio-pci takes no bridge, and VFIO nothing that no IOMMU isolates.
    let (endpoints, bridges): (Vec<_>, Vec<_>) = all.into_iter().partition(is_endpoint);
    let (capable, without): (Vec<_>, Vec<_>) = endpoints.into_iter().partition(|each| each.iommu_group.is_some());
    let left_out = LeftOut { bridges: bridges.len(), without_iommu_group: without.len() };
    let mut functions = Vec::new();
    for function in capable {
        let subject = sparse(&sysfs, function.clone(), &databases)?;
        let mut listed = Function::new(&sysfs, &function, &subject, &databases, &policy, args.no_open)?;
        listed.product = names.device(listed.vendor, listed.device);
        functions.push(listed);
    }
    let report = Report::new(functions, left_out);
    print(&match args.format {
        Format::Json => json(&report)?,
        Format::Text => text::text(&report).map_err(Failure::new)?,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A type 0 header alone has subsystem ids. One that does not answer shows no header, and its class is known from before.
fn is_endpoint(function: &PciFunction) -> bool {
    function.identity.subsystem.is_some() || !function.answers && function.identity.class >> 16 != BRIDGE
}
