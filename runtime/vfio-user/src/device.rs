//! A device behind a socket.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quirk_runtime::{ConfigAccess, ConfigRead, Identity};
use vfio_bindings::bindings::vfio::{VFIO_DEVICE_FLAGS_PCI, VFIO_PCI_CONFIG_REGION_INDEX, VFIO_REGION_INFO_FLAG_READ};

use crate::connection::Connection;
use crate::message::{ACCESS, REGION_INFO, access, u16, u32, u64};
use crate::{Command, Error};

/// How long an access waits for a server that does not answer.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// What a client says of itself. The values are the protocol's defaults; some servers want to see them.
const CLIENT: &[u8] = b"{\"capabilities\":{\"max_msg_fds\":1,\"max_data_xfer_size\":1048576}}\0";

/// The most data bytes of a message: what the protocol takes for granted, the register that must fit, and what the message's
/// own size of 32 bits can count.
const DEFAULT_MOST: usize = 1 << 20;
const SMALLEST_MOST: u64 = 4;
const LARGEST_MOST: u64 = 0xffff_ffff;

/// Largest replies: JSON that a server says of itself, and region info with a list of areas that can be mapped.
const LARGEST_VERSION: usize = 64 * 1024;
const LARGEST_INFO: usize = 64 * 1024;

/// The configuration space of a device that a vfio-user server offers.
#[derive(Debug)]
pub struct Device {
    connection: Mutex<Connection>,
    size: usize,
    /// The most bytes that the server takes in one message.
    most: usize,
    timeout: Duration,
    identity: Identity,
}

impl Device {
    /// Connects to the socket of a server and reads the header of its device.
    ///
    /// # Errors
    /// When nobody listens there, the device is no PCI function, or the server does not keep to the protocol.
    pub fn connect(socket: &Path) -> Result<Self, Error> {
        let stream = UnixStream::connect(socket);
        Self::from_stream(stream.map_err(|source| Error::Connect { path: socket.to_owned(), source })?, TIMEOUT)
    }

    /// Takes a connected socket. Connecting waits at most this long, and so does each access, however many messages it is
    /// cut into; zero gives up at once. An access that waits for one of another thread begins after it, if its time is not up.
    ///
    /// # Errors
    /// When the device is no PCI function, or the server does not keep to the protocol.
    pub fn from_stream(stream: UnixStream, timeout: Duration) -> Result<Self, Error> {
        let deadline = deadline(timeout);
        let mut connection = Connection::new(stream);
        let most = negotiate(&mut connection, deadline)?;
        let size = config_size(&mut connection, deadline)?;
        let identity = Identity::default();
        let mut device = Self { connection: Mutex::new(connection), size, most, timeout, identity };
        let mut header = [0; 64];
        device.read_by(deadline, 0, &mut header)?;
        device.identity = Identity::from_header(&header);
        Ok(device)
    }

    /// The identity that the header tells; who knows more says so with [`Identity::with_function`].
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    fn read_by(&self, deadline: Instant, offset: u16, buffer: &mut [u8]) -> Result<(), Error> {
        self.check(offset, buffer.len())?;
        let command = Command::RegionRead;
        let mut connection = self.lock();
        let mut at = u64::from(offset);
        for piece in buffer.chunks_mut(self.most) {
            let request = access(VFIO_PCI_CONFIG_REGION_INDEX, at, piece.len());
            let reply = connection.exchange(command, &request, ACCESS + piece.len(), deadline)?;
            piece.copy_from_slice(answered(command, &request, &reply, piece.len())?);
            at += piece.len() as u64;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A connection stays whole if a thread panics elsewhere while it holds the lock.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, offset: u16, length: usize) -> Result<(), Error> {
        let inside = usize::from(offset).checked_add(length).is_some_and(|end| end <= self.size);
        if inside { Ok(()) } else { Err(Error::OutOfRange { offset, length, size: self.size }) }
    }
}

impl ConfigRead for Device {
    type Error = Error;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Error> {
        self.read_by(deadline(self.timeout), offset, buffer)
    }
}

impl ConfigAccess for Device {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Error> {
        self.check(offset, data.len())?;
        let (command, deadline) = (Command::RegionWrite, deadline(self.timeout));
        let mut connection = self.lock();
        let mut at = u64::from(offset);
        for piece in data.chunks(self.most) {
            let request = access(VFIO_PCI_CONFIG_REGION_INDEX, at, piece.len());
            let reply = connection.exchange(command, &[&request[..], piece].concat(), ACCESS, deadline)?;
            answered(command, &request, &reply, 0)?;
            at += piece.len() as u64;
        }
        Ok(())
    }
}

/// The moment at which a wait that begins now ends. A timeout that no clock can hold is cut.
fn deadline(timeout: Duration) -> Instant {
    const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    let now = Instant::now();
    now + timeout.min(LONGEST)
}

/// The data of a reply that answers the whole of the request.
fn answered<'reply>(command: Command, request: &[u8], reply: &'reply [u8], data: usize) -> Result<&'reply [u8], Error> {
    let is_whole = reply.len() == ACCESS + data && reply.starts_with(request);
    if is_whole {
        return Ok(&reply[ACCESS..]);
    }
    let place = |bytes| format!("{} bytes at {:#x} of region {}", u32(bytes, 12), u64(bytes, 0), u32(bytes, 8));
    let problem = format!(
        "{} with {} data bytes, expected {} with {data}",
        place(reply),
        reply.len().saturating_sub(ACCESS),
        place(request)
    );
    Err(Error::BrokenReply { command, problem })
}

