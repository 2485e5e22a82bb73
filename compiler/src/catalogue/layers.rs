//! `QK0507` and above: what layers show.

rules! {
#[silenceable]
LAYERS_COLLIDE = 507 "layers-collide" Error;
"Two layers that one function can match own the same bit differently, and neither says that it is `over` the other; or one has a field inside what the other hides. Nor do two layers go together of which one leaves the other no place for a capability: in the same bytes, or directly beside an extended one of the same id. They are applied one after the other, the less specific first and of equal ones by name, on every device that both can match and on a function that nobody describes.";
failing "edition 1;
layer one {
    match pci(0xfffe, 0x1001);
    emulate u8 @ 0x51 = 0 ro;
}
layer two {
    match pci(0xfffe, any);
    emulate u16 @ 0x50 = 0x0101 rw;
}
";
corrected "edition 1;
layer one {
    match pci(0xfffe, 0x1001);
    over two;
    emulate u8 @ 0x51 = 0 ro;
}
layer two {
    match pci(0xfffe, any);
    emulate u16 @ 0x50 = 0x0101 rw;
}
";

#[silenceable]
PARTIAL_BYTE_BLOCKS_WRITES = 508 "partial-byte-blocks-writes" Warning;
"The layer owns a part of a byte. A write of a byte of which any bit is owned never reaches the device, so the other bits cannot be written.";
failing "edition 1;
layer one {
    match pci(0xfffe, 0x1001);
    emulate u8 @ 0x51 bits 0..4 = 0 ro;
}
";
corrected "edition 1;
layer one {
    match pci(0xfffe, 0x1001);
    emulate u8 @ 0x51 = 0 ro;
}
";

FIELD_OUT_OF_CAPABILITY = 509 "field-out-of-capability" Error;
"The field extends past the end of the capability that its offset is relative to.";
failing "edition 1;
layer peers {
    match pci(0xfffe, 0x1001);
    emulate cap vendor @ 0xc8 len 8 { u32 @ 6 = 0 ro; }
}
";
corrected "edition 1;
layer peers {
    match pci(0xfffe, 0x1001);
    emulate cap vendor @ 0xc8 len 8 { u32 @ 4 = 0 ro; }
}
";

FIELD_ON_HEADER = 510 "field-on-header" Error;
"The first bytes of a capability say what it is and where the next one lies: 2 of a conventional one, 4 of an extended one, and of a DVSEC or VSEC with arguments also its length and ids. They are generated, as are the Capabilities Pointer at 0x34, bit 4 of Status and 0x100..0x104. A field at an offset of its own lies on no header that a device has in its layout, where one function can match both.";
failing "edition 1;
layer peers {
    match pci(0xfffe, 0x1001);
    emulate cap vendor @ 0xc8 len 8 { u16 @ 0 = 9 ro; }
}
";
corrected "edition 1;
layer peers {
    match pci(0xfffe, 0x1001);
    emulate cap vendor @ 0xc8 len 8 { u8 @ 2 = 8 ro; }
}
";

FIELDS_OVERLAP = 511 "fields-overlap" Error;
"Two statements of one layer own the same bit, in every function or where a device that it can match has its capabilities.";
failing "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate u16 @ 0x50 = 0 ro;
    emulate u8 @ 0x51 = 0 rw;
}
";
corrected "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate u8 @ 0x50 = 0 ro;
    emulate u8 @ 0x51 = 0 rw;
}
";

FIELD_IN_FREE = 512 "field-in-free" Error;
"A field lies in bytes that a device declares free, and one function can match both. What is free is for capabilities that the compiler places.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
}
layer shadow {
    match pci(0xfffe, any);
    emulate u16 @ 0x4fe = 0 ro;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
}
layer shadow {
    match pci(0xfffe, any);
    emulate u16 @ 0x500 = 0 ro;
}
";

WRITE_CLASS = 513 "write-class" Error;
"A field has one write class, and `forced(value)` is one. What is not said is `ro`. `rwl` names what locks it, as in `rwl by 0x14 bits 0..1`, and no other class does.";
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

