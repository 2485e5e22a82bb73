//! `QK06xx`: tests.

rules! {
#[silenceable]
MISSING_TEST = 601 "missing-test" Warning;
"No test is given this device. A test shows where PASID lands, and keeps it there.";
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
}
