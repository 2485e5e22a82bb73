//! The compiler and the runtime for a page in a browser.
//!
//! [`answer()`] takes a question as JSON and gives an answer as JSON. It knows nothing of what was asked before: a page sends all
//! that an answer depends on, so that a link which holds the same gives the same. What comes out is what `quirkc` prints for the
//! same texts.
//!
//! In WebAssembly the module `boundary` is what a page calls.

mod about;
mod answer;
mod boundary;
mod check;
mod dump;
mod effect;
mod emit;
mod guest;
mod layers;
mod look;
mod question;
mod refusal;
mod texts;

pub use answer::answer;
