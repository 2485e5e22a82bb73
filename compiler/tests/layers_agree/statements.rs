//! Layers of a few statements, close to what a function has and to each other.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::function::{KINDS, Kind};

/// One statement of a layer.
fn statement(kind: Kind) -> impl Strategy<Value = String> {
    let near = select(kind.near).prop_map(|at| format!("{at:#x}"));
    let anchored = select(kind.anchors).prop_map(str::to_owned);
    let offset = prop_oneof![3 => near, 1 => anchored];
    let value = select(&["0", "0x11", "0x22"][..]);
    let class = select(&["ro", "rw", "rws", "ros", "hwinit", "rsvdp", "rw1c", "rwo", "forced(0)", "forced(0x11)"][..]);
    let field = (select(&["u8", "u16"][..]), offset, value, class)
        .prop_map(|(kind, offset, value, class)| format!("emulate {kind} @ {offset} = {value} {class};"));
    let own = (select(&["u8", "u16"][..]), select(kind.near), select(&["0", "device"][..]))
        .prop_map(|(kind, offset, value)| format!("emulate {kind} @ {offset:#x} = {value} ro;"));
    let hide = select(kind.hides).prop_map(|kind| format!("hide {kind};"));
    let what = select(&["ext dsn", "ext dvsec(vendor: 0xabcd, id: 9)", "ext vendor(id: 3)"][..]);
    let inside = select(&["", "", "{ u8 @ 0xc = 0x11 ro; }", "{ u8 @ 0xc = 0x11 rw; }"][..]);
    let extended = (what, vec(select(kind.extended), 1..4), any::<bool>(), inside);
    let extended = extended.prop_map(|(what, places, is_odd, inside)| {
        let length = if what == "ext dsn" { 12 } else { 16 };
        let length = if is_odd && what == "ext vendor(id: 3)" { 14 } else { length };
        let end = if length == 12 || inside.is_empty() { ";" } else { inside };
        format!("emulate {what} @ {} len {length}{end}", list(&places))
    });
    let conventional = vec(select(kind.conventional), 1..4)
        .prop_map(|places| format!("emulate cap vendor @ {} len 8;", list(&places)));
    prop_oneof![4 => field, 1 => own, 3 => hide, 3 => extended, 1 => conventional]
}

fn list(places: &[u16]) -> String {
    let mut text = String::from("[");
    for place in places {
        let _ = write!(text, "{place:#x}, ");
    }
    text + "]"
}

/// Layers `a` and `b` of one statement or more each; either may come first, and be over the other.
pub(crate) fn layers() -> impl Strategy<Value = (Kind, [String; 2])> {
    let kind = select(&KINDS[..]);
    kind.prop_flat_map(|kind| {
        let layer = move || (vec(statement(kind), 1..4), any::<bool>(), prop::bool::weighted(0.3));
        (layer(), layer()).prop_map(move |(a, b)| {
            let text = |name, other, (statements, is_general, is_over): (Vec<String>, bool, bool)| {
                let device = if is_general { "any".to_owned() } else { format!("{:#06x}", kind.device) };
                let over = if is_over { format!("over {other};") } else { String::new() };
                format!(
                    "layer {name} {{ match pci(0xfffe, {device}); default on; {over}\n    {}\n}}\n",
                    statements.join("\n    ")
                )
            };
            let both = a.2 && b.2;
            (kind, [text("a", "b", a), text("b", "a", (b.0, b.1, b.2 && !both))])
        })
    })
}
