//! Reads the dump and picks functions from it.

use std::io::Read;

use quirk_recorded::{Recorded, parse};

use super::args::Args;
use crate::failure::Failure;

/// No dump of all functions of a machine is larger.
const LARGEST: u64 = 1 << 28;

/// The functions that are to be planned, at least one.
pub(super) fn read(args: &Args) -> Result<Vec<Recorded>, Failure> {
    let file = file(args)?;
    let records = parse(&file).map_err(|error| {
        let failure = Failure::with_file(&args.config, &error);
        error.help().map_or_else(|| Failure::with_file(&args.config, &error), |help| failure.help(help))
    })?;
    let Some(wanted) = args.function else { return Ok(records) };
    let is_wanted = |record: &Recorded| record.address().is_some_and(|address| address.is_same_function(&wanted));
    let names: Vec<_> = records.iter().filter_map(Recorded::address).map(|address| format!("`{address}`")).collect();
    let mut found: Vec<_> = records.into_iter().filter(is_wanted).collect();
    match found.len() {
        1 => Ok(found),
        0 if names.is_empty() => Err(Failure::with_file(&args.config, "the dump does not say which function it is")
            .help("leave out `--function`")),
        0 => {
            let help = match names.len() {
                0..=8 => format!("it holds {}", names.join(", ")),
                count => format!("it holds {count} functions, from {} to {}", names[0], names[count - 1]),
            };
            Err(Failure::with_file(&args.config, format_args!("the dump holds no function `{wanted}`")).help(help))
        }
        count => {
            found.clear();
            Err(Failure::with_file(&args.config, format_args!("the dump holds {count} functions `{wanted}`")))
        }
    }
}

fn file(args: &Args) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let result = if args.config.as_os_str() == "-" {
        std::io::stdin().take(LARGEST).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&args.config).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
    };
    result.map_err(|error| Failure::with_file(&args.config, error))?;
    Ok(bytes)
}
