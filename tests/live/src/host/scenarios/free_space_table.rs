//! Hardware that carries one DVSEC with a table of all gaps: PASID takes the lowest place, bad entries are dropped and named, the
//! guest sees the table no more, or one that says what is left.

use crate::bench::Bench;
use crate::failure::Failure;
use crate::free_space::{Case, DVSEC, Dvsec, PASID, body, compare};

/// The identity that `quirks/bench.quirk` declares.
const TABLE: u16 = 0x0002;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let table = |entries: &[(u16, u16)]| Dvsec {
        at: 0x280,
        length: 12 + 4 * entries.len() as u16,
        id: TABLE,
        form: 2,
        entries: entries.to_vec(),
    };
    // One in conventional space, which cannot serve PASID; one that is not the lowest before one that is; one unused.
    let good = [(0xa0, 0x20), (0x900, 0x80), (0x500, 0x100), (0, 0)];
    compare(
        bench,
        &[
            Case {
                name: "hidden",
                dvsecs: vec![table(&good)],
                expose: false,
                pasid: Some(0x500),
                listed: vec![(0x500, PASID)],
                seen: vec![(0x280, vec![0; 28])],
                finding: None,
            },
            Case {
                name: "exposed",
                dvsecs: vec![table(&good)],
                expose: true,
                pasid: Some(0x500),
                listed: vec![(0x280, DVSEC), (0x500, PASID)],
                seen: vec![(0x284, body(28, TABLE, 2, &[(0xa0, 0x20), (0x900, 0x80), (0x508, 0xf8), (0, 0)]))],
                finding: None,
            },
            Case {
                name: "an-unaligned-entry",
                dvsecs: vec![table(&[(0x402, 0x20), (0x600, 0x10)])],
                expose: false,
                pasid: Some(0x600),
                listed: vec![(0x600, PASID)],
                seen: vec![(0x280, vec![0; 20])],
                finding: Some("entry-unaligned"),
            },
            Case {
                // The hidden PASID capability at 0x210, and the visible PRI after it.
                name: "entries-over-capabilities",
                dvsecs: vec![table(&[(0x210, 0x30), (0x700, 0x10)])],
                expose: false,
                pasid: Some(0x700),
                listed: vec![(0x700, PASID)],
                seen: vec![(0x280, vec![0; 20])],
                finding: Some("entry-overlaps-capability"),
            },
            Case {
                name: "nothing-free",
                dvsecs: vec![table(&[(0, 0), (0xa0, 0x20)])],
                expose: false,
                pasid: None,
                listed: vec![(0x280, DVSEC)],
                seen: Vec::new(),
                finding: None,
            },
        ],
    )
}
