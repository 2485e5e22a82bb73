//! What `quirkc build` writes.

use serde::Serialize;

use crate::check::without_errors;
use crate::question::Emit;
use crate::refusal::Refusal;
use crate::texts::Texts;

/// The database in one of its forms.
#[derive(Debug, Serialize)]
pub(crate) struct Emitted {
    text: String,
}

pub(crate) fn emit(texts: &Texts, what: Emit) -> Result<Emitted, Refusal> {
    let compilation = without_errors(texts)?;
    let text = match what {
        Emit::Rust => compilation.rust(),
        Emit::C => compilation.c(),
        Emit::Json => compilation.json(),
    };
    let text = text.ok_or_else(|| Refusal::new("the descriptions are too large for one database"))?;
    Ok(Emitted { text })
}
