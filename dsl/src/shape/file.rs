//! The shapes of items, and of the statements of `dvsec_format` and `profile`.

use super::device::CLAIMS;
use super::statement::{ALLOW, Context, EXECUTE_FLAG, PLAIN, PRIVILEGED_FLAG, Part, Shape, Times, Value, WIDTH, part};

pub(super) const FILE: &[Shape] = &[
    Shape {
        keyword: "edition",
        syntax: "edition N;",
        doc: "the edition of the language; the first statement of a file",
        times: Times::Once,
        example: "edition 1;",
        ..PLAIN
    },
    Shape {
        keyword: "use",
        syntax: "use \"path\" as NAME;",
        doc: "makes the items of another file known under a name",
        parts: &[part("as", Value::Name, "the name of that file here")],
        example: "use \"ids.quirk\" as ids;",
        ..PLAIN
    },
    Shape {
        keyword: "const",
        syntax: "const NAME = expr;",
        doc: "names a number",
        example: "const GAP = 0x400;",
        ..PLAIN
    },
    Shape {
        keyword: "source",
        syntax: "source NAME = KIND \"reference\" [seen N];",
        doc: "names who vouches, for `evidence NAME;`",
        parts: CLAIMS,
        example: "source docs = datasheet \"EX-1001 rev 1.2\";",
        ..PLAIN
    },
    Shape {
        keyword: "device",
        syntax: "device NAME [like OTHER] { .. }",
        doc: "says what one kind of function is; at most one applies to a function",
        parts: &[part("like", Value::Name, "the device whose layout, pasid and dvsec it takes over")],
        block: Some(Context::Device),
        example: "device d { }",
        ..PLAIN
    },
    Shape {
        keyword: "layer",
        syntax: "layer NAME { .. }",
        doc: "says what a VMM shows on top of the functions that it matches",
        block: Some(Context::Layer),
        example: "layer l { }",
        ..PLAIN
    },
    Shape {
        keyword: "dvsec_format",
        syntax: "dvsec_format NAME { .. }",
        doc: "identity and form of a free-space DVSEC, emulated and recognised",
        block: Some(Context::DvsecFormat),
        example: "dvsec_format f { }",
        ..PLAIN
    },
    Shape {
        keyword: "profile",
        syntax: "profile NAME for DEVICE { .. }",
        doc: "freezes a virtual layout for migration",
        parts: &[part("for", Value::Name, "the device that it is for")],
        block: Some(Context::Profile),
        example: "profile p for d { }",
        ..PLAIN
    },
    Shape {
        keyword: "test",
        syntax: "test \"title\" { .. }",
        doc: "runs the engine on an image and states what a guest sees",
        block: Some(Context::Test),
        example: "test \"t\" { }",
        ..PLAIN
    },
];

pub(super) const DVSEC_FORMAT: &[Shape] = &[
    Shape {
        keyword: "vendor",
        value: Value::Number,
        syntax: "vendor N;",
        doc: "the DVSEC vendor id",
        times: Times::Once,
        example: "vendor 0xfffe;",
        ..PLAIN
    },
    Shape {
        keyword: "id",
        value: Value::Number,
        syntax: "id N;",
        doc: "the DVSEC id",
        times: Times::Once,
        example: "id 1;",
        ..PLAIN
    },
    Shape {
        keyword: "revision",
        value: Value::Number,
        syntax: "revision N;",
        doc: "the DVSEC revision",
        times: Times::Once,
        example: "revision 0;",
        ..PLAIN
    },
    Shape {
        keyword: "form",
        value: Value::Name,
        syntax: "form per_gap|table;",
        doc: "one DVSEC over each gap, or one with a table of ranges",
        times: Times::Once,
        parts: FORMS,
        example: "form per_gap;",
        ..PLAIN
    },
    ALLOW,
];

const FORMS: &[Part] = &[
    part("per_gap", Value::Nothing, "each DVSEC covers one gap"),
    part("table", Value::Nothing, "one DVSEC lists all ranges"),
];

pub(super) const PROFILE: &[Shape] = &[
    Shape {
        keyword: "pasid",
        syntax: "pasid @ OFFSET width N [execute] [privileged];",
        doc: "where PASID is, and how it looks",
        times: Times::Once,
        parts: &[WIDTH, EXECUTE_FLAG, PRIVILEGED_FLAG],
        example: "pasid @ 0x400 width 16 execute;",
        ..PLAIN
    },
    Shape {
        keyword: "cap",
        syntax: "cap KIND @ OFFSET;",
        doc: "where a conventional capability is",
        example: "cap vendor @ 0xc8;",
        ..PLAIN
    },
    Shape {
        keyword: "ext",
        syntax: "ext KIND @ OFFSET;",
        doc: "where an extended capability is",
        example: "ext dvsec @ 0x408;",
        ..PLAIN
    },
    Shape {
        keyword: "released",
        value: Value::Text,
        syntax: "released \"version\";",
        doc: "since when it is frozen",
        times: Times::AtMostOnce,
        default: Some("not yet frozen"),
        example: "released \"1.0\";",
        ..PLAIN
    },
    ALLOW,
];
