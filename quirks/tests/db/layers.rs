//! Layers of the library as attach applies them: what it leaves out where two need the same bytes, and windows of BARs.

use quirk_db::DATABASE;
use quirk_runtime::tables::Device;
use quirk_runtime::{
    Identity, Image, Kernel, LayerChoice, LayerReason, Mirror, ParamValue, Policy, Reason, VirtualConfig, vfio_view,
};

use crate::entries::function_of;
use crate::imagined;
use crate::lookup::{entries, name};

const CLIQUE: LayerChoice<'_> = LayerChoice::new("gpudirect_clique", &[("clique", ParamValue::Unsigned(3))]);
const BITS: LayerChoice<'_> = LayerChoice::new("virtual_config_bits", &[("bits", ParamValue::Unsigned(1))]);

fn ampere() -> (Identity, Device) {
    let entry = entries().into_iter().find(|entry| name(entry) == "geforce_ampere").unwrap();
    (function_of(&entry).unwrap(), entry)
}

fn attach(layers: &[LayerChoice<'_>]) -> VirtualConfig<'static, Image> {
    let (identity, entry) = ampere();
    let raw = imagined::raw(&identity, &entry, true);
    let policy = Policy::DEFAULT.with_layers(layers);
    VirtualConfig::attach(vfio_view(&raw, Kernel::LATEST), &[DATABASE], &identity, None, &policy).unwrap()
}

/// The layers that are on, in the order in which they were applied, and why one was not.
fn verdicts(guest: &VirtualConfig<'static, Image>) -> Vec<(String, Option<LayerReason<'static>>)> {
    let name = |name: &str| name.rsplit("::").next().unwrap_or(name).to_owned();
    guest.decision().layers.iter().map(|layer| (name(layer.name), layer.refused)).collect()
}

#[test]
fn where_both_need_one_place_attach_says_which_is_left_out() {
    let taken = LayerReason::NoPlace { id: 0x09, at: 0xd4, reason: Reason::LayerOwned };
    let expected = [("gpudirect_clique".to_owned(), None), ("virtual_config_bits".to_owned(), Some(taken))];
    assert_eq!(verdicts(&attach(&[BITS, CLIQUE])), expected);
    let guest = attach(&[CLIQUE, BITS]);
    assert_eq!(verdicts(&guest), expected);
    let mut bytes = [0; 8];
    guest.read(0xd4, &mut bytes).unwrap();
    assert_eq!(bytes[2..], [8, b'P', b'2', b'P', 3 << 3, 0]);
    // Alone they have it.
    assert_eq!(verdicts(&attach(&[BITS])), [("virtual_config_bits".to_owned(), None)]);
}

/// What VMMs trap of BARs.
#[test]
fn windows_of_bars_are_handed_to_the_vmm() {
    let layers = ["config_mirror", "vga_config_mirror"].map(|name| LayerChoice::new(name, &[]));
    let guest = attach(&layers);
    let windows: Vec<(u8, u64, u32, u16)> = guest
        .mirrors()
        .iter()
        .map(|&Mirror { bar, offset, length, config, .. }| (bar, offset, length, config))
        .collect();
    assert_eq!(windows, [(0, 0x8_8000, 0x1000, 0), (0, 0x1800, 0x100, 0)]);
}
