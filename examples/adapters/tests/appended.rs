//! A VMM that appends capabilities of its own does not lose them against what the runtime links, and loses them where it appends too late.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

use adapters::{AppendError, Appended};
use quirk_kit::Recorder;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Step, Walk};
use quirk_runtime::{
    ByteRange, ConfigAccess, ConfigRead, HostPasid, Identity, LayerChoice, Operator, ParamValue, Policy, VirtualConfig,
};

/// A GPU with PCI Express at 0x40, AER at 0x100, SR-IOV at 0x200 and ATS at 0x300.
fn gpu() -> Recorder {
    let mut gpu = Recorder::new(vec![0; 4096]);
    for (at, dword) in [
        (0x00, 0xffff_10de),
        (0x04, 0x0010_0000),
        (0x08, 0x0300_0000),
        (0x34, 0x40),
        (0x40, 0x0002_0010),
        (0x100, 0x2001_0001),
        (0x200, 0x3001_0010),
        (0x300, 0x0001_000f),
    ] {
        gpu.set(at, dword);
    }
    gpu
}

fn list(config: &impl ConfigRead<Error: std::fmt::Debug>, space: Space) -> Vec<u16> {
    let step = |step| match step {
        Step::Capability(capability) => capability.offset,
        other => panic!("{other:?}"),
    };
    Walk::of(config, space).unwrap().map(|found| step(found.unwrap())).collect()
}

/// Vendor-specific, 8 bytes.
const CONVENTIONAL: [u8; 8] = [0x09, 0xff, 8, 1, 2, 3, 4, 5];
/// A DVSEC of 16 bytes.
const EXTENDED: [u8; 16] = [0x23, 0, 0xf1, 0xff, 0xfe, 0xff, 0x00, 0x01, 7, 0, 6, 7, 8, 9, 10, 11];

fn policy<'a>(vmm: &'a [ByteRange], layers: &'a [LayerChoice<'a>]) -> Policy<'a> {
    Policy::DEFAULT.with_operator(Operator::Offset(0x400)).with_vmm_owned(vmm).with_layers(layers)
}

#[test]
fn what_is_appended_before_is_linked_with_what_the_runtime_shows() {
    let device = Appended::new(gpu(), 0xe0, CONVENTIONAL.to_vec()).unwrap();
    let first = device.owned();
    let device = Appended::new(device, 0x500, EXTENDED.to_vec()).unwrap();
    let owned = [first, device.owned()];
    assert_eq!(list(&device, Space::Conventional), [0x40, 0xe0]);
    assert_eq!(list(&device, Space::Extended), [0x100, 0x200, 0x300, 0x500]);

    // The runtime drops SR-IOV, and adds a clique and PASID.
    let params = [("clique", ParamValue::Unsigned(5))];
    let layers = [LayerChoice::new("vmm_drop_list", &[]), LayerChoice::new("gpudirect_clique", &params)];
    let identity = Identity::new(0x10de, 0xffff).with_class(0x03_0000);
    let policy = policy(&owned, &layers);
    let mut config =
        VirtualConfig::attach(&device, &[quirk_db::DATABASE], &identity, Some(HostPasid::new(20)), &policy).unwrap();
    let decision = config.decision().to_string();
    let mut conventional = list(&config, Space::Conventional);
    let mut extended = list(&config, Space::Extended);
    conventional.sort_unstable();
    extended.sort_unstable();
    assert_eq!(conventional, [0x40, 0xc8, 0xe0], "{decision}");
    assert_eq!(extended, [0x100, 0x300, 0x400, 0x500], "{decision}");

    // Its bytes are as the VMM made them but for what links; a guest's write does not reach the device.
    let mut bytes = [0; 12];
    config.read(0x504, &mut bytes).unwrap();
    assert_eq!(bytes, EXTENDED[4..]);
    config.read(0xe2, &mut bytes[..6]).unwrap();
    assert_eq!(bytes[..6], CONVENTIONAL[2..]);
    config.write(0x504, &[0xff; 12]).unwrap().for_each(drop);
    config.write(0xdc, &[0xaa; 16]).unwrap().for_each(drop);
    let reached = device.inner().inner().writes();
    let own = |at: u16, length: usize| owned.iter().any(|own| own.overlaps(ByteRange::from_length(at, length as u16)));
    assert!(!reached.iter().any(|&(at, length)| own(at, length)), "{reached:?}");
    assert!(reached.iter().any(|(at, _)| *at == 0xdc) && reached.iter().any(|(at, _)| *at == 0xe8), "{reached:?}");
}

#[test]
fn nothing_is_placed_on_it() {
    let device = Appended::new(gpu(), 0x400, EXTENDED.to_vec()).unwrap();
    let owned = [device.owned()];
    let identity = Identity::new(0x10de, 0xffff).with_class(0x03_0000);
    let config =
        VirtualConfig::attach(&device, &[], &identity, Some(HostPasid::new(20)), &policy(&owned, &[])).unwrap();
    assert!(config.decision().placement.is_none(), "{}", config.decision());
    assert_eq!(list(&config, Space::Extended), [0x100, 0x200, 0x300, 0x400]);
}

#[test]
fn what_is_appended_afterwards_is_not_in_the_list() {
    let device = gpu();
    let identity = Identity::new(0x10de, 0xffff).with_class(0x03_0000);
    let config = VirtualConfig::attach(&device, &[], &identity, Some(HostPasid::new(20)), &policy(&[], &[])).unwrap();
    // Below the runtime the list goes on now, and the guest still sees the one that was linked.
    device.write(0x300, &0x5001_000f_u32.to_le_bytes()).unwrap();
    device.write(0x500, &EXTENDED).unwrap();
    assert_eq!(list(&config, Space::Extended), [0x100, 0x200, 0x300, 0x400]);
}

#[test]
fn what_does_not_fit_is_refused() {
    for (at, length) in [(0xfc, 8), (0xffc, 8), (0x501, 8), (0x500, 3), (0x80, 1), (0x80, 0x81)] {
        let refused = Appended::new(gpu(), at, vec![0; length]);
        assert!(matches!(refused, Err(AppendError::NoPlace)), "{at:#x} {length}");
    }
    let mut looped = gpu();
    looped.set(0x300, 0x1001_000f);
    assert!(matches!(Appended::new(looped, 0x500, EXTENDED.to_vec()), Err(AppendError::NoPlace)));
    // The first capability of a function that has none.
    let device = Appended::new(Recorder::new(vec![0; 4096]), 0x80, CONVENTIONAL.to_vec()).unwrap();
    assert_eq!(list(&device, Space::Conventional), [0x80]);
}
