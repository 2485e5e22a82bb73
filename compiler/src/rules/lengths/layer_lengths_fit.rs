//! The length of an emulated capability is one that a capability of the kind can have.

use quirk_runtime::capability::{DVSEC, Kind, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::LayerLengthsFit, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for emulation in model.layers.iter().flat_map(|layer| &layer.emulations) {
        let Some(emulated) = &emulation.capability else { continue };
        let Some(place) = emulated.length_place else { continue };
        let header = if emulated.space == Space::Extended { 4 } else { 2 };
        let (least, most) =
            Kind::by_id(emulated.space, emulated.id).map_or((header, 0x1000), |kind| (kind.min, kind.max));
        let (name, length) = (emulated.name(), emulated.length);
        let found = if length < u64::from(least) {
            let dvsec = (emulated.space, emulated.id) == (Space::Extended, DVSEC);
            let rule = if dvsec { &catalogue::DVSEC_TOO_SHORT } else { &catalogue::LENGTH_TOO_SHORT };
            Diagnostic::new(rule, place, format!("`{name}` of {length:#x} bytes: it has at least {least:#x}"))
        } else if length > u64::from(most) {
            let message = format!("`{name}` of {length:#x} bytes: it has at most {most:#x}");
            Diagnostic::new(&catalogue::LENGTH_TOO_LONG, place, message)
        } else {
            continue;
        };
        check.fail(emulation.node, found);
    }
}
