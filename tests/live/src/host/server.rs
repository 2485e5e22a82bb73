//! Serves one image as a PCI device over vfio-user, and records every write to its configuration space.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use vfio_bindings::bindings::vfio::{
    VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_NUM_REGIONS, VFIO_REGION_INFO_FLAG_READ, VFIO_REGION_INFO_FLAG_WRITE,
    vfio_region_info,
};
use vfio_user::{DmaMapFlags, DmaUnmapFlags, IrqInfo, Server, ServerBackend, ServerRegion};

use crate::image::{Image, SIZE};

/// `INTx`, MSI, MSI-X, error and request: the device has none of them.
const INTERRUPTS: u32 = 5;

/// A write to configuration space as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigWrite {
    pub(crate) offset: usize,
    pub(crate) data: Vec<u8>,
}

/// What happened to a device so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) writes: Vec<ConfigWrite>,
    pub(crate) resets: usize,
}

/// A device that is being served from a thread of its own.
pub(crate) struct Served {
    pub(crate) socket: PathBuf,
    record: Arc<Mutex<Record>>,
}

impl Served {
    /// Begins to serve `image` at `socket`. It ends with the connection.
    pub(crate) fn start(socket: PathBuf, image: Image) -> Result<Self, vfio_user::Error> {
        let server = server(&socket, &image)?;
        let record = Arc::new(Mutex::new(Record::default()));
        let mut device = Device { initial: image.clone(), image, record: Arc::clone(&record), log: false };
        // QEMU's end of the connection may close in the midst of a message; the boot that it served tells what was wrong.
        thread::spawn(move || drop(server.run(&mut device)));
        Ok(Self { socket, record })
    }

    pub(crate) fn record(&self) -> Record {
        locked(&self.record).clone()
    }
}

/// Serves `image` at `socket` until the client goes away, and prints every write.
pub(crate) fn serve(socket: &Path, image: Image) -> Result<(), vfio_user::Error> {
    let record = Arc::default();
    server(socket, &image)?.run(&mut Device { initial: image.clone(), image, record, log: true })
}

fn server(socket: &Path, image: &Image) -> Result<Server, vfio_user::Error> {
    let interrupts = (0..INTERRUPTS).map(|index| IrqInfo { index, flags: 0, count: 0 }).collect();
    // One region beyond the migration region: QEMU asks for it.
    let regions = (0..=VFIO_PCI_NUM_REGIONS).map(|index| region(index, image)).collect();
    Server::new(socket, true, interrupts, regions)
}

fn region(index: u32, image: &Image) -> ServerRegion {
    let size = match index {
        VFIO_PCI_CONFIG_REGION_INDEX => SIZE as u64,
        _ => image.bars().get(index as usize).copied().unwrap_or(0),
    };
    let flags = if size == 0 { 0 } else { VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE };
    let region_info =
        vfio_region_info { argsz: size_of::<vfio_region_info>() as u32, flags, index, size, ..Default::default() };
    ServerRegion { region_info, sparse_areas: Vec::new(), mmap_fd: None }
}

struct Device {
    initial: Image,
    image: Image,
    record: Arc<Mutex<Record>>,
    log: bool,
}

fn locked(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "the access lies outside the configuration region")
}

fn position(offset: u64, length: usize) -> io::Result<usize> {
    let offset = usize::try_from(offset).map_err(|_| outside())?;
    offset.checked_add(length).is_some_and(|end| end <= SIZE).then_some(offset).ok_or_else(outside)
}

impl ServerBackend for Device {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> io::Result<()> {
        if region != VFIO_PCI_CONFIG_REGION_INDEX {
            // The BARs hold nothing.
            data.fill(0);
            return Ok(());
        }
        let offset = position(offset, data.len())?;
        data.copy_from_slice(&self.image.bytes()[offset..offset + data.len()]);
        Ok(())
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> io::Result<()> {
        if region != VFIO_PCI_CONFIG_REGION_INDEX {
            return Ok(());
        }
        let offset = position(offset, data.len())?;
        if self.log {
            println!("write 0x{offset:03x} {data:02x?}");
        }
        locked(&self.record).writes.push(ConfigWrite { offset, data: data.to_vec() });
        if self.image.asks_for_reset(offset, data) {
            self.reset()
        } else {
            self.image.write(offset, data);
            Ok(())
        }
    }

    fn dma_map(&mut self, _: DmaMapFlags, _: u64, _: u64, _: u64, _: Option<File>) -> io::Result<()> {
        Ok(())
    }

    fn dma_unmap(&mut self, _: DmaUnmapFlags, _: u64, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> io::Result<()> {
        if self.log {
            println!("reset");
        }
        locked(&self.record).resets += 1;
        self.image = self.initial.clone();
        Ok(())
    }

    fn set_irqs(&mut self, _: u32, _: u32, _: u32, _: u32, _: Vec<File>) -> io::Result<()> {
        Ok(())
    }
}
