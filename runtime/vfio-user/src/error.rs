//! What can go wrong between this crate and a vfio-user server.

use std::io;
use std::path::PathBuf;

use crate::Command;

/// An access that failed, or a device that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody listens at the socket.
    #[error("cannot connect to `{}`: {source}", .path.display())]
    Connect {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The server closed the connection.
    #[error("the server closed the connection at {command}")]
    Gone {
        /// The request.
        command: Command,
    },
    /// The server did not answer in time.
    #[error("the server did not answer {command} in time")]
    TimedOut {
        /// The request.
        command: Command,
    },
    /// The socket failed otherwise.
    #[error("{command} failed: {source}")]
    Io {
        /// The request.
        command: Command,
        /// Why.
        source: io::Error,
    },
    /// The server refused a request. The connection stays usable.
    #[error("the server refused {command}: {source}")]
    Refused {
        /// The request.
        command: Command,
        /// The error number of the reply.
        source: io::Error,
    },
    /// A reply that the protocol does not allow.
    #[error("broken reply to {command}: {problem}")]
    BrokenReply {
        /// The request.
        command: Command,
        /// What is wrong with it.
        problem: String,
    },
    /// An access after one that left the connection in an unknown state.
    #[error("the connection was given up after an earlier error")]
    GivenUp,
    /// The device is not a PCI function, or has no configuration space.
    #[error("not a PCI function with a configuration space: {0}")]
    NotPci(String),
    /// The access is not inside the configuration space.
    #[error("{length} bytes at `{offset:#x}` are not inside a configuration space of {size} bytes")]
    OutOfRange {
        /// Where the access begins.
        offset: u16,
        /// How long it is.
        length: usize,
        /// How long the configuration space is.
        size: usize,
    },
}
