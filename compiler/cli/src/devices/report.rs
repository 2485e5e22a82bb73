//! What `devices` lists: the object that `--format json` prints. `docs/devices-json.md` is its documentation.

use quirk_runtime::{Database, HostPasid, Policy, TrappedMirrors, Verdict, VirtualConfig};
use quirk_sysfs::{PciFunction, Sysfs};
use quirk_vfio::Way;
use serde::Serialize;

use crate::failure::Failure;
use crate::plan::Near;
use crate::subject::{Look, Subject, View, assumed_host, open};

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What `devices` lists.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) functions: Vec<Function>,
    pub(super) left_out: LeftOut,
}

/// How many functions VFIO cannot have.
#[derive(Debug, Serialize)]
pub(super) struct LeftOut {
    pub(super) bridges: usize,
    pub(super) without_iommu_group: usize,
}

/// One function.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) address: String,
    pub(super) vendor: u16,
    pub(super) device: u16,
    /// Its name in the list of PCI ids.
    pub(super) product: Option<String>,
    pub(super) class: u32,
    pub(super) kind: &'static str,
    pub(super) driver: Option<String>,
    pub(super) iommu_group: Option<u32>,
    /// vfio-pci refuses it unless told otherwise.
    pub(super) denylisted: bool,
    /// It was opened through VFIO.
    pub(super) opened: bool,
    /// The host's PASID width; 0 for none.
    pub(super) pasid_width: Option<u8>,
    /// Why the width is not known.
    pub(super) pasid_unknown: Option<String>,
    pub(super) description: Option<Description>,
    pub(super) placement: Option<Placement>,
    /// Why there is no place.
    pub(super) reason: Option<String>,
    /// A description that fits but for one condition.
    pub(super) near_miss: Option<Near>,
}

/// The description that applies.
#[derive(Debug, Serialize)]
pub(super) struct Description {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) source: String,
}

/// Where PASID would be, if host and vIOMMU have it.
#[derive(Debug, Serialize)]
pub(super) struct Placement {
    pub(super) offset: u16,
    pub(super) source: &'static str,
}

impl Report {
    pub(super) fn new(functions: Vec<Function>, left_out: LeftOut) -> Self {
        Self { version: VERSION, functions, left_out }
    }
}

impl Function {
    pub(super) fn new(
        sysfs: &Sysfs,
        function: &PciFunction,
        subject: &Subject,
        databases: &[Database<'_>],
        policy: &Policy<'_>,
        no_open: bool,
    ) -> Result<Self, Failure> {
        let (opened, host) = host(sysfs, function, no_open);
        let (pasid_width, pasid_unknown) = match &host {
            Ok(host) => (Some(host.map_or(0, |host| host.width)), None),
            Err(why) => (None, Some(why.clone())),
        };
        let look = Look::at(subject, View::Vfio)?;
        let confirmed = look.confirmed();
        let policy = policy.with_trapped_mirrors(TrappedMirrors::All).with_confirmed(&confirmed);
        let assumed = host.ok().flatten().unwrap_or_else(|| assumed_host(subject.raw.as_ref()));
        let identity = &function.identity;
        let config = VirtualConfig::attach(&look.device, databases, identity, Some(assumed), &policy);
        let config = config.map_err(Failure::new)?;
        let decision = config.decision();
        let refused = decision.candidates.iter().find(|each| each.verdict == Verdict::Refused);
        let reason = match (decision.placement, refused) {
            _ if !function.answers => Some("the function does not answer: its header reads ff".to_owned()),
            (Some(_), _) => None,
            (None, Some(refused)) => Some(decision.because(refused.reason).to_string()),
            (None, None) if decision.near_miss.is_some() => decision.near_miss.map(|near| near.to_string()),
            (None, None) if decision.entry.is_none() => Some("no description".to_owned()),
            (None, None) => Some("its description names no place".to_owned()),
        };
        Ok(Self {
            address: function.address.to_string(),
            vendor: identity.vendor,
            device: identity.device,
            product: None,
            class: identity.class,
            kind: identity.function.name(),
            driver: function.driver.clone(),
            iommu_group: function.iommu_group,
            denylisted: quirk_vfio::is_denylisted(identity),
            opened,
            pasid_width,
            pasid_unknown,
            description: decision.entry.map(|entry| Description {
                name: entry.name.to_owned(),
                title: entry.title.to_owned(),
                source: entry.source.to_owned(),
            }),
            placement: decision
                .placement
                .map(|placement| Placement { offset: placement.offset, source: placement.source.name() }),
            reason,
            near_miss: decision.near_miss.map(Near::from),
        })
    }
}

/// Whether the function was opened, and what the host said of its PASIDs, or why it was not asked.
fn host(sysfs: &Sysfs, function: &PciFunction, no_open: bool) -> (bool, Result<Option<HostPasid>, String>) {
    if no_open {
        return (false, Err("not opened: `--no-open`".to_owned()));
    }
    match open(sysfs, function, Way::Iommufd) {
        Ok(device) => (true, device.pasid().map_err(|error| error.to_string())),
        Err(why) => (false, Err(why)),
    }
}
