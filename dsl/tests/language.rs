//! The whole language is read: one file with every statement, and facts about what came of it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use quirk_dsl::ast::{
    BinaryOp, DeviceStatementKind, Evidence, Expr, ExprKind, IdSet, ItemKind, LayerStatementKind, LayoutKind, Property,
    Radix, TestStatementKind,
};
use quirk_dsl::{Parse, parse};

const EVERYTHING: &str = include_str!("cases/everything.quirk");

fn clean(text: &str) -> Parse {
    let parse = parse(text);
    assert_eq!(parse.errors, [], "{text}");
    assert_eq!(parse.tree.print(), text);
    parse
}

fn constant(expr: &str) -> Expr {
    let parse = clean(&format!("const A = {expr};"));
    match parse.file.items.into_iter().next().unwrap().kind {
        ItemKind::Const(constant) => constant.value,
        other => panic!("{other:?}"),
    }
}

/// As Rust would group it.
fn grouped(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Int(int) => int.value.to_string(),
        ExprKind::Char(byte) => format!("{:?}", char::from(*byte)),
        ExprKind::Path(path) => path.name.value.clone(),
        ExprKind::Unary(_, inner) => format!("!{}", grouped(inner)),
        ExprKind::Paren(inner) => grouped(inner),
        ExprKind::Binary(op, a, b) => {
            let op = match op {
                BinaryOp::Add => "+",
                BinaryOp::Sub => "-",
                BinaryOp::Mul => "*",
                BinaryOp::Div => "/",
                BinaryOp::Rem => "%",
                BinaryOp::And => "&",
                BinaryOp::Or => "|",
                BinaryOp::Xor => "^",
                BinaryOp::Shl => "<<",
                BinaryOp::Shr => ">>",
            };
            format!("({} {op} {})", grouped(a), grouped(b))
        }
    }
}

#[test]
fn every_statement_is_read() {
    let parse = clean(EVERYTHING);
    assert!(!parse.file.poisoned);
    assert_eq!(parse.file.items.len(), 18);
    assert_eq!(parse.file.docs.len(), 2);
    let (mut device, mut layout, mut layer, mut test, mut allows) = (0, 0, 0, 0, 0);
    for item in &parse.file.items {
        allows += item.allows.len();
        match &item.kind {
            ItemKind::Device(it) => {
                assert!(!it.poisoned);
                device += it.statements.len();
                for statement in &it.statements {
                    if let DeviceStatementKind::Layout(entries) = &statement.kind {
                        layout += entries.len();
                    }
                }
            }
            ItemKind::Layer(it) => layer += it.statements.len(),
            ItemKind::Test(it) => test += it.statements.len(),
            _ => {}
        }
    }
    assert_eq!((device, layout, layer, test, allows), (11 + 8 + 11, 12, 21 + 2, 29 + 3 + 2 + 4, 6));
}

#[test]
fn precedence_is_that_of_rust() {
    for (text, expected) in [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("1 | 2 ^ 3 & 4 << 5 + 6 * 7", "(1 | (2 ^ (3 & (4 << (5 + (6 * 7))))))"),
        ("7 * 6 + 5 << 4 & 3 ^ 2 | 1", "((((((7 * 6) + 5) << 4) & 3) ^ 2) | 1)"),
        ("!1 + !!2", "(!1 + !!2)"),
        ("(1 + 2) * 'P'", "((1 + 2) * 'P')"),
        ("a::B >> 1 % 2 / 3", "(B >> ((1 % 2) / 3))"),
    ] {
        assert_eq!(grouped(&constant(text)), expected, "{text}");
    }
}

#[test]
fn numbers_keep_radix_and_place() {
    let expr = constant("0x03_0000");
    let ExprKind::Int(int) = expr.kind else { panic!("{expr:?}") };
    assert_eq!((int.value, int.radix, int.span.range()), (0x30000, Radix::Hexadecimal, 10..19));
}

/// Where the first device is.
fn first_device(file: &quirk_dsl::ast::File) -> usize {
    file.items.iter().position(|item| matches!(item.kind, ItemKind::Device(_))).unwrap()
}

