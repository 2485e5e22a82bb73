//! The state of a virtual configuration, for migration: what the guest sees, where it came from, and what the guest set.
//!
//! A state that a release writes is read by every later one: `tests/saved_states` holds one of each version, and a test lets its
//! guest go on. What a version means is never changed: another meaning, another field or another order is another version, which
//! older programs refuse by its number. The power state is not saved: the function is in D0 where the guest goes on.

#[cfg(feature = "serde")]
mod base64;
mod layout;
#[cfg(feature = "serde")]
mod serde;

#[cfg(feature = "alloc")]
extern crate alloc;

pub use layout::Layout;

use crate::decision::{Grant, Placement};
use crate::identity::{Function, Identity};
use crate::overlay::{SavedError, SavedOverlay};
use crate::source::Source;

/// The version of the saved form. Version 1 was that of an overlay alone.
const VERSION: u16 = 2;

/// The most bytes of a profile's name that are saved.
const PROFILE: usize = 64;

/// Bytes before those of the overlay.
const FIXED: usize = 2 + 15 + 6 + 8 + 1 + PROFILE;

/// A saved virtual configuration. [`Saved::encode`] gives the bytes to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    identity: Identity,
    placement: Option<Placement>,
    grant: Grant,
    databases: u64,
    profile: [u8; PROFILE],
    profile_length: u8,
    overlay: SavedOverlay,
}

/// What is saved of a configuration beside its overlay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'db> {
    pub(crate) identity: Identity,
    /// See [`Saved::databases`].
    pub(crate) databases: u64,
    pub(crate) profile: Option<&'db str>,
}

impl Origin<'_> {
    pub(crate) const NONE: Self = Self { identity: Identity::new(0, 0), databases: 0, profile: None };
}

impl Saved {
    /// The most bytes that a saved state takes.
    pub const MAX_LENGTH: usize = FIXED + SavedOverlay::MAX_LENGTH;

    pub(crate) fn new(origin: &Origin<'_>, placement: Option<Placement>, grant: Grant, overlay: SavedOverlay) -> Self {
        let name = origin.profile.unwrap_or("");
        let fits = |&at: &usize| name.is_char_boundary(at);
        let length = (0..=name.len().min(PROFILE)).rev().find(fits).unwrap_or(0);
        let mut profile = [0; PROFILE];
        profile[..length].copy_from_slice(&name.as_bytes()[..length]);
        let Origin { identity, databases, .. } = *origin;
        Self { identity, placement, grant, databases, profile, profile_length: length as u8, overlay }
    }

