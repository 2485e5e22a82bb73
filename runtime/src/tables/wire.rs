//! How a value lies in a table: little-endian, unaligned, without padding. One definition reads and writes it.

/// A value with a fixed length in a table.
pub trait Wire: Copy {
    /// Its length in bytes.
    const SIZE: usize;

    /// Reads it from the first [`Wire::SIZE`] bytes; `None` if they are too few or hold no such value.
    fn get(bytes: &[u8]) -> Option<Self>;

    /// Writes it to the first [`Wire::SIZE`] bytes; `None` if there are fewer.
    fn put(&self, bytes: &mut [u8]) -> Option<()>;
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Wire for $int {
            const SIZE: usize = size_of::<$int>();

            #[inline]
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

    #[inline]
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
