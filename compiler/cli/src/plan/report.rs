//! What `plan` says of one function: the object that `--format json` prints. `docs/plan-json.md` is its documentation.

use quirk_host::NOT_RECORDED;
use quirk_map::Entry;
use quirk_recorded::Recorded;
use quirk_runtime::capability::Kind;
use quirk_runtime::{Decision, HostPasid, Identity, LayerEntry, Reason, chain, tables};
use serde::Serialize;

use super::way_out::{Near, WayOut};
use crate::subject::{Subject, View};

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
pub(super) const VERSION: u32 = 1;

/// Code of a finding: less was recorded than the function may have.
pub(crate) const CUT_OFF: &str = "record-cut-off";
/// Code of a finding: the host's kernel would not do its part.
pub(crate) const LINUX: &str = "linux-would-not-enable";

/// What `plan` says of one function.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) function: Function,
    pub(super) view: &'static str,
    pub(super) seen: &'static str,
    pub(super) host: Option<Pasid>,
    pub(super) viommu_width: Option<u8>,
    pub(super) device: Option<Device>,
    pub(super) layers: Vec<Layer>,
    pub(super) mirrors: Vec<Mirror>,
    pub(super) placement: Option<Placement>,
    pub(super) granted: Option<Pasid>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) candidates_left_out: usize,
    pub(super) chain: Vec<Capability>,
    pub(super) chain_before: Vec<Capability>,
    pub(super) conventional: Vec<Capability>,
    pub(super) hidden: Vec<Capability>,
    pub(super) hidden_conventional: Vec<Capability>,
    pub(super) findings: Vec<Finding>,
    pub(super) findings_left_out: usize,
    pub(super) near_miss: Option<Near>,
    pub(super) way_out: Option<WayOut>,
}

/// Which function.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) address: Option<String>,
    pub(super) description: String,
    /// Its name in the list of PCI ids.
    pub(super) product: Option<String>,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) subsystem_vendor: Option<u16>,
    pub(super) subsystem_device: Option<u16>,
    pub(super) revision: u8,
    pub(super) class: u32,
    pub(super) kind: &'static str,
    pub(super) size: usize,
}

/// Width and permissions of PASID.
#[derive(Debug, Serialize)]
pub(super) struct Pasid {
    pub(super) width: u8,
    pub(super) execute: bool,
    pub(super) privileged: bool,
}

/// The description that applies.
#[derive(Debug, Serialize)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) source: String,
}

/// A layer that matches and is switched on.
#[derive(Debug, Serialize)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) applied: bool,
    /// Why it is not applied.
    pub(super) reason: Option<&'static str>,
    pub(super) message: Option<String>,
}

/// A window of a BAR that shows configuration space.
#[derive(Debug, Serialize)]
pub(super) struct Mirror {
    pub(super) bar: u8,
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) config: u16,
}

/// Where PASID is.
#[derive(Debug, Serialize)]
pub(super) struct Placement {
    pub(super) offset: u16,
    pub(super) source: &'static str,
}

/// A place that was considered.
#[derive(Debug, Serialize)]
pub(super) struct Candidate {
    pub(super) source: &'static str,
    pub(super) offset: Option<u16>,
    pub(super) verdict: &'static str,
    pub(super) reason: &'static str,
    pub(super) message: String,
}

/// A capability of a list.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Capability {
    pub(super) id: u16,
    pub(super) name: Option<&'static str>,
    pub(super) version: u8,
    pub(super) offset: u16,
    pub(super) length: u16,
}

/// Something odd.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) offset: Option<u16>,
    pub(super) message: String,
}

impl Capability {
    pub(super) fn list(entries: &[Entry]) -> Vec<Self> {
        let new = |&(capability, length): &Entry| {
            let chain::Capability { space, id, version, offset, .. } = capability;
            Self { id, name: Kind::by_id(space, id).map(|kind| kind.name), version, offset, length }
        };
        entries.iter().map(new).collect()
    }
}

impl From<HostPasid> for Pasid {
    fn from(host: HostPasid) -> Self {
        let HostPasid { width, execute, privileged, .. } = host;
        Self { width, execute, privileged }
    }
}

impl From<&LayerEntry<'_>> for Layer {
    fn from(entry: &LayerEntry<'_>) -> Self {
        Self {
            name: entry.name.to_owned(),
            source: entry.source.to_owned(),
            applied: entry.refused.is_none(),
            reason: entry.refused.map(|reason| reason.code()),
            message: entry.refused.map(|reason| reason.to_string()),
        }
    }
}

impl From<&tables::Mirror> for Mirror {
    fn from(mirror: &tables::Mirror) -> Self {
        let tables::Mirror { bar, offset, length, config } = *mirror;
        Self { bar, offset, length, config }
    }
}

