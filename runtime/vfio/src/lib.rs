//! Config access to a live device through Linux VFIO: iommufd character devices and legacy groups.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let device = quirk_vfio::Device::open("0000:65:00.0")?;
//! match device.pasid()? {
//!     Some(host) => println!("{} PASID bits", host.width),
//!     None => println!("no PASID"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A device is opened only if a VFIO driver has it already; [`bind`] hands it to vfio-pci, and is never called for you.

mod advice;
mod bind;
mod call;
mod denylist;
mod device;
mod error;
mod open;
mod sys;

pub use advice::Advice;
pub use bind::{bind, unbind};
pub use call::Call;
pub use denylist::is_denylisted;
pub use device::{Backing, Device};
pub use error::{CallError, Error};
pub use open::Way;
/// Signals a request of the kernel or of an operator to give the device back; see [`Device::watch_removal`].
pub use vmm_sys_util::eventfd::EventFd;
