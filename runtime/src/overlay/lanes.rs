//! Up to eight bytes of a map as one number: how an access of 1, 2, 4 or 8 bytes costs one load.

/// Reads `N` bytes, at most 8, as a little-endian number; `None` if the map ends before.
#[inline(always)]
pub(super) fn load<const N: usize>(map: &[u8], at: usize) -> Option<u64> {
    let bytes: &[u8; N] = map.get(at..)?.first_chunk()?;
    let mut wide = [0; 8];
    wide[..N].copy_from_slice(bytes);
    Some(u64::from_le_bytes(wide))
}

/// Writes the low `N` bytes, at most 8; nothing if the map ends before.
#[inline(always)]
pub(super) fn store<const N: usize>(map: &mut [u8], at: usize, number: u64) {
    if let Some(bytes) = map.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<N>()) {
        bytes.copy_from_slice(&number.to_le_bytes()[..N]);
    }
}
