//! The library of real devices: what is in their configuration space and what is free.
