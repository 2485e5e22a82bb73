//! What can go wrong between the program and VFIO: each error names the call, the errno, the likely cause and the cure.

use std::fmt;
use std::io;

use quirk_sysfs::{Address, BadAddress};

use crate::advice::{self, Advice};
use crate::call::Call;

/// An error of the VFIO backend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text names no PCI function.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// Sysfs could not be read.
    #[error(transparent)]
    Sysfs(#[from] quirk_sysfs::Error),
    /// A system call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No VFIO driver has the device.
    #[error("`{address}` is not available to VFIO: {}{}", holder(driver.as_deref()), denial(*denylisted))]
    NotBound {
        /// The device.
        address: Address,
        /// The driver that has it instead.
        driver: Option<String>,
        /// vfio-pci refuses the device as it is loaded now.
        denylisted: bool,
    },
    /// The driver that the device should be bound to is not there.
    #[error("there is no driver `{driver}`: load its module, for example with `modprobe {driver}`")]
    NoDriver {
        /// The driver.
        driver: String,
    },
    /// The device is in no IOMMU group.
    #[error(
        "`{address}` is in no IOMMU group: enable the IOMMU in the firmware and on the kernel command line (`intel_iommu=on`)"
    )]
    NoGroup {
        /// The device.
        address: Address,
    },
    /// Another device of the group is bound to a host driver.
    #[error("IOMMU group {group} is not viable: bind every other device of the group to vfio-pci, or to no driver")]
    GroupNotViable {
        /// The group's number.
        group: u32,
    },
    /// The configuration region has a size that no configuration space has.
    #[error("the configuration region of `{name}` has {size} bytes: expected 256 or 4096")]
    ConfigSize {
        /// The device.
        name: String,
        /// What VFIO says.
        size: u64,
    },
    /// Fewer bytes were transferred than asked for.
    #[error("`{call}` on `{name}` ended after {done} of {wanted} bytes at 0x{offset:03x}")]
    Short {
        /// The call.
        call: Call,
        /// The device.
        name: String,
        /// First byte of the access.
        offset: u16,
        /// How many bytes were asked for.
        wanted: usize,
        /// How many were transferred.
        done: usize,
    },
    /// Linux has given this feature index another meaning than PASID facts.
    #[error(
        "device feature {index} has another meaning in Linux: a private index is above {}",
        crate::sys::LAST_ASSIGNED_FEATURE
    )]
    FeatureTaken {
        /// The index.
        index: u16,
    },
    /// A PASID width that the specification does not allow.
    #[error("`{call}` on `{name}` gave a PASID width of {width} bits: at most 20 are possible")]
    Width {
        /// The call.
        call: Call,
        /// The device.
        name: String,
        /// The width.
        width: u8,
    },
}

fn holder(driver: Option<&str>) -> String {
    match driver {
        Some(driver) => format!("it is bound to `{driver}`; unbind it there and bind it to vfio-pci"),
        None => "no driver is bound to it; bind it to vfio-pci".to_owned(),
    }
}

fn denial(denylisted: bool) -> &'static str {
    if denylisted {
        " (vfio-pci refuses this device: it is on its denylist; load it with `disable_denylist=1` if its users are trusted)"
    } else {
        ""
    }
}

/// A failed system call.
#[derive(Debug)]
pub struct CallError {
    /// The call.
    pub call: Call,
    /// What it was made on: a file or a device.
    pub target: String,
    /// The errno.
    pub source: io::Error,
    /// Cause and cure, where the errno has a known one.
    pub advice: Option<Advice>,
}

impl CallError {
    pub(crate) fn new(call: Call, target: impl Into<String>, source: io::Error) -> Self {
        let advice = source.raw_os_error().and_then(|errno| advice::advice(call, errno));
        Self { call, target: target.into(), source, advice }
    }

    pub(crate) fn advised(self, advice: Advice) -> Self {
        Self { advice: Some(advice), ..self }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` on `{}` failed with ", self.call, self.target)?;
        match self.source.raw_os_error().and_then(advice::errno_name) {
            Some(name) => write!(f, "{name}: {}", self.source)?,
            None => write!(f, "{}", self.source)?,
        }
        match self.advice {
            Some(Advice { cause, cure }) => write!(f, ": {cause}; {cure}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
