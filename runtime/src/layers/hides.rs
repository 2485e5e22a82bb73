//! Capabilities that the guest does not see.

use super::attempt::{Attempt, Halt, Step};
use crate::ConfigAccess;
use crate::capability::{DVSEC, Space, VSEC};
use crate::placement::map::Start;
use crate::placement::verify;
use crate::tables::Hide;

/// Takes out all that the layer hides. What is not there needs no hiding.
pub(super) fn hide<'db, D: ConfigAccess + ?Sized>(attempt: &mut Attempt<'_, '_, 'db, D>) -> Step<'db, (), D::Error> {
    for hide in attempt.database().list(attempt.layer.layer.hides) {
        let space = if hide.extended { Space::Extended } else { Space::Conventional };
        let mut from = space.start();
        while let Some(start) = attempt.site.map.next_start(from, space) {
            from = start.offset + 4;
            if start.is_visible() && is_meant(attempt, &hide, start)? {
                attempt.site.measure(start).map_err(Halt::Device)?;
                attempt.stack.shown.hide(attempt.site, start);
            }
        }
    }
    Ok(())
}

fn is_meant<'db, D: ConfigAccess + ?Sized>(
    attempt: &Attempt<'_, '_, 'db, D>,
    hide: &Hide,
    start: Start,
) -> Step<'db, bool, D::Error> {
    let is_here = hide.offset == 0 || hide.offset == start.offset;
    // A null capability hides nothing, and may be all that leads on from 0x100.
    if start.id != hide.id || start.id == 0 || !is_here {
        return Ok(false);
    }
    if !hide.has_sub_id || !hide.extended || !matches!(start.id, DVSEC | VSEC) {
        return Ok(true);
    }
    let live = verify::sub_ids(attempt.site, start.offset, start.id).map_err(Halt::Device)?;
    Ok(live == (if start.id == DVSEC { hide.sub_vendor } else { 0 }, hide.sub_id))
}
