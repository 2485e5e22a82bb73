//! What the checks look at: the function as a guest would see it, its own bytes, what is above it, and what was decided.

use quirk_map::list;
use quirk_recorded::Recorded;
use quirk_runtime::capability::{PCIE, Space};
use quirk_runtime::{Database, HostPasid, Image, Policy, TrappedMirrors, VirtualConfig};

use super::above::{self, Bridge};
use super::args::{Args, Bus};
use crate::failure::Failure;
use crate::plan::WayOut;
use crate::subject::{Look, Seen, Subject, View, assumed_host};

/// Whether PASID finds a place.
pub(super) struct Placed {
    /// Where and why; or why nowhere.
    pub(super) answer: Result<String, String>,
    /// What helps.
    pub(super) way_out: Option<String>,
}

/// What the checks look at.
pub(super) struct Patient<'a> {
    pub(super) subject: &'a Subject,
    pub(super) view: View,
    /// What the guest would read, if the host has PASID.
    pub(super) guest: Image,
    /// The device's own bytes, if they are known.
    pub(super) raw: Option<Image>,
    /// The host's PASID support; the outer `None` if nobody said.
    pub(super) host: Option<Option<HostPasid>>,
    pub(super) viommu_width: Option<u8>,
    /// Where the VMM attaches the function.
    pub(super) bus: Option<Bus>,
    /// The bridges above it, its own first; `None` if they cannot be known.
    pub(super) bridges: Option<Vec<Bridge>>,
    pub(super) placed: Placed,
}

impl<'a> Patient<'a> {
    /// `dump` is all of the dump that the function is in.
    pub(super) fn new(
        subject: &'a Subject,
        dump: &[Recorded],
        args: &Args,
        databases: &[Database<'_>],
    ) -> Result<Self, Failure> {
        let view = args.setting.view.unwrap_or(subject.seen.view());
        let look = Look::at(subject, view)?;
        let host = match (args.setting.host.pasid, subject.seen) {
            (Some(host), _) => Some(Some(host)),
            (None, Seen::Vfio) => Some(subject.host),
            (None, _) => None,
        };
        let raw = match (subject.seen, view) {
            (Seen::Dump, View::Raw) => None,
            (Seen::Dump, View::Vfio) => Some(subject.image()?),
            _ => subject.raw.clone(),
        };
        let confirmed = look.confirmed();
        let layers = args.setting.policy.layers(databases)?;
        let (params, words) = (layers.params(), &args.setting.policy);
        let choices = layers.choices(&params);
        let policy = Policy {
            confirmed: &confirmed,
            // What a VMM does with mirrors changes nothing that is looked at here.
            trapped_mirrors: TrappedMirrors::All,
            scan_gaps: true,
            // What a record's host had enabled is a check of its own.
            what_if: subject.seen == Seen::Dump,
            ..words.policy(&choices, &layers.disabled)?
        };
        let assumed = Some(host.flatten().unwrap_or_else(|| assumed_host(raw.as_ref())));
        let config = VirtualConfig::attach(&look.device, databases, &subject.identity, assumed, &policy);
        let config = config.map_err(Failure::new)?;
        let mut guest = look.device.clone();
        config.read(0, guest.bytes_mut()).map_err(Failure::new)?;
        Ok(Self {
            subject,
            view,
            guest,
            raw,
            host,
            viommu_width: args.setting.host.viommu_pasid,
            bus: args.bus,
            bridges: match &subject.function {
                Some(function) => Some(above::in_sysfs(function, args.sysfs.as_ref())?),
                None => above::in_dump(&subject.record, dump),
            },
            placed: placed(subject, config.decision()),
        })
    }

    /// Where its PCI Express capability is, as the guest sees it.
    pub(super) fn pcie(&self) -> Option<u16> {
        pcie(&self.guest)
    }

    /// Whether more than the header is known.
    pub(super) fn is_known(&self) -> bool {
        self.guest.bytes().len() > 64
    }
}

/// Where the PCI Express capability of a function is.
pub(super) fn pcie(image: &Image) -> Option<u16> {
    capability(image, Space::Conventional, PCIE)
}

/// Where a capability is in a list.
pub(super) fn capability(image: &Image, space: Space, id: u16) -> Option<u16> {
    let list = list(image, space).unwrap_or_default();
    list.iter().find(|(capability, _)| capability.id == id).map(|(capability, _)| capability.offset)
}

fn placed(subject: &Subject, decision: &quirk_runtime::Decision<'_>) -> Placed {
    let refused = || decision.candidates.iter().find(|each| each.verdict == quirk_runtime::Verdict::Refused);
    let answer = match decision.placement.filter(|_| !decision.operator_refused()) {
        Some(placement) => Ok(format!("PASID at {:#05x} ({})", placement.offset, placement.source)),
        None => Err(match refused() {
            Some(refused) => decision.because(refused.reason).to_string(),
            None if decision.near_miss.is_some() => {
                decision.near_miss.map_or_else(String::new, |near| near.to_string())
            }
            None => "nobody says which bytes the device does not use".to_owned(),
        }),
    };
    Placed { answer, way_out: WayOut::new(subject, decision).map(|way_out| way_out.message) }
}
