//! What a profile freezes is what its device shows.

use quirk_runtime::capability::{DVSEC, Kind, Name, PASID_LENGTH, Shown, Space};
use quirk_runtime::tables::Permission;

use crate::allocate::Plan;
use crate::catalogue::{self, Rule};
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Device, FrozenEntry, Profile};
use crate::passes::{Check, Fact, Pass, Run};
use crate::source::Place;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::ProfilesHold,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LengthsFit,
        Fact::OffsetsDistinct,
        Fact::RegionsDisjoint,
        Fact::InFirstCopy,
        Fact::PasidLiesInFree,
        Fact::DvsecLiesInFree,
        Fact::PasidHasRoom,
        Fact::DvsecHasRoom,
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::LayersHaveRoom,
    ],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for profile in &model.profiles {
        let device = &model.devices[profile.device];
        if device.broken.pasid || !check.device_holds(device) {
            continue;
        }
        let plan = check.plans.of(device, model);
        let shown = shown(check, device, plan);
        if device.forbids_pasid.is_some() {
            let message = format!("PASID in a profile for `{}`, which must not have it", device.name);
            wrong(check, profile, &catalogue::PROFILE_EXCEEDS_DEVICE, profile.pasid.place, message);
        } else {
            pasid(check, profile, device, &shown);
            grants(check, profile, device);
        }
        for entry in &profile.entries {
            if let Some(message) = absent(entry, device, &shown) {
                wrong(check, profile, &catalogue::PROFILE_DIFFERS, entry.place, message);
            }
        }
    }
}

/// Whatever breaks a released profile, it breaks guests that migrate.
fn wrong(check: &mut Check<'_>, profile: &Profile, rule: &'static Rule, place: Place, message: String) {
    let found = match &profile.released {
        None => Diagnostic::new(rule, place, message),
        Some(released) => Diagnostic::new(&catalogue::RELEASED_PROFILE_BROKEN, place, message)
            .also(released.place, format!("it was released in {}", released.value))
            .help("keep the device as it was, and add another profile for what is new"),
    };
    check.fail(profile.node, found);
}

fn pasid(check: &mut Check<'_>, profile: &Profile, device: &Device, shown: &[Placed]) {
    let (offset, place) = (profile.pasid.offset, profile.pasid.place);
    let end = offset + u64::from(PASID_LENGTH);
    if !offset.is_multiple_of(4) {
        let message = format!("PASID at {offset:#x}, which is not 4-byte aligned");
        return wrong(check, profile, &catalogue::MISALIGNED, place, message);
    }
    if offset < u64::from(Space::Extended.start()) || end > u64::from(Space::Extended.end()) {
        let message = format!("PASID at {offset:#x} is out of 0x100..0x1000");
        return wrong(check, profile, &catalogue::OUT_OF_BOUNDS, place, message);
    }
    let free = device.free.iter().any(|free| free.region.holds(offset, end));
    if device.native_slot() != Some(offset) && !free {
        let message = format!("`{}` does not declare the bytes {offset:#x}..{end:#x} free", device.name);
        return wrong(check, profile, &catalogue::PASID_NOT_FREE, place, message);
    }
    let other = shown.iter().find(|shown| shown.start < end && offset < shown.end);
    if let Some(other) = other {
        let message = format!("PASID at {offset:#x} lies on {} at {:#x}", other.what(), other.start);
        wrong(check, profile, &catalogue::PROFILE_DIFFERS, place, message);
    }
}

fn grants(check: &mut Check<'_>, profile: &Profile, device: &Device) {
    let Some(pasid) = &device.pasid else { return };
    let width = profile.pasid.width;
    if width.value > pasid.max_width {
        let message = format!("a PASID of {} bits: `{}` has at most {}", width.value, device.name, pasid.max_width);
        wrong(check, profile, &catalogue::PROFILE_EXCEEDS_DEVICE, width.place, message);
    }
    let permissions =
        [("execute", profile.pasid.execute, pasid.execute), ("privileged", profile.pasid.privileged, pasid.privileged)];
    for (word, given, permission) in permissions {
        if let Some(place) = given.filter(|_| permission == Permission::Deny) {
            let message = format!("`{}` denies `{word}`", device.name);
            wrong(check, profile, &catalogue::PROFILE_EXCEEDS_DEVICE, place, message);
        }
    }
}

/// A capability that is emulated beside PASID.
struct Placed {
    name: Name,
    sub: Option<(u16, u16)>,
    start: u64,
    end: u64,
}

impl Placed {
    fn what(&self) -> String {
        format!("`{}`", self.name)
    }
}

/// What the device and the layers that can match it have emulated, PASID aside.
fn shown(check: &Check<'_>, device: &Device, plan: &Plan) -> Vec<Placed> {
    let model = check.model;
    let mut shown: Vec<Placed> = Vec::new();
    for dvsec in &plan.dvsecs {
        let (start, end) = (dvsec.offset, dvsec.offset + dvsec.length);
        let sub = model.formats.get(dvsec.format).map(|format| (format.vendor, format.id));
        shown.push(Placed { name: Name(Space::Extended, DVSEC), sub, start, end });
    }
    for found in &plan.allocations {
        let emulation = model.layers[found.layer].emulations.get(found.emulation);
        if let Some(emulated) = emulation.and_then(|found| found.capability.as_ref()) {
            let (start, end) = (found.offset, found.offset + emulated.length);
            shown.push(Placed { name: emulated.name(), sub: emulated.sub, start, end });
        }
    }
    for (_, layer) in check.layers_near(device) {
        let places = layer.emulations.iter().filter_map(|emulation| emulation.capability.as_ref());
        let places: Vec<Placed> = places
            .flat_map(|emulated| {
                let placed = |start: u64| {
                    let end = start + emulated.length;
                    Placed { name: emulated.name(), sub: emulated.sub, start, end }
                };
                emulated.places.iter().map(move |place| placed(place.value))
            })
            .collect();
        if !places.is_empty() && common_function(&layer.clauses, &device.clauses).is_some() {
            shown.extend(places);
        }
    }
    shown
}

/// Why a guest does not see the capability, if it does not.
fn absent(entry: &FrozenEntry, device: &Device, shown: &[Placed]) -> Option<String> {
    let name = Name(entry.space, entry.id);
    let emulated = shown.iter().any(|shown| {
        (shown.name.0, shown.name.1, shown.start) == (entry.space, entry.id, entry.offset)
            && (entry.sub.is_none() || entry.sub == shown.sub)
    });
    if emulated {
        return None;
    }
    let listed = device.entries.iter().any(|own| {
        own.region.start == entry.offset
            && own.capability().is_some_and(|found| {
                (found.space, found.id) == (entry.space, entry.id) && (entry.sub.is_none() || entry.sub == found.sub)
            })
    });
    if !listed {
        let ids = if entry.sub.is_some() { " with these ids" } else { "" };
        return Some(format!("`{}` shows no `{name}`{ids} at {:#x}", device.name, entry.offset));
    }
    let hidden = Kind::by_id(entry.space, entry.id).is_some_and(|kind| kind.shown == Shown::Never);
    hidden.then(|| format!("vfio-pci shows no guest the `{name}` of the device"))
}
