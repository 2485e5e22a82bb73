//! Counts over all functions; those of two parts add up.

use std::collections::BTreeMap;

use serde::Serialize;

use super::row::Row;
use crate::report::count;

/// Bytes in a step of the histogram.
pub(super) const STEP: usize = 256;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
#[derive(Debug, Serialize)]
struct Version(u32);

impl Default for Version {
    fn default() -> Self {
        Self(1)
    }
}

/// The counts.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    version: Version,
    pub(super) files: usize,
    pub(super) functions: usize,
    /// Files without a function that can be read.
    pub(super) unread_files: usize,
    /// Functions that read as ones.
    pub(super) silent: usize,
    /// By the number of bytes that were recorded.
    pub(super) sizes: BTreeMap<usize, usize>,
    pub(super) pasid: usize,
    pub(super) ats: usize,
    pub(super) pri: usize,
    pub(super) sriov: usize,
    pub(super) dvsec: usize,
    pub(super) odd: usize,
    /// Of functions with 4096 bytes: those with bytes outside every capability that are not 0.
    pub(super) live_outside: usize,
    pub(super) described: usize,
    /// Functions by the description that applies.
    pub(super) entries: BTreeMap<String, usize>,
    /// Described by nothing, by ids.
    pub(super) undescribed: BTreeMap<String, usize>,
    /// Of functions with 4096 bytes, by unused bytes of extended space in steps of 256.
    pub(super) gaps: BTreeMap<usize, usize>,
}

impl Summary {
    pub(super) fn add(&mut self, row: &Row) {
        self.functions += 1;
        *self.sizes.entry(row.size).or_default() += 1;
        if !row.answers {
            self.silent += 1;
            return;
        }
        self.pasid += usize::from(row.pasid.is_some());
        self.ats += usize::from(row.ats);
        self.pri += usize::from(row.pri);
        self.sriov += usize::from(row.sriov);
        self.dvsec += usize::from(row.dvsecs != 0);
        self.odd += usize::from(row.odd != 0);
        if row.size == 4096 {
            self.live_outside += usize::from(row.live_bytes != 0);
            *self.gaps.entry(row.gap_bytes / STEP * STEP).or_default() += 1;
        }
        match &row.entry {
            Some(entry) => {
                self.described += 1;
                *self.entries.entry(entry.clone()).or_default() += 1;
            }
            None => *self.undescribed.entry(format!("{:04x}:{:04x}", row.vendor, row.device)).or_default() += 1,
        }
    }

    /// How many files were passed over, in words.
    pub(super) fn unread(&self) -> String {
        let hold = if self.unread_files == 1 { "holds" } else { "hold" };
        format!("{} {hold} no function that can be read", count(self.unread_files, "file"))
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.files += other.files;
        self.functions += other.functions;
        self.unread_files += other.unread_files;
        self.silent += other.silent;
        self.pasid += other.pasid;
        self.ats += other.ats;
        self.pri += other.pri;
        self.sriov += other.sriov;
        self.dvsec += other.dvsec;
        self.odd += other.odd;
        self.live_outside += other.live_outside;
        self.described += other.described;
        add_all(&mut self.sizes, &other.sizes);
        add_all(&mut self.entries, &other.entries);
        add_all(&mut self.undescribed, &other.undescribed);
        add_all(&mut self.gaps, &other.gaps);
    }
}

fn add_all<K: Ord + Clone>(sum: &mut BTreeMap<K, usize>, more: &BTreeMap<K, usize>) {
    for (key, count) in more {
        *sum.entry(key.clone()).or_default() += count;
    }
}
