//! Runs scenarios, two boots at a time, and prints what became of each.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::Bench;
use crate::failure::Failure;
use crate::guest::Places;
use crate::scenarios::{ALL, Scenario};

/// More boots at once than this only slow each other down into their time limits.
const AT_ONCE: usize = 4;

struct Finished {
    scenario: &'static Scenario,
    result: Result<(), Failure>,
    time: Duration,
}

/// Runs the wanted scenarios, all if none is named, and prints a table. True if all passed.
pub(crate) fn run(places: &Places, wanted: &[&str]) -> Result<bool, Failure> {
    if let Some(unknown) = wanted.iter().find(|name| ALL.iter().all(|scenario| scenario.name != **name)) {
        return Err(Failure::new(format!("there is no scenario `{unknown}`; `--list` names them")));
    }
    let chosen: Vec<_> = ALL.iter().filter(|it| wanted.is_empty() || wanted.contains(&it.name)).collect();
    let started = Instant::now();
    let (chosen, skipped): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|scenario| (scenario.missing)().is_none());
    let outcomes = run_all(places, &chosen);

    println!("\n{:<18}{:<8}{:>7}  what", "scenario", "result", "seconds");
    for Finished { scenario, result, time } in &outcomes {
        let verdict = if result.is_ok() { "pass" } else { "FAIL" };
        println!("{:<18}{verdict:<8}{:>7.1}  {}", scenario.name, time.as_secs_f64(), scenario.summary);
    }
    let failed: Vec<_> = outcomes.iter().filter_map(|it| it.result.as_ref().err().map(|why| (it, why))).collect();
    for (outcome, why) in &failed {
        println!("\n{} failed: {why}", outcome.scenario.name);
    }
    let passed = outcomes.len() - failed.len();
    println!("\n{passed} of {} scenarios passed in {:.1} s", outcomes.len(), started.elapsed().as_secs_f64());
    for scenario in skipped {
        println!("skipped: {}: {}", scenario.name, (scenario.missing)().unwrap_or_default());
    }
    Ok(failed.is_empty())
}

fn run_all(places: &Places, chosen: &[&'static Scenario]) -> Vec<Finished> {
    let at_once = thread::available_parallelism().map_or(1, usize::from).min(AT_ONCE);
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(&scenario) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    let result = (scenario.run)(&Bench::new(scenario.name, places));
                    let time = started.elapsed();
                    let verdict = if result.is_ok() { "pass" } else { "FAIL" };
                    eprintln!("          {}: {verdict} after {:.1} s", scenario.name, time.as_secs_f64());
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(Finished { scenario, result, time });
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|outcome| chosen.iter().position(|it| it.name == outcome.scenario.name));
    outcomes
}
