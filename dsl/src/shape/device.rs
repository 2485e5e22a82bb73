//! The shapes of the statements of `device` and of the blocks in it.

use super::statement::{ALLOW, CAP, Context, EXT, LEN, MASK, OPTIONAL, PLAIN, Part, Shape, Times, Value, part};

pub(super) const DEVICE: &[Shape] = &[
    Shape {
        keyword: "name",
        value: Value::Text,
        syntax: "name \"text\";",
        doc: "what people call it",
        times: Times::Once,
        example: "name \"Example\";",
        ..PLAIN
    },
    MATCH_STATEMENT,
    Shape {
        keyword: "layout",
        syntax: "layout { .. }",
        doc: "what the silicon has, whether or not the kernel shows it",
        times: Times::AtMostOnce,
        block: Some(Context::Layout),
        example: "layout { }",
        ..PLAIN
    },
    Shape {
        keyword: "free",
        syntax: "free @ RANGE|[RANGE, ..] { evidence .. }",
        doc: "bytes that the device does not use, and who vouches for it",
        parts: &[LEN],
        block: Some(Context::Evidence),
        example: "free @ 0x400..0x700 { }",
        ..PLAIN
    },
    Shape {
        keyword: "pasid",
        syntax: "pasid { .. }|none;",
        doc: "where PASID may go, and what it may offer; `none`: nowhere, no matter who asks for it",
        times: Times::AtMostOnce,
        parts: &[part("none", Value::Nothing, "the device must not have PASID")],
        block: Some(Context::Pasid),
        example: "pasid;",
        ..PLAIN
    },
    Shape {
        keyword: "dvsec",
        syntax: "dvsec FORMAT in free|@ OFFSET [len N];",
        doc: "emulates the DVSEC that describes what is left free",
        times: Times::AtMostOnce,
        parts: &[
            part("in", Value::Nothing, "the place follows"),
            part("free", Value::Nothing, "anywhere in free space"),
            LEN,
        ],
        example: "dvsec f in free;",
        ..PLAIN
    },
    Shape {
        keyword: "distrust",
        value: Value::Name,
        syntax: "distrust dvsec;",
        doc: "a free-space DVSEC in the device is not to be believed",
        times: Times::AtMostOnce,
        parts: &[part("dvsec", Value::Nothing, "the free-space DVSEC")],
        example: "distrust dvsec;",
        ..PLAIN
    },
    Shape {
        keyword: "pcie_port",
        value: Value::Name,
        syntax: "pcie_port TYPE;",
        doc: "the PCI Express device or port type that the silicon states",
        times: Times::AtMostOnce,
        parts: PORT_TYPES,
        example: "pcie_port endpoint;",
        ..PLAIN
    },
    Shape {
        keyword: "without",
        syntax: "without cap|ext KIND @ OFFSET;",
        doc: "takes an entry away from the layout of the `like` device",
        parts: &[
            CAP,
            EXT,
            part("register", Value::Nothing, "a register"),
            part("reserved", Value::Nothing, "a reserved range"),
        ],
        forms: 4,
        example: "without ext sriov @ 0x240;",
        ..PLAIN
    },
    EVIDENCE_STATEMENT,
    ALLOW,
];

pub(super) const MATCH_STATEMENT: Shape = Shape {
    keyword: "match",
    syntax: "match pci(VENDOR, DEVICE) ;|{ .. }",
    doc: "which functions it is about; several are alternatives",
    times: Times::AtLeastOnce,
    parts: &[part("pci", Value::Statement, "vendor and device ids"), part("any", Value::Nothing, "every id"), MASK],
    block: Some(Context::Match),
    example: "match pci(0x1234, any);",
    ..PLAIN
};

pub(super) const EVIDENCE_STATEMENT: Shape = Shape {
    keyword: "evidence",
    syntax: "evidence KIND \"reference\";|dump \"reference\" [seen N];|SOURCE;|[SOURCE, ..];",
    doc: "who vouches for it: said here, or by the names of sources",
    parts: CLAIMS,
    example: "evidence driver \"drivers/x.c SYMBOL\";",
    ..PLAIN
};

pub(super) const CLAIMS: &[Part] = &[
    part("datasheet", Value::Text, "a datasheet: title, revision, section"),
    part("vendor", Value::Text, "the vendor: a message or a case"),
    part("driver", Value::Text, "a driver: file and symbol"),
    part("dump", Value::Text, "a public dump"),
    part("probe", Value::Text, "an experiment: how it was done"),
    part("seen", Value::Number, "of a dump alone: on how many devices"),
];

pub(super) const EVIDENCE: &[Shape] = &[EVIDENCE_STATEMENT];

