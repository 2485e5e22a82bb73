//! The list of extended capabilities begins at 0x100, with a null one where the device has none there.

use quirk_runtime::capability::Space;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::ListHeadKept, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    let head = u64::from(Space::Extended.start());
    let extended = |entry: &&Entry| entry.capability().is_some_and(|found| found.space == Space::Extended);
    let Some(first) = device.entries.iter().filter(extended).min_by_key(|entry| entry.region.start) else { return };
    if first.region.start == head {
        return;
    }
    for free in device.free.iter().filter(|free| free.region.start < head + 4 && head < free.region.end) {
        let message = format!("the list of extended capabilities begins at {head:#x}, and these bytes hold its head");
        let found = Diagnostic::new(&catalogue::FREE_LIST_HEAD, free.region.place, message);
        let help = format!("begin at {:#x}: without a capability at {head:#x} a null one leads on", head + 4);
        check.report(found.also(first.region.place, "the first that is declared is here").help(help));
    }
}
