//! A question and its answer, both as JSON.

use serde::Serialize;

use crate::question::Question;
use crate::refusal::Refusal;
use crate::{about, check, dump, emit, look};

/// Answers a question. `bytes` is what goes with it: the dump of the question `dump`, nothing otherwise.
///
/// What cannot be answered is `{"error": "..", "help": ..}`.
#[must_use]
pub fn answer(question: &str, bytes: &[u8]) -> String {
    let answered = match serde_json::from_str(question) {
        Ok(question) => answered(&question, bytes),
        Err(error) => Err(Refusal::new(format_args!("the question cannot be read: {error}"))),
    };
    // Text in, text out: what is written has nothing that JSON cannot say.
    answered.unwrap_or_else(|refusal| json(&refusal).unwrap_or_else(|_| "{\"error\": \"out of memory\"}".to_owned()))
}

fn answered(question: &Question, bytes: &[u8]) -> Result<String, Refusal> {
    match question {
        Question::About => json(&about::about()),
        Question::Check { texts, most } => json(&check::check(texts, *most)?),
        Question::Test { texts } => json(&check::test(texts)?),
        Question::Format { text } => json(&check::format(text)?),
        Question::Fix { texts, also_unsafe } => json(&check::fix(texts, *also_unsafe)?),
        Question::Emit { texts, what } => json(&emit::emit(texts, *what)?),
        Question::Dump => json(&dump::dump(bytes)?),
        Question::Look(question) => json(&look::look(question)?),
    }
}

fn json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(Refusal::new)
}
