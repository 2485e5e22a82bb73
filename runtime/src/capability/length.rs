//! The rules by which a capability's own bits tell its length.

/// The longest length of a kind of which no bound is known; longer than any space.
pub const UNBOUNDED: u16 = 0x1000;

/// How the length of a capability follows from its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It does not: the length is fixed, or depends on what the capability does not say.
    None,
    /// Message Control: 64-bit address, per-vector masking, extended message data.
    Msi,
    /// The version in the PCI-X command register; a bridge's is longer and does not say so.
    PciX,
    /// The type in the command register, `Fixd` of the MSI mapping, and the number of DMA windows of an address mapping.
    HyperTransport,
    /// The byte after Next.
    Vendor,
    /// Version and device/port type in PCI Express Capabilities, as vfio-pci takes them.
    PciExpress,
    /// BAR location of SATA Capability register 1.
    Sata,
    /// Number and sizes of the entries; a bridge has four bytes more and does not say so.
    EnhancedAllocation,
    /// Number of extended VCs, and where the arbitration tables are.
    VirtualChannel,
    /// Number of link entries.
    LinkDeclaration,
    /// The capability version.
    EventCollector,
    /// Bits 31:20 of the dword after the header: VSEC and DVSEC.
    Sized,
    /// P2P Egress Control and the size of its vector.
    AccessControl,
    /// Number of resizable BARs.
    ResizableBar,
    /// The highest substate.
    PowerAllocation,
    /// Location and size of the steering-tag table.
    Tph,
    /// Root-port extensions and the size of their log.
    PortContainment,
    /// The logs that are present: a least length, since what a port has for all of a link is not in the capability.
    ErrorReporting,
    /// The capability version.
    L1Substates,
    /// The selective enable mask.
    AlternateProtocol,
    /// The number of streams, and of the address associations of each: a least length, since the kind is young.
    Encryption,
    /// Bits 11:0 of the dword after the header.
    BlockLocator,
}

impl Rule {
    /// Whether the computed length is all of it: what follows belongs to something else.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        !matches!(
            self,
            Self::None
                | Self::PciX
                | Self::PciExpress
                | Self::EnhancedAllocation
                | Self::PortContainment
                | Self::ErrorReporting
                | Self::AlternateProtocol
                | Self::Encryption
        )
    }

    /// Whether the header dword alone tells the length, so that no further read is needed.
    #[must_use]
    pub const fn in_header(self) -> bool {
        matches!(
            self,
            Self::Msi
                | Self::PciX
                | Self::HyperTransport
                | Self::Vendor
                | Self::PciExpress
                | Self::EventCollector
                | Self::L1Substates
        )
    }

    pub(super) fn length(self, mut dword: impl FnMut(u16) -> Option<u32>) -> Option<u16> {
        match self {
            Self::None => None,
            Self::Msi => Some(msi(dword(0)? >> 16)),
            Self::PciX => Some(if dword(0)? >> 28 & 3 == 0 { 8 } else { 24 }),
            Self::HyperTransport => hyper_transport(dword(0)?),
            Self::Vendor => Some(bits(dword(0)?, 16, 0xff)),
            Self::PciExpress => Some(pci_express(dword(0)? >> 16)),
            Self::Sata => Some(if dword(4)? & 0xf == 0xf { 16 } else { 8 }),
            Self::EnhancedAllocation => enhanced_allocation(dword),
            Self::VirtualChannel => virtual_channel(dword),
            Self::LinkDeclaration => Some(0x10 + 16 * bits(dword(4)?, 8, 0xff)),
            Self::EventCollector => Some(if dword(0)? >> 16 & 0xf >= 2 { 12 } else { 8 }),
            Self::Sized => Some(bits(dword(4)?, 20, 0xfff)),
            Self::AccessControl => Some(access_control(dword(4)?)),
            Self::ResizableBar => Some(4 + 8 * bits(dword(8)?, 5, 7)),
            Self::PowerAllocation => Some(16 + bits(dword(4)?, 0, 0x1f) + 1),
            Self::Tph => {
                let capability = dword(4)?;
                let in_capability = capability >> 9 & 3 == 1;
                Some(if in_capability { 12 + 2 * (bits(capability, 16, 0x7ff) + 1) } else { 12 })
            }
            Self::PortContainment => {
                let capability = dword(4)?;
                let log = bits(capability, 8, 0xf) | bits(capability, 13, 1) << 4;
                Some(if capability & 0x20 == 0 { 12 } else { 0x20 + 4 * log })
            }
            Self::ErrorReporting => Some(error_reporting(dword(0x18)?)),
            Self::L1Substates => Some(if dword(0)? >> 16 & 0xf >= 2 { 20 } else { 16 }),
            Self::AlternateProtocol => Some(if dword(4)? & 0x100 == 0 { 0x14 } else { 0x18 }),
            Self::Encryption => encryption(dword),
            Self::BlockLocator => Some(bits(dword(4)?, 0, 0xfff)),
        }
    }
}

