//! The kernel's own view of PCI functions through sysfs: identity, driver, group, configuration space; read only.
//!
//! What sysfs shows of configuration space is the device's own, without what vfio-pci hides and without what a hypervisor
//! adds. It is what tells a physical function's PASID capability for certain.
#![forbid(unsafe_code)]

mod address;
mod config;
mod error;
mod function;
mod hidden;
mod machine;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use address::{Address, BadAddress};
pub use config::Config;
pub use error::Error;
pub use function::PciFunction;
pub use hidden::hidden;

/// A mounted sysfs.
#[derive(Clone, Debug)]
pub struct Sysfs {
    root: PathBuf,
    is_guest: OnceLock<bool>,
}

impl Default for Sysfs {
    fn default() -> Self {
        Self::at("/sys")
    }
}

impl Sysfs {
    /// The sysfs that is mounted at `root`.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), is_guest: OnceLock::new() }
    }

    /// The folder in which it is mounted.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is a sign that the machine is a guest. What a function's bytes say was then said by a VMM.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        *self.is_guest.get_or_init(|| machine::is_guest(&self.root))
    }

    /// Every PCI function, by ascending address.
    ///
    /// # Errors
    /// When the list or a function's files cannot be read. A function that vanishes meanwhile is left out.
    pub fn functions(&self) -> Result<Vec<PciFunction>, Error> {
        let folder = self.root.join("bus/pci/devices");
        let mut addresses = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(|source| Error::file(&folder, source))? {
            let entry = entry.map_err(|source| Error::file(&folder, source))?;
            if let Some(address) = entry.file_name().to_str().and_then(|name| name.parse::<Address>().ok()) {
                addresses.push(address);
            }
        }
        addresses.sort_unstable();
        addresses
            .into_iter()
            .map(|address| self.function(address))
            .filter(|function| !matches!(function, Err(Error::NoSuchFunction { .. })))
            .collect()
    }

    /// The function at `address`.
    ///
    /// # Errors
    /// When there is none, or its files cannot be read.
    pub fn function(&self, address: Address) -> Result<PciFunction, Error> {
        PciFunction::read(&self.folder(address), address, self.is_guest())
    }

    /// The configuration space of the function at `address`, as the kernel itself sees it.
    ///
    /// # Errors
    /// When there is no such function, or its `config` cannot be opened.
    pub fn config(&self, address: Address) -> Result<Config, Error> {
        let folder = self.folder(address);
        if !folder.exists() {
            return Err(Error::NoSuchFunction { address });
        }
        Config::open(&folder.join("config"))
    }

    fn folder(&self, address: Address) -> PathBuf {
        self.root.join("bus/pci/devices").join(address.to_string())
    }
}
