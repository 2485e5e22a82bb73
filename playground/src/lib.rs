//! The compiler and the runtime for a page in a browser.
//!
//! [`answer`] takes a question as JSON and gives an answer as JSON. It knows nothing of what was asked before: a page sends all
//! that an answer depends on, so that a link which holds the same gives the same. What comes out is what `quirkc` prints for the
//! same texts.
//!
//! In WebAssembly the module `boundary` is what a page calls.

mod about;
mod boundary;
mod check;
mod dump;
mod effect;
mod emit;
mod guest;
mod look;
mod question;
mod refusal;
mod texts;

use question::Question;
use refusal::Refusal;
use serde::Serialize;

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
