//! Config access to a device served over the vfio-user protocol.
//!
//! [`Device`] is the client. The server is another process, and hostile: whatever it answers, and if it does not answer at
//! all, an access ends with an error in bounded time. That is why the messages are this crate's own; the client of the
//! crate `vfio_user` (0.1.7) waits for ever after an error reply, takes short replies for whole ones, and panics on a
//! version reply whose length is wrong. Its server is what `serve` (feature `server`) builds on.
//!
//! The protocol is that of libvfio-user and QEMU's `docs/interop/vfio-user.rst`, version 0. Of it only what a
//! configuration space needs is spoken: version, device and region info, region read and write.
#![forbid(unsafe_code)]

mod connection;
#[cfg(feature = "server")]
mod described;
mod device;
mod error;
mod message;
#[cfg(feature = "server")]
mod server;

#[cfg(feature = "server")]
pub use described::Described;
pub use device::{Device, TIMEOUT};
pub use error::Error;
pub use message::Command;
#[cfg(feature = "server")]
pub use server::{ServeError, Server, Service, serve};
