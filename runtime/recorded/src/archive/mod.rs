//! Functions that are recorded in compressed files and archives, however these are put together.

mod budget;
mod limits;
mod unpack;

use std::io::{self, Read};

use crate::error::{ParseError, Problem};
use crate::reading::{Item, Unread};
use budget::{Budget, Outer};
pub use limits::Limits;
use unpack::Unpacker;

/// As [`stream`](crate::stream), and looks into gzip, xz and tar, in each other too. Each file of an archive is looked at;
/// [`Recorded::file`](crate::Recorded::file) names the one that held a function.
///
/// Bytes without an address count in an archive if the file's path has one, as those of `/proc/bus/pci` and sysfs do, or if they
/// begin as a function's header does: of what an archive may hold, some is as long as a configuration space by chance.
///
/// The inner result is that of the whole: an error if nothing in it could be read. Where only a part was damaged or too long, that is
/// an [`Item::Unread`].
///
/// # Errors
/// When the file itself could not be read.
pub fn stream_unpacked(
    input: impl Read,
    limits: &Limits,
    sink: &mut dyn FnMut(Item),
) -> io::Result<Result<(), ParseError>> {
    let budget = Budget::new(limits.bytes);
    let mut unpacker = Unpacker::new(&budget, limits, sink);
    let ended = unpacker.look(&mut Outer::new(input, &budget), "", 0);
    let (found, why) = unpacker.finish();
    match ended {
        Err(error) if budget.has_failed() => return Err(error),
        Err(_) => {
            let error = ParseError { line: None, problem: Problem::TooMuch { limit: limits.bytes } };
            if found == 0 {
                return Ok(Err(error));
            }
            sink(Item::Unread(Unread::new(None, error)));
        }
        Ok(()) => {}
    }
    Ok(if found == 0 { Err(why) } else { Ok(()) })
}
