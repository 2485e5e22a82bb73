//! The counts for people.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use anstyle::Style;

use super::summary::Summary;
use crate::report::count;
use quirk_dsl::Ordered as _;

const HEADING: Style = Style::new().bold();

/// Lines of a list; the rest is counted.
const MOST: usize = 12;

/// The whole text; colours are taken out later where nobody can see them.
pub(super) fn text(summary: &Summary) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{HEADING}{}{HEADING:#}, {} described", count(summary.functions, "function"), summary.described)?;
    for (size, functions) in &summary.sizes {
        writeln!(out, "{functions:>8}  recorded with {size} bytes")?;
    }
    let counts = [
        (summary.silent, "do not answer: every byte reads ff"),
        (summary.pasid, "have a PASID capability"),
        (summary.ats, "have ATS"),
        (summary.pri, "have PRI"),
        (summary.sriov, "have SR-IOV"),
        (summary.dvsec, "have a DVSEC"),
        (summary.odd, "have a list that is not as it should be"),
        (summary.live_outside, "have bytes of extended space outside every capability that are not 0"),
    ];
    for (functions, says) in counts {
        writeln!(out, "{functions:>8}  {says}")?;
    }
    list(&mut out, "described as", &summary.entries)?;
    list(&mut out, "described by nothing", &summary.undescribed)?;
    if summary.unread_files != 0 {
        writeln!(out, "\n{}", summary.unread())?;
    }
    Ok(out)
}

/// The most frequent first.
fn list(out: &mut String, title: &str, counts: &BTreeMap<String, usize>) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{HEADING}{title}{HEADING:#}")?;
    let mut counts: Vec<_> = counts.iter().collect();
    counts.order_by_key(|(name, count)| (std::cmp::Reverse(**count), name.as_str()));
    for (name, count) in counts.iter().take(MOST) {
        writeln!(out, "{count:>8}  {name}")?;
    }
    match counts.len().checked_sub(MOST) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "          and {more} more"),
    }
}
