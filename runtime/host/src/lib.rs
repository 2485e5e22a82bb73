//! What programs on a host share: loading descriptions, the host's PASID facts, what bytes are seen through, and the words of a
//! placement policy, so that each means the same wherever it is said.
#![forbid(unsafe_code)]

mod descriptions;
mod error;
mod facts;
mod files;
mod findings;
mod ids;
mod ignored;
mod layers;
mod number;
mod reasons;
mod view;
mod words;

pub use descriptions::Descriptions;
pub use error::Error;
pub use facts::HostArgs;
pub use files::quirk_files;
pub use findings::{FINDINGS, explain};
pub use ids::{Ids, match_of};
pub use layers::{LayerWord, Layers};
pub use reasons::{Explanation, NOT_RECORDED, REASONS, decisive};
pub use view::{FunctionKind, View};
pub use words::{DescriptionArgs, EvidenceWord, PlaceWord, PolicyArgs};
