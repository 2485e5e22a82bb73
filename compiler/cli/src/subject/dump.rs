//! Reads the dump and picks functions from it.

use std::io::Read;
use std::path::Path;

use quirk_recorded::{Address, Recorded, parse};

use crate::failure::Failure;

/// No dump of all functions of a machine is larger.
const LARGEST: u64 = 1 << 28;

/// The functions of a dump, or the one that is wanted; at least one.
pub(crate) fn read(path: &Path, wanted: Option<Address>) -> Result<Vec<Recorded>, Failure> {
    pick(path, all(path)?, wanted)
}

/// All functions of a dump, at least one.
pub(crate) fn all(path: &Path) -> Result<Vec<Recorded>, Failure> {
    parse(&file(path)?).map_err(|error| {
        let failure = Failure::with_file(path, &error);
        error.help().map_or_else(|| Failure::with_file(path, &error), |help| failure.help(help))
    })
}

/// The one that is wanted, or all if none is.
pub(crate) fn pick(path: &Path, records: Vec<Recorded>, wanted: Option<Address>) -> Result<Vec<Recorded>, Failure> {
    let Some(wanted) = wanted else { return Ok(records) };
    let is_wanted = |record: &Recorded| record.address().is_some_and(|address| address.is_same_function(&wanted));
    let names: Vec<_> = records.iter().filter_map(Recorded::address).map(|address| format!("`{address}`")).collect();
    let mut found: Vec<_> = records.into_iter().filter(is_wanted).collect();
    match found.len() {
        1 => Ok(found),
        0 if names.is_empty() => {
            Err(Failure::with_file(path, "the dump does not say which function it is").help("leave out `--function`"))
        }
        0 => {
            let help = match names.len() {
                0..=8 => format!("it holds {}", names.join(", ")),
                count => format!("it holds {count} functions, from {} to {}", names[0], names[count - 1]),
            };
            Err(Failure::with_file(path, format_args!("the dump holds no function `{wanted}`")).help(help))
        }
        count => {
            found.clear();
            Err(Failure::with_file(path, format_args!("the dump holds {count} functions `{wanted}`")))
        }
    }
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
