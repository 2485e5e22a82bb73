//! A server shows free-space DVSECs that the device below does not have; a client places PASID by them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use quirk_macros::quirks;
use quirk_recorded::Recorded;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::Step;
use quirk_runtime::{
    ConfigAccess, ConfigRead, Database, Function, HostPasid, Placement, Policy, Source, VirtualConfig,
};
use quirk_vfio_user::{Described, Device, serve};

/// What the server knows: the devices and the formats.
static VENDOR: Database<'static> = quirks! {
    edition 1;

    dvsec_format gap { vendor 0xfffe; id 0x0001; revision 0; form per_gap; }
    dvsec_format list { vendor 0xfffe; id 0x0002; revision 0; form table; }

    device gapped {
        name "Gapped";
        match pci(0xfffe, 0x1001);
        layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x220; }
        free @ 0x400..0x700 { evidence vendor "letter of 1 May"; }
        free @ 0x800..0x840 { evidence vendor "letter of 1 May"; }
        dvsec gap in free;
    }

    device listed {
        name "Listed";
        match pci(0xfffe, 0x1002);
        layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x220; }
        free @ 0xc0..0xd0 { evidence vendor "letter of 1 May"; }
        free @ 0x400..0x700 { evidence vendor "letter of 1 May"; }
        dvsec list in free;
    }
};

/// What the client knows: the formats alone.
static FORMATS: Database<'static> = quirks! {
    edition 1;
    dvsec_format gap { vendor 0xfffe; id 0x0001; revision 0; form per_gap; }
    dvsec_format list { vendor 0xfffe; id 0x0002; revision 0; form table; }
};

const HOST: HostPasid = HostPasid::new(16);

/// PCI Express at 0x40, AER at 0x100, ATS at 0x220; noise where an honest device has free bytes.
fn space(device: u16) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    set(0x00, u32::from(device) << 16 | 0xfffe);
    set(0x04, 0x0010_0000);
    set(0x34, 0x40);
    set(0x40, 0x0002_0010);
    set(0x100, 0x2202_0001);
    set(0x220, 0x0001_000f);
    set(0x500, 0x5a5a_5a5a);
    bytes
}

/// A server's device lives as long as its thread.
fn leaked(bytes: &[u8]) -> &'static Recorded {
    Box::leak(Box::new(Recorded::from_bytes(bytes).unwrap()))
}

fn chain<D: ConfigAccess>(config: &VirtualConfig<'_, D>) -> Vec<(u16, u16)> {
    let steps = config.chain(Space::Extended).unwrap().map(|step| step.map_err(|_| "unreadable").unwrap());
    steps
        .filter_map(|step| if let Step::Capability(found) = step { Some((found.offset, found.id)) } else { None })
        .collect()
}

#[test]
fn a_client_places_pasid_by_the_dvsec_that_the_server_shows() {
    // The lowest byte that is described: the gap itself, and of a table what follows it.
    for (id, offset, shown) in [(0x1001, 0x400, &[0x400, 0x800][..]), (0x1002, 0x414, &[0x400])] {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("device");
        let below = leaked(&space(id));
        let identity = below.identity().with_function(Function::Physical);
        let described = Arc::new(Described::new(below, &[VENDOR], &identity).unwrap());
        assert_eq!(described.decision().findings.len(), 0);
        serve(&socket, Arc::clone(&described)).unwrap();
        let device = Device::connect(&socket).unwrap();

        let plain = VirtualConfig::attach(&device, &[FORMATS], &identity, None, &Policy::DEFAULT).unwrap();
        let dvsecs = shown.iter().map(|&at| (at, 0x23));
        let list: Vec<_> = [(0x100, 0x01), (0x220, 0x0f)].into_iter().chain(dvsecs).collect();
        assert_eq!(chain(&plain), list);

        // A runtime that has the entry too takes the DVSEC as well: it lies where the entry says that nothing is.
        for databases in [&[FORMATS][..], &[VENDOR]] {
            let mut config =
                VirtualConfig::attach(&device, databases, &identity, Some(HOST), &Policy::DEFAULT).unwrap();
            let placed = config.decision().placement;
            assert_eq!(placed, Some(Placement::new(offset, Source::Dvsec)), "{}", config.decision());
            assert_eq!(chain(&config), [(0x100, 0x01), (0x220, 0x0f), (offset, 0x1b)]);
            for at in offset..offset + 8 {
                let _ = config.write(at, &[0xff]).unwrap();
            }
        }
        assert!(below.writes().is_empty(), "{:?}", below.writes());
    }
}

#[test]
fn the_guest_below_cannot_write_a_described_byte() {
    let below = leaked(&space(0x1001));
    let described = Described::new(below, &[VENDOR], &below.identity()).unwrap();
    for at in (0x400..0x700).step_by(4) {
        described.write(at, &[0xff; 4]).unwrap();
    }
    let mut bytes = [0xff; 4];
    described.read(0x500, &mut bytes).unwrap();
    assert_eq!(bytes, [0; 4], "after its header a DVSEC reads 0");
    described.write(0x700, &[0xff]).unwrap();
    assert_eq!(below.writes().len(), 1);
}

#[test]
fn a_device_that_is_not_as_described_is_served_as_it_is() {
    let mut bytes = space(0x1001);
    bytes[0x100..0x104].fill(0);
    let below = leaked(&bytes);
    let described = Described::new(below, &[VENDOR], &below.identity()).unwrap();
    let left_out = described.decision().findings.iter().filter(|found| found.code() == "dvsec-left-out").count();
    assert_eq!(left_out, 2, "{}", described.decision());
    let mut all = vec![0; 4096];
    described.read(0, &mut all).unwrap();
    assert_eq!(all, bytes);
}
