//! A saved state as serde takes it: the bytes of its own form, so that their version counts. Where a format is text, base64 of them.

use core::fmt;

use ::serde::de::{Error as _, SeqAccess, Visitor};
use ::serde::ser::Error as _;
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Saved;
use super::base64::{self, Base64, Base64Error};

impl Serialize for Saved {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = [0; Self::MAX_LENGTH];
        let length = self.encode(&mut bytes).map_err(S::Error::custom)?;
        let bytes = &bytes[..length];
        if serializer.is_human_readable() {
            serializer.collect_str(&Base64(bytes))
        } else {
            serializer.serialize_bytes(bytes)
        }
    }
}

impl<'de> Deserialize<'de> for Saved {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            // A text, or a list of numbers.
            deserializer.deserialize_any(Bytes)
        } else {
            deserializer.deserialize_bytes(Bytes)
        }
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Saved;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a saved configuration, or base64 of them")
    }

    fn visit_str<E: ::serde::de::Error>(self, text: &str) -> Result<Saved, E> {
        let mut bytes = [0; Saved::MAX_LENGTH];
        match base64::decode(text, &mut bytes) {
            Ok(length) => self.visit_bytes(&bytes[..length]),
            Err(Base64Error::Malformed) => Err(E::custom("not base64 with padding")),
            Err(Base64Error::Long) => Err(E::custom(TOO_LONG)),
        }
    }

    fn visit_bytes<E: ::serde::de::Error>(self, bytes: &[u8]) -> Result<Saved, E> {
        Saved::decode(bytes).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Saved, A::Error> {
        let (mut bytes, mut length) = ([0; Saved::MAX_LENGTH], 0);
        while let Some(byte) = list.next_element()? {
            *bytes.get_mut(length).ok_or_else(|| A::Error::custom(TOO_LONG))? = byte;
            length += 1;
        }
        self.visit_bytes(&bytes[..length])
    }
}

const TOO_LONG: &str = "more bytes than a saved configuration has";
