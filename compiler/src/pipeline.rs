//! The whole compiler on one screen: the way of the data.
//!
//! files → parse → names → model → passes and lints → tables → emitters

use crate::allocate::Plans;
use crate::compilation::Compilation;
use crate::diagnostic::{self, Diagnostic};
use crate::doubts::Doubts;
use crate::files::Files;
use crate::load::{self, Input, Program};
use crate::lower;
use crate::model::Model;
use crate::names::Names;
use crate::options::Options;
use crate::passes::{Check, PASSES, Pass};
use crate::source::Sources;

/// Compiles files, with all that they use.
#[must_use]
pub fn compile(inputs: Vec<Input>, options: &Options, files: &dyn Files) -> Compilation {
    compile_in_order(inputs, options, files, lower::alone, &PASSES.iter().collect::<Vec<_>>())
}

/// The same with the passes in a given order and what is understood early by a function of one's own: it makes no difference.
pub(crate) fn compile_in_order(
    inputs: Vec<Input>,
    options: &Options,
    files: &dyn Files,
    early: load::Understand,
    passes: &[&Pass],
) -> Compilation {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let program = load::load(inputs, options, files, early, &mut sources, &mut diagnostics);
    let Understood { model, plans, diagnostics: found } = understand(program, &diagnostics, options, passes);
    diagnostics.extend(found);
    finish(&mut diagnostics, &sources, options);
    let doubts = Doubts::of(&model, &diagnostics);
    diagnostics.retain(|found| !doubts.silence(found));
    in_order(&mut diagnostics);

    Compilation::new(sources, diagnostics, model, plans, options.without_evidence)
}

/// What files mean, and what is wrong with that.
pub(crate) struct Understood {
    pub(crate) model: Model,
    pub(crate) plans: Plans,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Understands a program, given what was wrong before. A part of a program is one, if it holds all that it speaks of.
pub(crate) fn understand(
    mut program: Program,
    before: &[Diagnostic],
    options: &Options,
    passes: &[&Pass],
) -> Understood {
    let (early, said) = (program.take_early(), program.take_said());
    let mut names = Names::collect(&program);
    names.constants();
    let model = lower::lower(&mut names, early, said);
    let mut diagnostics = names.diagnostics;
    // The model stands alone; what it was made from takes most of the memory.
    drop(program);

    let plans = Plans::new(&model, options.threads());
    let mut check = Check::new(&model, &plans, options.threads());
    check.run(passes);
    check.unused_allowances(before.iter().chain(&diagnostics));
    diagnostics.append(&mut check.diagnostics);
    Understood { model, plans, diagnostics }
}

/// Puts findings as somebody reads them who wrote the text, and told what counts.
pub(crate) fn finish(diagnostics: &mut Vec<Diagnostic>, sources: &Sources, options: &Options) {
    diagnostics.iter_mut().for_each(|found| diagnostic::keep_comments(found, sources));
    diagnostics.iter_mut().for_each(|found| diagnostic::widen(found, sources));
    diagnostics.iter_mut().for_each(|found| diagnostic::as_written(found, sources));
    diagnostics.retain_mut(|found| options.judge(found));
    diagnostics.retain(|found| !options.off.contains(&found.rule));
}

/// Puts findings in the order of the texts, each once.
pub(crate) fn in_order(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_cached_key(Diagnostic::sort_key);
    diagnostics.dedup();
}