/// A field of a dword; masks of at most 12 bits keep it in a u16.
const fn bits(dword: u32, shift: u32, mask: u16) -> u16 {
    (dword >> shift) as u16 & mask
}

fn msi(control: u32) -> u16 {
    let wide = control & 0x80 != 0;
    let maskable = control & 0x100 != 0;
    let extended_data = control & 0x200 != 0;
    let address = if wide { 14 } else { 10 };
    match (maskable, extended_data) {
        (true, _) => address + 10,
        (false, true) => address + 2,
        (false, false) => address,
    }
}

fn hyper_transport(header: u32) -> Option<u16> {
    Some(match (header >> 29, header >> 27 & 0x1f) {
        (0, _) => 28,
        // A host's interface, a switch.
        (1, _) | (_, 0b01000) => 24,
        // Interrupt discovery, revision id.
        (_, 0b10000) => 8,
        (_, 0b10001) => 4,
        // Address mapping: 40 bits with a window each, or 64 bits after an index.
        (_, 0b10100) if header >> 25 & 3 == 0 => 12 + 8 * bits(header, 16, 0xf),
        (_, 0b10100) if header >> 25 & 3 == 1 => 16,
        // MSI mapping: with `Fixd` the address is not in the capability.
        (_, 0b10101) => {
            if header & 0x2_0000 == 0 {
                12
            } else {
                4
            }
        }
        // Unit id clumping, extended configuration space, direct route, retry mode.
        (_, 0b10010 | 0b10011 | 0b10110 | 0b11000) => 12,
        // Virtual channel set.
        (_, 0b10111) => 16,
        _ => return None,
    })
}

fn pci_express(flags: u32) -> u16 {
    let version = flags & 0xf;
    let port_type = flags >> 4 & 0xf;
    match (version, port_type) {
        (1, 9) => 12,
        (1, 4 | 10) => 36,
        (1, 6) => 28,
        (1, _) => 20,
        (_, 9) => 0x2c,
        (_, 4 | 6 | 10) => 0x3c,
        _ => 0x34,
    }
}

/// A log of TLPs in flit mode has 14 dwords, a log of prefixes ends at 0x48.
const fn error_reporting(control: u32) -> u16 {
    match (control & 1 << 18, control & 1 << 11) {
        (0, 0) => 0x2c,
        (0, _) => 0x48,
        _ => 0x60,
    }
}

/// `None` also where the blocks would not fit into a space.
fn encryption(mut dword: impl FnMut(u16) -> Option<u32>) -> Option<u16> {
    let capability = dword(4)?;
    let count =
        |supported: u32, shift, mask| if capability & supported == 0 { 0 } else { 1 + bits(capability, shift, mask) };
    let mut length = 12 + 8 * count(1, 13, 7);
    for _ in 0..count(2, 16, 0xff) {
        length += 20 + 12 * bits(dword(length)?, 0, 0xf);
    }
    (length < UNBOUNDED).then_some(length)
}

fn enhanced_allocation(mut dword: impl FnMut(u16) -> Option<u32>) -> Option<u16> {
    let entries = bits(dword(0)?, 16, 0x3f);
    let mut length = 4;
    for _ in 0..entries {
        length += 4 * (1 + bits(dword(length)?, 0, 7));
    }
    Some(length)
}

