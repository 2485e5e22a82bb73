//! What became of each layer that was switched on, as data and as a sentence.

use core::fmt;

use crate::bounded::{Bounded, seen_list};
use crate::capability::{DVSEC, Name, Space};
use crate::reason::Reason;

/// Most layers that are applied to a function: of more, those of the first databases and in each the first by name, whatever
/// their rank. [`Finding::TooManyLayers`](crate::Finding::TooManyLayers) counts the others.
pub(crate) const LAYERS: usize = 16;

/// A layer that matches a function and is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerEntry<'db> {
    /// Index of its database.
    pub database: usize,
    /// Its identifier.
    pub name: &'db str,
    /// `file:line` of its description.
    pub source: &'db str,
    /// Why it is not applied; `None` if it is.
    pub refused: Option<LayerReason<'db>>,
}

seen_list! {
    /// Layers in the order in which they were applied or refused: a slice, and how many more there were.
    LayerEntries<'db> of LayerEntry<'db>, LAYERS, Bounded::new()
}

macro_rules! reasons {
    ($($(#[$meta:meta])* $variant:ident $({ $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })? = $code:literal,)*) => {
        /// Why a layer is not applied: a kebab-case [`code`](LayerReason::code) for programs, a sentence for people.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum LayerReason<'db> {
            $($(#[$meta])* $variant $({ $($(#[$field_meta])* $field: $type,)* })?,)*
        }

        impl LayerReason<'_> {
            /// All codes.
            pub const CODES: &'static [&'static str] = &[$($code,)*];

            /// A name for programs: it is never changed.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// The policy gives no value for a parameter.
    ParamMissing {
        /// Its name.
        param: &'db str,
    } = "param-missing",
    /// The value of a parameter is of another kind or size than the layer declares.
    ParamKind {
        /// Its name.
        param: &'db str,
    } = "param-kind",
    /// The policy gives values for parameters that the layer does not have.
    ParamUnknown {
        /// How many.
        count: u16,
    } = "param-unknown",
    /// The offset of `@ free` stands with a device entry, and none of the layer's database applies.
    NoAllocation {
        /// Which list.
        space: Space,
        /// Id of the emulated capability.
        id: u16,
    } = "no-allocation",
    /// No place for an emulated capability is free.
    NoPlace {
        /// Id of the emulated capability.
        id: u16,
        /// The first of its places.
        at: u16,
        /// What speaks against that.
        reason: Reason,
    } = "no-place",
    /// The guest sees no capability of the id that a field counts from.
    AnchorAbsent {
        /// Which list.
        space: Space,
        /// The id.
        id: u16,
        /// A DVSEC's vendor (0 for a VSEC) and its id, where the field names them.
        sub: Option<(u16, u16)>,
    } = "anchor-absent",
    /// Another layer emulates the same bits in another way, and neither says `over` the other.
    LayersCollide {
        /// The byte.
        offset: u16,
        /// The other layer; the layer itself, if it contradicts itself.
        with: &'db str,
    } = "layers-collide",
    /// A field covers what makes the header of its capability.
    HeaderOwned {
        /// The byte.
        offset: u16,
    } = "header-owned",
    /// A field covers what leads through a capability list: the pointer, or the header of a capability.
    ListOwned {
        /// The byte.
        offset: u16,
    } = "list-owned",
    /// A field covers a byte of an aliased space that is a copy of another.
    OnCopy {
        /// The byte.
        offset: u16,
        /// The distance at which space repeats.
        every: u16,
    } = "on-copy",
    /// Something reaches out of the space, or out of its capability.
    OutOfBounds {
        /// Where it begins.
        offset: u16,
    } = "out-of-bounds",
    /// The expression of a field gives no value, or one with bits that the field does not own.
    NoValue {
        /// The field.
        offset: u16,
    } = "no-value",
    /// It shows another device type, and the guest sees no PCI Express capability.
    NoPcie = "no-pcie",
    /// It emulates PASID, or a byte of it: what a guest is shown there is decided for each function.
    Pasid = "pasid",
    /// There is no room in the overlay, for another capability, run of bytes or mirror, or for a layer that shares more than
    /// 256 dwords with those before it.
    NoRoom = "no-room",
    /// A record of it makes no sense.
    BrokenRecord = "broken-record",
}

impl fmt::Display for LayerReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ParamMissing { param } => write!(f, "the parameter `{param}` has no value"),
            Self::ParamKind { param } => {
                write!(f, "the value of the parameter `{param}` is not of its kind and size")
            }
            Self::ParamUnknown { count: 1 } => f.write_str("a value is given for a parameter that it does not have"),
            Self::ParamUnknown { count } => {
                write!(f, "values are given for {count} parameters that it does not have")
            }
            Self::NoAllocation { space, id } => {
                write!(f, "no entry that was compiled with it has room for its {}", Name(space, id))
            }
            Self::NoPlace { id, at, reason } => {
                write!(f, "no place for its {}; {at:#05x}: {reason}", Name(Space::of(at), id))
            }
            Self::AnchorAbsent { space, id, sub: Some((vendor, sub)) } if id == DVSEC => {
                write!(f, "the guest sees no {} of vendor {vendor:#06x} with the id {sub:#06x}", Name(space, id))
            }
            Self::AnchorAbsent { space, id, sub: Some((_, sub)) } => {
                write!(f, "the guest sees no {} with the id {sub:#06x}", Name(space, id))
            }
            Self::AnchorAbsent { space, id, sub: None } => write!(f, "the guest sees no {}", Name(space, id)),
            Self::LayersCollide { offset, with } => {
                write!(f, "the layer `{with}` emulates bits of {offset:#05x} in another way")
            }
            Self::HeaderOwned { offset } => {
                write!(f, "a field covers {offset:#05x}, in the header of its own capability")
            }
            Self::ListOwned { offset } => write!(f, "a field covers {offset:#05x}, which a capability list needs"),
            Self::OnCopy { offset, every } => {
                write!(f, "a field covers {offset:#05x}, a copy: extended space repeats every {every:#x} bytes")
            }
            Self::OutOfBounds { offset } => {
                write!(f, "what it has at {offset:#05x} reaches out of its space or its capability")
            }
            Self::NoValue { offset } => write!(f, "no value for the field at {offset:#05x} that fits its bits"),
            Self::NoPcie => f.write_str("the guest sees no PCI Express capability to change"),
            Self::Pasid => f.write_str("it emulates PASID or a byte of it, which is for the decision alone"),
            Self::NoRoom => f.write_str("there is no room for what it emulates"),
            Self::BrokenRecord => f.write_str("a record of it makes no sense"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::LayerReason;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_kebab_case() {
        let unique: BTreeSet<_> = LayerReason::CODES.iter().collect();
        assert_eq!(unique.len(), LayerReason::CODES.len());
        assert!(LayerReason::CODES.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }
}
