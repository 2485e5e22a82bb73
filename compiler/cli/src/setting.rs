//! The options that every verb takes that decides where PASID goes: how a function is seen, what host and vIOMMU can do, and the
//! words of the policy.

use quirk_host::{HostArgs, PolicyArgs};

use crate::subject::View;

/// What a decision depends on beside the function.
#[derive(Debug, clap::Args)]
pub(crate) struct Setting {
    /// What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`
    #[arg(long, value_enum)]
    pub(crate) view: Option<View>,

    #[command(flatten)]
    pub(crate) host: HostArgs,

    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
}
