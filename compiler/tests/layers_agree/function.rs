//! Functions that are as they are described, and one that nobody describes.

use std::fmt;

use quirk_kit::Recorder;

/// A kind of function: its description, its bytes, and what lies near each other on it.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) device: u16,
    layout: &'static str,
    /// After the layout.
    rest: &'static str,
    bytes: fn(&mut Image),
    /// Offsets close to each other and to what the device has.
    pub(crate) near: &'static [u16],
    pub(crate) anchors: &'static [&'static str],
    pub(crate) hides: &'static [&'static str],
    /// Where extended and conventional capabilities may go.
    pub(crate) extended: &'static [u16],
    pub(crate) conventional: &'static [u16],
}

/// Most of what a description says.
const MOVER: Kind = Kind {
    device: 0x1001,
    layout: "cap pcie @ 0x40; cap vendor @ 0x90 len 0x14; ext dsn @ 0x100; ext ats @ 0x200; ext pasid @ 0x280;
        ext dvsec(vendor: 0xabcd, id: 7) @ 0x300 len 0x1c;",
    rest: "",
    bytes: |image| {
        image.conventional(&[(0x40, 0x10, 0x02), (0x90, 0x09, 0x14)]);
        image.extended(&[(0x100, 0x03), (0x200, 0x0f), (0x280, 0x1b), (0x300, 0x23)]);
        image.put(0x304, 0x01c0_abcd);
        image.0[0x308..0x30a].copy_from_slice(&[7, 0]);
    },
    near: &[
        0x90, 0x92, 0x98, 0xa0, 0xa4, 0xb0, 0xb4, 0x102, 0x104, 0x108, 0x10a, 0x10c, 0x110, 0x118, 0x11c, 0x202, 0x204,
        0x206, 0x208, 0x284, 0x286, 0x288, 0x2fe, 0x300, 0x302, 0x304, 0x306, 0x30c, 0x318, 0x31a, 0x31c, 0x320, 0x32c,
        0x330, 0x400, 0x402, 0x404, 0x408, 0x40c, 0x40e,
    ],
    anchors: &[
        "cap vendor + 0x04",
        "cap vendor + 0x10",
        "ext ats + 0x04",
        "ext ats + 0x06",
        "ext dsn + 0x08",
        "ext dvsec(vendor: 0xabcd, id: 7) + 0x0c",
        "ext dvsec(vendor: 0xabcd, id: 7) + 0x1a",
        "ext dvsec(vendor: 0xabcd, id: 7) + 0x1c",
        "ext dvsec(vendor: 0xabcd, id: 7) + 0x104",
    ],
    hides: &[
        "ext dsn",
        "ext dsn @ 0x100",
        "ext ats",
        "ext ats @ 0x200",
        "ext pasid",
        "ext dvsec(vendor: 0xabcd, id: 7)",
        "ext dvsec",
        "cap vendor",
        "cap vendor @ 0x90",
    ],
    extended: &[0x10c, 0x110, 0x208, 0x2f0, 0x31c, 0x320, 0x3f4, 0x400, 0x40c, 0x410, 0x41c],
    conventional: &[0xa4, 0xa8, 0xb0, 0xb4, 0xb8],
};

