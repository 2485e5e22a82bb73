//! `QK04xx`: PASID and the DVSEC that describes free space.

rules! {
PASID_NOT_FREE = 401 "pasid-not-free" Error;
"PASID takes 8 bytes, all of them declared `free`, or the slot of the function's own PASID capability.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid { place @ 0x600; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid { place @ 0x400; }
}
";

PASID_HAS_NO_ROOM = 402 "pasid-has-no-room" Error;
"`place free` needs 8 bytes in extended space, at a multiple of 4 and in one `free` range, that no DVSEC with a fixed place takes.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x404 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
";

PASID_WIDTH = 403 "pasid-width" Error;
"A PASID has at most 20 bits. A device that is to have none says `pasid none`, not `max_width 0`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid { max_width 21; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid { max_width 20; }
}
";

NO_NATIVE_SLOT = 404 "no-native-slot" Error;
"`place native` is the slot of the function's own PASID capability, and the layout holds none.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    pasid { place native; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext pasid @ 0x230;
    }
    pasid { place native; }
}
";

VIRTUAL_FUNCTION_HAS_NO_PASID = 405 "virtual-function-has-no-pasid" Error;
"A virtual function has no PASID and no PRI capability of its own; it shares those of its physical function.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { function virtual; }
    layout {
        ext pasid @ 0x230;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { function virtual; }
    layout {
        ext ats @ 0x230;
    }
}
";

DVSEC_TOO_SHORT = 406 "dvsec-too-short" Error;
"A DVSEC has a header of 12 bytes; its length counts them.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext dvsec(vendor: 0xfffe, id: 1) @ 0x300 len 8;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext dvsec(vendor: 0xfffe, id: 1) @ 0x300 len 12;
    }
}
";

#[silenceable]
SAME_ID_ABUTS = 407 "same-id-abuts" Warning;
"The layout has a DVSEC or vendor capability that begins where another of the same id ends. Linux takes two that abut for one. If the silicon is so, `allow` it.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext dvsec(vendor: 0xfffe, id: 1) @ 0x300 len 0x10;
        ext dvsec(vendor: 0xfffe, id: 2) @ 0x310 len 0x10;
    }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        ext dvsec(vendor: 0xfffe, id: 1) @ 0x300 len 0x10;
        ext dvsec(vendor: 0xfffe, id: 2) @ 0x314 len 0x10;
    }
}
";

DVSEC_NOT_FREE = 408 "dvsec-not-free" Error;
"A DVSEC that describes free space lies in a `free` range itself, in extended space, beside PASID.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    dvsec gap @ 0x600 len 0x40;
}
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    dvsec gap @ 0x400 len 0x40;
}
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";

DVSEC_HAS_NO_ROOM = 409 "dvsec-has-no-room" Error;
"Once PASID is placed, no `free` range in extended space has room for the DVSEC: at least 12 bytes, 4-byte aligned.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x410 { evidence vendor \"letter of 1 May\"; }
    pasid;
    dvsec gap in free;
}
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x420 { evidence vendor \"letter of 1 May\"; }
    pasid;
    dvsec gap in free;
}
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";
}