impl Function {
    fn new(record: &Recorded, identity: &Identity) -> Self {
        Self {
            address: record.address().map(|address| address.to_string()),
            description: record.description().to_owned(),
            product: None,
            vendor: identity.vendor,
            device: identity.device,
            subsystem_vendor: identity.subsystem.map(|(vendor, _)| vendor),
            subsystem_device: identity.subsystem.map(|(_, device)| device),
            revision: identity.revision,
            class: identity.class,
            kind: identity.function.name(),
            size: record.original().len(),
        }
    }
}

/// What a report is made of, beside the decision.
pub(super) struct Facts<'a> {
    pub(super) subject: &'a Subject,
    pub(super) view: View,
    pub(super) host: Option<HostPasid>,
    pub(super) viommu_width: Option<u8>,
    pub(super) hidden: &'a [Entry],
    pub(super) hidden_conventional: &'a [Entry],
    pub(super) chain: &'a [Entry],
    pub(super) chain_before: &'a [Entry],
    pub(super) conventional: &'a [Entry],
    pub(super) mirrors: &'a [tables::Mirror],
}

/// Without a host nothing is asked yet.
fn no_host(facts: &Facts<'_>) -> Option<WayOut> {
    let message = "say what the host has for the device with `--pasid WIDTH`".to_owned();
    facts.host.is_none().then_some(WayOut { message, stub: None })
}

/// Without PASID in the vIOMMU there is none in the guest.
fn no_viommu(facts: &Facts<'_>) -> Option<WayOut> {
    let message = "give the guest a vIOMMU with PASID, and say its width with `--viommu-pasid WIDTH`".to_owned();
    (facts.viommu_width == Some(0)).then_some(WayOut { message, stub: None })
}

impl Report {
    /// Adds why Linux would not enable PASID.
    /// Whether nothing describes the function, though somebody could.
    pub(super) fn is_unknown(&self) -> bool {
        self.device.is_none() && self.function.vendor != 0xffff
    }

    pub(super) fn add_linux(&mut self, refusal: Option<(u16, &str)>) {
        let finding = |(at, why): (u16, &str)| Finding { code: LINUX, offset: Some(at), message: why.to_owned() };
        self.findings.extend(refusal.map(finding));
    }

    pub(super) fn new(facts: &Facts<'_>, decision: &Decision<'_>) -> Self {
        // Where the operator asked for what cannot be, PASID is not where it was asked for: a visible one stays, as a
        // candidate that says so.
        let placement = decision.placement.filter(|_| !decision.operator_refused());
        let cut_off = facts.subject.cut_off();
        Self {
            version: VERSION,
            function: Function::new(&facts.subject.record, &facts.subject.identity),
            view: match facts.view {
                View::Vfio => "vfio",
                View::Raw => "raw",
            },
            seen: facts.subject.seen.name(),
            host: facts.host.map(Pasid::from),
            viommu_width: facts.viommu_width,
            device: decision.entry.map(|entry| Device {
                name: entry.name.to_owned(),
                title: entry.title.to_owned(),
                source: entry.source.to_owned(),
            }),
            layers: decision.layers.iter().map(Layer::from).collect(),
            mirrors: facts.mirrors.iter().map(Mirror::from).collect(),
            placement: placement
                .map(|placement| Placement { offset: placement.offset, source: placement.source.name() }),
            granted: placement.map(|_| Pasid {
                width: decision.grant.width,
                execute: decision.grant.execute,
                privileged: decision.grant.privileged,
            }),
            candidates: decision
                .candidates
                .iter()
                .map(|candidate| {
                    let reason = candidate.reason;
                    let (code, message) = match cut_off {
                        Some(size) if matches!(reason, Reason::NoExtendedSpace { .. }) => {
                            (NOT_RECORDED, format!("only {size} bytes were recorded, and what follows is not known"))
                        }
                        _ => (reason.code(), decision.because(reason).to_string()),
                    };
                    let (source, verdict) = (candidate.source.name(), candidate.verdict.name());
                    Candidate { source, offset: candidate.offset, verdict, reason: code, message }
                })
                .collect(),
            candidates_left_out: decision.candidates.overflow(),
            chain: Capability::list(facts.chain),
            chain_before: Capability::list(facts.chain_before),
            conventional: Capability::list(facts.conventional),
            hidden: Capability::list(facts.hidden),
            hidden_conventional: Capability::list(facts.hidden_conventional),
            findings: decision
                .findings
                .iter()
                .map(|&finding| Finding {
                    code: finding.code(),
                    offset: finding.offset(),
                    message: decision.sentence(finding).to_string(),
                })
                .chain(cut_off.map(|size| Finding {
                    code: CUT_OFF,
                    offset: None,
                    message: format!(
                        "{size} bytes were read of a function that may have 4096: {}",
                        facts.subject.record_again()
                    ),
                }))
                .collect(),
            findings_left_out: decision.findings.overflow(),
            near_miss: decision.near_miss.map(Near::from),
            way_out: no_host(facts).or_else(|| {
                let way_out = WayOut::new(facts.subject, decision)?;
                Some(no_viommu(facts).filter(|_| facts.subject.is_open()).unwrap_or(way_out))
            }),
        }
    }
}
