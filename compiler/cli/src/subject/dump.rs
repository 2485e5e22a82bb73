//! Reads the dump and picks functions from it.

use std::io::Read;
use std::path::{Path, PathBuf};

use quirk_recorded::{Address, Item, Limits, ParseError, Recorded, Unread, stream_unpacked};

use crate::failure::Failure;
use crate::output::remark;

/// No machine has more functions, and no more are kept.
const MOST_FUNCTIONS: usize = 1 << 16;
const MOST_UNREAD: usize = 1 << 16;

/// A log may print a function more than once; so many before it are looked at.
const NEAR: usize = 256;

/// What a dump holds: at least one function, and what could not be read.
#[derive(Debug)]
pub(crate) struct Dump<'path> {
    path: &'path Path,
    pub(crate) functions: Vec<Recorded>,
    unread: Vec<Unread>,
}

impl<'path> Dump<'path> {
    pub(crate) fn read(path: &'path Path) -> Result<Self, Failure> {
        let mut dump = Self { path, functions: Vec::new(), unread: Vec::new() };
        let mut is_full = false;
        let ended = stream_unpacked(open(path)?, &Limits::default(), &mut |item| match item {
            Item::Function(_) if dump.functions.len() >= MOST_FUNCTIONS => is_full = true,
            Item::Function(record) => dump.keep(record),
            Item::Unread(unread) if dump.unread.len() < MOST_UNREAD => dump.unread.push(unread),
            Item::Unread(_) => {}
        });
        let ended = ended.map_err(|error| Failure::with_file(path, error))?;
        if is_full {
            return Err(Failure::with_file(path, format_args!("more than {MOST_FUNCTIONS} functions"))
                .help("`quirkc survey` reads any number of them"));
        }
        if dump.functions.is_empty() {
            // A function that was cut off says more than that an archive holds none.
            let found = dump.unread.iter().find(|unread| unread.heading.is_some() && !unread.is_listed_only());
            match (found, ended) {
                (Some(unread), _) if !unread.file.is_empty() => return Err(dump.failure(unread)),
                (_, Err(error)) => return Err(failure(path, &error)),
                (_, Ok(())) => {}
            }
            if let Some(unread) = dump.unread.first() {
                return Err(dump.failure(unread));
            }
        }
        Ok(dump)
    }

    /// Keeps a function once: what collects logs prints one in more than one place, and not always all of it.
    fn keep(&mut self, record: Recorded) {
        let is_same = |before: &&mut Recorded| {
            let (long, short) = (before.original(), record.original());
            before.address().is_some()
                && before.address() == record.address()
                && (long.starts_with(short) || short.starts_with(long))
        };
        let near = self.functions.len().saturating_sub(NEAR);
        match self.functions.iter_mut().skip(near).find(is_same) {
            Some(before) if before.original().len() < record.original().len() => *before = record,
            Some(_) => {}
            None => self.functions.push(record),
        }
    }

    fn failure(&self, unread: &Unread) -> Failure {
        failure(&within(self.path, &unread.file), &unread.error)
    }

    /// The one that is wanted, or all if none is.
    pub(crate) fn pick(&self, wanted: Option<Address>) -> Result<Vec<Recorded>, Failure> {
        let Some(wanted) = wanted else {
            self.remark();
            self.name_files(&self.functions);
            return Ok(self.functions.clone());
        };
        let is_wanted = |address: Option<Address>| address.is_some_and(|address| address.is_same_function(&wanted));
        let found: Vec<_> = self.functions.iter().filter(|record| is_wanted(record.address())).cloned().collect();
        match found.len() {
            1 => {
                self.name_files(&found);
                Ok(found)
            }
            0 => Err(self.without(&wanted, is_wanted)),
            count => Err(Failure::with_file(
                self.path,
                format_args!("the dump holds {count} functions `{wanted}`, which differ"),
            )
            .help("leave out `--function` to see all, or cut one out of the file")),
        }
    }

    /// Why there is no such function.
    fn without(&self, wanted: &Address, is_wanted: impl Fn(Option<Address>) -> bool) -> Failure {
        let address = |unread: &Unread| unread.heading.as_ref().map(|heading| heading.address);
        if let Some(unread) = self.unread.iter().find(|unread| is_wanted(address(unread))) {
            return self.failure(unread);
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

    /// Says in which files of an archive the functions were.
    fn name_files(&self, functions: &[Recorded]) {
        const MOST: usize = 8;
        let mut files: Vec<(&str, usize)> = Vec::new();
        for file in functions.iter().map(Recorded::file).filter(|file| !file.is_empty()) {
            match files.last_mut() {
                Some((last, count)) if *last == file => *count += 1,
                _ => files.push((file, 1)),
            }
        }
        for (file, count) in files.iter().take(MOST) {
            let plural = if *count == 1 { "" } else { "s" };
            remark(&format!("note: {}: {count} function{plural} in `{file}`\n", self.path.display()));
        }
        if let Some(more) = files.len().checked_sub(MOST).filter(|more| *more != 0) {
            remark(&format!("note: {}: and more in {more} other files\n", self.path.display()));
        }
    }

    /// Says what is passed over. A list of functions beside the dump is nothing to speak of.
    fn remark(&self) {
        const MOST: usize = 8;
        let unread = || self.unread.iter().filter(|unread| !unread.is_listed_only());
        for Unread { error, file, .. } in unread().take(MOST) {
            remark(&format!("note: {}: passed over: {error}\n", within(self.path, file).display()));
        }
        if let Some(more) = unread().count().checked_sub(MOST).filter(|more| *more != 0) {
            remark(&format!("note: {}: passed over: {more} more\n", self.path.display()));
        }
    }
}

/// A file of an archive as messages name it.
fn within(path: &Path, file: &str) -> PathBuf {
    if file.is_empty() { path.to_owned() } else { PathBuf::from(format!("{}: {file}", path.display())) }
}

fn failure(path: &Path, error: &ParseError) -> Failure {
    let failure = Failure::with_file(path, error);
    error.help().map_or_else(|| Failure::with_file(path, error), |help| failure.help(help))
}

fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin()));
    }
    match std::fs::File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Failure::with_file(path, error)),
    }
}
