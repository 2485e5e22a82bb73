//! The declarations of what lies in a table: from one come its type, its reader and its writer.

/// Declares a record: a struct whose fields lie one after the other in a table.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident in $section:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $crate::tables::Wire for $name {
            const SIZE: usize = 0 $(+ <$type as $crate::tables::Wire>::SIZE)*;

            #[inline]
            fn get(bytes: &[u8]) -> Option<Self> {
                // One check of the length for all fields.
                let mut rest = bytes.get(..Self::SIZE)?;
                $(
                    let $field = <$type as $crate::tables::Wire>::get(rest)?;
                    rest = rest.get(<$type as $crate::tables::Wire>::SIZE..)?;
                )*
                let _ = rest;
                Some(Self { $($field),* })
            }

            fn put(&self, bytes: &mut [u8]) -> Option<()> {
                let mut rest = bytes;
                $(
                    $crate::tables::Wire::put(&self.$field, rest)?;
                    rest = rest.get_mut(<$type as $crate::tables::Wire>::SIZE..)?;
                )*
                let _ = rest;
                Some(())
            }
        }

        impl $crate::tables::holds::Holds for $name {
            fn holds(self, proof: &mut $crate::tables::proof::Proof<'_>) -> bool {
                true $(&& $crate::tables::holds::Holds::holds(self.$field, proof))*
            }
        }

        impl $crate::tables::Record for $name {
            const SECTION: $crate::tables::Section = $crate::tables::Section::$section;
        }
    };
}

/// Declares an enumeration that lies in a table as one byte.
macro_rules! byte_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_meta])* $variant = $value,)*
        }

        impl $crate::tables::Wire for $name {
            const SIZE: usize = 1;

            #[inline]
            fn get(bytes: &[u8]) -> Option<Self> {
                match bytes.first()? {
                    $($value => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn put(&self, bytes: &mut [u8]) -> Option<()> {
                $crate::tables::Wire::put(&(*self as u8), bytes)
            }
        }

        impl $crate::tables::holds::Holds for $name {}
    };
}

pub(super) use {byte_enum, record};
