//! A PASID capability that unmodified vfio-pci shows is always the host's own: whatever the lists, a guest finds it emulated or
//! not at all, and never writes to it.

use quirk_kit::Recorder;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Step, Walk};
use quirk_runtime::{ConfigRead, HostPasid, Identity, Image, Kernel, Policy, VirtualConfig, vfio_view};

use super::lists::space;

const PASID: u16 = 0x1b;
const HOST: HostPasid = HostPasid::new(16).with_execute(true).with_privileged(true);

/// Offset and id of each extended capability.
fn list<D: ConfigRead<Error: std::fmt::Debug>>(device: &D) -> Vec<(u16, u16)> {
    let steps = Walk::of(device, Space::Extended).unwrap().map(Result::unwrap);
    steps
        .filter_map(|step| match step {
            Step::Capability(found) => Some((found.offset, found.id)),
            _ => None,
        })
        .collect()
}

fn pasids(list: &[(u16, u16)]) -> Vec<u16> {
    list.iter().filter(|&&(_, id)| id == PASID).map(|&(at, _)| at).collect()
}

/// Writes to every byte of a PASID capability that is in no other's header, in all sizes; which of them reach the device.
fn written(guest: &mut VirtualConfig<'_, &Recorder>, list: &[(u16, u16)], at: u16) -> Vec<u16> {
    let next = list.iter().map(|&(other, _)| other).filter(|&other| other > at).min().unwrap_or(0x1000);
    let end = next.min(at + 8);
    for size in [1, 2, 4, 8] {
        for offset in (at.saturating_sub(7)..end).filter(|&offset| usize::from(offset) + size <= 0x1000) {
            guest.write(offset, &[0xff; 8][..size]).unwrap().for_each(drop);
        }
    }
    let mut written = guest.device().written();
    guest.device().take();
    written.retain(|&written| (at..end).contains(&written));
    written
}

#[test]
fn what_vfio_pci_shows_of_pasid_is_never_the_guests() {
    let (mut emulated, mut hidden) = (0, 0);
    let policy = Policy::DEFAULT.with_what_if(true);
    for seed in 0..4000 {
        let shown = vfio_view(&Image::new(&space(seed)).unwrap(), Kernel::LATEST);
        let device = Recorder::new(shown.bytes()).forgetful();
        let before = list(&&device);
        for host in [None, Some(HOST)].into_iter().filter(|_| !pasids(&before).is_empty()) {
            let mut guest = VirtualConfig::attach(&device, &[], &Identity::default(), host, &policy).unwrap();
            let placed = guest.decision().placement.map(|placement| placement.offset);
            let after = pasids(&list(&guest));
            assert!(after.iter().all(|&at| Some(at) == placed), "seed {seed}: {after:x?}, {}", guest.decision());
            for at in pasids(&before) {
                let reached = written(&mut guest, &before, at);
                assert!(reached.is_empty(), "seed {seed}: {at:#x}: {reached:x?}, {}", guest.decision());
            }
            match placed {
                Some(_) => emulated += 1,
                None => hidden += 1,
            }
        }
    }
    assert!(emulated > 50 && hidden > 500, "{emulated} emulated, {hidden} hidden");
}
