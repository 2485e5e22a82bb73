//! Sets of bytes: those that a step may start with, and characters that are told by their first byte.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// A set of bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    pub(super) const NONE: Self = Self([false; 256]);
    pub(super) const ALL: Self = Self([true; 256]);

    fn of(accept: impl Fn(u8) -> bool) -> Self {
        Self(core::array::from_fn(|byte| u8::try_from(byte).is_ok_and(&accept)))
    }

    pub(super) fn one(one: u8) -> Self {
        Self::of(|byte| byte == one)
    }

    /// The characters of a range, all of them ASCII.
    pub(super) fn range(first: char, last: char) -> Option<Self> {
        let (first, last) = (u8::try_from(first).ok()?, u8::try_from(last).ok()?);
        last.is_ascii().then(|| Self::of(|byte| (first..=last).contains(&byte)))
    }

    /// What pest calls so.
    pub(super) fn called(name: &str) -> Option<Self> {
        Some(match name {
            "ANY" => Self::ALL,
            "ASCII_ALPHA" => Self::of(|byte| byte.is_ascii_alphabetic()),
            "ASCII_ALPHANUMERIC" => Self::of(|byte| byte.is_ascii_alphanumeric()),
            "ASCII_DIGIT" => Self::of(|byte| byte.is_ascii_digit()),
            "ASCII_HEX_DIGIT" => Self::of(|byte| byte.is_ascii_hexdigit()),
            _ => return None,
        })
    }

    pub(super) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    pub(super) fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte)] = true;
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::of(|byte| self.has(byte) || other.has(byte))
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        Self::of(|byte| self.has(byte) && !other.has(byte))
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        (0..=u8::MAX).all(|byte| !(self.has(byte) && other.has(byte)))
    }

    /// Whether a byte beyond ASCII is in it: then all are.
    pub(super) fn beyond_ascii(&self) -> bool {
        self.has(0xff)
    }

    /// As a pattern.
    pub(super) fn pattern(&self) -> TokenStream {
        self.ranges(|byte| {
            if byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                Literal::byte_character(byte)
            } else {
                Literal::u8_unsuffixed(byte)
            }
        })
    }

    /// The ASCII characters in it as a pattern.
    pub(super) fn characters(&self) -> TokenStream {
        Self::of(|byte| byte.is_ascii() && self.has(byte)).ranges(|byte| Literal::character(byte.into()))
    }

    /// Those that are not in it.
    pub(super) fn others(&self) -> Self {
        Self::ALL.without(self)
    }

    fn ranges(&self, literal: impl Fn(u8) -> Literal) -> TokenStream {
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        for byte in (0..=u8::MAX).filter(|byte| self.has(*byte)) {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == byte => *last = byte,
                _ => ranges.push((byte, byte)),
            }
        }
        let ranges = ranges.into_iter().map(|(first, last)| {
            let (from, to) = (literal(first), literal(last));
            if first == last { quote!(#from) } else { quote!(#from..=#to) }
        });
        quote!(#(#ranges)|*)
    }
}

impl core::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.pattern())
    }
}