/// Two capabilities of each id; the lists lead to the higher one first.
const TWINS: Kind = Kind {
    device: 0x1002,
    layout: "cap pcie @ 0x40; cap vendor @ 0x90 len 8; cap vendor @ 0xb0 len 8; ext dsn @ 0x100;
        ext vendor(id: 3) @ 0x140 len 0x10; ext vendor(id: 3) @ 0x180 len 0x10; ext ltr @ 0x200; ext ltr @ 0x240;",
    rest: "",
    bytes: |image| {
        image.conventional(&[(0x40, 0x10, 0x02), (0xb0, 0x09, 8), (0x90, 0x09, 8)]);
        image.extended(&[(0x100, 0x03), (0x180, 0x0b), (0x140, 0x0b), (0x240, 0x18), (0x200, 0x18)]);
        image.put(0x144, 0x0100_0003);
        image.put(0x184, 0x0100_0003);
    },
    near: &[0x94, 0xb4, 0x14c, 0x18c, 0x204, 0x206, 0x244, 0x246],
    anchors: &[
        "cap vendor + 0x04",
        "ext vendor(id: 3) + 0x0c",
        "ext ltr + 0x04",
        "ext ltr + 0x06",
        "ext dsn + 0x04",
        "ext dsn + 0x08",
    ],
    hides: &["ext ltr", "ext ltr @ 0x200", "ext ltr @ 0x240", "ext vendor(id: 3)", "cap vendor @ 0x90", "ext dsn"],
    extended: &[0x150, 0x154, 0x208, 0x20c, 0x248, 0x400],
    conventional: &[0x98, 0xb8, 0xbc],
};

/// Capabilities of which nothing says how long they are; the kernel hides one of them.
const OPEN: Kind = Kind {
    device: 0x1003,
    layout: "cap pcie @ 0x40; ext aer @ 0x100; ext dpc @ 0x180; ext dsn @ 0x240; register @ 0x302..0x303 { evidence
        driver \"x\"; }",
    rest: "",
    bytes: |image| {
        image.conventional(&[(0x40, 0x10, 0x02)]);
        image.extended(&[(0x100, 0x01), (0x240, 0x03)]);
        image.put(0x180, 0x0001_001d);
        // They are as short as they can be, and say so.
        image.put(0x64, 0);
        image.put(0x118, 0);
        image.put(0x184, 0);
    },
    near: &[0x60, 0x70, 0x78, 0x12a, 0x130, 0x15c, 0x160, 0x188, 0x18c, 0x200, 0x21c, 0x242, 0x244, 0x24c, 0x300],
    anchors: &["cap pcie + 0x08", "ext aer + 0x04", "ext aer + 0x28", "ext dsn + 0x04"],
    hides: &["ext aer", "ext dsn", "ext aer @ 0x100"],
    extended: &[0x12c, 0x130, 0x154, 0x160, 0x164, 0x18c, 0x190, 0x1d0, 0x218, 0x21c, 0x220, 0x24c, 0x2f4, 0x304],
    conventional: &[0x4c, 0x74, 0x78, 0x7c, 0x80, 0x84],
};

/// The same where the lengths are said, and what may be absent is.
const STATED: Kind = Kind {
    device: 0x1005,
    layout: "cap pcie @ 0x40 len 0x3c; ext aer @ 0x100 len 0x2c; ext dpc @ 0x180 len 12; ext dsn @ 0x240;
        ext ltr @ 0x2c0 optional; ext secpcie @ 0x300 len 0x14 optional;",
    rest: "",
    bytes: |image| {
        image.conventional(&[(0x40, 0x10, 0x02)]);
        image.extended(&[(0x100, 0x01), (0x240, 0x03)]);
        image.put(0x180, 0x0001_001d);
        for register in [0x64, 0x118, 0x184] {
            image.put(register, 0);
        }
    },
    near: &[
        0x60, 0x78, 0x7c, 0x12a, 0x12c, 0x130, 0x188, 0x18c, 0x242, 0x244, 0x24c, 0x2c2, 0x2c4, 0x2c8, 0x304, 0x314,
    ],
    anchors: &["cap pcie + 0x08", "cap pcie + 0x3a", "cap pcie + 0x3c", "ext aer + 0x28", "ext dsn + 0x04"],
    hides: &["ext aer", "ext dsn", "ext aer @ 0x100"],
    extended: &[
        0x128, 0x12c, 0x130, 0x160, 0x188, 0x18c, 0x190, 0x234, 0x24c, 0x2b4, 0x2c4, 0x2c8, 0x310, 0x314, 0x320,
    ],
    conventional: &[0x4c, 0x74, 0x78, 0x7c, 0x80, 0x84],
};

