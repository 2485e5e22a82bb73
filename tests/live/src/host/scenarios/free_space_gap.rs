//! Hardware that carries one DVSEC at every gap: PASID takes the lowest, the guest sees the DVSEC no more, or what is left of it.

use crate::bench::Bench;
use crate::failure::Failure;
use crate::free_space::{Case, DVSEC, Dvsec, PASID, body, compare};

/// The identity that `quirks/bench.quirk` declares, and one that nobody does.
const GAP: u16 = 0x0001;
const UNKNOWN: u16 = 0x7777;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let gap = |at, length| Dvsec { at, length, id: GAP, form: 1, entries: Vec::new() };
    compare(
        bench,
        &[
            Case {
                name: "hidden",
                dvsecs: vec![gap(0x400, 0x300)],
                expose: false,
                pasid: Some(0x400),
                listed: vec![(0x400, PASID)],
                seen: vec![(0x400, vec![0; 0x300])],
                finding: None,
            },
            Case {
                name: "exposed",
                dvsecs: vec![gap(0x400, 0x300)],
                expose: true,
                pasid: Some(0x400),
                listed: vec![(0x400, PASID), (0x408, DVSEC)],
                seen: vec![
                    (0x400, vec![0; 0x300]),
                    (0x408, vec![0x23, 0x00, 0x01, 0x00]),
                    (0x40c, body(0x2f8, GAP, 1, &[])),
                ],
                finding: None,
            },
            Case {
                // The first in the list is not the lowest. A rest of 4 bytes cannot be described: it stays as it is.
                name: "two-gaps",
                dvsecs: vec![gap(0x800, 0x100), gap(0x400, 12)],
                expose: true,
                pasid: Some(0x400),
                listed: vec![(0x800, DVSEC), (0x400, PASID)],
                seen: Vec::new(),
                finding: None,
            },
            Case {
                name: "another-identity",
                dvsecs: vec![Dvsec { id: UNKNOWN, ..gap(0x400, 0x300) }],
                expose: false,
                pasid: None,
                listed: vec![(0x400, DVSEC)],
                seen: Vec::new(),
                finding: None,
            },
            Case {
                name: "another-form",
                dvsecs: vec![Dvsec { form: 2, ..gap(0x400, 0x300) }],
                expose: false,
                pasid: None,
                listed: vec![(0x400, DVSEC)],
                seen: Vec::new(),
                finding: Some("dvsec-form"),
            },
        ],
    )
}
