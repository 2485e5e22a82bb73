//! `quirkc lsp` as an editor meets it: over a pipe, message by message.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::needless_pass_by_value, reason = "tests")]

mod client;
mod complete;
mod explain;
mod findings;
mod hostile;
mod names;
mod outline;
mod run;
mod texts;

/// A device, a layer and tests over two files.
pub(crate) const IDS: &str = "edition 1;

/// The vendor.
const VENDOR = 0xfffe;
const GAP = 0x300 + 0x100;

source docs = datasheet \"EX-1001 rev 1.2\";

device base {
    name \"Base\";
    match pci(VENDOR, 0x1000);
    layout { cap pcie @ 0x40; ext aer @ 0x100; }
    free @ GAP..0x700 { evidence docs; }
    allow missing-test \"an example\";
}
";

pub(crate) const MOVER: &str = "edition 1;
use \"ids.quirk\" as ids;

/// Moves things.
device mover like ids::base {
    name \"Mover\";
    match pci(ids::VENDOR, 0x1001);
    free @ ids::GAP..0x700 { evidence ids::docs; }
    pasid { place free; }
}

layer extra {
    match pci(ids::VENDOR, any);
    param n: u8;
    emulate ext dvsec(vendor: 0xfffe, id: 1) @ free len 0x10 { u8 @ 0x0c = n ro; }
}

test \"a guest sees PASID\" {
    given device mover view vfio;
    host pasid width 20;
    enable extra { n = 1; }
    expect pasid @ 0x400 width 20;
}
";