UNUSED_PARAM = 515 "unused-param" Error;
"The VMM must give the parameter, and nothing comes of it.";
failing "edition 1;
layer clique {
    match pci(0xfffe, 0x1001);
    param group: u4;
    param members: u4;
    emulate u8 @ 0x51 = group << 3 ro;
}
";
corrected "edition 1;
layer clique {
    match pci(0xfffe, 0x1001);
    param group: u4;
    param members: u4;
    emulate u8 @ 0x51 = group << 4 | members ro;
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

EMULATION_OVERLAPS = 517 "emulation-overlaps" Error;
"An emulated capability overlaps a capability, registers, reserved bytes or PASID of a device, and one function can match both; or it overlaps what the same layer emulates, at the place that it takes. Free bytes and bytes of which nothing is said are not in its way, nor are registers where it says `over register`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap msix @ 0xc8; }
}
layer peers {
    match pci(0xfffe, any);
    emulate cap vendor @ 0xd0 len 8 { u8 @ 2 = 8 ro; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap msix @ 0xc8; }
}
layer peers {
    match pci(0xfffe, any);
    emulate cap vendor @ [0xd0, 0xd4] len 8 { u8 @ 2 = 8 ro; }
}
";

#[silenceable]
LAYER_HAS_NO_ROOM = 518 "layer-has-no-room" Error;
"A device declares no bytes free that an emulation `@ free` could take, after PASID and the layers before this one in the order of their names, and one function can match both. Where it is allowed, the layer is refused on that device.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x410 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
layer note {
    match pci(0xfffe, any);
    emulate ext vendor(id: 1) @ free len 0x10 { u32 @ 8 = 0 ro; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x410 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
layer note {
    match pci(0xfffe, any);
    emulate ext vendor(id: 1) @ free len 8;
}
";

FIELD_OF_HIDDEN = 519 "field-of-hidden" Error;
"A field counts from a capability that its own layer hides, everywhere or on a device that one function can match with it. The layer would never apply there.";
failing "edition 1;
layer quiet {
    match pci(0xfffe, 0x1001);
    hide ext ats;
    emulate u16 @ ext ats + 6 = 0 ro;
}
";
corrected "edition 1;
layer quiet {
    match pci(0xfffe, 0x1001);
    emulate u16 @ ext ats + 6 = 0 ro;
}
";

EMULATES_PASID = 520 "emulates-pasid" Error;
"A layer emulates PASID. Its place and what it grants are decided for each function, by the host, the policy and the entry: a layer that shows another is refused when it is attached. What can be said about it stands in `pasid` of a device.";
failing "edition 1;
layer wide {
    match pci(0xfffe, 0x1001);
    emulate ext pasid @ 0x400 { u16 @ 4 = 0x1400 ro; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x408 { evidence vendor \"letter of 1 May\"; }
    pasid { place @ 0x400; max_width 20; }
}
";

NULL_ID = 521 "null-id" Error;
"An id of only zeros or only ones is none: who walks a list takes such a header for its end or for a null capability. 0xffff is no vendor. A layer that shows one would be refused when it is attached.";
failing "edition 1;
layer note {
    match pci(0xfffe, 0x1001);
    emulate ext 0xffff @ 0x400 len 0x10;
}
";
corrected "edition 1;
layer note {
    match pci(0xfffe, 0x1001);
    emulate ext vendor(id: 1) @ 0x400 len 0x10;
}
";

OVER_REGISTER = 522 "over-register" Error;
"`over register` lets an emulated capability cover registers that a device declares, so the guest loses them. A driver or the vendor must vouch that it can do without: `evidence driver \"..\";` or `evidence vendor \"..\";` in the block of the capability.";
failing "edition 1;
layer peers {
    match pci(0xfffe, any);
    emulate cap vendor @ 0xd0 len 8 over register { u8 @ 2 = 8 ro; }
}
";
corrected "edition 1;
layer peers {
    match pci(0xfffe, any);
    emulate cap vendor @ 0xd0 len 8 over register { evidence vendor \"mail of 2026-03-01\"; u8 @ 2 = 8 ro; }
}
";

FIELD_ON_PASID = 523 "field-on-pasid" Error;
"A field lies on the 8 bytes of a PASID capability that a device has in its layout, and one function can match both; or it counts from `ext pasid`. What a guest is granted there is decided for each function, by the host, the policy and the entry: a layer that widens it is refused when it is attached. A layer may hide the capability.";
failing "edition 1;
layer narrow {
    match pci(0xfffe, 0x1001);
    emulate u16 @ ext pasid + 4 = 0x0800 ro;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext pasid @ 0x230; }
    pasid { place native; max_width 8; }
}
";

LAYER_ON_COPY = 524 "layer-on-copy" Warning;
"The space of a device repeats, and a field or a capability that a layer shows lies at that distance or beyond, where one function can match both. Those bytes are the ones of the first copy again. Each copy of what a layer owns is kept from the guest and reads as the original does; a layer that owns a copy itself is not applied to that device, and attach says so. Of a list of places one on a copy is passed over.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { ext aer @ 0x100; aliased every 0x400; }
}
layer shadow {
    match pci(0xfffe, any);
    emulate u16 @ 0x584 = 0 ro;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { ext aer @ 0x100; aliased every 0x400; }
}
layer shadow {
    match pci(0xfffe, any);
    emulate u16 @ 0x184 = 0 ro;
}
";

#[silenceable]
ANCHOR_AMBIGUOUS = 525 "anchor-ambiguous" Error;
"A field counts from a capability of which a device has several that the layer does not hide, and one function can match both. It counts from the first that a guest finds in the list, and no layout says which that is.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap vendor @ 0x90 len 8; cap vendor @ 0xb0 len 8; }
}
layer shadow {
    match pci(0xfffe, any);
    emulate u16 @ cap vendor + 4 = 0 ro;
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap vendor @ 0x90 len 8; cap vendor @ 0xb0 len 8; }
}
layer shadow {
    match pci(0xfffe, 0x1001);
    emulate u16 @ 0x94 = 0 ro;
}
";

#[silenceable]
LAYER_NEAR_OPEN_LENGTH = 526 "layer-near-open-length" Warning;
"A layer shows a capability where one of a device may reach whose length is not said, and one function can match both. Nobody knows whether those bytes are free: the layer is not applied to that device, and attach says so. Of a list of places such a one is passed over. A stated `len` ends the capability.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext dpc @ 0x400; }
}
layer shown {
    match pci(0xfffe, any);
    emulate ext vendor(id: 0x10) @ 0x40c len 0x10 { u32 @ 0x8 = 1 ro; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext dpc @ 0x400 len 12; }
}
layer shown {
    match pci(0xfffe, any);
    emulate ext vendor(id: 0x10) @ 0x40c len 0x10 { u32 @ 0x8 = 1 ro; }
}
";

