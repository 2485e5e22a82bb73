//! Sets of functions: what clauses have in common, and which of them others cover.

mod cover;
mod near;
mod witness;

pub(crate) use cover::covered;
pub(crate) use near::{Extent, Near, Neighbours, Owned, Tree};
pub(crate) use witness::{Witness, common, common_function, common_three};
