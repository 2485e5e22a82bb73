//! `QK03xx`: what lies where.

rules! {
OUT_OF_BOUNDS = 301 "out-of-bounds" Error;
"Conventional capabilities lie in 0x40..0x100, extended ones in 0x100..0x1000; registers, reserved and free bytes lie in 0x40..0x1000. Below 0x40 is the header.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        cap msix @ 0xf8;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        cap msix @ 0x70;
    }
}
";

#[silenceable]
OVERLAP = 302 "overlap" Error;
"Capabilities, registers, reserved and free bytes of a device are disjoint: a byte has one use. A capability without `len` has the length that its kind has at least.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext aer @ 0x100;
        register \"port logic\" @ 0x120..0x140 { evidence vendor \"letter of 1 May\"; }
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext aer @ 0x100;
        register \"port logic\" @ 0x180..0x1a0 { evidence vendor \"letter of 1 May\"; }
    }
}
";

MISALIGNED = 303 "misaligned" Error;
"Capabilities begin at a multiple of 4, and a DVSEC for free space ends at one: the low two bits of every pointer to them are reserved.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x222;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
    }
}
";

#[silenceable]
LENGTH_TOO_SHORT = 304 "length-too-short" Error;
"The stated length is less than a capability of this kind has at least.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220 len 4;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220 len 8;
    }
}
";

#[silenceable]
LENGTH_TOO_LONG = 305 "length-too-long" Error;
"The stated length is more than a capability of this kind can have.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220 len 0x40;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220 len 8;
    }
}
";

DUPLICATE_OFFSET = 306 "duplicate-offset" Error;
"Two capabilities of one list begin at the same offset. A list that is walked by offsets can hold only one of them.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
        ext pri @ 0x220;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
        ext pri @ 0x230;
    }
}
";

MISSING_EVIDENCE = 307 "missing-evidence" Error;
"What nobody vouched for is not free, and registers that nobody has seen must not be claimed. Every `register` says who knows it: `evidence datasheet \"..\"`, `vendor`, `driver`, `dump` or `probe`. A `free` needs one of the first three.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
}
";

WITHOUT_MISSES = 308 "without-misses" Error;
"`without` takes away an entry that the device that `like` names has, and this one it has not.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
    }
}
device shaker like mover {
    name \"Shaker\";
    match pci(0xfffe, 0x1002);
    without ext ats @ 0x240;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
    }
}
device shaker like mover {
    name \"Shaker\";
    match pci(0xfffe, 0x1002);
    without ext ats @ 0x220;
}
";

UNKNOWN_CAPABILITY = 309 "unknown-capability" Error;
"No capability has this name. One that is too new for the list is written as its number, with `len`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext atz @ 0x220;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
    }
}
";

LENGTH_NEEDED = 310 "length-needed" Error;
"How long a capability is, is not known here: say it with `len`. Of an id that is not known that is so everywhere; of one whose length its own bits do not tell for sure, where bytes are declared free before it ends at the latest.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext 0x0f31 @ 0x220;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext 0x0f31 @ 0x220 len 0x10;
    }
}
";

CAPABILITY_ARGUMENTS = 311 "capability-arguments" Error;
"Only `dvsec(vendor: .., id: ..)` and `vendor(id: ..)` take arguments, all of them, each once.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats(id: 3) @ 0x220;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext ats @ 0x220;
    }
}
";

ALIAS_DISTANCE = 312 "alias-distance" Error;
"Extended space repeats at a distance that is a power of two, from 0x100 to 0x800.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        aliased every 0x300;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        aliased every 0x400;
    }
}
";

WEAK_EVIDENCE = 313 "weak-evidence" Error;
"Bytes that read 0 may still be a register, and a write that reads back may have changed one. So neither a dump nor a probe makes bytes free: `free` needs `datasheet`, `vendor` or `driver`, and `dump` and `probe` stand only beside one of them.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence dump \"example.com/lspci.txt\" seen 12; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 {
        evidence vendor \"letter of 1 May\";
        evidence dump \"example.com/lspci.txt\" seen 12;
    }
}
";

LAYOUT_ON_COPY = 314 "layout-on-copy" Error;
"A layout says that extended space repeats, and has something at that distance or beyond. A function that repeats decodes too few bits of an offset, so its bytes there are those of the first copy again, header included: what a layout has and what is free lies in the first copy. One that repeats every 0x100 bytes has no extended space.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext aer @ 0x100;
        register \"port logic\" @ 0x700..0x900 { evidence vendor \"letter of 1 May\"; }
        aliased every 0x400;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext aer @ 0x100;
        register \"port logic\" @ 0x300..0x400 { evidence vendor \"letter of 1 May\"; }
        aliased every 0x400;
    }
}
";

#[silenceable]
CAPABILITY_TWICE = 315 "capability-twice" Warning;
"A function has one PCI Express capability. Of two PASID capabilities `native` means the first.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; cap pcie @ 0x80; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; }
}
";

#[silenceable]
FREE_LIST_HEAD = 316 "free-list-head" Warning;
"The list of extended capabilities begins at 0x100: where the first capability is above it, a null one there leads on, so its 4 bytes are not free.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x200; }
    free @ 0x100..0x140 { evidence vendor \"letter of 1 May\"; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x200; }
    free @ 0x104..0x140 { evidence vendor \"letter of 1 May\"; }
}
";

#[silenceable]
FREE_EVERYWHERE = 317 "free-everywhere" Warning;
"A device that matches every function declares bytes free that nobody can vouch for: they differ from function to function.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(any, any);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
}
";
}
