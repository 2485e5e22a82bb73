//! The other side of the socket: serves a configuration space, and BARs that hold nothing, to one client, in a thread.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use quirk_runtime::ConfigAccess;
use vfio_bindings::bindings::vfio::{
    VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_NUM_IRQS, VFIO_PCI_NUM_REGIONS, VFIO_REGION_INFO_FLAG_READ,
    VFIO_REGION_INFO_FLAG_WRITE, vfio_region_info,
};
use vfio_user::{DmaMapFlags, DmaUnmapFlags, IrqInfo, ServerBackend, ServerRegion};

/// Base address registers of a function.
const BARS: usize = 6;

/// Why a device is not, or no longer, served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The socket could not be made.
    #[error("cannot listen at `{}`: {source}", .path.display())]
    Listen {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: vfio_user::Error,
    },
    /// The thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(vfio_user::Error),
    /// The thread that serves the device panicked.
    #[error("the thread that serves the device panicked")]
    Panicked,
}

/// A device that is being served.
///
/// Dropping it does not end the service; the client ends it by closing the connection.
#[derive(Debug)]
pub struct Server {
    thread: JoinHandle<Result<(), vfio_user::Error>>,
}

impl Server {
    /// Waits until the client has closed the connection.
    ///
    /// # Errors
    /// When the connection failed.
    pub fn wait(self) -> Result<(), ServeError> {
        self.thread.join().map_err(|_| ServeError::Panicked)?.map_err(ServeError::Connection)
    }
}

/// Serves the configuration space of `device` at a new socket, to the first client that connects, without BARs.
///
/// When this returns, clients can connect. Who keeps the `Arc` sees what a client did to the device.
///
/// # Errors
/// When there is something at the path, or no socket can be made there.
pub fn serve<D>(socket: &Path, device: Arc<D>) -> Result<Server, ServeError>
where
    D: ConfigAccess + Send + Sync + 'static,
{
    Service::default().serve(socket, device)
}

/// What a device has beside its configuration space. It raises no interrupt.
#[derive(Default)]
pub struct Service {
    bars: [u64; BARS],
    on_reset: Option<ResetHandler>,
}

type ResetHandler = Box<dyn FnMut() -> io::Result<()> + Send>;

impl Service {
    /// The device has a BAR of this many bytes, which read 0. Without BARs, a client may refuse a device with MSI-X.
    #[must_use]
    pub fn with_bar(mut self, index: usize, size: u64) -> Self {
        if let Some(bar) = self.bars.get_mut(index) {
            *bar = size;
        }
        self
    }

    /// What a client's reset of the device does; without it, such a reset does nothing.
    #[must_use]
    pub fn on_reset(self, handler: impl FnMut() -> io::Result<()> + Send + 'static) -> Self {
        Self { on_reset: Some(Box::new(handler)), ..self }
    }

    /// Serves a device so; see [`serve`].
    ///
    /// # Errors
    /// When there is something at the path, or no socket can be made there.
    pub fn serve<D>(self, socket: &Path, device: Arc<D>) -> Result<Server, ServeError>
    where
        D: ConfigAccess + Send + Sync + 'static,
    {
        // One more than Linux defines: QEMU asks for it.
        let regions = (0..=VFIO_PCI_NUM_REGIONS).map(|index| self.region(index, device.size())).collect();
        let irqs = (0..VFIO_PCI_NUM_IRQS).map(|index| IrqInfo { index, flags: 0, count: 0 }).collect();
        let server = vfio_user::Server::new(socket, true, irqs, regions)
            .map_err(|source| ServeError::Listen { path: socket.to_owned(), source })?;
        let run = move || server.run(&mut Backend { device, service: self });
        let thread = std::thread::Builder::new().name("vfio-user".to_owned()).spawn(run).map_err(ServeError::Thread)?;
        Ok(Server { thread })
    }

    fn bar(&self, region: u32) -> u64 {
        self.bars.get(region as usize).copied().unwrap_or(0)
    }

    fn region(&self, index: u32, config: usize) -> ServerRegion {
        let size = if index == VFIO_PCI_CONFIG_REGION_INDEX { config as u64 } else { self.bar(index) };
        let region_info = vfio_region_info {
            argsz: u32::try_from(size_of::<vfio_region_info>()).unwrap_or_default(),
            flags: if size == 0 { 0 } else { VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE },
            index,
            size,
            ..Default::default()
        };
        ServerRegion { region_info, sparse_areas: Vec::new(), mmap_fd: None }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("bars", &self.bars).finish_non_exhaustive()
    }
}

struct Backend<D> {
    device: Arc<D>,
    service: Service,
}

impl<D: ConfigAccess> Backend<D> {
    /// Where an access falls, if it is inside of a region.
    fn place(&self, region: u32, offset: u64, length: usize) -> io::Result<Place> {
        let is_within = |size: u64| offset.checked_add(length as u64).is_some_and(|end| end <= size);
        if region != VFIO_PCI_CONFIG_REGION_INDEX {
            return if is_within(self.service.bar(region)) { Ok(Place::Bar) } else { Err(outside()) };
        }
        let offset = u16::try_from(offset).ok().filter(|_| is_within(self.device.size() as u64));
        offset.map(Place::Config).ok_or_else(outside)
    }
}

/// Where an access falls.
enum Place {
    Config(u16),
    Bar,
}

fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not inside of a region")
}

impl<D: ConfigAccess> ServerBackend for Backend<D> {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> io::Result<()> {
        match self.place(region, offset, data.len())? {
            Place::Config(offset) => {
                self.device.read(offset, data).map_err(|error| io::Error::other(error.to_string()))
            }
            Place::Bar => {
                data.fill(0);
                Ok(())
            }
        }
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> io::Result<()> {
        match self.place(region, offset, data.len())? {
            Place::Config(offset) => {
                self.device.write(offset, data).map_err(|error| io::Error::other(error.to_string()))
            }
            Place::Bar => Ok(()),
        }
    }

    // The device does no DMA and raises no interrupt, so there is nothing to keep.

    fn dma_map(&mut self, _: DmaMapFlags, _: u64, _: u64, _: u64, _: Option<File>) -> io::Result<()> {
        Ok(())
    }

    fn dma_unmap(&mut self, _: DmaUnmapFlags, _: u64, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> io::Result<()> {
        self.service.on_reset.as_mut().map_or(Ok(()), |handler| handler())
    }

    fn set_irqs(&mut self, _: u32, _: u32, _: u32, _: u32, _: Vec<File>) -> io::Result<()> {
        Ok(())
    }
}
