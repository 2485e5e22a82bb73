//! Capabilities that vfio-pci means to hide and yet leaves in the list that it shows.
//!
//! It takes one out by changing the Next of the last that it shows, in its own copy. Where that Next reads from the device, the
//! list goes on to what was to be hidden, which reads and is written as the device has it.

use super::config_map::ConfigMap;
use super::length;
use crate::bounded::Bounded;
use crate::capability::{Kind, Space};
use crate::chain::{Capability, Step, Walk};
use crate::dword_set::DwordSet;
use crate::kernel::Kernel;
use crate::{ConfigRead, Finding, SPACE};

/// More capabilities than a list has.
const MOST: usize = (SPACE - 0x100) / 4;

/// Where they are, in the extended list of a function as vfio-pci shows it. What else is in that list though no vfio-pci shows
/// it was put there on purpose, by a variant driver or a server.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn left_linked<D: ConfigRead + ?Sized>(device: &D, kernel: Kernel) -> Result<DwordSet, D::Error> {
    let mut map = ConfigMap::new();
    let (mut shown, mut inner) = (DwordSet::EMPTY, DwordSet::EMPTY);
    let mut list: Bounded<u16, MOST> = Bounded::new();
    let mut loops = false;
    for step in Walk::extended(device) {
        let Capability { offset, id, .. } = match step? {
            Step::Capability(found) => found,
            Step::Finding(finding) => {
                loops |= matches!(finding, Finding::ChainLoop { .. });
                continue;
            }
        };
        let length = match length::extended(id, kernel, |at| dword(device, offset.saturating_add(at)))? {
            // An anchor.
            0 if offset == Space::Extended.start() => 4,
            length => length,
        };
        map.fill(offset, length, id);
        if length != 0 {
            shown.insert(offset);
        }
        let least = Kind::by_id(Space::Extended, id).filter(|kind| kind.is_shown(kernel)).map_or(4, |kind| kind.min);
        (offset + 4..offset + length.max(least)).step_by(4).for_each(|at| _ = inner.insert(at));
        list.push(offset);
    }
    // It copies a capability once more where another covers it or the list comes by again, and what its bits said of its length
    // may be another's Next: then nothing is certain, and nothing is there on purpose.
    let is_tangled = loops || list.iter().any(|&offset| inner.contains(offset));
    let (mut left, mut leads_to_hidden) = (DwordSet::EMPTY, false);
    for &offset in list.iter() {
        if shown.contains(offset) {
            let [_, _, low, high] = map.copied(offset);
            leads_to_hidden = is_tangled || !(low && high);
        } else if leads_to_hidden {
            // Its own Next is the device's too.
            left.insert(offset);
        }
    }
    Ok(left)
}

fn dword<D: ConfigRead + ?Sized>(device: &D, at: u16) -> Result<u32, D::Error> {
    let mut bytes = [0xff; 4];
    if usize::from(at) + 4 <= device.size().min(SPACE) {
        device.read(at, &mut bytes)?;
    }
    Ok(u32::from_le_bytes(bytes))
}
