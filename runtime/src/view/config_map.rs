//! Which capability vfio-pci takes each byte for, its `pci_config_map`, and which bytes of a header it therefore shows from its
//! own copy.
//!
//! It keeps one byte of the id for each byte of the space, and finds the header of a capability by going down as long as the id
//! stays the same. So of capabilities of one id that abut only the first has a header in its eyes, and the others read as the
//! device has them. One whose id ends in 00 counts as the function's header, one in ff as nothing.

use crate::SPACE;

/// The function's header.
const BASIC: u8 = 0;
/// Emulated as a whole.
const VIRTUAL: u8 = 0xfe;
/// Of nobody.
const UNASSIGNED: u8 = 0xff;

pub(super) struct ConfigMap {
    ids: [u8; SPACE],
}

impl ConfigMap {
    pub(super) fn new() -> Self {
        let mut ids = [UNASSIGNED; SPACE];
        ids[..0x40].fill(BASIC);
        Self { ids }
    }

    /// Gives bytes to a capability, whosever they were.
    pub(super) fn fill(&mut self, at: u16, length: u16, id: u16) {
        let start = usize::from(at).min(SPACE);
        let end = (start + usize::from(length)).min(SPACE);
        self.ids[start..end].fill(id as u8);
    }

    /// Which bytes of the aligned dword at `at` are read from the kernel's copy where all four are read at once. The others come
    /// from the device.
    pub(super) fn copied(&self, at: u16) -> [bool; 4] {
        let base = usize::from(at & !3);
        let mut copied = [false; 4];
        // Most dwords are nobody's.
        if base >= 0x40 && self.ids[base..base + 4] == [UNASSIGNED; 4] {
            return copied;
        }
        let mut index = 0;
        while index < 4 {
            let count = self.chunk(base + index);
            let last = index + self.copied_of_chunk(base + index, count);
            copied[index..last].fill(true);
            index += count;
        }
        copied
    }

    /// How many bytes are read at once from `at`: of one capability, in one dword, aligned.
    fn chunk(&self, at: usize) -> usize {
        let id = self.ids[at];
        let same = 1 + self.ids[at + 1..(at | 3) + 1].iter().take_while(|&&other| other == id).count();
        match same {
            4 => 4,
            2 | 3 if at.is_multiple_of(2) => 2,
            _ => 1,
        }
    }

    /// How many of them, from the first on, come from the kernel's copy.
    fn copied_of_chunk(&self, at: usize, count: usize) -> usize {
        match (self.ids[at], self.bytes_above_header(at)) {
            // Whatever the capability: the pointer and ids of the function's header are the kernel's.
            _ if at < 0x40 => count,
            (UNASSIGNED | BASIC, _) => 0,
            (VIRTUAL, _) => count,
            (_, 0..4) if at >= 0x100 => count,
            (_, 0) if count > 1 => 2,
            (_, 1) => 1,
            _ => 0,
        }
    }

    /// How far the byte is from what the kernel takes for the header of its capability; 4 for anything farther.
    fn bytes_above_header(&self, at: usize) -> usize {
        let base = if at < 0x100 { 0x40 } else { 0x100 };
        let below = self.ids[at.saturating_sub(4).max(base).min(at)..at].iter().rev();
        below.take_while(|&&id| id == self.ids[at]).count()
    }
}
