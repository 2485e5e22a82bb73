//! Windows of BARs that show configuration space.

use crate::bounded::Bounded;
use crate::decision::LayerReason;
use crate::tables::Mirror;

/// Most mirrors that a function's layers have.
pub(crate) const MIRRORS: usize = 8;

/// The mirrors of the layers that are applied.
pub(crate) type Mirrors = Bounded<Mirror, MIRRORS>;

/// Adds a layer's mirror, unless another layer has it too.
pub(super) fn add<'db>(mirrors: &mut Mirrors, mirror: Mirror) -> Result<(), LayerReason<'db>> {
    let is_one = mirror.bar <= 5
        && mirror.offset.checked_add(mirror.length.into()).is_some()
        && u32::from(mirror.config).checked_add(mirror.length).is_some_and(|end| end <= 0x1000);
    if !is_one {
        return Err(LayerReason::BrokenRecord);
    }
    if !mirrors.contains(&mirror) {
        mirrors.push(mirror);
    }
    if mirrors.overflow() == 0 { Ok(()) } else { Err(LayerReason::NoRoom) }
}