#[test]
fn documentation_goes_with_what_follows() {
    let parse = clean(EVERYTHING);
    let first = first_device(&parse.file);
    let docs =
        |index: usize| -> Vec<&str> { parse.file.items[index].docs.iter().map(|line| line.value.as_str()).collect() };
    assert_eq!(docs(first), ["A data mover.", "In two lines."]);
    assert_eq!(docs(first + 1), ["The sibling."]);
    let ItemKind::Device(device) = &parse.file.items[first].kind else { panic!() };
    let DeviceStatementKind::Layout(layout) = &device.statements[3].kind else { panic!() };
    assert_eq!(layout[0].docs[0].value, "Its length is the capability's own.");
}

#[test]
fn names_with_a_dash_are_one_name() {
    let parse = clean("test \"t\" { expect reason no - extended-space; }");
    let ItemKind::Test(test) = &parse.file.items[0].kind else { panic!() };
    let TestStatementKind::Expect(quirk_dsl::ast::Expect::Reason(name)) = &test.statements[0].kind else { panic!() };
    assert_eq!(name.value, "no-extended-space");
}

#[test]
fn texts_are_resolved() {
    let parse = clean(EVERYTHING);
    let ItemKind::Device(device) = &parse.file.items[first_device(&parse.file)].kind else { panic!() };
    let DeviceStatementKind::Property(Property::Text(name)) = &device.statements[0].kind else { panic!() };
    assert_eq!(name.value, "Example \"Mover\" One!");
}

#[test]
fn sets_of_ids_keep_their_form() {
    let parse = clean("layer l { match pci([1, 2..=3, 4 mask 5], any); }");
    let ItemKind::Layer(layer) = &parse.file.items[0].kind else { panic!() };
    let LayerStatementKind::Match(clause) = &layer.statements[0].kind else { panic!() };
    let IdSet::List(sets, _) = &clause.vendor else { panic!() };
    assert!(matches!(sets.as_slice(), [IdSet::One(_), IdSet::Range(..), IdSet::Mask(..)]));
    assert!(matches!(clause.device, IdSet::Any(_)));
}

#[test]
fn evidence_names_sources_or_says_who() {
    let text = "source a = dump \"x\" seen 3;\ndevice d {\n    evidence a;\n    evidence [a, b::c,];\n    evidence vendor \"y\";\n}\n";
    let parse = clean(text);
    let ItemKind::Source(source) = &parse.file.items[0].kind else { panic!() };
    assert_eq!((source.name.value.as_str(), source.claim.text.value.as_str()), ("a", "x"));
    assert!(source.claim.seen.is_some());
    let ItemKind::Device(device) = &parse.file.items[1].kind else { panic!() };
    let said: Vec<String> = device
        .statements
        .iter()
        .map(|statement| match &statement.kind {
            DeviceStatementKind::Evidence(Evidence::Claim(claim)) => claim.text.value.clone(),
            DeviceStatementKind::Evidence(Evidence::Sources(paths)) => {
                paths.iter().map(|path| path.name.value.as_str()).collect::<Vec<_>>().join("+")
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(said, ["a", "a+c", "y"]);
}

#[test]
fn places_are_exact() {
    let text = "/// doc\ndevice d {\n    layout { ext aer @ 0x100 len 8 optional; }\n}\n";
    let parse = clean(text);
    let item = &parse.file.items[0];
    assert_eq!(&text[item.head.range()], "device d");
    assert_eq!(&text[item.span.range()], text[8..].trim_end());
    let ItemKind::Device(device) = &item.kind else { panic!() };
    let DeviceStatementKind::Layout(layout) = &device.statements[0].kind else { panic!() };
    assert_eq!(&text[layout[0].span.range()], "ext aer @ 0x100 len 8 optional;");
    let LayoutKind::Capability { kind, at, optional, .. } = &layout[0].kind else { panic!() };
    assert_eq!(&text[kind.span.range()], "aer");
    assert_eq!(&text[at.offset.span.range()], "0x100");
    assert_eq!(&text[at.len.as_ref().unwrap().span.range()], "8");
    assert_eq!(&text[optional.unwrap().range()], "optional");
}
