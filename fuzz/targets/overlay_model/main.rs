//! The overlay against the bit-wise model of its own tests.
#![no_main]

#[path = "../../../runtime/tests/overlay_model/case.rs"]
mod case;
#[path = "../../../runtime/tests/overlay_model/check.rs"]
mod check;
mod input;
#[path = "../../../runtime/tests/overlay_model/model.rs"]
mod model;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: input::Input| check::run(&input.0));
