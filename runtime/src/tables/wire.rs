//! How a value lies in a table: little-endian, unaligned, without padding. One definition reads and writes it.

use super::proof::Proof;

/// A value with a fixed length in a table.
pub trait Wire: Copy {
    /// Its length in bytes.
    const SIZE: usize;

    /// Reads it from the first [`Wire::SIZE`] bytes; `None` if they are too few or hold no such value.
    fn get(bytes: &[u8]) -> Option<Self>;

    /// Writes it to the first [`Wire::SIZE`] bytes; `None` if there are fewer.
    fn put(&self, bytes: &mut [u8]) -> Option<()>;

    /// Whether all that it refers to lies inside the database.
    fn holds(&self, proof: &mut Proof<'_>) -> bool {
        let _ = proof;
        true
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Wire for $int {
            const SIZE: usize = size_of::<$int>();

            fn get(bytes: &[u8]) -> Option<Self> {
                Some(<$int>::from_le_bytes(*bytes.first_chunk()?))
            }

            fn put(&self, bytes: &mut [u8]) -> Option<()> {
                *bytes.first_chunk_mut()? = self.to_le_bytes();
                Some(())
            }
        }
    )*};
}

integers!(u8, u16, u32, u64);

impl Wire for bool {
    const SIZE: usize = 1;

    fn get(bytes: &[u8]) -> Option<Self> {
        match bytes.first()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn put(&self, bytes: &mut [u8]) -> Option<()> {
        u8::from(*self).put(bytes)
    }
}

/// Declares a record: a struct whose fields lie one behind the other in a table.
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

            fn holds(&self, proof: &mut $crate::tables::Proof<'_>) -> bool {
                true $(&& $crate::tables::Wire::holds(&self.$field, proof))*
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
    };
}

pub(super) use {byte_enum, record};
