//! The table of conventional capability kinds.

use super::kind::Kind;
use super::kind::Shown::{self, Always, Never};
use super::length::{Rule, UNBOUNDED};

const fn kind(
    id: u16,
    name: &'static str,
    title: &'static str,
    (min, max): (u16, u16),
    rule: Rule,
    shown: Shown,
) -> Kind {
    Kind { id, name, title, min, max, rule, shown }
}

/// Conventional kinds; the index is the id.
pub(super) const KINDS: &[Kind] = &[
    kind(0x00, "null", "Null", (2, UNBOUNDED), Rule::None, Never),
    kind(0x01, "pm", "Power Management", (8, 8), Rule::None, Always),
    kind(0x02, "agp", "AGP", (12, 0x30), Rule::None, Always),
    kind(0x03, "vpd", "Vital Product Data", (8, 8), Rule::None, Always),
    kind(0x04, "slotid", "Slot Identification", (4, 4), Rule::None, Never),
    kind(0x05, "msi", "MSI", (10, 24), Rule::Msi, Always),
    kind(0x06, "hotswap", "CompactPCI Hot Swap", (4, 4), Rule::None, Never),
    kind(0x07, "pcix", "PCI-X", (8, 0x40), Rule::PciX, Always),
    kind(0x08, "ht", "HyperTransport", (4, 132), Rule::HyperTransport, Always),
    kind(0x09, "vendor", "Vendor-Specific", (3, 0xc0), Rule::Vendor, Always),
    kind(0x0a, "debug", "Debug Port", (4, 4), Rule::None, Never),
    kind(0x0b, "ccrc", "CompactPCI Central Resource Control", (4, 4), Rule::None, Never),
    kind(0x0c, "hotplug", "Standard Hot-Plug Controller", (8, 8), Rule::None, Never),
    kind(0x0d, "ssvid", "Bridge Subsystem Vendor ID", (8, 8), Rule::None, Never),
    kind(0x0e, "agp8x", "AGP 8x", (4, 0x30), Rule::None, Never),
    kind(0x0f, "secure", "Secure Device", (4, UNBOUNDED), Rule::None, Never),
    kind(0x10, "pcie", "PCI Express", (12, 60), Rule::PciExpress, Always),
    kind(0x11, "msix", "MSI-X", (12, 12), Rule::None, Always),
    kind(0x12, "sata", "Serial ATA Data/Index", (8, 16), Rule::Sata, Always),
    kind(0x13, "af", "Advanced Features", (6, 6), Rule::None, Always),
    kind(0x14, "ea", "Enhanced Allocation", (4, UNBOUNDED), Rule::EnhancedAllocation, Never),
    kind(0x15, "fpb", "Flattening Portal Bridge", (0x24, 0x24), Rule::None, Never),
];
