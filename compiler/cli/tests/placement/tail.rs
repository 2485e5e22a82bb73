//! The last 8 bytes are taken exactly where they are safe.

use std::collections::BTreeMap;

use crate::dumps::{self, Dump, Recorded, placement};
use crate::library::{self, Entry};
use crate::walker::{END, overlaps};

const TAIL: std::ops::Range<usize> = END - 8..END;

/// Why PASID must not be there; `None` if it may.
fn obstacle(dump: &Dump, entry: Option<&Entry>) -> Option<&'static str> {
    let space = dump.space();
    let linked = || space.linked().into_iter();
    let is_declared = |entry: &Entry| entry.declared.iter().any(|declared| overlaps(&declared.in_space(space), &TAIL));
    let cases: [(&str, &dyn Fn() -> bool); 8] = [
        ("does not answer", &|| !space.answers()),
        ("has no extended space", &|| !space.has_extended_space()),
        ("must not have PASID", &|| entry.is_some_and(|entry| entry.is_forbidden)),
        ("has something there", &|| !space.is_zero(TAIL)),
        ("repeats", &|| space.repeats_every().or(entry.and_then(|entry| entry.aliased_every)).is_some()),
        ("has a capability there", &|| linked().any(|each| overlaps(&each.possible, &TAIL))),
        ("may have a capability there", &|| space.unlinked().iter().any(|each| overlaps(&each.possible, &TAIL))),
        ("has registers there", &|| entry.is_some_and(is_declared)),
    ];
    cases.into_iter().find(|(_, is_so)| is_so()).map(|(name, _)| name)
}

#[test]
fn the_tail_is_taken_where_it_is_safe_and_nowhere_else() {
    if dumps::all().is_empty() {
        return;
    }
    let (entries, mut counts, mut wrong) = (library::entries(), BTreeMap::<_, usize>::new(), Vec::new());
    for (dump, report) in dumps::all().iter().zip(Recorded::all().plan(&["--place", "tail"])) {
        let entry = report["device"]["name"].as_str().map(|name| &entries[name]);
        let obstacle = obstacle(dump, entry);
        let expected = obstacle.is_none().then_some((TAIL.start, "tail"));
        if placement(&report) != expected {
            wrong.push(format!(
                "{}: {}, and {obstacle:?}",
                dump.name,
                report["candidates"].as_array().unwrap().last().unwrap()
            ));
        }
        *counts.entry(obstacle.unwrap_or("is safe")).or_default() += 1;
    }
    eprintln!("{counts:?}");
    assert!(wrong.is_empty(), "{} differ: {wrong:#?}", wrong.len());
    assert!(counts["is safe"] > 300 && counts.len() >= 7, "{counts:?}");
}
