//! What a guest sees that is not the device's, as migration compares it.

use core::fmt;

use crate::decision::{Grant, Placement};
use crate::{ByteSet, SPACE};

/// What a guest sees that is not the device's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layout {
    /// Where PASID is.
    pub placement: Option<Placement>,
    /// What it says.
    pub grant: Grant,
    /// Every byte with an emulated bit.
    pub owned: ByteSet,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.placement {
            Some(Placement { offset, source }) => {
                write!(f, "PASID at {offset:#05x} ({source}), width {}", self.grant.width)?;
                f.write_str(if self.grant.execute { ", execute" } else { "" })?;
                f.write_str(if self.grant.privileged { ", privileged" } else { "" })?;
            }
            None => f.write_str("no PASID")?,
        }
        let (end, mut from, mut separator) = (SPACE as u16, 0, "; emulated ");
        while let Some(start) = self.owned.first_in(from..end) {
            let stop = (start..end).find(|&at| !self.owned.contains(at)).unwrap_or(end);
            write!(f, "{separator}{start:#05x}..{stop:#05x}")?;
            (from, separator) = (stop, ", ");
        }
        Ok(())
    }
}