#[silenceable]
EXCEPTION_CHANGES_NOTHING = 527 "exception-changes-nothing" Warning;
"`unassigned raw` lets every read and write through, so an `allow` in it is an exception to nothing.";
failing "edition 1;
layer open {
    match pci(0xfffe, 0x1001);
    unassigned raw { allow @ 0x700..0x720 ro; }
}
";
corrected "edition 1;
layer open {
    match pci(0xfffe, 0x1001);
    unassigned deny { allow @ 0x700..0x720 ro; }
}
";

#[silenceable]
VENDOR_OF_NONE = 528 "vendor-of-none" Warning;
"Vendor id 0xffff is what a read gives where there is no function, so a `match` for it matches none.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xffff, 0x1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

LOCK_UNKNOWN = 529 "lock-unknown" Error;
"A field of class `rwl` takes writes until a bit that locks it is set. The bits that `by` names lie in a byte that counts as the field does, a field of the same layer has them, and the bits of one byte have one lock.";
failing "edition 1;
layer memory {
    match pci(0xfffe, 0x1001);
    emulate u16 @ 0x5c = 0 rwl by 0x64 bits 0..1;
}
";
corrected "edition 1;
layer memory {
    match pci(0xfffe, 0x1001);
    emulate u16 @ 0x5c = 0 rwl by 0x64 bits 0..1;
    emulate u8 @ 0x64 mask 0xff = 0 rwo;
}
";
}