/// Space that repeats, with free bytes and a PASID capability that the kernel hides.
const FOLDED: Kind = Kind {
    device: 0x1004,
    layout: "cap pcie @ 0x40; cap vendor @ 0x90 len 0x14; ext dsn @ 0x100; ext ltr @ 0x180; ext pasid @ 0x210;
        aliased every 0x400;",
    rest: "free @ 0x300..0x320 { evidence vendor \"letter\"; }",
    bytes: |image| {
        image.conventional(&[(0x40, 0x10, 0x02), (0x90, 0x09, 0x14)]);
        image.extended(&[(0x100, 0x03), (0x180, 0x18)]);
        image.put(0x210, 0x0001_001b);
        for copy in 1..4 {
            image.0.copy_within(..0x400, copy * 0x400);
        }
    },
    near: &[
        0x94, 0x104, 0x182, 0x184, 0x186, 0x188, 0x216, 0x310, 0x320, 0x3fe, 0x3ff, 0x400, 0x404, 0x494, 0x504, 0x582,
        0x584, 0x586, 0x588, 0x616, 0x710, 0x984, 0xa16, 0xb10, 0xd84,
    ],
    anchors: &["cap vendor + 0x04", "ext ltr + 0x04", "ext ltr + 0x06", "ext dsn + 0x04"],
    hides: &["ext dsn", "ext ltr", "ext ltr @ 0x180", "ext ltr @ 0x580", "cap vendor"],
    extended: &[0x10c, 0x188, 0x18c, 0x300, 0x340, 0x3f0, 0x3f4, 0x3fc, 0x588, 0x710, 0x740, 0x980],
    conventional: &[0xa4, 0xb0, 0xb8],
};

pub(crate) const KINDS: [Kind; 5] = [MOVER, TWINS, OPEN, FOLDED, STATED];

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Kind {
    pub(crate) fn text(&self) -> String {
        let Self { device, layout, rest, .. } = self;
        format!(
            "edition 1;\ndevice mover {{\n    name \"Mover\";\n    match pci(0xfffe, {device:#06x});
    layout {{ {layout} }}\n    {rest}\n}}\n"
        )
    }

    /// The function. No byte beside its lists is 0, and none is one that a layer gives.
    pub(crate) fn space(&self) -> Recorder {
        let mut image = Image(vec![0xa5; 4096]);
        image.0[6] = 0x10;
        image.0[0x0e] = 0;
        image.put(0, u32::from(self.device) << 16 | 0xfffe);
        (self.bytes)(&mut image);
        Recorder::new(image.0)
    }
}

pub(crate) struct Image(Vec<u8>);

impl Image {
    fn put(&mut self, at: usize, dword: u32) {
        self.0[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }

    /// Capabilities in the order of the list, with the byte behind Next.
    fn conventional(&mut self, list: &[(u8, u8, u8)]) {
        let mut pointer = 0x34;
        for &(at, id, third) in list {
            self.0[pointer] = at;
            pointer = usize::from(at) + 1;
            self.0[usize::from(at)..][..4].copy_from_slice(&[id, 0, third, 0]);
        }
    }

    fn extended(&mut self, list: &[(u32, u32)]) {
        let nexts = list.iter().skip(1).map(|(at, _)| *at).chain([0]);
        for (&(at, id), next) in list.iter().zip(nexts) {
            self.put(at as usize, next << 20 | 0x1_0000 | id);
        }
    }
}

/// A function that nobody describes: a PCI Express capability alone, away from all that a layer has.
pub(crate) fn unknown() -> Recorder {
    let mut image = Image(vec![0xa5; 4096]);
    image.0[6] = 0x10;
    image.0[0x0e] = 0;
    image.put(0, 0xfffe);
    image.conventional(&[(0xc4, 0x10, 0x02)]);
    image.put(0x100, 0);
    Recorder::new(image.0)
}
