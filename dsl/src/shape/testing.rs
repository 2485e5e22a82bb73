//! The shapes of the statements of `test` and of the blocks in it.

use super::device::{CLASS, CONFIG, FUNCTION, REVISION, SUBSYSTEM};
use super::statement::{
    ALLOW, CAP, Context, EXECUTE_FLAG, EXT, LEN, PLAIN, PRIVILEGED_FLAG, Part, Shape, Times, Value, WIDTH, part,
};

pub(super) const TEST: &[Shape] = &[
    Shape {
        keyword: "given",
        syntax: "given device NAME [view vfio|raw];",
        doc: "the image that the test starts from, or bytes added to it",
        times: Times::AtLeastOnce,
        parts: &[
            part("device", Value::Name, "an image of the device's layout"),
            part("pci", Value::Statement, "an image of a function that no device describes"),
            part("optional", Value::Statement, "an optional entry that is `absent`"),
            part("bytes", Value::Statement, "bytes added to the image"),
            part("absent", Value::Nothing, "not there"),
            part("view", Value::Statement, "who reads the image"),
            part("vfio", Value::Nothing, "as the kernel shows it"),
            part("raw", Value::Nothing, "as the device has it"),
            CAP,
            EXT,
        ],
        forms: 4,
        block: Some(Context::GivenPci),
        example: "given device d view vfio;",
        ..PLAIN
    },
    Shape {
        keyword: "host",
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
        syntax: "enable LAYER ;|{ PARAM = value; }",
        doc: "switches a layer on",
        block: Some(Context::Enable),
        example: "enable l { clique = 3; }",
        ..PLAIN
    },
    Shape {
        keyword: "policy",
        syntax: "policy { NAME [WORD ..] [@ OFFSET|@ RANGE]; }",
        doc: "the VMM's policy",
        times: Times::AtMostOnce,
        block: Some(Context::Policy),
        example: "policy { }",
        ..PLAIN
    },
    Shape {
        keyword: "write",
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
        value: Value::Name,
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
        syntax: "expect ..;",
        doc: "what must be so",
        times: Times::AtLeastOnce,
        parts: &[
            part("pasid", Value::Statement, "PASID is here and looks so"),
            part("no", Value::Statement, "PASID or a capability is absent"),
            part("chain", Value::Statement, "the list of capabilities as the guest walks it"),
            CAP,
            EXT,
            part("u8", Value::Number, "one byte"),
            part("u16", Value::Number, "two bytes"),
            part("u32", Value::Number, "four bytes"),
            part("bytes", Value::Number, "bytes"),
            part("device", Value::Statement, "what reached the device"),
            part("effect", Value::Name, "the last write had this effect"),
            part("reason", Value::Name, "why a place for PASID was not taken"),
            part("finding", Value::Name, "this was found"),
            part("untouched", Value::Nothing, "no write reached the device"),
            LEN,
            WIDTH,
            EXECUTE_FLAG,
            PRIVILEGED_FLAG,
        ],
        forms: 13,
        example: "expect pasid @ 0x400 width 20;",
        ..PLAIN
    },
    ALLOW,
];

pub(super) const GIVEN_PCI: &[Shape] = &[
    Shape { keyword: "bar", syntax: "bar N SIZE;", doc: "a BAR and its size", example: "bar 0 0x1000;", ..PLAIN },
    SUBSYSTEM,
    REVISION,
    CLASS,
    FUNCTION,
    CONFIG,
];

/// One setting of `policy`.
const SETTING: Shape = Shape { times: Times::AtMostOnce, ..PLAIN };

/// A setting that is on or off.
const SWITCH: Shape = Shape {
    default: Some("off"),
    parts: &[part("on", Value::Nothing, "where nothing is said too"), part("off", Value::Nothing, "off")],
    ..SETTING
};

/// In ascending order.
const STRENGTHS: &[Part] = &[
    part("none", Value::Nothing, "whatever vouches, or nothing"),
    part("dump", Value::Nothing, "a public dump"),
    part("probe", Value::Nothing, "an experiment"),
    part("driver", Value::Nothing, "a driver"),
    part("vendor", Value::Nothing, "the vendor"),
    part("datasheet", Value::Nothing, "a datasheet"),
];

