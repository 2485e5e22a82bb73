//! The functions of a dump, in whatever form it was pasted.

use quirk_recorded::{Address, Item, Limits, ParseError, Recorded, stream_unpacked};
use serde::Serialize;

use crate::question::Function;
use crate::refusal::Refusal;

/// The most bytes of a dump, and the most that an archive may unpack to.
const MOST_BYTES: usize = 16 << 20;
const MOST_UNPACKED: u64 = 64 << 20;
/// The most functions: a page has a list of them to choose from.
const MOST_FUNCTIONS: usize = 256;
/// The most words about what could not be read.
const MOST_UNREAD: usize = 16;

/// What a dump holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Dump {
    functions: Vec<Listed>,
    /// How many there are beside those.
    left_out: usize,
    /// What could not be read, and why.
    passed_over: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Listed {
    vendor: u16,
    device: u16,
    kind: &'static str,
    size: usize,
    function: Function,
}

pub(crate) fn dump(bytes: &[u8]) -> Result<Dump, Refusal> {
    if bytes.len() > MOST_BYTES {
        let refusal =
            Refusal::new(format_args!("the dump has {} bytes, and a page takes {MOST_BYTES} at most", bytes.len()));
        return Err(refusal.help("`quirkc plan` takes dumps of any size"));
    }
    let mut dump = Dump { functions: Vec::new(), left_out: 0, passed_over: Vec::new() };
    let mut first = None;
    let limits = Limits { bytes: MOST_UNPACKED, ..Limits::default() };
    let ended = stream_unpacked(bytes, &limits, &mut |item| match item {
        Item::Function(_) if dump.functions.len() >= MOST_FUNCTIONS => dump.left_out += 1,
        Item::Function(record) => dump.functions.push(listed(&record)),
        // A list of functions beside the dump is nothing to speak of.
        Item::Unread(unread) => {
            if !unread.is_listed_only() && dump.passed_over.len() < MOST_UNREAD {
                dump.passed_over.push(unread.error.to_string());
            }
            first.get_or_insert(unread.error);
        }
    });
    let ended = ended.map_err(Refusal::new)?;
    if dump.functions.is_empty() {
        let error = first.or(ended.err());
        return Err(error.map_or_else(|| Refusal::new("the dump holds no function"), |error| refusal(&error)));
    }
    Ok(dump)
}

fn refusal(error: &ParseError) -> Refusal {
    let refusal = Refusal::new(error);
    match error.help() {
        Some(help) => refusal.help(help),
        None => refusal,
    }
}

fn listed(record: &Recorded) -> Listed {
    let identity = record.told_identity();
    Listed {
        vendor: identity.vendor,
        device: identity.device,
        kind: identity.function.name(),
        size: record.original().len(),
        function: Function {
            address: record.address().map(|address| address.to_string()),
            description: record.description().to_owned(),
            bytes: record.original().iter().map(|byte| format!("{byte:02x}")).collect(),
        },
    }
}

/// The function that the page sends back.
pub(crate) fn recorded(function: &Function) -> Result<Recorded, Refusal> {
    let (pairs, rest) = function.bytes.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    let bytes = bytes.filter(|_| rest.is_empty());
    let record = bytes.and_then(|bytes| Recorded::from_bytes(&bytes));
    let record = record.ok_or_else(|| {
        Refusal::new("the function is not 64, 256 or 4096 bytes of two hex digits each").help("paste the dump again")
    })?;
    let address = function.address.as_deref().map(str::parse::<Address>).transpose();
    Ok(record.named(address.map_err(Refusal::new)?, &*function.description))
}
