//! What host and guest say to each other: one JSON object a line, a command down the serial line and a reply up it.

use serde::{Deserialize, Serialize};

// What `build.rs` made of `quirks/`: the static `DATABASE`, for both sides.
include!(concat!(env!("OUT_DIR"), "/quirks.rs"));

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
    /// Puts a virtual configuration on an open device. Answers with [`Attached`].
    Attach {
        /// The device.
        address: String,
        /// The function's own slot may be used, as by default.
        native: bool,
        /// Free-space DVSECs of the device are shown to the guest.
        expose: bool,
    },
    /// Takes the virtual configuration from a device, which stays open.
    Detach(String),
    /// Answers with what the guest of a virtual configuration sees, in hexadecimal.
    VirtualConfig(String),
    /// Answers with the extended capabilities that the guest of a virtual configuration finds: offset and id.
    VirtualList(String),
    /// Writes as the guest of a virtual configuration. Answers with the effects in words.
    VirtualWrite {
        /// The device.
        address: String,
        /// First byte.
        offset: u16,
        /// The bytes, in hexadecimal.
        data: String,
    },
    /// Writes all of configuration space as the guest of a virtual configuration. Answers with [`Hammered`].
    Hammer {
        /// The device.
        address: String,
        /// The sizes of the writes.
        sizes: Vec<usize>,
        /// The distance from one write to the next of a size.
        step: usize,
        /// What every byte is written as.
        value: u8,
        /// Bits that are never written as 1, by the offsets of their bytes.
        spare: Vec<(u16, u8)>,
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
    /// Connects to a vfio-user server in the guest, and stays connected under the socket's name.
    Connect(String),
    /// Ends a connection.
    Disconnect(String),
    /// Answers with the configuration space behind a connection, in hexadecimal.
    SocketConfig(String),
    /// Answers with the extended capabilities behind a connection: offset and id.
    SocketList(String),
    /// Writes through a connection.
    SocketWrite {
        /// The socket.
        socket: String,
        /// First byte.
        offset: u16,
        /// The bytes, in hexadecimal.
        data: String,
    },
    /// Runs a program with its arguments and waits for its end. Answers with [`Ran`].
    Run(Vec<String>),
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

/// How a program ended, and what it printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// Its exit code; none after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub errors: String,
}

/// What became of attaching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// The decision in words.
    pub decision: String,
    /// Where PASID is.
    pub offset: Option<u16>,
    /// Where the place comes from.
    pub source: Option<String>,
    /// The codes of the findings.
    pub findings: Vec<String>,
    /// What the kernel hides of the device: offset and id.
    pub hidden: Vec<(u16, u16)>,
    /// The bytes of which a bit is emulated.
    pub emulated: Vec<u16>,
    /// The bytes that no write of the guest changes in the device.
    pub shielded: Vec<u16>,
}

/// What became of writing everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hammered {
    /// How many writes there were.
    pub writes: usize,
    /// How many failed, and the first error.
    pub failed: Option<(usize, String)>,
    /// The effects in words, each once, in the order of their first time.
    pub effects: Vec<String>,
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
