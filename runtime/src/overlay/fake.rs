//! A device of which each byte differs from its neighbours; it takes writes and forgets them.

use crate::testing::Recorder;

pub(super) fn device(size: usize) -> Recorder {
    Recorder::new((0u16..).take(size).map(byte).collect::<std::vec::Vec<u8>>()).forgetful()
}

/// What the byte at an offset reads.
pub(super) const fn byte(offset: u16) -> u8 {
    (offset.wrapping_mul(7).wrapping_add(3) & 0xff) as u8
}