fn virtual_channel(mut dword: impl FnMut(u16) -> Option<u32>) -> Option<u16> {
    let port = dword(4)?;
    let arbitration = dword(8)?;
    let channels = 1 + bits(port, 0, 7);
    let mut length = 0x10 + 12 * channels;
    let table = 16 * bits(arbitration, 24, 0xff);
    if table != 0 {
        // Four bits a phase.
        let phases = if arbitration & 8 != 0 {
            128
        } else if arbitration & 4 != 0 {
            64
        } else {
            32
        };
        length = length.max(table + phases / 2);
    }
    let entry_bits = 1 << bits(port, 10, 3);
    for channel in 0..channels {
        let resource = dword(0x10 + 12 * channel)?;
        let table = 16 * bits(resource, 24, 0xff);
        if table != 0 {
            let phases = match resource & 0x3f {
                0x20.. => 256,
                0x08.. => 128,
                0x04.. => 64,
                _ => 32,
            };
            length = length.max(table + phases * entry_bits / 8);
        }
    }
    Some(length)
}

fn access_control(capability: u32) -> u16 {
    if capability & 0x20 == 0 {
        return 8;
    }
    let size = bits(capability, 8, 0xff);
    let vector_bits = if size == 0 { 256 } else { size.next_multiple_of(32) };
    8 + vector_bits / 8
}

#[cfg(test)]
mod tests {
    use crate::capability::{Kind, Space};

    fn length(space: Space, name: &str, dwords: &[u32]) -> Option<u16> {
        Kind::by_name(space, name)?.computed(|at| dwords.get(usize::from(at / 4)).copied())
    }

    #[test]
    fn msi_grows_with_its_features() {
        for (control, expected) in [(0, 10), (0x80, 14), (0x100, 20), (0x180, 24), (0x200, 12), (0x280, 16)] {
            assert_eq!(length(Space::Conventional, "msi", &[control << 16 | 5]), Some(expected));
        }
    }

    #[test]
    fn pci_express_follows_version_and_type() {
        for (flags, expected) in [
            (0x01, 20),
            (0x91, 12),
            (0x02, 0x34),
            (0x92, 0x2c),
            (0x42, 0x3c),
            // Version 0, as vfio-pci takes it.
            (0x00, 0x34),
            (0x90, 0x2c),
        ] {
            assert_eq!(length(Space::Conventional, "pcie", &[flags << 16 | 0x10]), Some(expected));
        }
    }

    #[test]
    fn sized_capabilities_say_their_length() {
        assert_eq!(length(Space::Extended, "dvsec", &[0x0001_0023, 0x0400_1234]), Some(0x40));
        assert_eq!(length(Space::Extended, "vendor", &[0x0001_000b, 0x0000_0001]), Some(0));
        assert_eq!(length(Space::Conventional, "vendor", &[0x0018_0009]), Some(0x18));
    }

    #[test]
    fn counts_are_multiplied() {
        assert_eq!(length(Space::Extended, "rebar", &[0, 0, 3 << 5]), Some(28));
        assert_eq!(length(Space::Extended, "acs", &[0, 0x20]), Some(40));
        assert_eq!(length(Space::Extended, "acs", &[0, 0x0820]), Some(12));
        assert_eq!(length(Space::Extended, "dpa", &[0, 3]), Some(20));
        assert_eq!(length(Space::Extended, "tph", &[0, 0x0007_0200]), Some(28));
        assert_eq!(length(Space::Extended, "rcec", &[0x0002_0007]), Some(12));
    }

    #[test]
    fn virtual_channels_reach_to_their_tables() {
        assert_eq!(length(Space::Extended, "vc", &[0, 0, 0, 0, 0, 0, 0]), Some(0x1c));
        assert_eq!(length(Space::Extended, "vc", &[0, 1, 0x0400_0002, 0, 0, 0, 0, 0, 0, 0]), Some(0x50));
        // One channel, eight-bit entries, 256 phases at 0x20.
        assert_eq!(length(Space::Extended, "vc", &[0, 0xc00, 0, 0, 0x0200_0020]), Some(0x120));
    }

