//! The `test` blocks of the library, each as a test.

include!(concat!(env!("OUT_DIR"), "/quirk_tests.rs"));
