//! What came of a compilation: findings, and the database in every form that is asked for.

use std::sync::OnceLock;

#[cfg(any(feature = "c", feature = "json"))]
use quirk_runtime::Database;

use crate::allocate::Plans;
use crate::diagnostic::Diagnostic;
use crate::emit;
#[cfg(feature = "c")]
use crate::emit::{C, CStyle};
use crate::model::Model;
use crate::severity::Severity;
use crate::source::Sources;
use crate::tables;

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    model: Model,
    pub(crate) plans: Plans,
    /// The database leaves out the words of evidence.
    without_evidence: bool,
    /// The database, once it was asked for.
    database: OnceLock<Option<Vec<u8>>>,
}

impl Compilation {
    pub(crate) fn new(
        sources: Sources,
        diagnostics: Vec<Diagnostic>,
        model: Model,
        plans: Plans,
        without_evidence: bool,
    ) -> Self {
        Self { sources, diagnostics, model, plans, without_evidence, database: OnceLock::new() }
    }

    /// The same without a database, for a part of a program.
    pub(crate) fn without_database(self) -> Self {
        Self { database: OnceLock::from(None), ..self }
    }

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

    /// The encoded database, made at first need; none if there were errors.
    #[must_use]
    pub fn database(&self) -> Option<&[u8]> {
        let encode = || tables::encode(&self.model, &self.plans, &self.sources, self.without_evidence);
        self.database.get_or_init(|| (self.errors() == 0).then(encode).flatten()).as_deref()
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The database as Rust source, to be included in a crate that depends on `quirk-runtime`; none if there were errors.
    #[must_use]
    pub fn rust(&self) -> Option<String> {
        Some(emit::rust(&self.model, &self.plans, &self.sources, self.database()?, None))
    }

    /// The same without the bytes: they are those of [`Self::database`], in the file of this name beside the source; none if there
    /// were errors. rustc takes such a file as it is, which is the fastest for large databases.
    #[must_use]
    pub fn rust_beside(&self, database: &str) -> Option<String> {
        Some(emit::rust(&self.model, &self.plans, &self.sources, self.database()?, Some(database)))
    }

    /// The devices of the database as one C11 header that needs nothing else; none if there were errors.
    #[cfg(feature = "c")]
    #[must_use]
    pub fn c(&self) -> Option<String> {
        Some(self.c_styled(&CStyle::default())?.header)
    }

    /// The devices of the database in C11 with other names, for a kernel, or as a header and a source file; none if there were errors.
    #[cfg(feature = "c")]
    #[must_use]
    pub fn c_styled(&self, style: &CStyle) -> Option<C> {
        emit::c(Database::from_static(self.database()?), style)
    }

    /// The database as JSON, as `docs/db-json.md` describes it; none if there were errors.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn json(&self) -> Option<String> {
        emit::json(Database::from_static(self.database()?)).ok()
    }
}