pub(super) const POLICY: &[Shape] = &[
    Shape {
        keyword: "offset",
        syntax: "offset @ OFFSET;",
        doc: "where the operator wants PASID",
        example: "offset @ 0x400;",
        ..SETTING
    },
    Shape {
        keyword: "ranges",
        syntax: "ranges @ RANGE;",
        doc: "bytes where the operator wants PASID; not beside `offset`",
        times: Times::Any,
        parts: &[LEN],
        example: "ranges @ 0x400..0x500;",
        ..SETTING
    },
    Shape {
        keyword: "owned",
        syntax: "owned @ RANGE;",
        doc: "bytes that the VMM emulates itself",
        times: Times::Any,
        parts: &[LEN],
        example: "owned @ 0x400 len 4;",
        ..SETTING
    },
    Shape {
        keyword: "order",
        syntax: "order SOURCE ..;",
        doc: "the sources that may place PASID, in the order in which they are tried, which is fixed",
        default: Some("all but `tail`"),
        parts: &[
            part("visible", Value::Nothing, "the PASID capability that the kernel shows"),
            part("operator", Value::Nothing, "`offset` or `ranges`"),
            part("profile", Value::Nothing, "the profile"),
            part("entry", Value::Nothing, "`place` of the device"),
            part("dvsec", Value::Nothing, "a free-space DVSEC of the function"),
            part("native", Value::Nothing, "the function's own, hidden PASID capability"),
            part("tail", Value::Nothing, "the bytes past the last capability"),
        ],
        example: "order operator entry;",
        ..SETTING
    },
    Shape {
        keyword: "least_evidence",
        syntax: "least_evidence KIND;",
        doc: "the weakest evidence that counts",
        default: Some("driver"),
        parts: STRENGTHS,
        example: "least_evidence vendor;",
        ..SETTING
    },
    Shape {
        keyword: "least_evidence_unless_zero",
        syntax: "least_evidence_unless_zero KIND;",
        doc: "the weakest evidence that counts for free bytes that do not read 0",
        default: Some("vendor"),
        parts: STRENGTHS,
        example: "least_evidence_unless_zero datasheet;",
        ..SETTING
    },
    Shape {
        keyword: "profile",
        syntax: "profile NAME;",
        doc: "the profile to impose",
        example: "profile p;",
        ..SETTING
    },
    Shape {
        keyword: "disable",
        syntax: "disable LAYER;",
        doc: "switches off a layer that is `default on`",
        times: Times::Any,
        example: "disable l;",
        ..SETTING
    },
    Shape {
        keyword: "confirmed",
        syntax: "confirmed KIND @ OFFSET|RANGE;",
        doc: "an extended capability that the kernel hides and the VMM knows; a range says its length",
        times: Times::Any,
        parts: &[LEN],
        example: "confirmed pasid @ 0x230;",
        ..SETTING
    },
    Shape {
        keyword: "native",
        syntax: "native never|confirmed|probed;",
        doc: "when the function's own, hidden PASID capability may be used though no `place` names it",
        default: Some("confirmed"),
        parts: &[
            part("never", Value::Nothing, "never"),
            part("confirmed", Value::Nothing, "where `confirmed pasid` says where it is"),
            part("probed", Value::Nothing, "also where reading finds it, with `scan_gaps on`"),
        ],
        example: "native probed;",
        ..SETTING
    },
    Shape {
        keyword: "trapped_mirrors",
        syntax: "trapped_mirrors [on|off];",
        doc: "the VMM traps every window of a BAR that mirrors configuration space",
        example: "trapped_mirrors on;",
        ..SWITCH
    },
    Shape {
        keyword: "tail",
        syntax: "tail [on|off];",
        doc: "PASID may go past the last capability, where nobody vouches",
        example: "tail on;",
        ..SWITCH
    },
    Shape {
        keyword: "scan_gaps",
        syntax: "scan_gaps [on|off];",
        doc: "reads what no capability covers, for headers that the list leaves out",
        example: "scan_gaps on;",
        ..SWITCH
    },
    Shape {
        keyword: "expose_free_space",
        syntax: "expose_free_space [on|off];",
        doc: "keeps the free-space DVSEC of the function in the guest's list",
        example: "expose_free_space on;",
        ..SWITCH
    },
];
