//! A function with extended capabilities has a PCI Express capability.

use quirk_runtime::capability::{PCIE, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::PcieListed, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    let mut conventional = device.entries.iter().filter_map(|entry| of(entry, Space::Conventional)).peekable();
    let Some(extended) = device.entries.iter().find(|entry| of(entry, Space::Extended).is_some()) else { return };
    if device.broken.layout() || conventional.peek().is_none() || conventional.any(|id| id == PCIE) {
        return;
    }
    let message = format!("`{}` has extended capabilities, and no `cap pcie` among its conventional ones", device.name);
    let inherited = !device.item.holds(extended.region.place);
    let place = if inherited { device.head } else { extended.region.place };
    let found = Diagnostic::new(&catalogue::PCIE_MISSING, place, message);
    check.report(found.help("say where it is: `cap pcie @ 0x..;`"));
}

/// The id of a capability in a space.
fn of(entry: &Entry, space: Space) -> Option<u16> {
    entry.capability().filter(|found| found.space == space).map(|found| found.id)
}
