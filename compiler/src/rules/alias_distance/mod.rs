//! Space that repeats does so at a distance that hardware can have.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, can_repeat_every};
use crate::passes::{Check, Fact, Pass, Run};
use crate::source::Located;

pub(crate) const PASS: Pass = Pass { establishes: Fact::AliasDistance, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    // A device that is `like` another repeats what that one says: that is told once.
    let Some(Located { value, place }) = device.aliased_every else { return };
    if !can_repeat_every(value) {
        let message = format!("space does not repeat at a distance of {value:#x}");
        let help = "0x100, 0x200, 0x400 or 0x800";
        check.report(Diagnostic::new(&catalogue::ALIAS_DISTANCE, place, message).help(help));
    }
}
