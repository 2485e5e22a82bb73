//! A function of this machine: through VFIO where a VFIO driver has it, else through sysfs. Nothing is bound or written.

use std::path::{Path, PathBuf};

use quirk_recorded::Recorded;
use quirk_runtime::{ConfigAccess, HostPasid, Image};
use quirk_sysfs::{Address, PciFunction, Sysfs};
use quirk_vfio::Way;

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

/// What VFIO told of a function.
pub(crate) struct ThroughVfio {
    bytes: Vec<u8>,
    pub(crate) host: Option<HostPasid>,
}

/// Reads a function as a VMM would, if a VFIO driver has it; otherwise says why not.
pub(crate) fn through_vfio(sysfs: &Sysfs, function: &PciFunction, way: Way) -> Result<ThroughVfio, String> {
    if function.vfio_device.is_none() && function.driver.as_deref() != Some("vfio-pci") {
        return Err(match &function.driver {
            Some(driver) => format!("bound to `{driver}`, not to vfio-pci"),
            None => "bound to no driver".to_owned(),
        });
    }
    if !is_ours(sysfs) {
        return Err("devices of another sysfs are not opened".to_owned());
    }
    let open = || {
        let device = quirk_vfio::Device::open_by(sysfs, &function.address.to_string(), way)?;
        let mut bytes = vec![0; device.size()];
        device.read(0, &mut bytes)?;
        Ok(ThroughVfio { bytes, host: device.pasid()? })
    };
    open().map_err(|error: quirk_vfio::Error| error.to_string())
}

/// The function at an address.
pub(crate) fn live(sysfs: &Sysfs, address: Address) -> Result<Subject, Failure> {
    let function = sysfs.function(address).map_err(Failure::new)?;
    let config = sysfs.config(address).map_err(Failure::new)?;
    let mut bytes = vec![0; config.size()];
    config.read(0, &mut bytes).map_err(Failure::new)?;
    let identity = function.identity;
    let record = |bytes: &[u8]| {
        let record =
            Recorded::from_bytes(bytes).ok_or_else(|| Failure::new("the kernel gave no configuration space"))?;
        let Address { domain, bus, device, function } = address;
        Ok(record.named(quirk_recorded::Address { domain: Some(domain), bus, device, function }, ""))
    };
    Ok(match through_vfio(sysfs, &function, Way::Automatic) {
        Ok(vfio) => {
            // A user without rights gets the header alone from sysfs.
            let raw = Image::new(&bytes).filter(|_| bytes.len() >= vfio.bytes.len());
            let (record, seen) = (record(&vfio.bytes)?, Seen::Vfio);
            Subject { record, identity, seen, host: vfio.host, raw, function: Some(function), remark: None }
        }
        Err(remark) => {
            let raw = Image::new(&bytes);
            let (record, seen) = (record(&bytes)?, Seen::Sysfs);
            Subject { record, identity, seen, host: None, raw, function: Some(function), remark: Some(remark) }
        }
    })
}
