//! The bridges above a function: in sysfs they are folders, in a dump they have bus numbers.

use std::path::PathBuf;

use quirk_recorded::{Address, Recorded};
use quirk_runtime::{ConfigRead, Image};
use quirk_sysfs::{PciFunction, Sysfs};

use super::find::pcie;
use crate::failure::Failure;
use crate::subject::sysfs;

/// The device and port type of a root port, above which there is none.
const ROOT_PORT: u32 = 4;

/// A function above another one.
pub(super) struct Bridge {
    pub(super) address: String,
    /// Its number on its device.
    pub(super) number: u8,
    /// Its bytes, or why they could not be read.
    pub(super) image: Result<Image, String>,
}

/// The bridges above a function, its own first.
pub(super) struct Above {
    pub(super) bridges: Vec<Bridge>,
    /// They are known up to the root bus.
    pub(super) is_complete: bool,
}

/// The bridges above a function of this machine.
pub(super) fn in_sysfs(function: &PciFunction, root: Option<&PathBuf>) -> Result<Above, Failure> {
    let sysfs = sysfs(root);
    let above = function.upstream().map_err(Failure::new)?;
    Ok(Above { bridges: above.into_iter().map(|address| bridge(&sysfs, address)).collect(), is_complete: true })
}

/// The physical function of a virtual one.
pub(super) fn physical(function: &PciFunction, root: Option<&PathBuf>) -> Option<Bridge> {
    function.physical_function.map(|address| bridge(&sysfs(root), address))
}

fn bridge(sysfs: &Sysfs, address: quirk_sysfs::Address) -> Bridge {
    let read = || {
        let config = sysfs.config(address)?;
        let mut bytes = vec![0; config.size()];
        config.read(0, &mut bytes).map(|()| bytes)
    };
    let image = read().map_err(|error| error.to_string());
    let image = image.and_then(|bytes| Image::new(&bytes).ok_or_else(|| "no configuration space".to_owned()));
    Bridge { address: address.to_string(), number: address.function, image }
}

/// The bridges above a function of a dump, as far as the dump holds them.
pub(super) fn in_dump(function: &Recorded, dump: &[Recorded]) -> Above {
    let mut above = Above { bridges: Vec::new(), is_complete: false };
    let mut below = function.address();
    // Each bridge is on a lower bus than what is below it, so that this ends.
    while let Some(bridge) = below.and_then(|below| next_above(below, dump)) {
        below = Some(bridge.0);
        let image = bridge.1;
        let is_root = pcie(&image).is_some_and(|pcie| image.dword(pcie + 2) >> 4 & 0xf == ROOT_PORT);
        above.bridges.push(Bridge { address: bridge.0.to_string(), number: bridge.0.function, image: Ok(image) });
        if is_root {
            above.is_complete = true;
            break;
        }
    }
    above
}

fn next_above(below: Address, dump: &[Recorded]) -> Option<(Address, Image)> {
    let is_above = |at: Address| at.bus < below.bus && at.domain.unwrap_or(0) == below.domain.unwrap_or(0);
    let is_its_bridge =
        |other: &&Recorded| other.address().is_some_and(is_above) && secondary_bus(other) == Some(below.bus);
    let bridge = dump.iter().find(is_its_bridge)?;
    Some((bridge.address()?, Image::new(bridge.original())?))
}

/// The bus behind a bridge. A virtual function may be on a later one, and then nothing is found above it.
fn secondary_bus(bridge: &Recorded) -> Option<u8> {
    let bytes = bridge.original();
    let is_bridge = bytes.get(0x0e)? & 0x7f == 1;
    bytes.get(0x19).copied().filter(|_| is_bridge)
}
