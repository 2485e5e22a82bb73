//! Resets of the function that the guest starts: they reset what is emulated.

use super::{GuestView, ViewError};
use crate::ConfigAccess;
use crate::capability::{PCIE, Space};
use crate::survey::ConfigSurvey;

/// The id of the Advanced Features capability, conventional.
const AF: u16 = 0x13;

/// The id of the Power Management capability, conventional.
const PM: u16 = 0x01;

/// Power Management Control/Status: `No_Soft_Reset`.
const NO_SOFT_RESET: u32 = 1 << 3;

/// Device Capabilities: Function Level Reset Capability.
const DEVCAP_FLR: u32 = 1 << 28;

/// AF Capabilities, in the dword of its header: FLR Capability.
const AF_FLR: u32 = 1 << 25;

/// Watches the registers that start a reset or change the power state, where the device says that it can and gets the guest's
/// write: one of which a
/// bit is owned or that the rule shields does not, and one in a hidden capability is not there.
///
/// # Errors
/// When the device could not be read.
pub(super) fn watch<D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    survey: &ConfigSurvey<'_, D>,
) -> Result<(), ViewError<D::Error>> {
    let (mut pcie, mut features, mut power) = (None, None, None);
    for start in survey.map.listed(Space::Conventional, [PCIE, AF, PM]) {
        let (first, last) = match start.id {
            PCIE => (&mut pcie, 0xf4),
            AF => (&mut features, 0xf8),
            PM => (&mut power, 0xf8),
            _ => continue,
        };
        if start.offset <= last {
            first.get_or_insert(start.offset);
        }
    }
    let reaches_device = |shown: &GuestView<'_>, offset: u16| shown.overlay().passes_writes(offset);
    if let Some(pcie) = pcie
        && reaches_device(shown, pcie + 9)
        && survey.read_dword(pcie + 4).map_err(ViewError::Device)? & DEVCAP_FLR != 0
    {
        shown.overlay_mut().watch_function_reset(pcie + 9, 0x80)?;
    }
    if let Some(features) = features
        && reaches_device(shown, features + 4)
        && survey.read_dword(features).map_err(ViewError::Device)? & AF_FLR != 0
    {
        shown.overlay_mut().watch_function_reset(features + 4, 1)?;
    }
    if let Some(power) = power
        && reaches_device(shown, power + 4)
    {
        let keeps_state = survey.read_dword(power + 4).map_err(ViewError::Device)? & NO_SOFT_RESET != 0;
        shown.overlay_mut().watch_power(power + 4, keeps_state)?;
    }
    Ok(())
}
