//! Who vouches for what is stated of a device.

use super::list::Text;
use super::record::{byte_enum, record};

byte_enum! {
    /// Who vouches for a claim, weakest first.
    #[non_exhaustive]
    Evidence {
        /// Nobody.
        None = 0,
        /// Seen in dumps; never proof that a byte is free.
        Dump = 1,
        /// Measured by writing and reading on the device.
        Probe = 2,
        /// Read in a driver.
        Driver = 3,
        /// Told by the vendor.
        Vendor = 4,
        /// Printed in a datasheet.
        Datasheet = 5,
    }
}

impl Evidence {
    /// The word of the language; `nobody` where there is none.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "nobody",
            Self::Dump => "dump",
            Self::Probe => "probe",
            Self::Driver => "driver",
            Self::Vendor => "vendor",
            Self::Datasheet => "datasheet",
        }
    }
}

record! {
    /// One statement of evidence.
    Claim in Claims {
        /// Who vouches.
        evidence: Evidence,
        /// The reference as it was written.
        text: Text,
        /// For [`Evidence::Dump`]: how many functions it was seen on.
        seen: u32,
    }
}
