//! A recorded function as a device: registers that a client would take for a ROM are not there.

use quirk_recorded::{OutOfRange, Recorded};
use quirk_runtime::{ConfigAccess, ConfigRead};

/// A recorded function without a ROM. A record keeps what is written, and a client that sizes the ROM's BAR so would find one
/// that no device has.
pub(crate) struct WithoutRom {
    bytes: Recorded,
    /// Where the BAR is; a `CardBus` bridge has none.
    rom: Option<u16>,
}

impl WithoutRom {
    pub(crate) fn new(bytes: Recorded) -> Self {
        let rom = bytes.original().get(0x0e).and_then(|kind| match kind & 0x7f {
            0 => Some(0x30),
            1 => Some(0x38),
            _ => None,
        });
        Self { bytes, rom }
    }

    /// The bytes of an access that are of the BAR.
    fn of_rom(&self, offset: u16, length: usize) -> impl Iterator<Item = usize> {
        let rom = self.rom.map_or(0..0, |rom| usize::from(rom)..usize::from(rom) + 4);
        (0..length).filter(move |at| rom.contains(&(usize::from(offset) + at)))
    }
}

impl ConfigRead for WithoutRom {
    type Error = OutOfRange;

    fn size(&self) -> usize {
        self.bytes.size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), OutOfRange> {
        self.bytes.read(offset, buffer)?;
        self.of_rom(offset, buffer.len()).for_each(|at| buffer[at] = 0);
        Ok(())
    }
}

impl ConfigAccess for WithoutRom {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), OutOfRange> {
        let mut kept = data.to_vec();
        self.of_rom(offset, data.len()).for_each(|at| kept[at] = 0);
        self.bytes.write(offset, &kept)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn record(kind: u8) -> WithoutRom {
        let mut bytes = [0xa5; 256];
        bytes[0x0e] = kind;
        WithoutRom::new(Recorded::from_bytes(&bytes).unwrap())
    }

    #[test]
    fn a_rom_reads_0_however_it_is_sized() {
        for (kind, rom) in [(0x00, 0x30), (0x80, 0x30), (0x01, 0x38)] {
            let record = record(kind);
            let mut dword = [0; 4];
            for data in [&[0x00, 0xf8, 0xff, 0xff][..], &[0xff], &[0xff, 0xff]] {
                record.write(rom, data).unwrap();
                record.read(rom, &mut dword).unwrap();
                assert_eq!(dword, [0; 4], "{kind:#x}");
            }
            // An access across its bounds keeps the rest.
            record.write(rom - 2, &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
            let mut around = [0; 8];
            record.read(rom - 2, &mut around).unwrap();
            assert_eq!(around, [1, 2, 0, 0, 0, 0, 7, 8], "{kind:#x}");
        }
    }

    #[test]
    fn a_cardbus_bridge_has_none() {
        let record = record(0x02);
        let mut dword = [0; 4];
        record.read(0x30, &mut dword).unwrap();
        assert_eq!(dword, [0xa5; 4]);
        assert!(record.write(0xfe, &[0; 4]).is_err() && record.read(0xfe, &mut dword).is_err());
    }
}
