//! Evidence: who vouches for something.

use quirk_dsl::ast;
use quirk_runtime::tables::Evidence;

use super::Claim;
use super::lower::Lower;
use crate::catalogue;

impl Lower<'_, '_> {
    /// The claims that are understood.
    pub(super) fn claims(&mut self, claims: &[ast::Claim]) -> Vec<Claim> {
        claims.iter().map(|claim| self.claim_of(claim)).collect()
    }

    /// One claim. What is wrong with it is reported; it counts all the same.
    pub(super) fn claim_of(&mut self, claim: &ast::Claim) -> Claim {
        let evidence = match claim.kind.value {
            ast::ClaimKind::Datasheet => Evidence::Datasheet,
            ast::ClaimKind::Vendor => Evidence::Vendor,
            ast::ClaimKind::Driver => Evidence::Driver,
            ast::ClaimKind::Dump => Evidence::Dump,
            ast::ClaimKind::Probe => Evidence::Probe,
        };
        let text = self.text(&claim.text, "the reference").unwrap_or_default();
        let seen = claim.seen.as_ref().and_then(|seen| {
            if evidence != Evidence::Dump {
                self.wrong(&catalogue::UNKNOWN_WORD, seen.span, "`seen` counts dumps: it belongs to `dump` alone");
                return None;
            }
            self.id32(seen, "a number of functions")
        });
        Claim { evidence, text, seen: seen.unwrap_or(0) }
    }
}
