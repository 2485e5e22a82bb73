//! The whole compiler on one screen: the way of the data.
//!
//! files → parse → names → model → passes and lints → tables → emitters

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use quirk_runtime::Database;

use crate::catalogue::{Level, Rule};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::emit;
use crate::files::Files;
use crate::load::{self, Input};
use crate::model::{self, Model};
use crate::names::Names;
use crate::passes::{Check, PASSES, Pass};
use crate::source::Sources;
use crate::tables;
use crate::testing::Test;

/// What a compilation can be told.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folders where `use` looks for files that do not lie beside the one that names them.
    pub libraries: Vec<PathBuf>,
    /// Rules that are not looked at.
    pub off: Vec<&'static Rule>,
    /// How many threads share the work; 0 for as many as the machine has. What comes out is the same.
    pub threads: usize,
    /// Rules whose level is not their own; the last of a rule counts. A level that the rule may not have makes no difference.
    pub levels: Vec<(&'static Rule, Level)>,
}

impl Options {
    /// How many threads there are to be.
    pub(crate) fn threads(&self) -> NonZeroUsize {
        NonZeroUsize::new(self.threads).or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }
}

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    model: Model,
    database: Option<Vec<u8>>,
}

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
    let model = model::lower(&mut names);
    diagnostics.append(&mut names.diagnostics);
    // The model stands alone; what it was made from takes most of the memory.
    drop(program);

    let mut check = Check::new(&model);
    for pass in passes {
        check.run(pass, options.threads());
    }
    check.unused_allowances(&diagnostics);
    diagnostics.append(&mut check.diagnostics);

    diagnostics.iter_mut().for_each(|found| diagnostic::widen(found, &sources));
    diagnostics.retain_mut(|found| options.judge(found));
    diagnostics.retain(|found| !options.off.contains(&found.rule));
    diagnostics.sort_by_cached_key(Diagnostic::sort_key);
    diagnostics.dedup();

    let sound = diagnostics.iter().all(|found| found.severity != Severity::Error);
    let database = sound.then(|| tables::encode(&model, &sources)).flatten();
    Compilation { sources, diagnostics, model, database }
}

impl Options {
    /// Gives a finding the severity that its rule has here; says whether it counts at all.
    fn judge(&self, found: &mut Diagnostic) -> bool {
        let level = self.levels.iter().rev().find(|(rule, level)| *rule == found.rule && rule.may_be(*level));
        found.severity = match level {
            Some((_, Level::Off)) => return false,
            Some((_, Level::Warn)) => Severity::Warning,
            Some((_, Level::Error)) => Severity::Error,
            None => found.severity,
        };
        true
    }
}

impl Compilation {
    /// The texts that were read.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What was found, in the order of the texts.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|found| found.severity == Severity::Error).count()
    }

    /// The encoded database; none if there were errors.
    #[must_use]
    pub fn database(&self) -> Option<&[u8]> {
        self.database.as_deref()
    }

    /// The tests of the files that were asked for, by file and place; none if there were errors.
    #[must_use]
    pub fn tests(&self) -> Vec<Test<'_>> {
        Test::all(self)
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The database as Rust source, to be included in a crate that depends on `quirk-runtime`; none if there were errors.
    #[must_use]
    pub fn rust(&self) -> Option<String> {
        Some(emit::rust(&self.model, &self.sources, self.database()?))
    }

    /// The devices of the database as one C11 header that needs nothing else; none if there were errors.
    #[must_use]
    pub fn c(&self) -> Option<String> {
        emit::c(Database::from_static(self.database()?))
    }

    /// The database as JSON, as `docs/db-json.md` describes it; none if there were errors.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn json(&self) -> Option<String> {
        emit::json(Database::from_static(self.database()?)).ok()
    }
}
