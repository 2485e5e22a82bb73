//! The library of real devices: its texts, its entries, and both against recorded configuration spaces.

#![expect(clippy::unwrap_used, reason = "tests")]

mod descriptions;
mod dumps;
mod entries;
mod facts;
mod free_space;
mod guests;
mod imagined;
mod layers;
mod lookup;
mod recorded;
mod share;
