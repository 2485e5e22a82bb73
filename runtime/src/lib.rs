//! Places virtual PCI capabilities, a PASID capability above all, on top of a live device, for the VMM that passes it through.
//!
//! No operating system, no allocation, no dependency, no unsafe code.
//!
//! # Attach
//!
//! A device is anything that implements [`ConfigRead`] and [`ConfigAccess`]: a size, a read and a write. With it go the
//! descriptions of devices ([`Database`], made by a build script, by `quirkc build`, or `quirk_db::DATABASE`), who the function
//! is ([`Identity`]), what the host can do with PASIDs ([`HostPasid`]), and what the operator wants ([`Policy`]).
//! [`VirtualConfig::attach`] decides, and writes nothing to the device.
//!
//! ```
//! use quirk_runtime::{
//!     AttachError, ConfigAccess, Database, Function, HostPasid, Identity, Policy, VirtualConfig,
//! };
//!
//! /// `hw_info` is what `IOMMU_GET_HW_INFO` answers: `out_max_pasid_log2` and `out_capabilities`.
//! fn attach<'db, D: ConfigAccess>(
//!     device: D,
//!     databases: &[Database<'db>],
//!     hw_info: (u8, u64),
//! ) -> Result<VirtualConfig<'db, D>, AttachError<D::Error>> {
//!     let mut header = [0; 64];
//!     device.read(0, &mut header).map_err(AttachError::Device)?;
//!     // The header cannot tell a physical function from a virtual one, and a virtual one has no ids there: the VMM knows.
//!     let identity = Identity::from_header(&header).with_function(Function::Physical);
//!     // An answer that means something else than it seems counts as none.
//!     let host = HostPasid::from_hw_info(hw_info.0, hw_info.1).unwrap_or(None);
//!     VirtualConfig::attach(device, databases, &identity, host, &Policy::default())
//! }
//! # let _ = attach::<quirk_runtime::Image>;
//! ```
//!
//! That PASID could not be placed is no error: the guest then sees the device as it is, and [`VirtualConfig::decision`] says
//! why, source by source, for a log.
//!
//! # Serve the guest
//!
//! Every access of the guest goes through [`VirtualConfig::read`] and [`VirtualConfig::write`], at any size and alignment, with
//! the VMM's own emulation of command, BARs, MSI and ROM above it. What a write means to the VMM is an [`Effect`].
//!
//! ```
//! use quirk_runtime::{AccessError, ConfigAccess, Effect, VirtualConfig};
//!
//! fn guest_reads<D: ConfigAccess>(config: &VirtualConfig<'_, D>, offset: u16) -> u32 {
//!     let mut bytes = [0; 4];
//!     // After an error the buffer holds ones, as a bus gives them for a device that does not answer.
//!     let _ = config.read(offset, &mut bytes);
//!     u32::from_le_bytes(bytes)
//! }
//!
//! fn guest_writes<D: ConfigAccess>(
//!     config: &mut VirtualConfig<'_, D>,
//!     offset: u16,
//!     data: &[u8],
//! ) -> Result<(), AccessError<D::Error>> {
//!     for effect in config.write(offset, data)? {
//!         match effect {
//!             Effect::PasidControl(control) => println!("PASID is {}", if control.enable { "on" } else { "off" }),
//!             Effect::FunctionReset => println!("MSI-X is to be set up again"),
//!             _ => {}
//!         }
//!     }
//!     Ok(())
//! }
//! # let _ = (guest_reads::<quirk_runtime::Image>, guest_writes::<quirk_runtime::Image>);
//! ```
//!
//! Reads take `&self` and writes `&mut self`: a VMM with several vCPUs holds a configuration behind a lock. A
//! [`VirtualConfig`] is `Send` and `Sync` where its device is.
//!
//! # Reset, save, restore
//!
//! The VMM tells of every reset that it makes, or that it sees, with [`VirtualConfig::reset`]; one that the guest starts by a write
//! is done already. [`VirtualConfig::save`] and [`VirtualConfig::attach_with`] carry a guest to another host: there it sees the same
//! bytes at the same offsets, or the reason why it cannot.
//!
//! # What may change
//!
//! Enumerations and structures of this crate may grow: a `match` needs an arm for the rest, and options are built with `with_`
//! methods. Codes, as [`Reason::code`] gives them, are never changed. What is hidden from this documentation, above all the
//! records of the tables, belongs to the compiler of the same version; [`Database::devices`] is the view of it that stays.
#![no_std]
#![forbid(unsafe_code)]

// What tests share names the crate from outside.
#[cfg(test)]
extern crate self as quirk_runtime;
#[cfg(test)]
extern crate std;

mod access;
mod attach;
mod bounded;
mod byte_range;
mod byte_set;
pub mod capability;
pub mod chain;
mod decision;
mod dword_set;
mod facts;
mod finding;
pub mod free_space;
mod guest_view;
mod identity;
mod image;
mod kernel;
mod layers;
#[doc(hidden)]
pub mod lookup;
pub mod overlay;
#[cfg(feature = "alloc")]
mod owned;
mod pasid;
mod placement;
mod policy;
mod question;
mod reason;
pub mod saved;
mod setters;
mod signs;
mod source;
mod survey;
#[doc(hidden)]
pub mod tables;
#[cfg(test)]
mod testing;
mod told;
mod view;

pub use access::{ConfigAccess, ConfigRead, SPACE};
pub use attach::{AttachError, ImposeError, Refusal, VirtualConfig, place};
pub use byte_range::ByteRange;
pub use byte_set::ByteSet;
pub use decision::{
    Candidate, Candidates, Decision, EntryName, Findings, Grant, LayerEntries, LayerEntry, LayerReason, NearMiss,
    Placement, Verdict,
};
pub use facts::{DeviceFacts, LayerFacts};
pub use finding::Finding;
pub use identity::{Function, Identity};
pub use image::{Image, ImageError};
pub use kernel::Kernel;
pub use lookup::Condition;
pub use overlay::{AccessError, Effect, Effects, Intent, Overlay, PowerChange, PowerState, Reset};
#[cfg(feature = "alloc")]
pub use owned::OwnedDatabase;
pub use pasid::{HostPasid, InvalidWidth, MAX_WIDTH};
pub use policy::{Hidden, LayerChoice, Native, Operator, ParamValue, Policy, TrappedMirrors, Window};
pub use reason::Reason;
pub use saved::Saved;
pub use signs::Signs;
pub use source::{Source, Sources};
pub use tables::{Database, Evidence, LoadError, Mirror, Unassigned, WriteClass};
pub use view::{cfg_size, vfio_view};
