//! What attach does with layers, rule by rule.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

mod apply;
mod choose;
mod collide;
mod hide;
mod quirks;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use quirk_kit::unchecked;

use crate::capability::Space;
use crate::chain::Step;
use crate::testing::Recorder;
use crate::{ConfigAccess, ConfigRead, Database, Function, HostPasid, Identity, Operator, Policy, VirtualConfig};

const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };
const EMPTY: Policy<'static> = Policy::DEFAULT;
/// PASID at 0x800.
const PASID: Policy<'static> = Policy { operator: Operator::Offset(0x800), ..Policy::DEFAULT };

/// A layer that is on by default for every function of the vendor: what its block says.
fn layer(name: &str, block: &str) -> String {
    ranked(name, 2, block)
}

/// The same with other functions, by the bits of its rank: from the lowest a kind of function, a vendor, a class, a set of device
/// ids, a single one.
fn ranked(name: &str, rank: u8, block: &str) -> String {
    let asks = |bit: u8| rank >> bit & 1 != 0;
    let vendor = if asks(1) { "0xfffe" } else { "any" };
    let device = match (asks(3), asks(4)) {
        (_, true) => "0x1001",
        (true, false) => "0x1001..=0x1002",
        (false, false) => "any",
    };
    let function = if asks(0) { "function physical;" } else { "" };
    let class = if asks(2) { "class 0;" } else { "" };
    format!("layer {name} {{ match pci({vendor}, {device}) {{ {function} {class} }} default on; {block} }} ")
}

/// The tables of a layer alone.
fn x(block: &str) -> Vec<u8> {
    unchecked(&layer("x", block))
}

fn identity() -> Identity {
    Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() }
}

fn attach<'db, D: ConfigAccess>(device: D, databases: &[Database<'db>], policy: &Policy<'_>) -> VirtualConfig<'db, D> {
    VirtualConfig::attach(device, databases, &identity(), Some(HOST), policy).unwrap()
}

fn on<'db, D: ConfigAccess>(device: D, database: &'db [u8], policy: &Policy<'_>) -> VirtualConfig<'db, D> {
    attach(device, &[Database::load(database).unwrap()], policy)
}

fn bytes<D: ConfigAccess, const N: usize>(config: &VirtualConfig<'_, D>, offset: u16) -> [u8; N] {
    let mut bytes = [0; N];
    config.read(offset, &mut bytes).unwrap();
    bytes
}

fn dword<D: ConfigAccess>(config: &VirtualConfig<'_, D>, offset: u16) -> u32 {
    u32::from_le_bytes(bytes(config, offset))
}

fn write<D: ConfigAccess>(config: &mut VirtualConfig<'_, D>, offset: u16, data: &[u8]) {
    config.write(offset, data).unwrap().for_each(drop);
}

/// Offsets and ids of a list of the guest.
fn list<D: ConfigAccess>(config: &VirtualConfig<'_, D>, space: Space) -> Vec<(u16, u16)> {
    let step = |step: Result<Step, _>| match step.unwrap() {
        Step::Capability(found) => Some((found.offset, found.id)),
        Step::Finding(_) => None,
    };
    config.chain(space).unwrap().filter_map(step).collect()
}

/// Each layer with the code of its refusal, or `applied`.
fn verdicts<'db, D>(config: &VirtualConfig<'db, D>) -> Vec<(&'db str, &'static str)> {
    let code = |refused: Option<crate::LayerReason<'_>>| refused.map_or("applied", |reason| reason.code());
    config.decision().layers.iter().map(|layer| (layer.name, code(layer.refused))).collect()
}

fn findings<D>(config: &VirtualConfig<'_, D>) -> Vec<String> {
    let decision = config.decision();
    decision.findings.iter().map(|&finding| decision.sentence(finding).to_string()).collect()
}

/// Every byte of the guest's view.
fn view<D: ConfigAccess>(config: &VirtualConfig<'_, D>) -> Vec<u8> {
    let mut bytes = std::vec![0; ConfigRead::size(config)];
    config.read(0, &mut bytes).unwrap();
    bytes
}

fn endpoint() -> Recorder {
    let mut space = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x150, 0x0e)]);
    // PCI Express of version 2, then a vendor capability of 0x14 bytes.
    space.link_conventional(&[(0x40, 0x10), (0x90, 0x09)]);
    space.set(0x90, 0x0014_0009);
    space
}
