//! Generated files of this workspace: make them, or check that they are current.

fn main() {}
