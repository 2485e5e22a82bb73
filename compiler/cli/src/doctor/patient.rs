//! What the checks look at: the function as a guest would see it, its own bytes, what is above it, and what was decided.

use quirk_map::list;
use quirk_recorded::Recorded;
use quirk_runtime::capability::{PASID, Space};
use quirk_runtime::{Database, Function, HostPasid, Image, TrappedMirrors, VirtualConfig};
use serde::Serialize;

use super::above::{self, Above, Bridge};
use super::args::Args;
use super::check::Register;
pub(super) use super::find::{capability, pcie};
use super::shown;
use super::viommu::Viommu;
use super::vmm::{Bus, Vmm};
use crate::failure::Failure;
use crate::plan::WayOut;
use crate::subject::{Look, Seen, Subject, View, assumed_host};

/// Whether PASID finds a place.
pub(super) struct Placed {
    /// Where and why; or why nowhere.
    pub(super) answer: Result<String, String>,
    /// The offset that was refused.
    pub(super) refused: Option<u16>,
    /// What helps.
    pub(super) way_out: Option<String>,
}

/// PASID as it was decided.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Pasid {
    pub(super) offset: u16,
    pub(super) width: u8,
}

/// The function as one VMM's guest sees it.
pub(super) struct Guest {
    pub(super) vmm: Vmm,
    /// Where that VMM attaches it.
    pub(super) bus: Option<Bus>,
    pub(super) image: Image,
}

/// What the checks look at.
pub(super) struct Patient<'a> {
    pub(super) subject: &'a Subject,
    pub(super) view: View,
    /// What a VMM is given, if the host has PASID.
    pub(super) shown: Image,
    /// What each guest reads: that of the VMM that was said, or of every one.
    pub(super) guests: Vec<Guest>,
    /// The device's own bytes, if they are known.
    pub(super) raw: Option<Image>,
    /// The host's PASID support; the outer `None` if nobody said.
    pub(super) host: Option<Option<HostPasid>>,
    pub(super) viommu: Option<Viommu>,
    pub(super) viommu_width: Option<u8>,
    /// The bridges above it on the host.
    pub(super) above: Above,
    /// Of a virtual function, the physical one.
    pub(super) physical: Option<Bridge>,
    pub(super) placed: Placed,
    pub(super) pasid: Option<Pasid>,
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
        let (viommu, viommu_width) = (args.viommu, args.viommu_width()?);
        let confirmed = look.confirmed();
        let layers = args.setting.policy.layers(databases)?;
        let (params, words) = (layers.params(), &args.setting.policy);
        let choices = layers.choices(&params);
        let policy = words
            .policy(&choices, &layers.disabled)?
            .with_confirmed(&confirmed)
            // What a VMM does with mirrors changes nothing that is looked at here.
            .with_trapped_mirrors(TrappedMirrors::All)
            .with_scan_gaps(true)
            // What a record's host had enabled is a check of its own, and so is a vIOMMU without PASID.
            .with_what_if(subject.seen == Seen::Dump)
            .with_viommu_width(viommu_width.filter(|width| *width != 0));
        let assumed = Some(host.flatten().unwrap_or_else(|| assumed_host(raw.as_ref())));
        let config = VirtualConfig::attach(&look.device, databases, &subject.identity, assumed, &policy);
        let config = config.map_err(Failure::new)?;
        let mut shown = look.device.clone();
        config.read(0, shown.bytes_mut()).map_err(Failure::new)?;
        let decision = config.decision();
        let placement = decision.placement.filter(|_| !decision.operator_refused());
        let guest = |vmm| {
            let bus = args.bus_with(vmm);
            Guest { vmm, bus, image: shown::through(vmm, bus, &shown) }
        };
        let sysfs = args.given.sysfs.as_ref();
        Ok(Self {
            subject,
            view,
            guests: args.vmms().into_iter().map(guest).collect(),
            raw,
            host,
            viommu,
            viommu_width,
            above: match &subject.function {
                Some(function) => above::in_sysfs(function, sysfs)?,
                None => above::in_dump(&subject.record, dump),
            },
            physical: subject.function.as_ref().and_then(|function| above::physical(function, sysfs)),
            placed: placed(subject, decision),
            pasid: placement.map(|place| Pasid { offset: place.offset, width: decision.grant.width }),
            shown,
        })
    }

    /// Whether the function answers at all: one that is gone reads all ones, and a header of that type there is none.
    pub(super) fn answers(&self) -> bool {
        self.subject.record.original().get(0x0e).is_some_and(|kind| kind & 0x7f != 0x7f)
    }

    /// Whether what it has in extended space is known, be it nothing.
    pub(super) fn is_known(&self) -> bool {
        self.shown.bytes().len() > 64 && self.subject.cut_off().is_none()
    }

    /// The function's own bytes up to the end of extended space.
    pub(super) fn whole_raw(&self) -> Option<&Image> {
        self.raw.as_ref().filter(|raw| raw.bytes().len() == 4096)
    }

    /// PASID Control in the device itself.
    pub(super) fn own_control(&self) -> Option<Register> {
        let raw = self.whole_raw()?;
        capability(raw, Space::Extended, PASID).map(|at| Register::bit(raw, "PASID Control", at + 6, 0))
    }

    /// Whether the host is seen to have enabled PASID.
    pub(super) fn host_did_enable(&self) -> bool {
        self.own_control().is_some_and(|control| control.is_set())
    }

    /// Whether it is one of several functions to Linux (`pci_scan_slot`): function 0 says so itself, and each other one is.
    pub(super) fn is_one_of_several(&self, image: &Image) -> bool {
        let number = self.subject.record.address().map_or(0, |address| address.function);
        let is_virtual = self.subject.identity.function == Function::Virtual;
        !is_virtual && (image.byte(0x0e) & 0x80 != 0 || number > 0)
    }
}

impl Guest {
    /// Where its PCI Express capability is.
    pub(super) fn pcie(&self) -> Option<u16> {
        pcie(&self.image)
    }

    /// Where an extended capability is.
    pub(super) fn extended(&self, id: u16) -> Option<u16> {
        capability(&self.image, Space::Extended, id)
    }

    /// The end of the extended list, where what is missing would be.
    pub(super) fn end_of_list(&self) -> Register {
        let list = list(&self.image, Space::Extended).unwrap_or_default();
        let last = list.last().map_or(0x100, |(capability, _)| capability.offset);
        Register::read(&self.image, "Next of the last extended capability", last, 20, 31)
    }
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
    Placed {
        answer,
        refused: refused().and_then(|each| each.offset),
        way_out: WayOut::new(subject, decision).map(|way_out| way_out.message),
    }
}
