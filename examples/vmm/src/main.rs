//! From a .quirk file to a virtual PASID on a device, in one program.

fn main() {}
