//! The sections of a database.

/// Tells a macro of all sections, in the order of the directory, and of what records those hold that hold records.
macro_rules! each_section {
    ($macro:ident) => {
        $macro! {
            /// `vendor << 16 | device` (u32) of each clause that names one vendor and one device, ascending; the clause with the
            /// same index is meant.
            Keys,
            /// Perfect hash over the keys, see [`super::hash`]; empty where the compiler found none.
            Hash,
            /// [`super::ClauseIds`]
            Clauses: ClauseIds,
            /// [`super::Conditions`]: what clauses ask for beside ids
            Conditions: Conditions,
            /// [`super::Guard`]
            Guards: Guard,
            /// [`super::Device`]
            Devices: Device,
            /// [`super::LayoutEntry`]
            Layout: LayoutEntry,
            /// [`super::FreeRange`]
            Free: FreeRange,
            /// [`super::Claim`]
            Claims: Claim,
            /// [`super::Place`]
            Places: Place,
            /// [`super::EmittedDvsec`]
            Dvsecs: EmittedDvsec,
            /// [`super::Range`]
            Ranges: Range,
            /// [`super::Allocation`]
            Allocations: Allocation,
            /// [`super::Format`]
            Formats: Format,
            /// [`super::Profile`]
            Profiles: Profile,
            /// [`super::ProfileEntry`]
            ProfileEntries: ProfileEntry,
            /// [`super::Layer`]
            Layers: Layer,
            /// [`super::Param`]
            Params: Param,
            /// [`super::Emulation`]
            Emulations: Emulation,
            /// [`super::Alternative`]
            Alternatives: Alternative,
            /// [`super::Field`]
            Fields: Field,
            /// [`super::Byte`]: programs and literal bytes
            Programs: Byte,
            /// [`super::Hide`]
            Hides: Hide,
            /// [`super::Mirror`]
            Mirrors: Mirror,
            /// [`super::Allow`]
            Allows: Allow,
            /// [`super::Over`]
            Overs: Over,
            /// Strings: u16 length and UTF-8 bytes each, the empty one first
            Strings,
        }
    };
}

macro_rules! declare {
    ($($(#[$meta:meta])* $name:ident $(: $record:ident)?,)*) => {
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

each_section!(declare);

pub(super) use each_section;
