//! What a VMM makes of a configuration space on the way to its guest.
//!
//! Measured with QEMU 11.1 (`vfio_setup_pcie_cap` and `vfio_add_ext_cap` of `hw/vfio/pci.c`); of Cloud Hypervisor its source
//! says so (`pci/src/vfio.rs`).

use quirk_map::list;
use quirk_runtime::Image;
use quirk_runtime::capability::{REBAR, SRIOV, Space};

use super::patient::pcie;
use super::vmm::{Bus, Vmm};

const NULL: u16 = 0x00;
const ARI: u16 = 0x0e;

const ENDPOINT: u8 = 0;
const LEGACY: u8 = 1;
const INTEGRATED: u8 = 9;

/// The bytes after a PCI Express capability that are about its link: offset and length.
const LINK: [(u16, u16); 2] = [(0x0c, 8), (0x2c, 8)];

/// What the guest reads.
pub(super) fn through(vmm: Vmm, bus: Option<Bus>, space: &Image) -> Image {
    match vmm {
        Vmm::None => space.clone(),
        Vmm::CloudHypervisor => {
            let mut guest = alone(space);
            null(&mut guest, &[ARI, REBAR, SRIOV]);
            guest
        }
        Vmm::Qemu => qemu(bus, space),
    }
}

fn qemu(bus: Option<Bus>, space: &Image) -> Image {
    let mut guest = alone(space);
    let Some(at) = pcie(space) else { return cut(&guest) };
    let flags = usize::from(at) + 2;
    let bytes = guest.bytes_mut();
    if bytes[flags] & 0xf == 0 {
        bytes[flags] |= 1;
    }
    let mut retype = |kind: u8| bytes[flags] = bytes[flags] & 0xf | kind << 4;
    match (bytes_type(space, at), bus) {
        (ENDPOINT, Some(Bus::Root)) => {
            retype(INTEGRATED);
            for (start, length) in LINK {
                let start = usize::from(at + start);
                if let Some(link) = bytes.get_mut(start..start + usize::from(length)) {
                    link.fill(0);
                }
            }
        }
        (LEGACY, Some(Bus::Root)) => {
            unlink_conventional(&mut guest, at);
            return cut(&guest);
        }
        (INTEGRATED, Some(Bus::Port(_))) => retype(ENDPOINT),
        _ => {}
    }
    unlink(&mut guest, &[NULL, ARI, SRIOV]);
    guest
}

fn bytes_type(space: &Image, pcie: u16) -> u8 {
    space.byte(pcie + 2) >> 4
}

/// A function without others beside it.
fn alone(space: &Image) -> Image {
    let mut guest = space.clone();
    guest.bytes_mut()[0x0e] &= 0x7f;
    guest
}

/// The first 256 bytes.
fn cut(space: &Image) -> Image {
    let short = space.bytes().get(..256).and_then(Image::new);
    short.unwrap_or_else(|| space.clone())
}

fn unlink_conventional(guest: &mut Image, at: u16) {
    let entries = list(&*guest, Space::Conventional).unwrap_or_default();
    let bytes = guest.bytes_mut();
    let mut link = 0x34;
    for (capability, _) in entries {
        if capability.offset == at {
            bytes[link] = capability.next.to_le_bytes()[0];
        } else {
            link = usize::from(capability.offset) + 1;
        }
    }
}

/// Takes extended capabilities out of the list; the first has to stay, as a null one.
fn unlink(guest: &mut Image, ids: &[u16]) {
    let entries = list(&*guest, Space::Extended).unwrap_or_default();
    let kept: Vec<_> =
        entries.iter().map(|(it, _)| it).filter(|it| it.offset == 0x100 || !ids.contains(&it.id)).collect();
    for (at, capability) in kept.iter().enumerate() {
        let next = kept.get(at + 1).map_or(0, |next| u32::from(next.offset));
        let own = if ids.contains(&capability.id) { 0 } else { capability.header & 0x000f_ffff };
        put(guest, capability.offset, next << 20 | own);
    }
}

/// Makes extended capabilities null ones, which lead on.
fn null(guest: &mut Image, ids: &[u16]) {
    for (capability, _) in list(&*guest, Space::Extended).unwrap_or_default() {
        if ids.contains(&capability.id) {
            put(guest, capability.offset, capability.header & 0xffff_0000);
        }
    }
}

fn put(guest: &mut Image, at: u16, dword: u32) {
    let at = usize::from(at);
    if let Some(bytes) = guest.bytes_mut().get_mut(at..at + 4) {
        bytes.copy_from_slice(&dword.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// Power management at 0x40, PCI Express at 0x50, this extended list.
    fn space(flags: u16, extended: &[(u16, u16)]) -> Image {
        let mut image = Image::new(&[0; 4096]).unwrap();
        put(&mut image, 0x00, 0x1001_fffe);
        put(&mut image, 0x04, 0x0010_0000);
        put(&mut image, 0x0c, 0x0080_0000);
        put(&mut image, 0x34, 0x40);
        put(&mut image, 0x40, 0x0003_5001);
        put(&mut image, 0x50, u32::from(flags) << 16 | 0x0010);
        put(&mut image, 0x5c, 0x11);
        for (at, &(offset, id)) in extended.iter().enumerate() {
            let next = extended.get(at + 1).map_or(0, |next| u32::from(next.0));
            put(&mut image, offset, next << 20 | 1 << 16 | u32::from(id));
        }
        image
    }

    fn ids(image: &Image) -> Vec<u16> {
        list(image, Space::Extended).unwrap().iter().map(|(it, _)| it.id).collect()
    }

    #[test]
    fn qemu_turns_types_into_those_of_the_bus() {
        let of = |flags, bus| {
            let guest = through(Vmm::Qemu, Some(bus), &space(flags, &[(0x100, 0x0f)]));
            (guest.bytes().len(), guest.byte(0x52), guest.dword(0x5c), guest.byte(0x41))
        };
        assert_eq!(of(0x0002, Bus::Root), (4096, 0x92, 0, 0x50));
        assert_eq!(of(0x0092, Bus::Root), (4096, 0x92, 0x11, 0x50));
        assert_eq!(of(0x0092, Bus::Port(None)), (4096, 0x02, 0x11, 0x50));
        assert_eq!(of(0x0012, Bus::Root), (256, 0x12, 0x11, 0x00));
        assert_eq!(of(0x0010, Bus::Port(None)), (4096, 0x11, 0x11, 0x50));
    }

    #[test]
    fn qemu_takes_null_ari_and_sr_iov_out_of_the_list_but_for_the_first() {
        let list = [(0x100, 0x0e), (0x120, 0x0f), (0x140, 0x10), (0x160, 0x1b), (0x180, 0x00)];
        let guest = through(Vmm::Qemu, None, &space(2, &list));
        assert_eq!(ids(&guest), [0x00, 0x0f, 0x1b]);
        assert_eq!((guest.dword(0x100), guest.byte(0x0e)), (0x1200_0000, 0));
    }

    #[test]
    fn cloud_hypervisor_makes_them_null_and_another_changes_nothing() {
        let raw = space(2, &[(0x100, 0x0e), (0x120, 0x15), (0x140, 0x0f)]);
        let guest = through(Vmm::CloudHypervisor, Some(Bus::Root), &raw);
        assert_eq!((ids(&guest), guest.byte(0x52), guest.byte(0x0e)), (vec![0, 0, 0x0f], 0x02, 0));
        assert_eq!(through(Vmm::None, None, &raw), raw);
    }
}
