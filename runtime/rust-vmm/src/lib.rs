//! Config access and PASID facts for VMMs that hold their device with the rust-vmm crates.
//!
//! ```no_run
//! use quirk_runtime::{ConfigRead, Function, Identity, Policy, VirtualConfig};
//! use quirk_rust_vmm::{ConfigRegion, host_pasid};
//! # fn attach(
//! #     device: &vfio_ioctls::VfioDevice,
//! #     iommufd: &iommufd_ioctls::IommuFd,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//!
//! let region = ConfigRegion::new(device)?;
//! let mut header = [0; 64];
//! region.read(0, &mut header)?;
//! let identity = Identity::from_header(&header).with_function(Function::Physical);
//! // None for a device that is held by a container: PASIDs need iommufd.
//! let host = device.iommufd_dev_id().map(|id| host_pasid(iommufd, id)).transpose()?.flatten();
//! let config = VirtualConfig::attach(region, &[], &identity, host, &Policy::default())?;
//! # let _ = config;
//! # Ok(())
//! # }
//! ```
//!
//! # Why not `region_read`
//!
//! `VfioDevice::region_read` and `region_write` of vfio-ioctls 0.10 return nothing. Where the kernel refuses an access, where a device is gone,
//! or where an index or an offset is wrong, they log a line, and the buffer keeps what was in it: a guest that reads then gets bytes of the
//! VMM's stack or of an earlier read, and a check of a description passes or fails on them. [`ConfigRegion`] does the access itself, on a
//! descriptor of its own for the same open file, and says what failed.
//!
//! `VfioDevice::reset` returns nothing either. Tell [`VirtualConfig::reset`](quirk_runtime::VirtualConfig::reset) of it all the same: what is
//! emulated is in its reset state then, and that is right for a guest that asked for a reset.

mod host;
mod region;

pub use host::{HostError, host_pasid};
pub use region::{ConfigRegion, RegionError};
