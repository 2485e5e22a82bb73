//! Places virtual PCI capabilities on top of a live device: tables, chains, the kernel's view, placement, overlay.
//!
//! No operating system, no allocation, no dependency, no unsafe code.
#![no_std]
#![forbid(unsafe_code)]

mod access;
mod attach;
mod bounded;
mod byte_range;
mod byte_set;
pub mod capability;
pub mod chain;
mod decision;
mod dword_set;
mod finding;
pub mod free_space;
mod guest_view;
mod identity;
mod image;
mod kernel;
mod layers;
pub mod lookup;
pub mod overlay;
mod pasid;
mod placement;
mod policy;
mod question;
mod reason;
pub mod saved;
mod signs;
mod source;
mod survey;
pub mod tables;
#[cfg(test)]
mod testing;
mod view;

pub use access::{ConfigAccess, ConfigRead, SPACE};
pub use attach::{AttachError, ImposeError, Refusal, VirtualConfig};
pub use bounded::Bounded;
pub use byte_range::ByteRange;
pub use byte_set::ByteSet;
pub use decision::{
    CANDIDATES, Candidate, Candidates, Decision, EntryName, FINDINGS, Findings, Grant, LAYERS, LayerEntries,
    LayerEntry, LayerReason, NearMiss, Placement, Verdict,
};
pub use finding::Finding;
pub use identity::{Function, Identity};
pub use image::{Image, ImageError};
pub use kernel::Kernel;
pub use layers::MIRRORS;
pub use overlay::{AccessError, Effect, Effects, Overlay, Reset};
pub use pasid::{HostPasid, InvalidWidth, MAX_WIDTH};
pub use policy::{Hidden, LayerChoice, Native, Operator, ParamValue, Policy, TrappedMirrors, Window};
pub use reason::Reason;
pub use saved::Saved;
pub use signs::Signs;
pub use source::{Source, Sources};
pub use tables::Database;
pub use view::{cfg_size, vfio_view};