    #[test]
    fn enhanced_allocation_adds_its_entries() {
        assert_eq!(length(Space::Conventional, "ea", &[0x0002_0014, 2, 0, 0, 4, 0, 0, 0, 0]), Some(36));
    }

    /// `PCI_HT_*_SIZEOF` of pciutils' `header.h`, by the type in bits 15:11 of the command register.
    #[test]
    fn a_hyper_transport_block_is_as_long_as_its_type() {
        let types = [
            (0x0000, 28),
            (0x2000, 24),
            (0x4000, 24),
            (0x8000, 8),
            (0x8800, 4),
            (0x9000, 12),
            (0x9800, 12),
            (0xa000, 12),
            (0xa003, 12 + 8 * 3),
            (0xa203, 16),
            (0xa800, 12),
            (0xa802, 4),
            (0xb000, 12),
            (0xb800, 16),
            (0xc000, 12),
        ];
        for (command, expected) in types {
            assert_eq!(length(Space::Conventional, "ht", &[command << 16 | 8]), Some(expected), "{command:#x}");
        }
        assert_eq!(length(Space::Conventional, "ht", &[0xc800 << 16 | 8]), None, "reserved for x86");
        assert_eq!(length(Space::Conventional, "ht", &[0xa400 << 16 | 8]), None, "no such map type");
    }

    /// `PCI_ERR_PREFIX_LOG` and 14 dwords, as the kernel logs TLPs.
    #[test]
    fn error_reporting_ends_behind_its_last_log() {
        let with = |control| length(Space::Extended, "aer", &[1, 0, 0, 0, 0, 0, control]);
        assert_eq!([with(0), with(0x800), with(0x4_0000)], [Some(0x2c), Some(0x48), Some(0x60)]);
    }

    /// `PCI_IDE_LINK_STREAM_0`, `PCI_IDE_LINK_BLOCK_SIZE` and `PCI_IDE_SEL_BLOCK_SIZE` of the kernel's `pci_regs.h`.
    #[test]
    fn encryption_counts_its_streams_and_their_associations() {
        let ide = |dwords: &[u32]| length(Space::Extended, "ide", dwords);
        assert_eq!(ide(&[0, 0]), Some(12));
        assert_eq!(ide(&[0, 0x4001]), Some(12 + 8 * 3), "three link streams");
        // One link stream, two selective ones: with three associations, and with none.
        let mut dwords = [0; 32];
        (dwords[1], dwords[5]) = (0x0001_0003, 3);
        assert_eq!(ide(&dwords), Some(12 + 8 + (20 + 12 * 3) + 20));
        assert_eq!(ide(&dwords[..6]), None, "the second block is out of reach");
        assert_eq!(ide(&[0, 2, 0]), None);
        let endless = Kind::by_name(Space::Extended, "ide").and_then(|kind| kind.computed(|_| Some(u32::MAX)));
        assert_eq!(endless, None, "longer than any space");
    }

    #[test]
    fn newer_kinds_say_their_length() {
        assert_eq!(length(Space::Extended, "mrbl", &[0x0001_0036, 0x0028]), Some(0x28));
        assert_eq!(length(Space::Extended, "l1ss", &[0x0001_001e]), Some(16));
        assert_eq!(length(Space::Extended, "l1ss", &[0x0002_001e]), Some(20));
        assert_eq!(length(Space::Extended, "altproto", &[0, 0x0001]), Some(0x14));
        assert_eq!(length(Space::Extended, "altproto", &[0, 0x0101]), Some(0x18));
        assert_eq!(length(Space::Extended, "dpc", &[0, 0x0420]), Some(0x30));
        assert_eq!(length(Space::Extended, "dpc", &[0, 0x2120]), Some(0x20 + 4 * 17), "bit 4 of the log's size");
    }

    #[test]
    fn bytes_that_cannot_be_read_give_no_length() {
        assert_eq!(length(Space::Extended, "dvsec", &[0x0001_0023]), None);
        assert_eq!(length(Space::Extended, "ats", &[]), Some(8));
        assert_eq!(length(Space::Extended, "margining", &[0; 32]), None);
    }
}
