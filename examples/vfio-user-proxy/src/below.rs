//! The device below: a record, another server's, or one that a VFIO driver has.

use std::path::Path;

use quirk_host::View;
use quirk_recorded::{OutOfRange, Recorded, parse};
use quirk_runtime::{
    ConfigAccess, ConfigRead, Function, Hidden, HostPasid, Identity, Image, ImageError, Kernel, Signs, vfio_view,
};
use quirk_sysfs::Sysfs;

use crate::args::Args;
use crate::failure::Failure;
use crate::without_rom::WithoutRom;

/// The device below.
pub(crate) enum Device {
    Recorded(WithoutRom),
    Socket(quirk_vfio_user::Device),
    Vfio(quirk_vfio::Device),
}

/// An access that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Recorded(OutOfRange),
    #[error(transparent)]
    Socket(quirk_vfio_user::Error),
    #[error(transparent)]
    Vfio(quirk_vfio::Error),
}

/// A device, and what is known of it beside its bytes.
pub(crate) struct Below {
    pub(crate) device: Device,
    pub(crate) identity: Identity,
    /// What the host can do with PASIDs for it.
    pub(crate) host: Option<HostPasid>,
    /// What the kernel hides of it, where that is known.
    pub(crate) hidden: Option<Vec<Hidden>>,
    /// Reads have no side effect: it is a record.
    pub(crate) may_scan: bool,
}

impl Below {
    pub(crate) fn open(args: &Args) -> Result<Self, Failure> {
        let mut below = match (&args.image, &args.socket, &args.device) {
            (Some(file), _, _) => Self::image(file, args)?,
            (_, Some(socket), _) => Self::socket(socket)?,
            (_, _, Some(address)) => Self::vfio(address)?,
            _ => return Err(Failure::new("no device is named")),
        };
        if let Some(kind) = args.function_kind {
            below.identity.function = Function::from(kind);
        }
        below.host = args.host.pasid.or(below.host);
        Ok(below)
    }

    fn image(file: &Path, args: &Args) -> Result<Self, Failure> {
        let bytes = std::fs::read(file).map_err(|error| Failure::with_file(file, error))?;
        let functions = parse(&bytes).map_err(|error| Failure::with_file(file, error))?;
        let is_wanted = |record: &&Recorded| {
            let address = record.address();
            args.function.is_none_or(|wanted| address.is_some_and(|address| address.is_same_function(&wanted)))
        };
        let mut found = functions.iter().filter(is_wanted);
        let (Some(record), None) = (found.next(), found.next()) else {
            let count = functions.iter().filter(is_wanted).count();
            return Err(Failure::with_file(file, format_args!("{count} functions fit; pick one with `--function`")));
        };
        let raw = Image::new(record.original())
            .ok_or_else(|| Failure::with_file(file, "the record is shorter than a header"))?;
        let shown = match args.view {
            View::Vfio => vfio_view(&raw, Kernel::LATEST),
            View::Raw => raw.clone(),
        };
        let hidden = quirk_sysfs::hidden::<_, _, ImageError>(&raw, &shown).map_err(Failure::new)?;
        let identity = record.identity().with_function(Signs::of(&raw).map_err(Failure::new)?.function());
        let record = Recorded::from_bytes(shown.bytes());
        let record = record.ok_or_else(|| Failure::with_file(file, "the record has an odd size"))?;
        let device = Device::Recorded(WithoutRom::new(record));
        Ok(Self { device, identity, host: None, hidden, may_scan: true })
    }

    fn socket(socket: &Path) -> Result<Self, Failure> {
        let device = quirk_vfio_user::Device::connect(socket).map_err(Failure::new)?;
        let identity = device.identity();
        Ok(Self { device: Device::Socket(device), identity, host: None, hidden: None, may_scan: false })
    }

    fn vfio(address: &str) -> Result<Self, Failure> {
        let device = quirk_vfio::Device::open(address).map_err(Failure::new)?;
        let host = device.pasid().map_err(Failure::new)?;
        let raw = Sysfs::default().config(address.parse().map_err(Failure::new)?).map_err(Failure::new)?;
        let hidden = device.hidden(&raw).map_err(Failure::new)?;
        let identity = device.identity();
        Ok(Self { device: Device::Vfio(device), identity, host, hidden, may_scan: false })
    }
}

impl Device {
    /// Passes a client's reset on where there is a way: records have no state worth it, and the protocol of the other
    /// server is spoken without it.
    pub(crate) fn reset(&self) -> std::io::Result<()> {
        match self {
            Self::Recorded(_) | Self::Socket(_) => Ok(()),
            Self::Vfio(device) => device.reset().map_err(std::io::Error::other),
        }
    }
}

impl ConfigRead for Device {
    type Error = Error;

    fn size(&self) -> usize {
        match self {
            Self::Recorded(device) => device.size(),
            Self::Socket(device) => device.size(),
            Self::Vfio(device) => device.size(),
        }
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Error> {
        match self {
            Self::Recorded(device) => device.read(offset, buffer).map_err(Error::Recorded),
            Self::Socket(device) => device.read(offset, buffer).map_err(Error::Socket),
            Self::Vfio(device) => device.read(offset, buffer).map_err(Error::Vfio),
        }
    }
}

impl ConfigAccess for Device {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Error> {
        match self {
            Self::Recorded(device) => device.write(offset, data).map_err(Error::Recorded),
            Self::Socket(device) => device.write(offset, data).map_err(Error::Socket),
            Self::Vfio(device) => device.write(offset, data).map_err(Error::Vfio),
        }
    }
}
