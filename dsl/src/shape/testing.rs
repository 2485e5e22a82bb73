//! The shapes of the statements of `test` and of the blocks in it.

use super::device::{CLASS, CONFIG, FUNCTION, REVISION, SUBSYSTEM};
use super::statement::{
    ALLOW, CAP, Context, EXECUTE_FLAG, EXT, LEN, PLAIN, PRIVILEGED_FLAG, Shape, Times, Value, WIDTH, part,
};
use crate::parser::NodeKind;

pub(super) const TEST: &[Shape] = &[
    Shape {
        keyword: "given",
        node: NodeKind::Given,
        syntax: "given device NAME [view vfio|raw];",
        doc: "the image that the test starts from, or bytes added to it",
        times: Times::AtLeastOnce,
        parts: &[
            part("device", Value::Name, "an image of the device's layout"),
            part("pci", Value::Statement, "an image of a function that no device describes"),
            part("optional", Value::Statement, "an optional entry that is `absent`"),
            part("absent", Value::Nothing, "not there"),
            part("bytes", Value::Statement, "bytes added to the image"),
            part("view", Value::Statement, "who reads the image"),
            part("vfio", Value::Nothing, "as the kernel shows it"),
            part("raw", Value::Nothing, "as the device has it"),
            CAP,
            EXT,
        ],
        block: Some(Context::GivenPci),
        example: "given device d view vfio;",
        ..PLAIN
    },
    Shape {
        keyword: "host",
        node: NodeKind::Host,
        syntax: "host pasid [disabled] [width N] [execute] [privileged];",
        doc: "what the host's IOMMU grants",
        times: Times::AtMostOnce,
        default: Some("no PASID"),
        parts: &[
            part("pasid", Value::Statement, "PASID"),
            part("disabled", Value::Nothing, "able, but not enabled"),
            WIDTH,
            EXECUTE_FLAG,
            PRIVILEGED_FLAG,
        ],
        example: "host pasid width 20 execute;",
        ..PLAIN
    },
    Shape {
        keyword: "viommu",
        node: NodeKind::Viommu,
        syntax: "viommu pasid width N;",
        doc: "what the virtual IOMMU can do",
        times: Times::AtMostOnce,
        default: Some("no limit"),
        parts: &[part("pasid", Value::Statement, "PASID"), WIDTH],
        example: "viommu pasid width 16;",
        ..PLAIN
    },
    Shape {
        keyword: "enable",
        node: NodeKind::Enable,
        syntax: "enable LAYER ;|{ PARAM = value; }",
        doc: "switches a layer on",
        block: Some(Context::Enable),
        example: "enable l { clique = 3; }",
        ..PLAIN
    },
    Shape {
        keyword: "policy",
        node: NodeKind::Policy,
        syntax: "policy { NAME [WORD ..] [@ OFFSET|@ RANGE]; }",
        doc: "the VMM's policy",
        times: Times::AtMostOnce,
        block: Some(Context::Policy),
        example: "policy { }",
        ..PLAIN
    },
    Shape {
        keyword: "write",
        node: NodeKind::Write,
        syntax: "write TYPE @ OFFSET = value;",
        doc: "what the guest writes",
        parts: &[
            part("u8", Value::Number, "one byte"),
            part("u16", Value::Number, "two bytes"),
            part("u32", Value::Number, "four bytes"),
            part("bytes", Value::Number, "bytes"),
        ],
        example: "write u16 @ 0x406 = 0x0007;",
        ..PLAIN
    },
    Shape {
        keyword: "reset",
        node: NodeKind::WordProperty,
        syntax: "reset flr|bus|d3hot|cold;",
        doc: "resets the function",
        parts: &[
            part("flr", Value::Nothing, "function-level reset"),
            part("bus", Value::Nothing, "secondary bus reset"),
            part("d3hot", Value::Nothing, "return from D3hot"),
            part("cold", Value::Nothing, "power cycle"),
        ],
        example: "reset flr;",
        ..PLAIN
    },
    Shape {
        keyword: "expect",
        node: NodeKind::Expect,
        syntax: "expect ..;",
        doc: "what must be so",
        times: Times::AtLeastOnce,
        parts: &[
            part("pasid", Value::Statement, "PASID is here and looks so"),
            part("no", Value::Statement, "PASID or a capability is absent"),
            part("chain", Value::Statement, "the list of capabilities as the guest walks it"),
            CAP,
            EXT,
            part("device", Value::Statement, "what reached the device"),
            part("untouched", Value::Nothing, "no write reached the device"),
            part("effect", Value::Name, "the last write had this effect"),
            part("reason", Value::Name, "why a place for PASID was not taken"),
            part("finding", Value::Name, "this was found"),
            part("u8", Value::Number, "one byte"),
            part("u16", Value::Number, "two bytes"),
            part("u32", Value::Number, "four bytes"),
            part("bytes", Value::Number, "bytes"),
            LEN,
            WIDTH,
            EXECUTE_FLAG,
            PRIVILEGED_FLAG,
        ],
        example: "expect pasid @ 0x400 width 20;",
        ..PLAIN
    },
    ALLOW,
];

pub(super) const GIVEN_PCI: &[Shape] = &[
    Shape {
        keyword: "bar",
        node: NodeKind::Bar,
        syntax: "bar N SIZE;",
        doc: "a BAR and its size",
        example: "bar 0 0x1000;",
        ..PLAIN
    },
    SUBSYSTEM,
    REVISION,
    CLASS,
    FUNCTION,
    CONFIG,
];
