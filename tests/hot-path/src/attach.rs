//! Attaching to a function like a data mover of today.

use std::hint::black_box;

use quirk_runtime::{Database, HostPasid, Identity, Policy, VirtualConfig};

use crate::memory::Memory;

pub(crate) static DATABASE: Database<'static> = quirk_macros::include_quirks!("../../benches/mover.quirk");

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

/// The counter looks at this function and what it calls. Where there is a database, PASID must have been placed.
#[inline(never)]
pub(crate) fn counted_attaches(device: &Memory, databases: &[Database<'_>], times: u32) {
    let identity = Identity::new(0xfffe, 0x1001);
    for _ in 0..times {
        // It stays where attach put it: a copy would be counted.
        match &VirtualConfig::attach(device, black_box(databases), &identity, Some(HOST), &Policy::DEFAULT) {
            Ok(config) => assert_eq!(config.decision().placement.is_some(), !databases.is_empty()),
            Err(error) => panic!("{error}"),
        }
    }
}
