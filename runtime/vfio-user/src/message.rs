//! The messages of the protocol, as far as a configuration space needs them: their numbers and their layout.
//!
//! Numbers are in the byte order of the machine: both ends of the socket are on one.

/// Length of the header of every message.
pub(crate) const HEADER: usize = 16;

/// Length of `struct vfio_region_info`, the body of [`Command::RegionInfo`].
pub(crate) const REGION_INFO: usize = 32;

/// Length of offset, region and count, which begin the body of a region access.
pub(crate) const ACCESS: usize = 16;

const TYPE_MASK: u32 = 0xf;
const TYPE_REPLY: u32 = 1;
const ERROR: u32 = 1 << 5;

/// A request to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Command {
    /// `VFIO_USER_VERSION`
    Version = 1,
    /// `VFIO_USER_DEVICE_GET_INFO`
    DeviceInfo = 4,
    /// `VFIO_USER_DEVICE_GET_REGION_INFO`
    RegionInfo = 5,
    /// `VFIO_USER_REGION_READ`
    RegionRead = 9,
    /// `VFIO_USER_REGION_WRITE`
    RegionWrite = 10,
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Version => "VERSION",
            Self::DeviceInfo => "DEVICE_GET_INFO",
            Self::RegionInfo => "DEVICE_GET_REGION_INFO",
            Self::RegionRead => "REGION_READ",
            Self::RegionWrite => "REGION_WRITE",
        })
    }
}

/// A whole request.
pub(crate) fn request(id: u16, command: Command, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut message = Vec::with_capacity(HEADER + body.len());
    message.extend(id.to_ne_bytes());
    message.extend((command as u16).to_ne_bytes());
    message.extend(size.to_ne_bytes());
    message.extend([0; 8]);
    message.extend(body);
    message
}

/// What the header of a reply says.
pub(crate) struct ReplyHeader {
    id: u16,
    command: u16,
    size: u32,
    flags: u32,
    /// The error number, if the request was refused.
    error: u32,
}

impl ReplyHeader {
    pub(crate) fn read(header: &[u8; HEADER]) -> Self {
        Self {
            id: u16(header, 0),
            command: u16(header, 2),
            size: u32(header, 4),
            flags: u32(header, 8),
            error: u32(header, 12),
        }
    }

    /// The length of the body of a reply to this request, at most `largest`; or what is wrong with it.
    pub(crate) fn body(&self, id: u16, command: Command, largest: usize) -> Result<usize, String> {
        if self.flags & TYPE_MASK != TYPE_REPLY {
            return Err(format!("flags {:#x} are not those of a reply", self.flags));
        }
        if self.id != id || self.command != command as u16 {
            let (found, expected) = (self.id, command as u16);
            return Err(format!("reply {found} to command {}, expected {id} to {expected}", self.command));
        }
        let body = usize::try_from(self.size).ok().and_then(|size| size.checked_sub(HEADER));
        body.filter(|&body| body <= largest)
            .ok_or_else(|| format!("a reply of {} bytes, expected {HEADER} to {}", self.size, HEADER + largest))
    }

    /// The error number of a refusal.
    pub(crate) fn refusal(&self) -> Option<u32> {
        (self.flags & ERROR != 0).then_some(self.error)
    }
}

/// Numbers of a body; 0 after its end, which callers rule out by the length.
pub(crate) fn u16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u16::from_ne_bytes(*bytes))
}

pub(crate) fn u32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_ne_bytes(*bytes))
}

pub(crate) fn u64(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// The body of a region access, without data.
pub(crate) fn access(region: u32, offset: u64, count: usize) -> Vec<u8> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    [&offset.to_ne_bytes()[..], &region.to_ne_bytes(), &count.to_ne_bytes()].concat()
}