pub(super) const LAYOUT: &[Shape] = &[
    Shape {
        keyword: "cap",
        syntax: "cap KIND @ OFFSET [len N] [optional] ;|{ evidence .. }",
        doc: "a conventional capability",
        parts: &[LEN, OPTIONAL],
        block: Some(Context::Evidence),
        example: "cap pcie @ 0x40;",
        ..PLAIN
    },
    Shape {
        keyword: "ext",
        syntax: "ext KIND @ OFFSET [len N] [optional] ;|{ evidence .. }",
        doc: "an extended capability",
        parts: &[LEN, OPTIONAL],
        block: Some(Context::Evidence),
        example: "ext aer @ 0x100;",
        ..PLAIN
    },
    Shape {
        keyword: "register",
        syntax: "register [\"label\"] @ RANGE|[RANGE, ..] [optional] ;|{ evidence .. }",
        doc: "registers outside every capability",
        parts: &[LEN, OPTIONAL],
        block: Some(Context::Evidence),
        example: "register \"port logic\" @ 0x700..0x900;",
        ..PLAIN
    },
    Shape {
        keyword: "reserved",
        syntax: "reserved @ RANGE|[RANGE, ..] [optional] ;|{ evidence .. }",
        doc: "bytes that are not free, for a reason that is not known",
        parts: &[LEN, OPTIONAL],
        block: Some(Context::Evidence),
        example: "reserved @ 0xf00..0xf80;",
        ..PLAIN
    },
    Shape {
        keyword: "aliased",
        syntax: "aliased every N;",
        doc: "the function repeats its space after so many bytes",
        times: Times::AtMostOnce,
        parts: &[part("every", Value::Number, "the distance of two copies")],
        example: "aliased every 0x400;",
        ..PLAIN
    },
    ALLOW,
];

pub(super) const PASID: &[Shape] = &[
    Shape {
        keyword: "place",
        syntax: "place X|[X, ..];",
        doc: "where PASID may go, in this order",
        times: Times::AtMostOnce,
        default: Some("free"),
        parts: &[
            part("free", Value::Nothing, "the lowest free bytes, as the compiler allocates them"),
            part("native", Value::Nothing, "the slot of the function's own PASID capability"),
        ],
        example: "place [native, free, @ 0x400];",
        ..PLAIN
    },
    Shape {
        keyword: "max_width",
        value: Value::Number,
        syntax: "max_width N;",
        doc: "the most bits that a PASID may have, 1 to 20",
        times: Times::AtMostOnce,
        default: Some("20"),
        example: "max_width 20;",
        ..PLAIN
    },
    Shape {
        keyword: "execute",
        value: Value::Name,
        syntax: "execute host|deny;",
        doc: "whether execute permission is offered",
        times: Times::AtMostOnce,
        default: Some("host"),
        parts: HOST_OR_DENY,
        example: "execute host;",
        ..PLAIN
    },
    Shape {
        keyword: "privileged",
        value: Value::Name,
        syntax: "privileged host|deny;",
        doc: "whether privileged mode is offered",
        times: Times::AtMostOnce,
        default: Some("host"),
        parts: HOST_OR_DENY,
        example: "privileged deny;",
        ..PLAIN
    },
];

/// In the order of their numbers in the PCI Express Capabilities register.
pub(super) const PORT_TYPES: &[Part] = &[
    part("endpoint", Value::Nothing, "a PCI Express endpoint"),
    part("legacy_endpoint", Value::Nothing, "a legacy PCI Express endpoint"),
    part("root_port", Value::Nothing, "a root port of a root complex"),
    part("upstream_port", Value::Nothing, "the upstream port of a switch"),
    part("downstream_port", Value::Nothing, "a downstream port of a switch"),
    part("pci_bridge", Value::Nothing, "a bridge to PCI or PCI-X"),
    part("pcie_bridge", Value::Nothing, "a bridge from PCI or PCI-X"),
    part("integrated_endpoint", Value::Nothing, "a root complex integrated endpoint"),
    part("event_collector", Value::Nothing, "a root complex event collector"),
];

const HOST_OR_DENY: &[Part] =
    &[part("host", Value::Nothing, "as the host has it"), part("deny", Value::Nothing, "never")];

pub(super) const MATCH: &[Shape] = &[SUBSYSTEM, REVISION, CLASS, FUNCTION, CONFIG];

pub(super) const SUBSYSTEM: Shape = Shape {
    keyword: "subsystem",
    syntax: "subsystem VENDOR, DEVICE;",
    doc: "the subsystem's vendor and device ids",
    times: Times::AtMostOnce,
    parts: &[part("any", Value::Nothing, "every id"), MASK],
    example: "subsystem 0x1234, any;",
    ..PLAIN
};

pub(super) const REVISION: Shape = Shape {
    keyword: "revision",
    syntax: "revision IDS;",
    doc: "the revision id",
    times: Times::AtMostOnce,
    parts: &[part("any", Value::Nothing, "every id"), MASK],
    example: "revision 0x00..=0x0f;",
    ..PLAIN
};

pub(super) const CLASS: Shape = Shape {
    keyword: "class",
    syntax: "class VALUE [mask BITS];",
    doc: "the class code, 24 bits",
    times: Times::AtMostOnce,
    parts: &[MASK],
    example: "class 0x03_0000 mask 0xff_0000;",
    ..PLAIN
};

pub(super) const FUNCTION: Shape = Shape {
    keyword: "function",
    value: Value::Name,
    syntax: "function physical|virtual;",
    doc: "whether it is a physical or a virtual function",
    times: Times::AtMostOnce,
    parts: &[
        part("physical", Value::Nothing, "a physical function"),
        part("virtual", Value::Nothing, "a virtual function"),
    ],
    example: "function physical;",
    ..PLAIN
};

pub(super) const CONFIG: Shape = Shape {
    keyword: "config",
    syntax: "config u8|u16|u32 @ OFFSET == VALUE [mask BITS];",
    doc: "what a register of the device reads",
    parts: &[
        part("u8", Value::Number, "one byte"),
        part("u16", Value::Number, "two bytes"),
        part("u32", Value::Number, "four bytes"),
        MASK,
    ],
    example: "config u32 @ 0x10 == 1 mask 0xff;",
    ..PLAIN
};
