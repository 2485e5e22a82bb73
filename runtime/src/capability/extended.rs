//! The table of extended capability kinds.

use super::kind::Kind;
use super::kind::Shown::{self, Always, Never};
use super::length::{Rule, UNBOUNDED};
use crate::kernel::Kernel;

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

const SINCE_6_4: Shown = Shown::Since(Kernel::new(6, 4));

/// Extended kinds; the index is the id.
pub(super) const KINDS: &[Kind] = &[
    kind(0x00, "null", "Null", (4, UNBOUNDED), Rule::None, Never),
    kind(0x01, "aer", "Advanced Error Reporting", (0x2c, 0x60), Rule::ErrorReporting, Always),
    kind(0x02, "vc", "Virtual Channel", (0x1c, UNBOUNDED), Rule::VirtualChannel, Always),
    kind(0x03, "dsn", "Device Serial Number", (12, 12), Rule::None, Always),
    kind(0x04, "power", "Power Budgeting", (16, 16), Rule::None, Always),
    kind(0x05, "rcld", "Root Complex Link Declaration", (0x10, UNBOUNDED), Rule::LinkDeclaration, Never),
    kind(0x06, "rcilc", "Root Complex Internal Link Control", (12, 12), Rule::None, Never),
    kind(0x07, "rcec", "Root Complex Event Collector", (8, 12), Rule::EventCollector, Never),
    kind(0x08, "mfvc", "Multi-Function Virtual Channel", (0x1c, UNBOUNDED), Rule::VirtualChannel, Always),
    kind(0x09, "vc9", "Virtual Channel beside MFVC", (0x1c, UNBOUNDED), Rule::VirtualChannel, Always),
    kind(0x0a, "rcrb", "Root Complex Register Block Header", (0x14, 0x14), Rule::None, Never),
    kind(0x0b, "vendor", "Vendor-Specific", (8, 0xfff), Rule::Sized, Always),
    kind(0x0c, "cac", "Configuration Access Correlation", (8, UNBOUNDED), Rule::None, Never),
    kind(0x0d, "acs", "Access Control Services", (8, 40), Rule::AccessControl, Always),
    kind(0x0e, "ari", "Alternative Routing-ID", (8, 8), Rule::None, Always),
    kind(0x0f, "ats", "Address Translation Services", (8, 8), Rule::None, Always),
    kind(0x10, "sriov", "Single Root I/O Virtualization", (0x40, 0x40), Rule::None, Always),
    kind(0x11, "mriov", "Multi-Root I/O Virtualization", (4, UNBOUNDED), Rule::None, Never),
    kind(0x12, "mcast", "Multicast", (40, 48), Rule::None, Always),
    kind(0x13, "pri", "Page Request Interface", (16, 16), Rule::None, Always),
    kind(0x14, "amd", "Reserved for AMD", (4, UNBOUNDED), Rule::None, Never),
    kind(0x15, "rebar", "Resizable BAR", (12, 52), Rule::ResizableBar, Always),
    kind(0x16, "dpa", "Dynamic Power Allocation", (17, 48), Rule::PowerAllocation, Always),
    kind(0x17, "tph", "TPH Requester", (12, UNBOUNDED), Rule::Tph, Always),
    kind(0x18, "ltr", "Latency Tolerance Reporting", (8, 8), Rule::None, Always),
    kind(0x19, "secpcie", "Secondary PCI Express", (14, 0x4c), Rule::None, Never),
    kind(0x1a, "pmux", "Protocol Multiplexing", (16, 0x10c), Rule::None, Never),
    kind(0x1b, "pasid", "Process Address Space ID", (8, 8), Rule::None, Never),
    kind(0x1c, "lnr", "LN Requester", (8, 8), Rule::None, Never),
    kind(0x1d, "dpc", "Downstream Port Containment", (12, 0x9c), Rule::PortContainment, Never),
    kind(0x1e, "l1ss", "L1 PM Substates", (16, 20), Rule::L1Substates, Never),
    kind(0x1f, "ptm", "Precision Time Measurement", (12, 12), Rule::None, Never),
    kind(0x20, "mpcie", "PCI Express over M-PHY", (8, UNBOUNDED), Rule::None, Never),
    kind(0x21, "frs", "FRS Queueing", (16, 16), Rule::None, Never),
    kind(0x22, "rtr", "Readiness Time Reporting", (12, 12), Rule::None, Never),
    kind(0x23, "dvsec", "Designated Vendor-Specific", (12, 0xfff), Rule::Sized, SINCE_6_4),
    kind(0x24, "vfrebar", "VF Resizable BAR", (12, 52), Rule::ResizableBar, Never),
    kind(0x25, "dlf", "Data Link Feature", (12, 12), Rule::None, Never),
    kind(0x26, "pl16gt", "Physical Layer 16.0 GT/s", (0x21, 0x40), Rule::None, Never),
    kind(0x27, "margining", "Lane Margining at the Receiver", (12, 0x88), Rule::None, Never),
    kind(0x28, "hid", "Hierarchy ID", (12, 0x20), Rule::None, Never),
    kind(0x29, "npem", "Native PCIe Enclosure Management", (16, 16), Rule::None, Never),
    kind(0x2a, "pl32gt", "Physical Layer 32.0 GT/s", (0x21, 0x40), Rule::None, Never),
    kind(0x2b, "altproto", "Alternate Protocol", (0x14, 0x18), Rule::AlternateProtocol, Never),
    kind(0x2c, "sfi", "System Firmware Intermediary", (12, UNBOUNDED), Rule::None, Never),
    kind(0x2d, "shadow", "Shadow Functions", (12, UNBOUNDED), Rule::None, Never),
    kind(0x2e, "doe", "Data Object Exchange", (0x18, 0x18), Rule::None, Never),
    kind(0x2f, "dev3", "Device 3", (16, 16), Rule::None, Never),
    kind(0x30, "ide", "Integrity and Data Encryption", (12, UNBOUNDED), Rule::Encryption, Never),
    kind(0x31, "pl64gt", "Physical Layer 64.0 GT/s", (0x11, 0x30), Rule::None, Never),
    kind(0x32, "flitlog", "Flit Logging", (0x3c, 0x3c), Rule::None, Never),
    kind(0x33, "flitperf", "Flit Performance Measurement", (8, UNBOUNDED), Rule::None, Never),
    kind(0x34, "flitinject", "Flit Error Injection", (0x24, 0x24), Rule::None, Never),
    kind(0x35, "svc", "Streamlined Virtual Channel", (8, UNBOUNDED), Rule::None, Never),
    kind(0x36, "mrbl", "MMIO Register Block Locator", (8, 0xfff), Rule::BlockLocator, Never),
    kind(0x37, "nopflit", "NOP Flit", (8, UNBOUNDED), Rule::None, Never),
    kind(0x38, "siov", "Scalable I/O Virtualization", (8, UNBOUNDED), Rule::None, Never),
    kind(0x39, "pl128gt", "Physical Layer 128.0 GT/s", (8, UNBOUNDED), Rule::None, Never),
    kind(0x3a, "captured", "Captured Data", (8, UNBOUNDED), Rule::None, Never),
];
