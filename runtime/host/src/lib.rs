//! What programs on a host share: loading descriptions, the host's PASID facts, what bytes are seen through, and the words of a
//! placement policy, so that each means the same wherever it is said.
#![forbid(unsafe_code)]

mod descriptions;
mod error;
mod facts;
mod files;
mod layers;
mod number;
mod view;
mod words;

pub use descriptions::Descriptions;
pub use error::Error;
pub use facts::HostArgs;
pub use files::quirk_files;
pub use layers::{LayerWord, Layers};
pub use view::{FunctionKind, View};
pub use words::{EvidenceWord, PlaceWord, PolicyArgs};
