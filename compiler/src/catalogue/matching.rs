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
    match pci([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63, 65, 67, 69, 71, 73, 75, 77, 79, 81, 83, 85, 87, 89, 91, 93, 95, 97, 99, 101, 103, 105, 107, 109, 111, 113, 115, 117, 119, 121, 123, 125, 127, 129], [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63, 65, 67, 69, 71, 73, 75, 77, 79, 81, 83, 85, 87, 89, 91, 93, 95, 97, 99, 101, 103, 105, 107, 109, 111, 113, 115, 117, 119, 121, 123, 125, 127, 129]);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0..=64, 0..=64);
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
