//! All that one layer says, in order.

use super::attempt::{Attempt, Step};
use super::{capability, fields, hides, mirrors, pcie, resizable_bar};
use crate::ConfigAccess;
use crate::capability::Space;
use crate::tables::EmulationKind;

/// Does all that the layer says. Hiding comes first: nothing counts from what the guest does not see.
pub(super) fn run<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
) -> Step<'db, (), D::Error> {
    let (database, layer) = (attempt.database(), attempt.layer.layer);
    hides::hide(attempt)?;
    for mirror in database.list(layer.mirrors) {
        mirrors::add(attempt.stack.mirrors, mirror)?;
    }
    // The list first: of a broken one that is empty, the start may be no index.
    for (emulation, index) in database.list(layer.emulations).zip(layer.emulations.start..) {
        match emulation.kind {
            EmulationKind::Fields => fields::in_device(attempt, &emulation)?,
            EmulationKind::Capability => capability::emulate(attempt, Space::Conventional, index, &emulation)?,
            EmulationKind::Extended => capability::emulate(attempt, Space::Extended, index, &emulation)?,
        }
    }
    if layer.port_type != 0xff {
        pcie::show_type(attempt, layer.port_type)?;
    }
    if layer.pin_resizable_bar {
        resizable_bar::pin(attempt)?;
    }
    Ok(())
}
