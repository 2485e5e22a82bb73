//! What attach finds out about a function before anything is decided: its lists, what is taken and what is free.

mod check;
pub(crate) mod claims;
mod config;
pub(crate) mod copies;
mod deferred;
mod dvsec;
mod free_space;
mod left_linked;
mod map;
pub(crate) mod suspects;

pub(crate) use config::{ConfigSurvey, OwnPasid, Unread};
pub(crate) use dvsec::FoundDvsec;
pub(crate) use free_space::{Judged, Told};
pub(crate) use map::{Owner, Start};
