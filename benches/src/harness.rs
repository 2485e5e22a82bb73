//! Runs contenders in turns, and compares them round by round: what disturbs the machine disturbs all of them.

use std::time::Instant;

/// A contender: a name, and what it does a given number of times.
pub struct Contender<'a> {
    /// What the table calls it.
    pub name: &'a str,
    /// Does the work `n` times.
    pub run: Box<dyn FnMut(u32) + 'a>,
}

/// What one contender took.
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

fn median(mut values: Vec<f64>) -> f64 {
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

/// More than any cache below the last level holds, and most of that.
const CACHES: usize = 64 << 20;

/// Measures one time each with nothing in the processor's caches, in turns, and prints the medians.
pub fn print_cold(title: &str, contenders: &mut [Contender<'_>]) {
    let mut other = vec![1_u8; CACHES];
    let mut rounds: Vec<Vec<f64>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (found, contender) in rounds.iter_mut().zip(contenders.iter_mut()) {
            for byte in other.iter_mut().step_by(64) {
                *byte = byte.wrapping_add(1);
            }
            found.push(time(contender, 1));
        }
    }
    let medians: Vec<f64> = rounds.into_iter().map(median).collect();
    let outcomes: Vec<Outcome> = (contenders.iter().zip(&medians))
        .map(|(each, &nanoseconds)| Outcome {
            name: each.name.to_owned(),
            nanoseconds,
            ratio: nanoseconds / medians[0],
        })
        .collect();
    print(title, &outcomes);
}
