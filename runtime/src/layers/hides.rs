//! Capabilities that the guest does not see.

use super::attempt::{Attempt, Halt, Step};
use crate::capability::Space;
use crate::survey::Start;
use crate::tables::Hide;
use crate::{ByteRange, ConfigAccess};

/// Takes out all that the layer hides. What is not there needs no hiding.
pub(super) fn hide<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
) -> Step<'db, (), D::Error> {
    for hide in attempt.database().list(attempt.layer.layer.hides) {
        let space = if hide.extended { Space::Extended } else { Space::Conventional };
        let mut from = space.start();
        while let Some(start) = attempt.survey.map.next_start(from, space) {
            from = start.offset + 4;
            if start.is_visible() && is_meant(attempt, &hide, start)? {
                attempt.survey.measure(start).map_err(Halt::Device)?;
                let body = ByteRange::new(start.offset, attempt.survey.map.body_end(start));
                attempt.stack.hide(&attempt.layer, body)?;
                attempt.stack.view.hide(attempt.survey, start);
            }
        }
    }
    Ok(())
}

fn is_meant<'db, D: ConfigAccess + ?Sized>(
    attempt: &Attempt<'_, '_, '_, '_, 'db, D>,
    hide: &Hide,
    start: Start,
) -> Step<'db, bool, D::Error> {
    let is_here = hide.offset == 0 || hide.offset == start.offset;
    // A null capability hides nothing, and may be all that leads on from 0x100.
    if start.id != hide.id || start.id == 0 || !is_here {
        return Ok(false);
    }
    let space = if hide.extended { Space::Extended } else { Space::Conventional };
    let sub = hide.has_sub_id.then_some((hide.sub_vendor, hide.sub_id));
    attempt.is_sub(space, start.id, start.offset, sub)
}