/// Agrees on a version, and gives the most data bytes of one access.
fn negotiate(connection: &mut Connection, deadline: Instant) -> Result<usize, Error> {
    let command = Command::Version;
    let broken = |problem: String| Error::BrokenReply { command, problem };
    let (major, minor) = (0u16.to_ne_bytes(), 1u16.to_ne_bytes());
    let reply = connection.exchange(command, &[&major, &minor, CLIENT].concat(), LARGEST_VERSION, deadline)?;
    let Some((version, json)) = reply.split_at_checked(4) else {
        return Err(broken(format!("{} bytes hold no version", reply.len())));
    };
    if u16(version, 0) != 0 {
        return Err(broken(format!("version {}.{}, expected 0.x", u16(version, 0), u16(version, 2))));
    }
    // JSON is optional, and so is everything in it.
    let json = json.strip_suffix(b"\0").unwrap_or(json);
    let server: serde_json::Value = match json {
        [] => serde_json::Value::Null,
        _ => serde_json::from_slice(json).map_err(|error| broken(format!("version data: {error}")))?,
    };
    match &server["capabilities"]["max_data_xfer_size"] {
        serde_json::Value::Null => Ok(DEFAULT_MOST),
        most => most_bytes(most).ok_or_else(|| {
            broken(format!("`max_data_xfer_size` is {}, expected {SMALLEST_MOST} to {LARGEST_MOST} bytes", short(most)))
        }),
    }
}

/// The most bytes of one message, whole dwords of them: a register is never read or written in halves.
fn most_bytes(most: &serde_json::Value) -> Option<usize> {
    let most = most.as_u64().filter(|most| (SMALLEST_MOST..=LARGEST_MOST).contains(most))?;
    usize::try_from(most & !3).ok()
}

/// A value as the server wrote it, or its beginning.
fn short(value: &serde_json::Value) -> String {
    const LONGEST: usize = 32;
    let text = value.to_string();
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain("..".chars()).collect() }
}

/// The size of the configuration space.
fn config_size(connection: &mut Connection, deadline: Instant) -> Result<usize, Error> {
    let short = |command, found: usize, expected: usize| Error::BrokenReply {
        command,
        problem: format!("{found} bytes, expected {expected}"),
    };

    let command = Command::DeviceInfo;
    let request = [&16u32.to_ne_bytes()[..], &[0; 12]].concat();
    let reply = connection.exchange(command, &request, LARGEST_INFO, deadline)?;
    if reply.len() < request.len() {
        return Err(short(command, reply.len(), request.len()));
    }
    let (flags, regions) = (u32(&reply, 4), u32(&reply, 8));
    if flags & VFIO_DEVICE_FLAGS_PCI == 0 {
        return Err(Error::NotPci(format!("device flags {flags:#x}")));
    }
    if regions <= VFIO_PCI_CONFIG_REGION_INDEX {
        return Err(Error::NotPci(format!("{regions} regions, and configuration space is number 7")));
    }

    let command = Command::RegionInfo;
    let mut request = vec![0; REGION_INFO];
    request[0..4].copy_from_slice(&32u32.to_ne_bytes());
    request[8..12].copy_from_slice(&VFIO_PCI_CONFIG_REGION_INDEX.to_ne_bytes());
    let reply = connection.exchange(command, &request, LARGEST_INFO, deadline)?;
    if reply.len() < REGION_INFO {
        return Err(short(command, reply.len(), REGION_INFO));
    }
    let (flags, index, size) = (u32(&reply, 4), u32(&reply, 8), u64(&reply, 16));
    if index != VFIO_PCI_CONFIG_REGION_INDEX {
        return Err(Error::BrokenReply { command, problem: format!("region {index}, expected 7") });
    }
    if flags & VFIO_REGION_INFO_FLAG_READ == 0 {
        return Err(Error::NotPci("its configuration space cannot be read".to_owned()));
    }
    match size {
        256 => Ok(256),
        4096 => Ok(4096),
        _ => Err(Error::NotPci(format!("a configuration space of {size} bytes, expected 256 or 4096"))),
    }
}
