//! What host and guest say to each other: one JSON object a line, a command down the serial line and a reply up it.

use serde::{Deserialize, Serialize};

/// How the guest opens a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// As the library chooses.
    Automatic,
    /// Through the character device and iommufd.
    Iommufd,
    /// Through the legacy group.
    Group,
}

/// What the host asks of the guest. Addresses are text, so that bad ones can be tried too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Answers with [`Listed`] for every PCI function.
    List,
    /// Binds a device to a driver.
    Bind {
        /// The device.
        address: String,
        /// The driver.
        driver: String,
    },
    /// Takes a device from its driver, if it has one.
    Unbind(String),
    /// Opens a device, and keeps it open under its address. Answers with [`Opened`].
    Open {
        /// The device.
        address: String,
        /// How.
        way: Way,
    },
    /// Closes an open device.
    Close(String),
    /// Answers with the configuration space of an open device, in hexadecimal.
    Config(String),
    /// Answers with the configuration space that sysfs shows, in hexadecimal.
    SysfsConfig(String),
    /// Reads from an open device, in hexadecimal.
    Read {
        /// The device.
        address: String,
        /// First byte.
        offset: u16,
        /// Number of bytes.
        length: usize,
    },
    /// Writes to an open device.
    Write {
        /// The device.
        address: String,
        /// First byte.
        offset: u16,
        /// The bytes, in hexadecimal.
        data: String,
    },
    /// Answers with the [`Pasid`] facts of an open device, or null.
    Pasid(String),
    /// Answers with the [`Pasid`] facts that a device feature gives, or null.
    PasidFeature {
        /// The device.
        address: String,
        /// Index of the feature.
        index: u16,
    },
    /// Resets an open device.
    Reset(String),
    /// Arms the request event of an open device.
    WatchRemoval(String),
    /// Waits for the request event. Answers with true when it came.
    AwaitRemoval {
        /// The device.
        address: String,
        /// How long to wait.
        seconds: u64,
    },
    /// Writes text to a file without waiting for the write to end: removing a device blocks until it is closed.
    WriteInBackground {
        /// The file.
        path: String,
        /// The text.
        text: String,
    },
    /// Waits for the last write in the background. Answers with true when it ended.
    AwaitBackground {
        /// How long to wait.
        seconds: u64,
    },
    /// Runs a shell command. Answers with what it printed on both streams.
    Shell(String),
    /// Ends the guest.
    Quit,
}

/// What sysfs tells of a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its address.
    pub address: String,
    /// Vendor id.
    pub vendor: u16,
    /// Device id.
    pub device: u16,
    /// The driver that has it.
    pub driver: Option<String>,
    /// Its IOMMU group.
    pub group: Option<u32>,
}

/// An open device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// How it was opened in the end.
    pub way: Way,
    /// Bytes of configuration space.
    pub size: usize,
    /// Whether it has a reset of its own.
    pub can_reset: bool,
}

/// The PASID facts of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pasid {
    /// Width in bits.
    pub width: u8,
    /// The host enabled Execute Permission.
    pub execute: bool,
    /// The host enabled Privileged Mode.
    pub privileged: bool,
    /// The IOMMU cannot do ATS for the device.
    pub ats_not_supported: bool,
}

/// A reply: what the command answers, or the text of its error.
pub type Reply = Result<serde_json::Value, String>;

/// Writes bytes in hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect()
}

/// Reads bytes in hexadecimal; `None` for anything else.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |&digit: &u8| char::from(digit).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(high)? << 4 | digit(low)?) as u8),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_comes_back_as_it_went() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(from_hex(&to_hex(&all)), Some(all));
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("0x"), None);
    }
}
