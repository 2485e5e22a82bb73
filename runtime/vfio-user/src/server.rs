//! The other side of the socket: serves a configuration space to one client, in a thread.

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

/// Serves the configuration space of `device` at a new socket, to the first client that connects.
///
/// The device has no BARs and no interrupts. When this returns, clients can connect. Who keeps the `Arc` sees what a client
/// did to the device.
///
/// # Errors
/// When there is something at the path, or no socket can be made there.
pub fn serve<D>(socket: &Path, device: Arc<D>) -> Result<Server, ServeError>
where
    D: ConfigAccess + Send + Sync + 'static,
{
    let regions = (0..VFIO_PCI_NUM_REGIONS).map(|index| region(index, device.size())).collect();
    let irqs = (0..VFIO_PCI_NUM_IRQS).map(|index| IrqInfo { index, flags: 0, count: 0 }).collect();
    let server = vfio_user::Server::new(socket, true, irqs, regions)
        .map_err(|source| ServeError::Listen { path: socket.to_owned(), source })?;
    let run = move || server.run(&mut Backend { device });
    let thread = std::thread::Builder::new().name("vfio-user".to_owned()).spawn(run).map_err(ServeError::Thread)?;
    Ok(Server { thread })
}

fn region(index: u32, config: usize) -> ServerRegion {
    let is_config = index == VFIO_PCI_CONFIG_REGION_INDEX;
    let region_info = vfio_region_info {
        argsz: u32::try_from(size_of::<vfio_region_info>()).unwrap_or_default(),
        flags: if is_config { VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE } else { 0 },
        index,
        size: if is_config { config as u64 } else { 0 },
        ..Default::default()
    };
    ServerRegion { region_info, sparse_areas: Vec::new(), mmap_fd: None }
}

struct Backend<D> {
    device: Arc<D>,
}

impl<D: ConfigAccess> Backend<D> {
    /// The config offset of an access, if it is one of configuration space and inside of it.
    fn place(&self, region: u32, offset: u64, length: usize) -> io::Result<u16> {
        let end = usize::try_from(offset).ok().and_then(|offset| offset.checked_add(length));
        let is_inside = region == VFIO_PCI_CONFIG_REGION_INDEX && end.is_some_and(|end| end <= self.device.size());
        let offset = u16::try_from(offset).ok().filter(|_| is_inside);
        offset.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not inside configuration space"))
    }
}

impl<D: ConfigAccess> ServerBackend for Backend<D> {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> io::Result<()> {
        let offset = self.place(region, offset, data.len())?;
        self.device.read(offset, data).map_err(|error| io::Error::other(error.to_string()))
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = self.place(region, offset, data.len())?;
        self.device.write(offset, data).map_err(|error| io::Error::other(error.to_string()))
    }

    // The device does no DMA and raises no interrupt, so there is nothing to keep.

    fn dma_map(&mut self, _: DmaMapFlags, _: u64, _: u64, _: u64, _: Option<File>) -> io::Result<()> {
        Ok(())
    }

    fn dma_unmap(&mut self, _: DmaUnmapFlags, _: u64, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn set_irqs(&mut self, _: u32, _: u32, _: u32, _: u32, _: Vec<File>) -> io::Result<()> {
        Ok(())
    }
}
