//! The device/port type of the PCI Express capability.

use super::attempt::{Attempt, Step};
use super::stack::Want;
use crate::ConfigAccess;
use crate::capability::{PCIE, Space};
use crate::decision::LayerReason;
use crate::overlay::Lock;
use crate::tables::WriteClass;

/// Shows another type.
pub(super) fn show_type<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    port_type: u8,
) -> Step<'db, (), D::Error> {
    if port_type > 0xf {
        return Err(LayerReason::BrokenRecord.into());
    }
    let pcie = attempt.first(Space::Conventional, PCIE, None)?.ok_or(LayerReason::NoPcie)?;
    let value = port_type << 4;
    attempt.own(Want {
        offset: pcie + 2,
        bits: 0xf0,
        value,
        class: WriteClass::Ro,
        forced: 0,
        lock: Lock::default(),
    })?;
    Ok(())
}
