//! No layer is over itself, through others or directly.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Layer;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::OverAcyclic, needs: &[], run: Run::Whole(run) };

/// How many layers of a circle a finding shows, beside the first.
const SHOWN: usize = 30;

fn run(check: &mut Check<'_>) {
    let model = check.model;
    // Each circle is told once, at the layer that stands first in the model.
    let mut told = vec![false; model.layers.len()];
    for start in returning(&model.layers) {
        if told[start] {
            continue;
        }
        let Some(circle) = circle(check, start) else { continue };
        for &layer in &circle {
            told[layer] = true;
        }
        let layer = &model.layers[start];
        let next = circle.get(1).copied().unwrap_or(start);
        let Some(over) = layer.over.iter().find(|over| over.layer == next) else { continue };
        let mut found = Diagnostic::new(&catalogue::NAME_CYCLE, over.place, format!("`{}` is over itself", layer.name));
        for (at, &index) in circle.iter().enumerate().skip(1).take(SHOWN) {
            let next = circle.get(at + 1).copied().unwrap_or(start);
            let through = model.layers[index].over.iter().find(|over| over.layer == next);
            if let Some(through) = through {
                found = found.also(through.place, format!("through `{}`", model.layers[index].name));
            }
        }
        if let Some(others) = circle.len().checked_sub(SHOWN + 1).filter(|others| *others > 0) {
            found = found.help(format!("the circle goes on through {others} more"));
        }
        check.report(found);
    }
}

/// The layers whose ways do not all end: those of circles, and those that lead to one. Ascending.
fn returning(layers: &[Layer]) -> Vec<usize> {
    let mut ways: Vec<usize> = layers.iter().map(|layer| layer.over.len()).collect();
    let mut from: Vec<Vec<usize>> = vec![vec![]; layers.len()];
    for (at, layer) in layers.iter().enumerate() {
        for over in &layer.over {
            from[over.layer].push(at);
        }
    }
    let mut ends: Vec<usize> = (0..layers.len()).filter(|&at| ways[at] == 0).collect();
    while let Some(at) = ends.pop() {
        for &before in &from[at] {
            ways[before] -= 1;
            if ways[before] == 0 {
                ends.push(before);
            }
        }
    }
    (0..layers.len()).filter(|&at| ways[at] > 0).collect()
}

/// The shortest way from a layer back to itself, without its end.
fn circle(check: &Check<'_>, start: usize) -> Option<Vec<usize>> {
    let layers = &check.model.layers;
    let mut from: Vec<Option<usize>> = vec![None; layers.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for over in &layers[at].over {
            if over.layer == start {
                let mut way = vec![at];
                while let Some(before) = way.last().filter(|last| **last != start).and_then(|last| from[*last]) {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if from[over.layer].is_none() {
                from[over.layer] = Some(at);
                queue.push_back(over.layer);
            }
        }
    }
    None
}
