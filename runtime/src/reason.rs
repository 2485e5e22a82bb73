//! Why a candidate was chosen, refused or skipped.

use core::fmt;

use crate::capability::{Name, Space};
use crate::source::Source;

macro_rules! reasons {
    ($($(#[$meta:meta])* $variant:ident $({ $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })? = $code:literal,)*) => {
        /// Why a candidate has its verdict: a kebab-case [`code`](Reason::code) for programs, a sentence for people.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$meta])* $variant $({ $($(#[$field_meta])* $field: $type,)* })?,)*
        }

        impl Reason {
            /// All codes, in the order in which reasons are looked for.
            pub const CODES: &[&str] = &[$($code,)*];

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
    /// Chosen: nothing has a claim on these bytes.
    Free = "free",
    /// Chosen: the device shows PASID there. Refused: it does so elsewhere, and a function has one.
    Visible {
        /// Where it is.
        at: u16,
    } = "visible",
    /// The device does not answer.
    DeviceGone = "device-gone",
    /// The function has no extended configuration space, or no PCI Express capability.
    NoExtendedSpace {
        /// Bytes of its space.
        size: u16,
    } = "no-extended-space",
    /// The host or the vIOMMU has no PASID for this device.
    NoHostPasid {
        /// It is the vIOMMU that has none.
        viommu: bool,
    } = "no-host-pasid",
    /// The entry says that this device must not have PASID.
    PasidForbidden = "pasid-forbidden",
    /// The offset is not dword-aligned.
    Unaligned = "unaligned",
    /// The 8 bytes are not all in `0x100..0x1000`.
    OutOfBounds = "out-of-bounds",
    /// They cover the header of a capability.
    CapabilityHeader {
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
    } = "capability-header",
    /// They cover `0x100..0x108`, where the list begins: in an empty list, where the kernel may have hidden a capability.
    ListHead = "list-head",
    /// They lie in the body of a capability.
    CapabilityBody {
        /// Its id.
        id: u16,
        /// Where its header is.
        at: u16,
    } = "capability-body",
    /// They cover a capability that the kernel hides.
    HiddenCapability {
        /// Its id.
        id: u16,
        /// Where its header is.
        at: u16,
    } = "hidden-capability",
    /// They cover what looks like a capability that the kernel hides.
    SuspectedCapability {
        /// Its id.
        id: u16,
        /// Where its header is.
        at: u16,
    } = "suspected-capability",
    /// They cover registers that the entry declares.
    Register {
        /// First byte of the registers.
        at: u16,
    } = "register",
    /// They cover bytes that the entry reserves.
    Reserved {
        /// First byte of the reserved bytes.
        at: u16,
    } = "reserved",
    /// They cover bytes that the VMM emulates itself.
    VmmOwned {
        /// First byte of these.
        at: u16,
    } = "vmm-owned",
    /// They cover bytes that an enabled layer emulates.
    LayerOwned = "layer-owned",
    /// Refused for a layer's capability: one of the same id abuts them, and Linux takes the two for one.
    SameIdAbuts {
        /// The id of both.
        id: u16,
        /// Where the other is.
        at: u16,
    } = "same-id-abuts",
    /// Extended space repeats, and these bytes are others too.
    Aliased {
        /// The distance.
        every: u16,
    } = "aliased",
    /// The function's own PASID capability is not enabled by the host.
    HostPasidNotEnabled {
        /// Where it is.
        at: u16,
    } = "host-pasid-not-enabled",
    /// What the function's own PASID capability says is not what the host says.
    HostPasidDiffers {
        /// Where it is.
        at: u16,
    } = "host-pasid-differs",
    /// There is no hidden PASID capability where one was expected.
    NoNativeSlot = "no-native-slot",
    /// Nobody but a description says that the function has a PASID capability of its own, or nobody at all does.
    NativeUnknown = "native-unknown",
    /// A virtual function has no PASID capability of its own.
    VirtualFunction = "virtual-function",
    /// The entry declares a capability that the device does not have there.
    DeclaredCapabilityAbsent {
        /// Which list.
        space: Space,
        /// Its id.
        id: u16,
        /// Where it was declared.
        at: u16,
    } = "declared-capability-absent",
    /// The device has a capability in a range that the entry declares free.
    LiveCapabilityInFree {
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
    } = "live-capability-in-free",
    /// Nobody vouches for these bytes as strongly as the policy asks.
    EvidenceTooWeak = "evidence-too-weak",
    /// The bytes are not in a range that the entry declares free.
    NotDeclaredFree = "not-declared-free",
    /// The bytes are not 0.
    NotZero {
        /// The first dword that is not.
        at: u16,
    } = "not-zero",
    /// They are declared free, but do not all read 0, and the policy asks for better evidence then.
    FreeNotZero {
        /// The first dword that is not.
        at: u16,
    } = "free-not-zero",
    /// The entry states a length of a capability that the device's own bits contradict: it is longer.
    DeclaredLengthShort {
        /// Which list.
        space: Space,
        /// Its id.
        id: u16,
        /// Where it is.
        at: u16,
    } = "declared-length-short",
    /// No offset in the ranges passes the check; the first one's reason stands with it.
    NoRoom = "no-room",
    /// Skipped: an earlier source won.
    Outranked {
        /// Which.
        by: Source,
    } = "outranked",
    /// Skipped: what the operator asked for was refused, and nothing else is tried instead.
    OperatorRefused = "operator-refused",
    /// The profile that was asked for is not one of the entry that applies.
    ProfileUnknown = "profile-unknown",
    /// The profile promises a width or a permission that the host, the vIOMMU or the entry does not give.
    ProfileExceedsHost = "profile-exceeds-host",
    /// Skipped: the profile was refused, and nothing else is tried instead.
    ProfileRefused = "profile-refused",
    /// What was saved has a width or a permission that the host, the vIOMMU or the entry does not give.
    SavedExceedsHost = "saved-exceeds-host",
    /// The entry says that the device's free-space DVSEC is wrong.
    Distrusted = "distrusted",
    /// The free-space DVSEC is broken; the findings say how.
    DvsecDropped = "dvsec-dropped",
    /// Skipped: the policy does not allow this source.
    NotAllowed = "not-allowed",
    /// Skipped: this source must be opted in.
    NotOptedIn = "not-opted-in",
    /// Skipped: this source names no place.
    NothingGiven = "nothing-given",
    /// Skipped: no entry describes this function.
    NoEntry = "no-entry",
    /// Skipped: an entry describes this function, and its `place` list decides.
    EntryDecides = "entry-decides",
    /// Skipped: the entry says nothing of PASID.
    NoPlace = "no-place",
    /// An enabled layer emulates the ATS or PRI control that the guest must have beside PASID.
    ControlOwned {
        /// The id of the capability.
        id: u16,
        /// Where the register is.
        at: u16,
    } = "control-owned",
    /// The overlay has no room for what must be emulated.
    OverlayFull = "overlay-full",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ext = |id| Name(Space::Extended, id);
        let named = |id, at| Name(Space::of(at), id);
        match *self {
            Self::Free => f.write_str("nothing has a claim on these bytes"),
            Self::Visible { at } => write!(f, "the device shows PASID at {at:#05x}"),
            Self::DeviceGone => f.write_str("the function does not answer"),
            Self::NoExtendedSpace { size } => {
                write!(f, "no extended capabilities: {size} bytes of space, or no PCI Express capability")
            }
            Self::NoHostPasid { viommu: false } => f.write_str("the host has no PASID for this device"),
            Self::NoHostPasid { viommu: true } => f.write_str("the vIOMMU has no PASID"),
            Self::PasidForbidden => f.write_str("its entry says that this device must not have PASID"),
            Self::Unaligned => f.write_str("the offset is not dword-aligned"),
            Self::OutOfBounds => f.write_str("the 8 bytes are not all in 0x100..0x1000"),
            Self::CapabilityHeader { id, at } => write!(f, "covers the header of {} at {at:#05x}", named(id, at)),
            Self::ListHead => f.write_str("the list is empty, and the kernel may have hidden a capability at 0x100"),
            Self::CapabilityBody { id, at } => write!(f, "in the body of {} at {at:#05x}", named(id, at)),
            Self::HiddenCapability { id, at } => write!(f, "covers the hidden {} at {at:#05x}", named(id, at)),
            Self::SuspectedCapability { id, at } => {
                write!(f, "covers what looks like a hidden {} at {at:#05x}", named(id, at))
            }
            Self::Register { at } => write!(f, "covers the registers at {at:#05x}"),
            Self::Reserved { at } => write!(f, "covers the reserved bytes at {at:#05x}"),
            Self::VmmOwned { at } => write!(f, "covers the VMM's own bytes at {at:#05x}"),
            Self::LayerOwned => f.write_str("covers bytes that a layer emulates"),
            Self::SameIdAbuts { id, at } => write!(f, "abuts another {}, at {at:#05x}", ext(id)),
            Self::Aliased { every } => write!(f, "extended space repeats every {every:#x} bytes"),
            Self::HostPasidNotEnabled { at } => {
                write!(f, "the host has not enabled the function's own PASID at {at:#05x}")
            }
            Self::HostPasidDiffers { at } => {
                write!(f, "the function's own PASID at {at:#05x} is not what the host says")
            }
            Self::NoNativeSlot => f.write_str("the function's own PASID capability is not there"),
            Self::NativeUnknown => f.write_str("nobody confirms a PASID capability of the function's own"),
            Self::VirtualFunction => f.write_str("a virtual function has no PASID capability of its own"),
            Self::DeclaredCapabilityAbsent { space, id, at } => {
                write!(f, "the entry declares {} at {at:#05x}, and the device has none there", Name(space, id))
            }
            Self::LiveCapabilityInFree { id, at } => {
                write!(f, "the entry declares {at:#05x} free, and the device has {} there", ext(id))
            }
            Self::EvidenceTooWeak => f.write_str("nobody vouches for these bytes as strongly as the policy asks"),
            Self::NotDeclaredFree => f.write_str("not in a range that the entry declares free"),
            Self::NotZero { at } => write!(f, "{at:#05x} does not read 0"),
            Self::FreeNotZero { at } => {
                write!(f, "declared free, but {at:#05x} does not read 0, and the policy asks for better evidence then")
            }
            Self::DeclaredLengthShort { space, id, at } => {
                write!(f, "{} at {at:#05x} is longer than the entry states", Name(space, id))
            }
            Self::NoRoom => f.write_str("no offset in the ranges is free"),
            Self::Outranked { by } => write!(f, "the source {by} won"),
            Self::OperatorRefused => f.write_str("what the operator asked for was refused"),
            Self::ProfileUnknown => f.write_str("no such profile of the entry that applies"),
            Self::ProfileExceedsHost => f.write_str("the profile promises more than host, vIOMMU and entry give"),
            Self::ProfileRefused => f.write_str("the profile that was asked for was refused"),
            Self::SavedExceedsHost => f.write_str("what was saved has more than host, vIOMMU and entry give"),
            Self::Distrusted => f.write_str("the entry says that the device's free-space DVSEC is wrong"),
            Self::DvsecDropped => f.write_str("the free-space DVSEC is broken"),
            Self::NotAllowed => f.write_str("the policy does not allow this source"),
            Self::NotOptedIn => f.write_str("must be opted in"),
            Self::NothingGiven => f.write_str("names no place"),
            Self::NoEntry => f.write_str("no entry describes this function"),
            Self::EntryDecides => f.write_str("the entry's `place` list decides"),
            Self::NoPlace => f.write_str("the entry says nothing of PASID"),
            Self::ControlOwned { id, at } => {
                write!(f, "a layer emulates the control of {} at {at:#05x}, which goes with PASID", ext(id))
            }
            Self::OverlayFull => f.write_str("the overlay has no room for what must be emulated"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Reason;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_kebab_case() {
        let unique: BTreeSet<_> = Reason::CODES.iter().collect();
        assert_eq!(unique.len(), Reason::CODES.len());
        assert!(Reason::CODES.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }
}
