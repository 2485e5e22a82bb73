//! The file that drafts make.

use crate::draft::Draft;
use crate::error::Error;

/// The file that the drafts make, formatted.
///
/// # Errors
/// When it cannot be formatted, which would be a fault of this crate.
pub fn text(drafts: &[Draft]) -> Result<String, Error> {
    let mut text = "edition 1;\n//! A draft, made from records. It says what was seen, which is not all that is true: check every line, say who\n\
        //! vouches for it, and name what is unnamed.\n\n"
        .to_owned();
    if let Some(like) = drafts.first().and_then(|draft| draft.like.as_ref()) {
        text += &like.use_statement();
        text += "\n\n";
    }
    text.extend(drafts.iter().map(|draft| draft.render().0));
    formatted(&text)
}

pub(crate) fn formatted(text: &str) -> Result<String, Error> {
    quirk_dsl::format(text).map_err(|errors| {
        let why = errors.first().map(|error| error.message.clone()).unwrap_or_default();
        Error::DoesNotHold { name: "the file".to_owned(), why }
    })
}
