//! A text that several hold.

use core::ops::Deref;
use std::sync::Arc;

/// A text that several hold. What was read from a file is taken as it is, without a copy.
#[derive(Clone, Debug)]
pub struct Text(Held);

#[derive(Clone, Debug)]
enum Held {
    Whole(Arc<String>),
    Shared(Arc<str>),
}

impl Text {
    /// The same for those who know nothing of this type; of a text that was read from a file, a copy.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        match &self.0 {
            Held::Whole(text) => text.as_str().into(),
            Held::Shared(text) => Arc::clone(text),
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Held::Whole(text) => text,
            Held::Shared(text) => text,
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Held::Whole(Arc::new(text)))
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self(Held::Shared(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Held::Shared(text.into()))
    }
}
