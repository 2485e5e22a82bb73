//! The sections of a database.

macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// The sections of a database, in the order of its directory.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Section {
            $($(#[$meta])* $name,)*
        }

        impl Section {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

sections! {
    /// `vendor << 16 | device` (u32) of each clause that names one vendor and one device, ascending; the clause with the
    /// same index is meant.
    Keys,
    /// Perfect hash over the keys, see [`super::hash`]; empty where the compiler found none.
    Hash,
    /// [`super::ClauseIds`]
    Clauses,
    /// [`super::Conditions`]: what clauses ask for beside ids
    Conditions,
    /// [`super::Guard`]
    Guards,
    /// [`super::Device`]
    Devices,
    /// [`super::LayoutEntry`]
    Layout,
    /// [`super::FreeRange`]
    Free,
    /// [`super::Claim`]
    Claims,
    /// [`super::Place`]
    Places,
    /// [`super::EmittedDvsec`]
    Dvsecs,
    /// [`super::Range`]
    Ranges,
    /// [`super::Allocation`]
    Allocations,
    /// [`super::Format`]
    Formats,
    /// [`super::Profile`]
    Profiles,
    /// [`super::ProfileEntry`]
    ProfileEntries,
    /// [`super::Layer`]
    Layers,
    /// [`super::Param`]
    Params,
    /// [`super::Emulation`]
    Emulations,
    /// [`super::Alternative`]
    Alternatives,
    /// [`super::Field`]
    Fields,
    /// [`super::Byte`]: programs and literal bytes
    Programs,
    /// [`super::Hide`]
    Hides,
    /// [`super::Mirror`]
    Mirrors,
    /// [`super::Allow`]
    Allows,
    /// [`super::Over`]
    Overs,
    /// Strings: u16 length and UTF-8 bytes each, the empty one first
    Strings,
}
