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
    expect bytes @ 0x60 == [1, 2, 3, 4];
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
    expect bytes @ 0x60 == [1, 2, 3, 4];
}
";

UNKNOWN_OUTCOME = 603 "unknown-outcome" Error;
"The runtime has no effect, reason or finding of that name, so the test could never pass.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    expect pasid @ 0x400;
    write u16 @ 0x406 = 1;
    expect effect pasid-contol;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    expect pasid @ 0x400;
    write u16 @ 0x406 = 1;
    expect effect pasid-control;
}
";

WRONG_POLICY = 604 "wrong-policy" Error;
"A policy has no such setting, or it is written otherwise: a switch takes `on` or `off`, an offset or a range follows `@`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    policy { offst @ 0x440; }
    expect pasid @ 0x440;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    policy { offset @ 0x440; }
    expect pasid @ 0x440;
}
";

ABSENT_NOT_OPTIONAL = 605 "absent-not-optional" Error;
"`given optional` takes a capability out of the image that a test is given. The device must declare it there, and declare it `optional`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    given optional ext ats @ 0x160 absent;
    expect no ext ats;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    given optional ext ats @ 0x150 absent;
    expect no ext ats;
}
";

EFFECT_WITHOUT_WRITE = 606 "effect-without-write" Error;
"`expect effect` is about the write before it, and there is none.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    expect effect pasid-control;
    write u16 @ 0x406 = 1;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x150 optional; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    write u16 @ 0x406 = 1;
    expect effect pasid-control;
}
";
}
