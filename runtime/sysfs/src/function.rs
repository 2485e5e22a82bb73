//! One PCI function as sysfs lists it: identity, driver, group, VFIO device.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use quirk_runtime::{Function, Identity, Signs};

use crate::{Address, Config, Error};

/// One PCI function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PciFunction {
    /// Where it is.
    pub address: Address,
    /// What it is: a virtual function with its real ids, and physical or virtual where something proves it; see [`Signs`].
    pub identity: Identity,
    /// Whether it answers: a function that is powered down, or gone, reads all ones, and what else is known of it is from before.
    pub answers: bool,
    /// The physical function, if this is a virtual one.
    pub physical_function: Option<Address>,
    /// The driver that it is bound to.
    pub driver: Option<String>,
    /// What `driver_override` says.
    pub driver_override: Option<String>,
    /// The number of its IOMMU group; `None` without an IOMMU.
    pub iommu_group: Option<u32>,
    /// The name of its VFIO character device, `vfio0` say; `None` unless a VFIO driver is bound.
    pub vfio_device: Option<String>,
    folder: PathBuf,
}

impl PciFunction {
    pub(crate) fn read(folder: &Path, address: Address, is_in_guest: bool) -> Result<Self, Error> {
        Self::from_folder(folder, address, is_in_guest)
            .map_err(|error| if folder.exists() { error } else { Error::NoSuchFunction { address } })
    }

    fn from_folder(folder: &Path, address: Address, is_in_guest: bool) -> Result<Self, Error> {
        let physical_function = match link_name(&folder.join("physfn"))? {
            Some(name) => Some(name.parse().map_err(|_| Error::Content {
                path: folder.join("physfn"),
                text: name,
                expected: "a link to a PCI function",
            })?),
            None => None,
        };
        // Bytes that cannot be read prove nothing.
        let signs = Config::open(&folder.join("config")).and_then(|config| Signs::of(&config)).unwrap_or_default();
        let signs = signs.with_physfn(physical_function.is_some()).inside_guest(is_in_guest);
        let iommu_group = match link_name(&folder.join("iommu_group"))? {
            Some(name) => Some(name.parse().map_err(|_| Error::Content {
                path: folder.join("iommu_group"),
                text: name,
                expected: "a link to a numbered group",
            })?),
            None => None,
        };
        let header_type = header_type(folder)?;
        Ok(Self {
            address,
            answers: header_type & 0x7f != 0x7f,
            identity: identity(folder, header_type)?.with_function(signs.function()),
            physical_function,
            driver: link_name(&folder.join("driver"))?,
            driver_override: text(&folder.join("driver_override"))?.filter(|name| name != "(null)" && !name.is_empty()),
            iommu_group,
            vfio_device: vfio_device(&folder.join("vfio-dev"))?,
            folder: folder.to_owned(),
        })
    }

    /// Its folder in sysfs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the kernel knows a way to reset this function alone: `reset` is there, and `reset_method`, which Linux has since
    /// 5.15, names one.
    ///
    /// # Errors
    /// When `reset_method` cannot be read.
    pub fn has_reset(&self) -> Result<bool, Error> {
        let names_one = text(&self.folder.join("reset_method"))?.is_none_or(|methods| !methods.is_empty());
        Ok(names_one && self.folder.join("reset").exists())
    }

    /// The bridges above it, from its own up to the one on the root bus; none for a function on the root bus.
    ///
    /// # Errors
    /// When the place of its folder cannot be found out.
    pub fn upstream(&self) -> Result<Vec<Address>, Error> {
        // A device's folder lies in that of its bridge; above a root bus the folder is named for that bus.
        let place = fs::canonicalize(&self.folder).map_err(|source| Error::file(&self.folder, source))?;
        let name = |folder: &Path| folder.file_name().and_then(|name| name.to_str()?.parse().ok());
        Ok(place.ancestors().skip(1).map_while(name).collect())
    }
}

fn header_type(folder: &Path) -> Result<u8, Error> {
    let mut header = [0; 0x0f];
    let config = folder.join("config");
    fs::File::open(&config)
        .and_then(|mut file| io::Read::read_exact(&mut file, &mut header))
        .map_err(|source| Error::file(&config, source))?;
    Ok(header[0x0e])
}

fn identity(folder: &Path, header_type: u8) -> Result<Identity, Error> {
    let word = |name: &str| number(folder, name).map(|value| (value & 0xffff) as u16);
    let endpoint = header_type & 0x7f == 0;
    Ok(Identity::new(word("vendor")?, word("device")?)
        .with_subsystem(if endpoint { Some((word("subsystem_vendor")?, word("subsystem_device")?)) } else { None })
        .with_revision(number(folder, "revision")?.to_le_bytes()[0])
        .with_class(number(folder, "class")? & 0xff_ffff)
        .with_function(Function::Unknown))
}

fn number(folder: &Path, name: &str) -> Result<u32, Error> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).map_err(|source| Error::file(&path, source))?;
    let digits = text.trim();
    digits.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| Error::Content {
        path,
        text: digits.to_owned(),
        expected: "a hexadecimal number such as `0x8086`",
    })
}

fn text(path: &Path) -> Result<Option<String>, Error> {
    present(fs::read_to_string(path), path).map(|text| text.map(|text| text.trim().to_owned()))
}

/// The last part of what a link points at: sysfs names drivers, groups and functions so.
fn link_name(path: &Path) -> Result<Option<String>, Error> {
    let target = present(fs::read_link(path), path)?;
    Ok(target.and_then(|target| Some(target.file_name()?.to_string_lossy().into_owned())))
}

fn vfio_device(folder: &Path) -> Result<Option<String>, Error> {
    let Some(mut entries) = present(fs::read_dir(folder), folder)? else { return Ok(None) };
    let first = entries.next().transpose().map_err(|source| Error::file(folder, source))?;
    Ok(first.map(|entry| entry.file_name().to_string_lossy().into_owned()))
}

fn present<T>(result: io::Result<T>, path: &Path) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path, error)),
    }
}
