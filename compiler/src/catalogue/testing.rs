//! `QK06xx`: tests.

rules! {
#[silenceable]
MISSING_TEST = 601 "missing-test" Warning;
"No test is given this device, or none enables this layer. A test shows what a guest sees, and keeps it so.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
test \"no PASID without a place for it\" {
    given device mover;
    host pasid width 20;
    expect no pasid;
}
";

PARAM_VALUE = 602 "param-value" Error;
"`enable` gives a value of another kind than the layer's `param` says: one number for `u1` to `u64`, so many bytes for `bytes(N)`.";
failing "edition 1;
layer serial {
    match pci(0xfffe, 0x1001);
    param number: bytes(4);
    emulate bytes @ 0x60 = number ro;
}
test \"a serial number\" {
    given pci(0xfffe, 0x1001);
    enable serial { number = [1, 2]; }
}
";
corrected "edition 1;
layer serial {
    match pci(0xfffe, 0x1001);
    param number: bytes(4);
    emulate bytes @ 0x60 = number ro;
}
test \"a serial number\" {
    given pci(0xfffe, 0x1001);
    enable serial { number = [1, 2, 3, 4]; }
}
";
}
