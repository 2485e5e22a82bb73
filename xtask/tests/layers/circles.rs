//! Circles among files: the strongly connected components of the imports, found as Tarjan does.

use std::collections::BTreeMap;
use std::fmt;

use crate::imports::Import;

/// Files each of which leads back to itself, with what ties them.
pub(crate) struct Circle<'a>(Vec<&'a Import>);

impl Circle<'_> {
    pub(crate) fn files(&self) -> usize {
        let mut files: Vec<_> = self.0.iter().map(|import| &import.from).collect();
        files.sort_unstable();
        files.dedup();
        files.len()
    }
}

impl fmt::Display for Circle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|import| writeln!(f, "    {import}"))
    }
}

/// The circles among files.
pub(crate) fn of(imports: &[Import]) -> Vec<Circle<'_>> {
    let mut files: Vec<&str> = imports.iter().flat_map(|import| [import.from.as_str(), import.to.as_str()]).collect();
    files.sort_unstable();
    files.dedup();
    let number: BTreeMap<&str, usize> = files.iter().enumerate().map(|(at, file)| (*file, at)).collect();
    let mut next = vec![vec![]; files.len()];
    for import in imports {
        next[number[import.from.as_str()]].push(number[import.to.as_str()]);
    }
    let component = Search::new(&next).run();
    let mut circles: BTreeMap<usize, Vec<&Import>> = BTreeMap::new();
    for import in imports {
        let (from, to) = (number[import.from.as_str()], number[import.to.as_str()]);
        if component[from] == component[to] {
            circles.entry(component[from]).or_default().push(import);
        }
    }
    circles.into_values().map(Circle).collect()
}

struct Search<'a> {
    next: &'a [Vec<usize>],
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    stack: Vec<usize>,
    component: Vec<usize>,
    seen: usize,
}

/// Not yet in a component.
const NONE: usize = usize::MAX;

impl<'a> Search<'a> {
    fn new(next: &'a [Vec<usize>]) -> Self {
        let n = next.len();
        Self { next, index: vec![None; n], low: vec![0; n], stack: vec![], component: vec![NONE; n], seen: 0 }
    }

    fn run(mut self) -> Vec<usize> {
        for file in 0..self.next.len() {
            if self.index[file].is_none() {
                self.visit(file);
            }
        }
        self.component
    }

    fn visit(&mut self, file: usize) {
        let index = self.seen;
        self.seen += 1;
        (self.index[file], self.low[file]) = (Some(index), index);
        self.stack.push(file);
        for &to in &self.next[file] {
            match self.index[to] {
                None => {
                    self.visit(to);
                    self.low[file] = self.low[file].min(self.low[to]);
                }
                Some(seen) if self.component[to] == NONE => self.low[file] = self.low[file].min(seen),
                Some(_) => {}
            }
        }
        if self.low[file] == index {
            while let Some(member) = self.stack.pop() {
                self.component[member] = file;
                if member == file {
                    break;
                }
            }
        }
    }
}
