//! The texts that a page holds: one that is asked for, and those that it may use.

use std::path::PathBuf;

use quirk_compiler::files::{Files as _, Memory};
use quirk_compiler::{Compilation, Input, Options, compile};
use serde::Deserialize;

use crate::refusal::Refusal;

/// The most bytes of all texts together. A page compiles at every pause of typing.
const MOST_BYTES: usize = 1 << 20;
/// The most texts.
const MOST_TEXTS: usize = 64;

/// Texts by name, the one that is asked for first.
#[derive(Debug, Deserialize)]
pub(crate) struct Texts(Vec<Text>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    name: String,
    text: String,
}

impl Texts {
    /// The texts as the compiler reads them.
    pub(crate) fn files(&self) -> Result<(PathBuf, Memory), Refusal> {
        let Some(first) = self.0.first() else { return Err(Refusal::new("there is no text")) };
        if self.0.len() > MOST_TEXTS {
            return Err(
                Refusal::new(format_args!("more than {MOST_TEXTS} texts")).help("`quirkc` takes any number of them")
            );
        }
        is_small(self.0.iter().map(|text| text.text.len()).sum())?;
        let mut memory = Memory::default();
        for Text { name, text } in &self.0 {
            if memory.identity(name.as_ref()).is_ok() {
                return Err(Refusal::new(format_args!("two texts are called `{name}`")));
            }
            memory = memory.with(name, text);
        }
        Ok((PathBuf::from(&first.name), memory))
    }

    /// Compiles them.
    pub(crate) fn compiled(&self) -> Result<Compilation, Refusal> {
        let (main, files) = self.files()?;
        Ok(compile(vec![Input::Path(main)], &options(), &files))
    }
}

/// A browser gives the module one thread.
pub(crate) fn options() -> Options {
    Options { threads: 1, ..Options::default() }
}

/// Whether so many bytes are not too many for a page.
pub(crate) fn is_small(bytes: usize) -> Result<(), Refusal> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let refusal = Refusal::new(format_args!("the text has {bytes} bytes, and a page takes {MOST_BYTES} at most"));
    Err(refusal.help("`quirkc check` takes texts of any size"))
}
