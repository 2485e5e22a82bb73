//! `QK0410` and above: what is placed, and profiles.

rules! {
PLACED_ABUTS = 410 "placed-abuts" Error;
"A capability that is placed at an offset begins where another of the same id ends, or ends where it begins. Linux takes two that abut for one. Of a list of places one that does not do is passed over.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { ext dvsec(vendor: 0xfffe, id: 7) @ 0x3c0 len 0x40; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    dvsec gap @ 0x400 len 0x40;
}
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { ext dvsec(vendor: 0xfffe, id: 7) @ 0x3c0 len 0x40; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    dvsec gap @ 0x404 len 0x40;
}
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";

PROFILE_EXCEEDS_DEVICE = 411 "profile-exceeds-device" Error;
"A profile grants more than its device: a wider PASID than `max_width`, a permission that the device denies, or PASID where the device says `pasid none`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid { max_width 16; }
}
profile mover_v1 for mover { pasid @ 0x400 width 20; }
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid { max_width 16; }
}
profile mover_v1 for mover { pasid @ 0x400 width 16; }
";

PROFILE_DIFFERS = 412 "profile-differs" Error;
"A profile freezes a capability that its device does not show, or PASID where the device shows another.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { ext ats @ 0x220; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
profile mover_v1 for mover { pasid @ 0x400 width 16; ext ats @ 0x240; }
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { ext ats @ 0x220; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
profile mover_v1 for mover { pasid @ 0x400 width 16; ext ats @ 0x220; }
";

RELEASED_PROFILE_BROKEN = 413 "released-profile-broken" Error;
"The device no longer shows what a released profile froze. Guests that migrate depend on it: moving anything of it is a breaking change.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x480..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
profile mover_v1 for mover { pasid @ 0x400 width 16; released \"1.0\"; }
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x408 { evidence vendor \"letter of 1 May\"; }
    free @ 0x480..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
profile mover_v1 for mover { pasid @ 0x400 width 16; released \"1.0\"; }
";
}
