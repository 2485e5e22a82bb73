//! What is emulated as a table of dwords, for a VMM that patches configuration space by a table of its own.

use super::Overlay;

/// The emulated bits of one dword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Register {
    /// Its offset, a multiple of 4.
    pub offset: u16,
    /// The bits that are emulated; the others are the device's.
    pub mask: u32,
    /// What they read now.
    pub value: u32,
    /// Those of them that take what a guest writes. Bits that a write of 1 clears, or that go back to a value at every write,
    /// are not among them: a table of masks cannot say what they do.
    pub writable: u32,
}

impl Overlay {
    /// Every dword with an emulated bit, by offset.
    ///
    /// ```
    /// use quirk_runtime::{Overlay, WriteClass};
    ///
    /// let mut overlay = Overlay::new(4096);
    /// overlay.own(0x400, &[0x1b, 0x00, 0x01, 0x00], WriteClass::Ro)?;
    /// overlay.own_pasid_control(0x406, true, false)?;
    /// let table: Vec<_> = overlay.registers().map(|each| (each.offset, each.mask, each.value, each.writable)).collect();
    /// assert_eq!(table, [(0x400, 0xffff_ffff, 0x0001_001b, 0), (0x404, 0xffff_0000, 0, 0x0003_0000)]);
    /// # Ok::<(), quirk_runtime::overlay::ClaimError>(())
    /// ```
    pub fn registers(&self) -> impl Iterator<Item = Register> + '_ {
        let dword =
            |offset: u16, byte: &dyn Fn(u16) -> u8| u32::from_le_bytes([0, 1, 2, 3].map(|index| byte(offset + index)));
        (0..self.size().div_ceil(4) as u16).map(|index| 4 * index).filter_map(move |offset| {
            let mask = dword(offset, &|at| self.owned_bits(at));
            let value = dword(offset, &|at| self.value(at));
            let writable = dword(offset, &|at| self.ownership.masks(at.into()).writable) & mask;
            (mask != 0).then_some(Register { offset, mask, value, writable })
        })
    }
}
