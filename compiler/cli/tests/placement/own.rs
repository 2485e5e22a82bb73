//! A physical function with a PASID capability of its own gets it there, described or not.

use std::collections::BTreeSet;

use crate::dumps::{self, Recorded, placement};
use crate::library;

/// The functions with PASID among the recorded ones.
const KNOWN: [&str; 7] = ["1002:164e", "1002:7300", "1002:73ff", "8086:0b25", "8086:191e", "8086:3ea0", "8086:5912"];

#[test]
fn a_function_with_a_pasid_capability_gets_it_there() {
    if dumps::all().is_empty() {
        return;
    }
    let recorded = Recorded::all();
    let empty = recorded.quirk("edition 1;\n");
    let entries = library::entries();
    let described: &[&str] = &[];
    let alone = ["--only-quirks", empty.to_str().unwrap()];
    for (args, source) in [(described, None), (&alone, Some("native"))] {
        let mut placed = BTreeSet::new();
        for (dump, report) in dumps::all().iter().zip(recorded.plan(args)) {
            let entry = report["device"]["name"].as_str().map(|name| &entries[name]);
            let may = entry.is_none_or(|entry| !entry.is_forbidden) && report["function"]["kind"] != "virtual";
            let own = dump.space().own_pasid().filter(|_| may && dump.space().answers());
            let Some(own) = own else { continue };
            let (offset, by) = placement(&report).unwrap_or_default();
            assert_eq!(offset, own, "{}: {}", dump.name, report["candidates"]);
            assert!(source.map_or(matches!(by, "native" | "entry"), |source| by == source), "{}: {by}", dump.name);
            // A guest never gets more than the function has.
            let has = u64::from(dump.bytes[own + 5] & 0x1f);
            assert_eq!(report["granted"]["width"], has.min(16), "{}", dump.name);
            let id = |at: usize| u16::from_le_bytes([dump.bytes[at], dump.bytes[at + 1]]);
            placed.insert(format!("{:04x}:{:04x}", id(0), id(2)));
        }
        eprintln!("{placed:?}");
        assert!(KNOWN.iter().all(|known| placed.contains(*known)), "{placed:?}");
    }
}
