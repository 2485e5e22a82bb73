//! The quirk compiler on the command line: check descriptions, plan placements.

fn main() {}
