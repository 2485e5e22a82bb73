//! Records of one device, taken together.

use std::collections::{BTreeMap, BTreeSet};

use quirk_runtime::{Function, Identity};

use crate::error::Error;
use crate::facts::{Capability, Facts};

/// Runs of bytes that are registers lie at least so far apart; the list of a device that has more runs is made coarser.
const APART: usize = 8;
const MOST_REGISTERS: usize = 48;

/// The records of one device.
pub(crate) struct Group {
    pub(crate) records: Vec<Facts>,
}

/// A capability in the records of a device.
pub(crate) struct Seen {
    pub(crate) capability: Capability,
    /// The longest of its lengths.
    pub(crate) length: u16,
    /// In how many records.
    pub(crate) count: usize,
    pub(crate) listed: bool,
}

/// Bytes outside every capability that are not 0.
pub(crate) struct Run {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Those that differ between records: the device, its firmware or a driver writes them.
    pub(crate) live: Vec<(usize, usize)>,
    /// What they read first.
    pub(crate) sample: Vec<u8>,
}

/// Which bytes are the header's or a capability's, and where some record has others.
pub(crate) struct Outside {
    /// By byte.
    covered: Vec<bool>,
    /// By dword.
    live: Vec<bool>,
}

impl Group {
    /// The groups, in the order in which their devices come first.
    pub(crate) fn all(facts: Vec<Facts>) -> Result<Vec<Self>, Error> {
        let mut groups: Vec<Self> = Vec::new();
        let key = |facts: &Facts| {
            let Identity { vendor, device, .. } = facts.identity;
            (vendor, device, facts.proven() == Function::Virtual)
        };
        for each in facts {
            if each.identity.vendor == 0xffff {
                return Err(Error::NoIds { name: each.name });
            }
            match groups.iter_mut().find(|group| group.records.first().is_some_and(|first| key(first) == key(&each))) {
                Some(group) => group.records.push(each),
                None => groups.push(Self { records: vec![each] }),
            }
        }
        Ok(groups)
    }

    /// The record with the most bytes, which stands for the device.
    pub(crate) fn first(&self) -> Option<&Facts> {
        self.records.iter().max_by_key(|facts| (facts.image.bytes().len(), facts.listed.len()))
    }

    pub(crate) fn size(&self) -> usize {
        self.first().map_or(0, |facts| facts.image.bytes().len())
    }

    /// How many of the records could hold what is at an offset.
    pub(crate) fn reach(&self, offset: u16) -> usize {
        self.records.iter().filter(|facts| facts.image.bytes().len() > usize::from(offset)).count()
    }

    /// Capabilities by their places.
    pub(crate) fn capabilities(&self) -> Vec<Seen> {
        let mut all: BTreeMap<Capability, Seen> = BTreeMap::new();
        for facts in &self.records {
            // One that stands in a list twice is one.
            let mut here = BTreeSet::new();
            let listed = facts.listed.iter().map(|each| (each, true));
            for ((capability, length), listed) in listed.chain(facts.unlisted.iter().map(|each| (each, false))) {
                if !here.insert(capability.clone()) {
                    continue;
                }
                let seen = all.entry(capability.clone()).or_insert_with(|| Seen {
                    capability: capability.clone(),
                    length: 0,
                    count: 0,
                    listed: false,
                });
                seen.length = seen.length.max(*length);
                seen.count += 1;
                seen.listed |= listed;
            }
        }
        all.into_values().collect()
    }

    /// Bytes up to which the space is the device's own.
    pub(crate) fn own(&self) -> usize {
        let aliased = self.records.iter().filter_map(|facts| facts.aliased_every).min();
        aliased.unwrap_or(usize::MAX).min(self.size())
    }

