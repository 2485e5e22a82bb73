//! A virtual configuration through the interfaces that VMMs have for configuration space: dwords by index, dwords with byte
//! enables, bytes by offset; and a device with a capability of the VMM's own. The traits are shapes of this example's own; `docs/embedding.md` says which VMM has which.

mod appended;
mod enables;
mod function;
mod offsets;
mod registers;

pub use appended::{AppendError, Appended};
pub use enables::EnabledDwords;
pub use function::{Function, Vmm};
pub use offsets::ByteOffsets;
pub use registers::RegisterIndex;
