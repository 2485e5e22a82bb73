//! Runs contenders in turns, and compares them round by round: what disturbs the machine disturbs all of them.

use std::fmt;
use std::time::Instant;

/// A contender: a name, and what it does a given number of times.
pub struct Contender<'a> {
    /// What the table calls it.
    pub name: &'a str,
    /// Does the work `n` times.
    pub run: Box<dyn FnMut(u32) + 'a>,
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What one contender took.
#[derive(Debug)]
pub struct Outcome {
    /// What the table calls it.
    pub name: String,
    /// Median nanoseconds for one time.
    pub nanoseconds: f64,
    /// Median, over the rounds, of its time as a multiple of the first contender's in the same round.
    pub ratio: f64,
}

const ROUNDS: usize = 61;
const ROUND_NANOSECONDS: f64 = 400_000.0;

/// The middle one.
///
/// # Panics
/// Without a value.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn time(contender: &mut Contender<'_>, times: u32) -> f64 {
    let start = Instant::now();
    (contender.run)(times);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

/// Measures all contenders; the first is what the others are compared with.
///
/// # Panics
/// Without a contender.
#[must_use]
pub fn compare(contenders: &mut [Contender<'_>]) -> Vec<Outcome> {
    // As many times a round as make it long enough for the clock.
    let times: Vec<u32> = contenders
        .iter_mut()
        .map(|each| {
            let rough = time(each, 64).max(0.5);
            (ROUND_NANOSECONDS / rough).clamp(16.0, 1e7) as u32
        })
        .collect();
    let rounds: Vec<Vec<f64>> = (0..ROUNDS)
        .map(|_| contenders.iter_mut().zip(&times).map(|(each, &times)| time(each, times)).collect())
        .collect();
    (contenders.iter().enumerate())
        .map(|(at, each)| Outcome {
            name: each.name.to_owned(),
            nanoseconds: median(rounds.iter().map(|round| round[at]).collect()),
            ratio: median(rounds.iter().map(|round| round[at] / round[0]).collect()),
        })
        .collect()
}

/// Prints one comparison as rows of a Markdown table, with ratios to the first.
pub fn print(title: &str, outcomes: &[Outcome]) {
    let first = outcomes.first().map_or("", |outcome| outcome.name.as_str());
    println!("\n### {title}\n\n| | ns | × {first} |\n|---|---:|---:|");
    for Outcome { name, nanoseconds, ratio } in outcomes {
        println!("| {name} | {nanoseconds:.1} | {ratio:.2} |");
    }
}
