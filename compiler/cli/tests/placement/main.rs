//! Every placement that `quirkc plan` decides on real dumps, judged by a reader of configuration space that shares nothing with
//! the program: where it is safe, and whether anything is touched.
//!
//! Needs a folder of dumps in `QUIRK_CORPUS`; the tests say so and pass where there is none.
#![expect(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests")]

mod dumps;
mod judge;
mod lengths;
mod library;
mod own;
mod refusals;
mod tail;
mod touched;
mod walker;
