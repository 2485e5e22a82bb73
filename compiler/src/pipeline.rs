//! The whole compiler on one screen: the way of the data.
//!
//! files → parse → names → model → passes and lints → tables → emitters

use crate::allocate::Plans;
use crate::compilation::Compilation;
use crate::diagnostic::{self, Diagnostic};
use crate::files::Files;
use crate::load::{self, Input};
use crate::lower;
use crate::names::Names;
use crate::options::Options;
use crate::passes::{Check, PASSES, Pass};
use crate::severity::Severity;
use crate::source::Sources;
use crate::tables;

/// Compiles files, with all that they use.
#[must_use]
pub fn compile(inputs: Vec<Input>, options: &Options, files: &dyn Files) -> Compilation {
    compile_in_order(inputs, options, files, &PASSES.iter().collect::<Vec<_>>())
}

/// The same with the passes in a given order, which makes no difference.
pub(crate) fn compile_in_order(
    inputs: Vec<Input>,
    options: &Options,
    files: &dyn Files,
    passes: &[&Pass],
) -> Compilation {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let program = load::load(inputs, options, files, &mut sources, &mut diagnostics);

    let mut names = Names::collect(&program);
    names.constants();
    let model = lower::lower(&mut names);
    diagnostics.append(&mut names.diagnostics);
    // The model stands alone; what it was made from takes most of the memory.
    drop(program);

    let plans = Plans::new(&model);
    let mut check = Check::new(&model, &plans);
    for pass in passes {
        check.run(pass, options.threads());
    }
    check.unused_allowances(&diagnostics);
    diagnostics.append(&mut check.diagnostics);

    diagnostics.iter_mut().for_each(|found| diagnostic::widen(found, &sources));
    diagnostics.iter_mut().for_each(|found| diagnostic::as_written(found, &sources));
    diagnostics.retain_mut(|found| options.judge(found));
    diagnostics.retain(|found| !options.off.contains(&found.rule));
    diagnostics.sort_by_cached_key(Diagnostic::sort_key);
    diagnostics.dedup();

    let sound = diagnostics.iter().all(|found| found.severity != Severity::Error);
    let database = sound.then(|| tables::encode(&model, &plans, &sources, options)).flatten();
    Compilation { sources, diagnostics, model, plans, database }
}
