//! Decides where PASID goes, in phases, each of which takes what the one before it made: what a device shows becomes [claims](Claimed)
//! of the policy and the entries, these the [decision](Decided), and that what the guest sees.

mod claimed;
mod decided;
mod forbidden;
mod impose;
pub(crate) mod left_linked;
mod source;
mod verify;
mod zero;

pub(crate) use claimed::Claimed;
pub(crate) use decided::Decided;
pub(crate) use impose::Imposed;
