//! A saved state as serde takes it: the bytes of its own form, so that their version counts.

use core::fmt;

use ::serde::de::{Error as _, SeqAccess, Visitor};
use ::serde::ser::Error as _;
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Saved;

impl Serialize for Saved {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = [0; Self::MAX_LENGTH];
        let length = self.encode(&mut bytes).map_err(S::Error::custom)?;
        serializer.serialize_bytes(&bytes[..length])
    }
}

impl<'de> Deserialize<'de> for Saved {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Saved;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a saved configuration")
    }

    fn visit_bytes<E: ::serde::de::Error>(self, bytes: &[u8]) -> Result<Saved, E> {
        Saved::decode(bytes).map_err(E::custom)
    }

    /// Formats without bytes, such as JSON, have a list of numbers.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Saved, A::Error> {
        let (mut bytes, mut length) = ([0; Saved::MAX_LENGTH], 0);
        while let Some(byte) = list.next_element()? {
            *bytes.get_mut(length).ok_or_else(|| A::Error::custom("more bytes than a saved configuration has"))? = byte;
            length += 1;
        }
        self.visit_bytes(&bytes[..length])
    }
}
