//! Recorded PCI configuration spaces: lspci hex text, raw binary and plain hex.
