//! `QK05xx`: which functions a description is for.

rules! {
MATCHERS_AMBIGUOUS = 501 "matchers-ambiguous" Error;
"Two devices match one function, and neither is more specific. At most one device applies to a function.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
device shaker {
    name \"Shaker\";
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
device shaker {
    name \"Shaker\";
    match pci(0xfffe, 0x1001) { revision 2; }
}
";

#[silenceable]
MATCHER_SHADOWED = 502 "matcher-shadowed" Error;
"This `match` can never decide: every function that it matches is matched by a more specific one, or by another of the same device.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    match pci(0xfffe, [0x1001, 0x1002]);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    match pci(0xfffe, [0x1002, 0x1003]);
}
";

MATCHES_NOTHING = 503 "matches-nothing" Error;
"No function can satisfy the condition: its value has bits that the mask leaves out, or another condition of the same `match` asks for another value of the same bits.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001 mask 0xff00);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1000 mask 0xff00);
}
";

CONDITION_TWICE = 504 "condition-twice" Error;
"The condition stands twice in one `match`. Write a list, or a second `match`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { revision 1; revision 2; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { revision [1, 2]; }
}
";

MATCH_TOO_WIDE = 505 "match-too-wide" Error;
"The lists of one `match` make more than 4096 combinations. Use ranges or masks.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci([1, 3, 5, 7, 9, 0xb, 0xd, 0xf, 0x11, 0x13, 0x15, 0x17, 0x19, 0x1b, 0x1d, 0x1f, 0x21, 0x23, 0x25, 0x27, 0x29, 0x2b, 0x2d, 0x2f, 0x31, 0x33, 0x35, 0x37, 0x39, 0x3b, 0x3d, 0x3f, 0x41, 0x43, 0x45, 0x47, 0x49, 0x4b, 0x4d, 0x4f, 0x51, 0x53, 0x55, 0x57, 0x59, 0x5b, 0x5d, 0x5f, 0x61, 0x63, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x71, 0x73, 0x75, 0x77, 0x79, 0x7b, 0x7d, 0x7f, 0x81], [1, 3, 5, 7, 9, 0xb, 0xd, 0xf, 0x11, 0x13, 0x15, 0x17, 0x19, 0x1b, 0x1d, 0x1f, 0x21, 0x23, 0x25, 0x27, 0x29, 0x2b, 0x2d, 0x2f, 0x31, 0x33, 0x35, 0x37, 0x39, 0x3b, 0x3d, 0x3f, 0x41, 0x43, 0x45, 0x47, 0x49, 0x4b, 0x4d, 0x4f, 0x51, 0x53, 0x55, 0x57, 0x59, 0x5b, 0x5d, 0x5f, 0x61, 0x63, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x71, 0x73, 0x75, 0x77, 0x79, 0x7b, 0x7d, 0x7f, 0x81]);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0..=0x40, 0..=0x40);
}
";

CONFIG_GUARD = 506 "config-guard" Error;
"A `config` condition reads 1, 2 or 4 bytes below 0x1000, at a multiple of their number.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { config u32 @ 0x42 == 1; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { config u32 @ 0x44 == 1; }
}
";
}
