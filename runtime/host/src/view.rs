//! What bytes are seen through, and what kind of function they are of.

use clap::ValueEnum;
use quirk_runtime::Function;

/// What the bytes are taken to be seen through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// What vfio-pci shows of a device with these bytes
    Vfio,
    /// The bytes as they are: what a device behind VFIO, or without it, answers
    Raw,
}

/// What kind of function it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FunctionKind {
    /// A physical function
    Physical,
    /// A virtual function, which has no PASID capability of its own
    Virtual,
}

impl From<FunctionKind> for Function {
    fn from(kind: FunctionKind) -> Self {
        match kind {
            FunctionKind::Physical => Self::Physical,
            FunctionKind::Virtual => Self::Virtual,
        }
    }
}