    /// What lies outside the header, these capabilities, and bytes that are known.
    pub(crate) fn outside(&self, capabilities: &[Seen], known: &[(usize, usize)]) -> Outside {
        let mut covered = vec![false; self.size()];
        let of = |seen: &Seen| (usize::from(seen.capability.offset), usize::from(seen.length.max(4)));
        for (start, length) in [(0, 64)].into_iter().chain(capabilities.iter().map(of)) {
            let end = start.saturating_add(length).min(covered.len());
            covered.get_mut(start.min(end)..end).unwrap_or_default().fill(true);
        }
        for &(start, end) in known {
            let end = end.min(covered.len());
            covered.get_mut(start.min(end)..end).unwrap_or_default().fill(true);
        }
        let byte =
            |at: usize| self.records.iter().any(|facts| facts.image.bytes().get(at).is_some_and(|&byte| byte != 0));
        let is_zero = |at| self.records.iter().all(|facts| facts.image.dword(at) == 0);
        let is_live = |at: u16| {
            let bytes = usize::from(at)..usize::from(at) + 4;
            !is_zero(at) && bytes.into_iter().any(|at| covered.get(at) == Some(&false) && byte(at))
        };
        let own = u16::try_from(self.own()).unwrap_or(u16::MAX);
        let live = (0..own).step_by(4).map(is_live).collect();
        Outside { covered, live }
    }

    /// Runs of bytes outside every capability that are not 0; close ones are one.
    pub(crate) fn registers(&self, outside: &Outside) -> Vec<Run> {
        let Outside { covered, live } = outside;
        let mut apart = APART;
        loop {
            let runs = self.runs(live, covered, apart);
            if runs.len() <= MOST_REGISTERS || apart > 4096 {
                return runs;
            }
            apart *= 2;
        }
    }

    fn runs(&self, live: &[bool], covered: &[bool], apart: usize) -> Vec<Run> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in (0..live.len()).filter(|&at| live.get(at) == Some(&true)).map(|at| at * 4) {
            let end = (at + 4).min(self.own());
            match runs.last_mut() {
                // No capability lies between them.
                Some((_, last))
                    if at - *last < apart && !covered.get(*last..at).unwrap_or_default().contains(&true) =>
                {
                    *last = end;
                }
                _ => runs.push((at, end)),
            }
        }
        runs.into_iter().map(|(start, end)| self.run(start, end, covered)).collect()
    }

    fn run(&self, start: usize, end: usize, covered: &[bool]) -> Run {
        // A capability may end inside a dword.
        let start = (start..end).find(|at| covered.get(*at) == Some(&false)).unwrap_or(start);
        let end = (start..end).find(|at| covered.get(*at) == Some(&true)).unwrap_or(end);
        let sample = self.first().and_then(|facts| facts.image.bytes().get(start..end)).unwrap_or_default().to_vec();
        Run { start, end, live: self.live(start, end, |_| true), sample }
    }

    /// Runs of bytes that differ between those of the records that are concerned.
    pub(crate) fn live(&self, start: usize, end: usize, concerns: impl Fn(&Facts) -> bool) -> Vec<(usize, usize)> {
        let records: Vec<_> = self.records.iter().filter(|facts| concerns(facts)).collect();
        let differs = |at: usize| {
            let mut bytes = records.iter().filter_map(|facts| facts.image.bytes().get(at));
            bytes.next().is_some_and(|first| bytes.any(|byte| byte != first))
        };
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in (start..end).filter(|&at| differs(at)) {
            match runs.last_mut() {
                Some((_, end)) if *end == at => *end = at + 1,
                _ => runs.push((at, at + 1)),
            }
        }
        runs
    }

    /// Runs in extended space that read 0 in every record and belong to nothing: what somebody may know to be free.
    pub(crate) fn zeros(&self, outside: &Outside) -> Vec<(usize, usize)> {
        let Outside { covered, live } = outside;
        let is_zero = |at: usize| {
            live.get(at / 4) == Some(&false) && covered.get(at..at + 4).is_some_and(|bytes| !bytes.contains(&true))
        };
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in (0x100..self.own()).step_by(4).filter(|&at| is_zero(at)) {
            match runs.last_mut() {
                Some((_, end)) if *end == at => *end = at + 4,
                _ => runs.push((at, at + 4)),
            }
        }
        runs.into_iter().filter(|(start, end)| end - start >= 8).collect()
    }
}
