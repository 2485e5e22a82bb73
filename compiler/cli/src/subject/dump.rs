//! Reads the dump and picks functions from it.

use std::io::Read;
use std::path::Path;

use quirk_recorded::{Address, ParseError, Reading, Recorded, Unread};

use crate::failure::Failure;
use crate::output::remark;

/// No dump of all functions of a machine is larger.
const LARGEST: u64 = 1 << 28;

/// What a dump holds: at least one function, and what could not be read.
#[derive(Debug)]
pub(crate) struct Dump<'path> {
    path: &'path Path,
    pub(crate) functions: Vec<Recorded>,
    unread: Vec<Unread>,
}

/// The functions of a dump, or the one that is wanted; at least one. What cannot be read beside them is a remark.
pub(crate) fn read(path: &Path, wanted: Option<Address>) -> Result<Vec<Recorded>, Failure> {
    Dump::read(path)?.pick(wanted)
}

impl<'path> Dump<'path> {
    pub(crate) fn read(path: &'path Path) -> Result<Self, Failure> {
        let Reading { functions, unread } =
            quirk_recorded::read(&file(path)?).map_err(|error| failure(path, &error))?;
        Ok(Self { path, functions, unread })
    }

    /// The one that is wanted, or all if none is.
    pub(crate) fn pick(&self, wanted: Option<Address>) -> Result<Vec<Recorded>, Failure> {
        let Some(wanted) = wanted else {
            self.remark();
            return Ok(self.functions.clone());
        };
        let is_wanted = |address: Option<Address>| address.is_some_and(|address| address.is_same_function(&wanted));
        let found: Vec<_> = self.functions.iter().filter(|record| is_wanted(record.address())).cloned().collect();
        match found.len() {
            1 => Ok(found),
            0 => Err(self.without(&wanted, is_wanted)),
            count => Err(Failure::with_file(self.path, format_args!("the dump holds {count} functions `{wanted}`"))),
        }
    }

    /// Why there is no such function.
    fn without(&self, wanted: &Address, is_wanted: impl Fn(Option<Address>) -> bool) -> Failure {
        let address = |unread: &Unread| unread.heading.as_ref().map(|heading| heading.address);
        if let Some(unread) = self.unread.iter().find(|unread| is_wanted(address(unread))) {
            return failure(self.path, &unread.error);
        }
        let addresses = self.functions.iter().filter_map(Recorded::address);
        let names: Vec<_> = addresses.map(|address| format!("`{address}`")).collect();
        if names.is_empty() {
            return Failure::with_file(self.path, "the dump does not say which function it is")
                .help("leave out `--function`");
        }
        let help = match names.len() {
            0..=8 => format!("it holds {}", names.join(", ")),
            count => format!("it holds {count} functions, from {} to {}", names[0], names[count - 1]),
        };
        Failure::with_file(self.path, format_args!("the dump holds no function `{wanted}`")).help(help)
    }

    /// Says what is passed over. A list of functions beside the dump is nothing to speak of.
    fn remark(&self) {
        const MOST: usize = 8;
        let unread = || self.unread.iter().filter(|unread| !unread.is_listed_only());
        for Unread { error, .. } in unread().take(MOST) {
            remark(&format!("note: {}: passed over: {error}\n", self.path.display()));
        }
        if let Some(more) = unread().count().checked_sub(MOST).filter(|more| *more != 0) {
            remark(&format!("note: {}: passed over: {more} more\n", self.path.display()));
        }
    }
}

fn failure(path: &Path, error: &ParseError) -> Failure {
    let failure = Failure::with_file(path, error);
    error.help().map_or_else(|| Failure::with_file(path, error), |help| failure.help(help))
}

fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let result = if path.as_os_str() == "-" {
        std::io::stdin().take(LARGEST).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
    };
    result.map_err(|error| Failure::with_file(path, error))?;
    Ok(bytes)
}
