//! Hands a device to a VFIO driver, and takes it back; only when asked for by name.

use std::fs;
use std::path::Path;

use quirk_sysfs::{Address, PciFunction, Sysfs};

use crate::advice::DENYLIST;
use crate::call::Call;
use crate::denylist::is_denylisted;
use crate::error::{CallError, Error};

/// Binds the device to `driver`: `vfio-pci`, or a variant driver on its core. A device that a VFIO driver has already
/// is left as it is, and one that another driver has is refused: [`unbind`] it first.
///
/// # Errors
/// When the device is bound elsewhere, the driver is not loaded, or it refuses the device; vfio-pci's denylist is named.
pub fn bind(sysfs: &Sysfs, address: Address, driver: &str) -> Result<(), Error> {
    let function = sysfs.function(address)?;
    if function.vfio_device.is_some() {
        return Ok(());
    }
    if function.driver.is_some() {
        return Err(Error::NotBound { address, driver: function.driver, denylisted: false });
    }
    let driver_folder = sysfs.root().join("bus/pci/drivers").join(driver);
    if !driver_folder.exists() {
        return Err(Error::NoDriver { driver: driver.to_owned() });
    }
    let wish = function.folder().join("driver_override");
    write(Call::WriteOverride, &wish, driver)?;
    // Not `drivers_probe`: that succeeds even if the driver refuses.
    let attached = write(Call::WriteBind, &driver_folder.join("bind"), &address.to_string())
        .map_err(|error| if refused_by_denylist(sysfs, &function) { error.advised(DENYLIST) } else { error });
    let bound = sysfs.function(address)?;
    if attached.is_ok() && bound.driver.is_some() {
        return Ok(());
    }
    // Leave no wish behind that a later probe would follow.
    write(Call::WriteOverride, &wish, function.driver_override.as_deref().unwrap_or("\n"))?;
    attached?;
    Err(Error::NotBound { address, driver: None, denylisted: refused_by_denylist(sysfs, &function) })
}

/// Takes the device from its driver, and forgets what `driver_override` wished. Without a driver nothing happens.
///
/// The call blocks as long as a VFIO device is open.
///
/// # Errors
/// When the kernel refuses.
pub fn unbind(sysfs: &Sysfs, address: Address) -> Result<(), Error> {
    let function = sysfs.function(address)?;
    if function.driver.is_some() {
        write(Call::WriteUnbind, &function.folder().join("driver/unbind"), &address.to_string())?;
    }
    if function.driver_override.is_some() {
        write(Call::WriteOverride, &function.folder().join("driver_override"), "\n")?;
    }
    Ok(())
}

/// Whether vfio-pci, as it is loaded now, refuses the device.
pub(crate) fn refused_by_denylist(sysfs: &Sysfs, function: &PciFunction) -> bool {
    let switch = sysfs.root().join("module/vfio_pci/parameters/disable_denylist");
    is_denylisted(&function.identity) && fs::read_to_string(switch).map_or(true, |text| text.trim() != "Y")
}

fn write(call: Call, path: &Path, text: &str) -> Result<(), CallError> {
    fs::OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
        .map_err(|source| CallError::new(call, path.display().to_string(), source))
}
