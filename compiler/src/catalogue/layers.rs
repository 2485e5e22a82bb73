//! `QK0507` and above: what layers show.

rules! {
WRITE_CLASS = 513 "write-class" Error;
"A field has one write class, and `forced(value)` is one. What is not said is `ro`.";
failing "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate u8 @ 0x51 = 0 rw forced(0x80);
}
";
corrected "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate u8 @ 0x51 = 0 forced(0x80);
}
";

VALUE_MAY_NOT_FIT = 514 "value-may-not-fit" Error;
"For some value of a parameter the expression has no result, or one with bits that the field does not have.";
failing "edition 1;
layer clique {
    match pci(0xfffe, 0x1001);
    param group: u8;
    emulate u8 @ 0x51 = group << 3 ro;
}
";
corrected "edition 1;
layer clique {
    match pci(0xfffe, 0x1001);
    param group: u4;
    emulate u8 @ 0x51 = group << 3 ro;
}
";

FIELD_FORM = 516 "field-form" Error;
"The parts of the emulation do not go together: `u8`, `u16` and `u32` take a number and can take `bits` or `mask`; `bytes` takes a list, a parameter of `bytes(N)` or `device`, and owns every bit.";
failing "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate u16 @ 0x50 [1, 2] ro;
}
";
corrected "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate bytes @ 0x50 [1, 2] ro;
}
";
}