    /// The function that the guest had.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// What the guest sees that is not the device's.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout { placement: self.placement, grant: self.grant, owned: self.overlay.owned().clone() }
    }

    /// The profile that placed PASID, if one did; the first 64 bytes of its name.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        let name = core::str::from_utf8(self.profile.get(..self.profile_length.into())?).ok()?;
        (!name.is_empty()).then_some(name)
    }

    /// A checksum over the checksums of all databases, in order: with another one, the descriptions were others.
    #[must_use]
    pub fn databases(&self) -> u64 {
        self.databases
    }

    /// The emulated bits, and what the guest made of them.
    #[must_use]
    pub fn overlay(&self) -> &SavedOverlay {
        &self.overlay
    }

    /// Writes the state to the front of `out`; the number of bytes.
    ///
    /// # Errors
    /// [`SavedError::Short`] if `out` has less than [`Saved::MAX_LENGTH`] bytes.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, SavedError> {
        let out = out.get_mut(..Self::MAX_LENGTH).ok_or(SavedError::Short)?;
        let (fixed, overlay) = out.split_at_mut(FIXED);
        let mut writer = Writer { rest: fixed };
        let Identity { vendor, device, subsystem, revision, class, function } = self.identity;
        let (sub_vendor, sub_device) = subsystem.unwrap_or_default();
        writer.put(VERSION.to_le_bytes());
        writer.put(vendor.to_le_bytes());
        writer.put(device.to_le_bytes());
        writer.put([u8::from(subsystem.is_some())]);
        writer.put(sub_vendor.to_le_bytes());
        writer.put(sub_device.to_le_bytes());
        writer.put([revision]);
        writer.put(class.to_le_bytes());
        writer.put([function as u8]);
        // Beside the offset, what the guest reads after the header of PASID.
        let Placement { offset, source } = self.placement.unwrap_or(Placement { offset: 0, source: Source::Visible });
        writer.put([u8::from(self.placement.is_some()), source as u8]);
        writer.put(offset.to_le_bytes());
        writer.put(self.grant.register().to_le_bytes());
        writer.put(self.databases.to_le_bytes());
        writer.put([self.profile_length]);
        writer.put(self.profile);
        Ok(FIXED + self.overlay.encode(overlay)?)
    }

    /// The state as [`Saved::encode`] writes it.
    ///
    /// # Errors
    /// As of [`Saved::encode`], but for a buffer that is too short.
    #[cfg(feature = "alloc")]
    pub fn to_vec(&self) -> Result<alloc::vec::Vec<u8>, SavedError> {
        let mut bytes = alloc::vec![0; Self::MAX_LENGTH];
        let length = self.encode(&mut bytes)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Reads a state from the front of `bytes`. They may be anything.
    ///
    /// # Errors
    /// [`SavedError`] says what is wrong with them; those of another version are refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, SavedError> {
        let mut reader = Reader { rest: bytes };
        let version = reader.word()?;
        if version != VERSION {
            return Err(SavedError::Version(version));
        }
        let (vendor, device) = (reader.word()?, reader.word()?);
        let has_subsystem = reader.flag()?;
        let subsystem = (reader.word()?, reader.word()?);
        let revision = reader.byte()?;
        let class = u32::from_le_bytes(reader.take()?);
        let function = match reader.byte()? {
            0 => Function::Unknown,
            1 => Function::Physical,
            2 => Function::Virtual,
            _ => return Err(SavedError::Malformed),
        };
        let is_placed = reader.flag()?;
        let source = *Source::ALL.get(usize::from(reader.byte()?)).ok_or(SavedError::Malformed)?;
        let (offset, register) = (reader.word()?, reader.word()?);
        let databases = u64::from_le_bytes(reader.take()?);
        let profile_length = reader.byte()?;
        let profile: [u8; PROFILE] = reader.take()?;
        let grant = Grant::from_register(register);
        let is_place = (0x100..=0xff8).contains(&offset) && offset.is_multiple_of(4) || !is_placed && offset == 0;
        let name = profile.get(..profile_length.into()).ok_or(SavedError::Malformed)?;
        if class >= 1 << 24 || !is_place || grant.register() != register || core::str::from_utf8(name).is_err() {
            return Err(SavedError::Malformed);
        }
        Ok(Self {
            identity: Identity {
                vendor,
                device,
                subsystem: has_subsystem.then_some(subsystem),
                revision,
                class,
                function,
            },
            placement: is_placed.then_some(Placement { offset, source }),
            grant,
            databases,
            profile,
            profile_length,
            overlay: SavedOverlay::decode(reader.rest)?,
        })
    }
}

impl Grant {
    /// The PASID Capability register.
    pub(crate) const fn register(self) -> u16 {
        (self.width as u16) << 8 | (self.execute as u16) << 1 | (self.privileged as u16) << 2
    }

    pub(crate) const fn from_register(register: u16) -> Self {
        Self { width: (register >> 8) as u8 & 0x1f, execute: register & 2 != 0, privileged: register & 4 != 0 }
    }
}

struct Writer<'a> {
    rest: &'a mut [u8],
}

impl Writer<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        let rest = core::mem::take(&mut self.rest);
        if let Some((place, rest)) = rest.split_first_chunk_mut() {
            *place = bytes;
            self.rest = rest;
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SavedError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(SavedError::Short)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn byte(&mut self) -> Result<u8, SavedError> {
        self.take().map(|[byte]| byte)
    }

    fn word(&mut self) -> Result<u16, SavedError> {
        self.take().map(u16::from_le_bytes)
    }

    fn flag(&mut self) -> Result<bool, SavedError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(SavedError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests;
