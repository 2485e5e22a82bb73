//! Numbers with a hash and an extent: those of one hash whose extents meet another, in ascending order and one at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// From the least to the greatest, both included.
pub(crate) type Extent = (u64, u64);

/// So many entries are looked at one by one.
const FEW: usize = 4;

/// A heap of heaps: the node `at` holds what `2 * at` and `2 * at + 1` hold, the second half of them are entries.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The hash of each entry, and the least of its extent, by which they are sorted.
    sorted: Vec<(u64, u64)>,
    /// Of each value of the highest bits of hashes, where its entries start, and where the last ones end.
    starts: Vec<usize>,
    /// The least number and the greatest end of each node.
    nodes: Vec<(usize, u64)>,
}

impl Tree {
    /// Takes entries: the hash, the extent, the number.
    pub(crate) fn new(entries: impl Iterator<Item = (u64, Extent, usize)>) -> Self {
        let mut entries: Vec<(u64, Extent, usize)> = entries.collect();
        entries.sort_unstable();
        let leaves = entries.iter().map(|&(_, (_, end), number)| (number, end));
        let mut nodes: Vec<(usize, u64)> = vec![(usize::MAX, 0); entries.len()];
        nodes.extend(leaves);
        for at in (1..entries.len()).rev() {
            let (one, two) = (nodes[2 * at], nodes[2 * at + 1]);
            nodes[at] = (one.0.min(two.0), one.1.max(two.1));
        }
        let sorted: Vec<(u64, u64)> = entries.into_iter().map(|(hash, (start, _), _)| (hash, start)).collect();
        let values = sorted.len().next_power_of_two();
        let mut starts = vec![0; values + 1];
        for (hash, _) in &sorted {
            starts[high(*hash, values) + 1] += 1;
        }
        (1..starts.len()).for_each(|value| starts[value] += starts[value - 1]);
        Self { sorted, starts, nodes }
    }

    /// Where the entries of a hash start, or would.
    fn start(&self, hash: u64) -> usize {
        let value = high(hash, self.starts.len() - 1);
        let (start, end) = (self.starts[value], self.starts[value + 1]);
        start + self.sorted[start..end].partition_point(|entry| *entry < (hash, 0))
    }

    /// The numbers of the entries of a hash whose extents meet this one.
    pub(crate) fn meeting(&self, hash: u64, (start, end): Extent) -> impl Iterator<Item = usize> + '_ {
        let mut from = self.start(hash);
        let of_hash = &self.sorted[from..];
        // Mostly there are few.
        let few = of_hash.iter().take(FEW).take_while(|entry| **entry <= (hash, end)).count();
        let mut to = from + few;
        if few == FEW {
            to += of_hash[few..].partition_point(|entry| *entry <= (hash, end));
        }
        let mut heap = BinaryHeap::new();
        let open = move |heap: &mut BinaryHeap<Reverse<(usize, usize)>>, at: usize| {
            let (number, furthest) = self.nodes[at];
            if furthest >= start {
                heap.push(Reverse((number, at)));
            }
        };
        // The nodes that together hold the entries `from..to`.
        (from, to) = (from + self.sorted.len(), to + self.sorted.len());
        while from < to {
            if from & 1 == 1 {
                open(&mut heap, from);
                from += 1;
            }
            if to & 1 == 1 {
                to -= 1;
                open(&mut heap, to);
            }
            (from, to) = (from / 2, to / 2);
        }
        std::iter::from_fn(move || {
            while let Some(Reverse((number, at))) = heap.pop() {
                if at >= self.sorted.len() {
                    return Some(number);
                }
                open(&mut heap, 2 * at);
                open(&mut heap, 2 * at + 1);
            }
            None
        })
    }
}

/// The highest bits of a hash that tell so many values apart, a power of two.
fn high(hash: u64, values: usize) -> usize {
    let bits = values.trailing_zeros();
    usize::try_from(hash.checked_shr(u64::BITS - bits).unwrap_or(0)).unwrap_or(0)
}
