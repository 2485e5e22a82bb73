//! No bytes are free in every function.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::FreeOfSomeFunctions, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    let everything = device.clauses.iter().find(|clause| clause.rank == 0);
    if let (Some(clause), Some(free)) = (everything, device.free.first()) {
        let message = format!("`{}` declares bytes free in every function that no other entry describes", device.name);
        let found = Diagnostic::new(&catalogue::FREE_EVERYWHERE, clause.place, message);
        let found = found.also(free.region.place, "they are declared here");
        check.report(found.help("match the functions that somebody vouches for"));
    }
}
