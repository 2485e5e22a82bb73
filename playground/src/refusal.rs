//! Why a question has no answer.

use std::fmt::Display;

use serde::Serialize;

/// What is wrong with a question, and the way out.
#[derive(Debug, Serialize)]
pub(crate) struct Refusal {
    error: String,
    help: Option<String>,
}

impl Refusal {
    pub(crate) fn new(error: impl Display) -> Self {
        Self { error: error.to_string(), help: None }
    }

    pub(crate) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }
}
