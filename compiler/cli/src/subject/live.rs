//! A function of this machine: through VFIO where a VFIO driver has it, else through sysfs. Nothing is bound or written.

use std::path::{Path, PathBuf};

use quirk_recorded::Recorded;
use quirk_runtime::{ConfigRead, HostPasid, Image};
use quirk_sysfs::{Address, PciFunction, Sysfs};
use quirk_vfio::{Device, Way};

use super::{Seen, Subject};
use crate::failure::Failure;

/// The sysfs of this machine, or one that lies elsewhere.
pub(crate) fn sysfs(root: Option<&PathBuf>) -> Sysfs {
    root.map_or_else(Sysfs::default, Sysfs::at)
}

/// Whether devices of this sysfs may be opened: one that lies elsewhere is not about the devices of this machine.
fn is_ours(sysfs: &Sysfs) -> bool {
    sysfs.root() == Path::new("/sys")
}

/// Opens a function that a VFIO driver has already; otherwise says why not.
pub(crate) fn open(sysfs: &Sysfs, function: &PciFunction, way: Way) -> Result<Device, String> {
    if function.vfio_device.is_none() && function.driver.as_deref() != Some("vfio-pci") {
        return Err(match &function.driver {
            Some(driver) => format!("bound to `{driver}`, not to vfio-pci"),
            None => "bound to no driver".to_owned(),
        });
    }
    if !is_ours(sysfs) {
        return Err("devices of another sysfs are not opened".to_owned());
    }
    Device::open_by(sysfs, &function.address.to_string(), way).map_err(|error| error.to_string())
}

/// What VFIO told of a function.
struct ThroughVfio {
    bytes: Vec<u8>,
    host: Option<HostPasid>,
}

/// Reads a function as a VMM would.
fn through_vfio(sysfs: &Sysfs, function: &PciFunction) -> Result<ThroughVfio, String> {
    let device = open(sysfs, function, Way::Automatic)?;
    let read = || {
        let mut bytes = vec![0; device.size()];
        device.read(0, &mut bytes)?;
        Ok(ThroughVfio { bytes, host: device.pasid()? })
    };
    read().map_err(|error: quirk_vfio::Error| error.to_string())
}

/// The record of a function of this machine.
pub(super) fn record(address: Address, bytes: &[u8]) -> Result<Recorded, Failure> {
    let record = Recorded::from_bytes(bytes).ok_or_else(|| Failure::new("the kernel gave no configuration space"))?;
    let Address { domain, bus, device, function } = address;
    Ok(record.named(quirk_recorded::Address { domain: Some(domain), bus, device, function }, ""))
}

/// The function at an address, as sysfs shows it; no device is opened.
pub(crate) fn through_sysfs(sysfs: &Sysfs, address: Address) -> Result<Subject, Failure> {
    let function = sysfs.function(address).map_err(Failure::new)?;
    let config = sysfs.config(address).map_err(Failure::new)?;
    let mut bytes = vec![0; config.size()];
    config.read(0, &mut bytes).map_err(Failure::new)?;
    let (identity, raw) = (function.identity, Image::new(&bytes));
    let record = record(address, &bytes)?;
    Ok(Subject { record, identity, seen: Seen::Sysfs, host: None, raw, function: Some(function), remark: None })
}

/// The function at an address.
pub(crate) fn live(sysfs: &Sysfs, address: Address) -> Result<Subject, Failure> {
    let function = sysfs.function(address).map_err(Failure::new)?;
    let config = sysfs.config(address).map_err(Failure::new)?;
    let mut bytes = vec![0; config.size()];
    config.read(0, &mut bytes).map_err(Failure::new)?;
    let identity = function.identity;
    Ok(match through_vfio(sysfs, &function) {
        Ok(vfio) => {
            // A user without rights gets the header alone from sysfs.
            let raw = Image::new(&bytes).filter(|_| bytes.len() >= vfio.bytes.len());
            let (record, seen) = (record(address, &vfio.bytes)?, Seen::Vfio);
            Subject { record, identity, seen, host: vfio.host, raw, function: Some(function), remark: None }
        }
        Err(remark) => Subject { remark: Some(remark), ..through_sysfs(sysfs, address)? },
    })
}
