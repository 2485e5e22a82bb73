//! A virtual function has neither PASID nor PRI of its own.

use quirk_runtime::capability::{PASID, PRI, Space};
use quirk_runtime::tables::FunctionKind;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::VirtualFunctionsBare, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    let Some(clause) = device.clauses.iter().find(|clause| clause.function == FunctionKind::Virtual) else {
        return;
    };
    for entry in &device.entries {
        let Some(capability) = entry.capability() else { continue };
        if capability.space != Space::Extended || !matches!(capability.id, PASID | PRI) {
            continue;
        }
        let message = format!("a virtual function has no {} of its own", entry.describe());
        let rule = &catalogue::VIRTUAL_FUNCTION_HAS_NO_PASID;
        check.report(if entry.inherited {
            let help = format!("take it away: `without {} @ {:#x};`", capability.name(), entry.region.start);
            Diagnostic::new(rule, device.head, message)
                .also(entry.region.place, "it is taken over from here")
                .help(help)
        } else {
            Diagnostic::new(rule, entry.region.place, message).also(clause.place, "virtual functions match here")
        });
    }
}
