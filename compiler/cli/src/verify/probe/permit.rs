//! Who may be written to: a function that vfio-pci itself has, and that the kernel can reset.

use quirk_sysfs::{Address, PciFunction, Sysfs};

use crate::failure::Failure;

/// The function, if sysfs says nothing against a probe of it. Nothing is opened.
pub(super) fn permitted(sysfs: &Sysfs, address: Address) -> Result<PciFunction, Failure> {
    let function = sysfs.function(address).map_err(Failure::new)?;
    match function.driver.as_deref() {
        Some("vfio-pci") => {}
        Some(driver) => {
            let help = "unbind it there, if nobody needs it, and bind it to vfio-pci: docs/live.md";
            return Err(refused(address, &format!("it is bound to `{driver}`, not to vfio-pci")).help(help));
        }
        None => {
            let help = "bind it to vfio-pci: docs/live.md";
            return Err(refused(address, "it is bound to no driver").help(help));
        }
    }
    if !function.has_reset().map_err(Failure::new)? {
        let why = "the kernel knows no way to reset it alone: what a write may do could not be undone";
        return Err(refused(address, why).help("`reset_method` of the function in sysfs lists the ways"));
    }
    Ok(function)
}

pub(super) fn refused(address: Address, why: &str) -> Failure {
    Failure::new(format_args!("nothing is written to {address}: {why}"))
}
