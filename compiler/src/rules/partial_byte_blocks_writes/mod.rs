//! Where a layer owns a part of a byte, no write reaches the rest of it: it is never read, changed and written back.

use std::collections::HashSet;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::numbered::Numbered;
use crate::passes::claims::{self, Byte};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::BytesOwnedWhole,
    needs: &[Fact::LayersInBounds, Fact::FieldsInside],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let claims = claims::of(layer);
        let mut owned: Numbered<Byte, u8> = Numbered::default();
        let runs = claims::runs(&claims);
        for claim in &claims {
            *owned.or_insert_with(claim.byte, u8::default) |= claim.bits;
        }
        let mut reported = HashSet::new();
        for claim in &claims {
            // An emulated capability owns all its bytes, and the register after `pcie_type` is read-only.
            let Some(node) = claim.node.filter(|node| check.holds(*node)) else { continue };
            let bits = owned.get(claim.byte).copied().unwrap_or(0xff);
            if matches!(claim.byte, Byte::Emulated(..)) || bits == 0xff || reported.contains(&node) {
                continue;
            }
            if claim.length > 1 || claims::holds(&runs, claim.byte) {
                continue;
            }
            reported.insert(node);
            let message = format!("the layer owns bits {bits:#04x} of {}: no write reaches the others", claim.byte);
            let found = Diagnostic::new(&catalogue::PARTIAL_BYTE_BLOCKS_WRITES, claim.place, message);
            check.report(found.help("own the whole byte, or allow it where the others are read-only"));
        }
    }
}
