//! The shapes of the statements of `layer` and of the blocks in it.

use super::device::{EVIDENCE_STATEMENT, MATCH_STATEMENT, PORT_TYPES};
use super::statement::{ALLOW, CAP, Context, EXT, LEN, MASK, PLAIN, Part, Shape, Times, Value, part};

pub(super) const LAYER: &[Shape] = &[
    MATCH_STATEMENT,
    Shape {
        keyword: "param",
        syntax: "param NAME: TYPE;",
        doc: "a value that the VMM gives; without it the layer is off",
        parts: &[part("bytes", Value::Number, "so many bytes")],
        example: "param clique: u4;",
        ..PLAIN
    },
    Shape {
        keyword: "emulate",
        syntax: "emulate cap|ext KIND @ OFFSET|[OFFSET, ..]|free [len N] [version N] [over register] ;|{ .. }|FIELD",
        doc: "shows a capability, or a field, that the device does not have",
        parts: &[
            CAP,
            EXT,
            part("u8", Value::Number, "one byte"),
            part("u16", Value::Number, "two bytes"),
            part("u32", Value::Number, "four bytes"),
            part("bytes", Value::Number, "bytes"),
            part("free", Value::Nothing, "where the compiler finds room, in extended space alone"),
            LEN,
            part("version", Value::Number, "the version of an extended capability"),
            part("over", Value::Nothing, "what it may cover follows"),
            part("register", Value::Nothing, "registers that the device declares; needs evidence `driver` or `vendor`"),
            part("bits", Value::Range, "the bits of a field that are emulated"),
            MASK,
            part("device", Value::Nothing, "the value read at attach"),
            part("by", Value::Number, "the byte whose bits lock a field of class `rwl`"),
            part("forced", Value::Number, "what the bits read whatever is written"),
        ],
        forms: 6,
        block: Some(Context::Emulate),
        example: "emulate u8 @ 0x51 = 0 ro;",
        ..PLAIN
    },
    Shape {
        keyword: "hide",
        syntax: "hide cap|ext KIND [@ OFFSET];",
        doc: "takes a capability out of its list; its bytes read 0",
        parts: &[CAP, EXT],
        example: "hide ext sriov;",
        ..PLAIN
    },
    Shape {
        keyword: "mirror",
        syntax: "mirror bar N @ RANGE [config OFFSET];",
        doc: "a window of a BAR that shows config space",
        parts: &[
            part("bar", Value::Number, "the BAR's number"),
            LEN,
            part("config", Value::Number, "the config offset that the window starts at"),
        ],
        example: "mirror bar 0 @ 0x88000 len 0x1000;",
        ..PLAIN
    },
    Shape {
        keyword: "unassigned",
        syntax: "unassigned raw|read_only|deny ;|{ allow .. }",
        doc: "what a guest may do with bytes that belong to no capability",
        times: Times::AtMostOnce,
        default: Some("raw"),
        parts: &[
            part("raw", Value::Nothing, "as the kernel has it"),
            part("read_only", Value::Nothing, "writes go nowhere"),
            part("deny", Value::Nothing, "writes go nowhere, reads give 0"),
        ],
        block: Some(Context::Unassigned),
        example: "unassigned deny { }",
        ..PLAIN
    },
    Shape {
        keyword: "pcie_type",
        value: Value::Name,
        syntax: "pcie_type TYPE;",
        doc: "the PCI Express device or port type that the guest sees",
        times: Times::AtMostOnce,
        parts: PORT_TYPES,
        example: "pcie_type endpoint;",
        ..PLAIN
    },
    Shape {
        keyword: "resizable_bar",
        value: Value::Name,
        syntax: "resizable_bar pin;",
        doc: "offers only the present size of each resizable BAR",
        times: Times::AtMostOnce,
        parts: &[part("pin", Value::Nothing, "the present size alone")],
        example: "resizable_bar pin;",
        ..PLAIN
    },
    Shape {
        keyword: "default",
        value: Value::Name,
        syntax: "default on;",
        doc: "applies without being enabled",
        times: Times::AtMostOnce,
        default: Some("off"),
        parts: &[part("on", Value::Nothing, "enabled")],
        example: "default on;",
        ..PLAIN
    },
    Shape {
        keyword: "over",
        syntax: "over OTHER;",
        doc: "wins over another layer where both own a bit",
        example: "over other;",
        ..PLAIN
    },
    ALLOW,
];

const FIELD_PARTS: &[Part] = &[
    CAP,
    EXT,
    LEN,
    part("bits", Value::Range, "the bits that are emulated"),
    MASK,
    part("device", Value::Nothing, "the value read at attach"),
    part("by", Value::Number, "the byte whose bits lock a field of class `rwl`"),
    part("forced", Value::Number, "what the bits read whatever is written"),
];

const FIELD: Shape = Shape { parts: FIELD_PARTS, ..PLAIN };

pub(super) const EMULATE: &[Shape] = &[
    Shape {
        keyword: "u8",
        syntax: "u8 @ OFFSET [bits a..b|mask m] = VALUE [CLASS [by LOCK]|forced(VALUE)];",
        doc: "one byte of the capability",
        example: "u8 @ 7 = 0 ro;",
        ..FIELD
    },
    Shape {
        keyword: "u16",
        syntax: "u16 @ OFFSET [bits a..b|mask m] = VALUE [CLASS [by LOCK]|forced(VALUE)];",
        doc: "two bytes of the capability",
        example: "u16 @ 4 bits 0..4 = 1 rw;",
        ..FIELD
    },
    Shape {
        keyword: "u32",
        syntax: "u32 @ OFFSET [bits a..b|mask m] = VALUE [CLASS [by LOCK]|forced(VALUE)];",
        doc: "four bytes of the capability",
        example: "u32 @ 4 = device ro;",
        ..FIELD
    },
    Shape {
        keyword: "bytes",
        syntax: "bytes @ OFFSET [len N] [VALUE, ..]|= PARAM|= device [CLASS];",
        doc: "bytes of the capability",
        example: "bytes @ 2 [8, 'P'] ro;",
        ..FIELD
    },
    EVIDENCE_STATEMENT,
];

pub(super) const UNASSIGNED: &[Shape] = &[Shape {
    keyword: "allow",
    syntax: "allow @ RANGE rw|ro;",
    doc: "an exception",
    parts: &[
        LEN,
        part("rw", Value::Nothing, "reads and writes reach the device"),
        part("ro", Value::Nothing, "reads reach the device"),
    ],
    example: "allow @ 0x700..0x720 rw;",
    ..PLAIN
}];
