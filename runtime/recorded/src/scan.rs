//! Finds the functions in a text, line by line. It holds no more than one function, and those without an address.

use std::collections::BTreeMap;

use crate::bare::Bare;
use crate::block::Block;
use crate::error::{ParseError, Problem, beginning};
use crate::line::{self, By, Line, Place, Register, Row, Title};
use crate::plain::Plain;
use crate::reading::{Item, Unread};
use crate::{Heading, Recorded, text};

/// What a record without an address is called.
const NAME: &str = "the dump";

/// The most functions without an address, and the most bridges, that are kept.
const MOST_NAMELESS: usize = 1024;
const MOST_BRIDGES: usize = 1 << 16;

/// Fewer bytes than a row between two lines of prose are words, such as `face`.
const LEAST: usize = 16;

/// A function that is being read.
#[derive(Debug)]
enum Open {
    Named { heading: Box<Named>, block: Block },
    Rows(Block),
    Bare(Bare),
}

/// Its heading.
#[derive(Clone, Debug)]
struct Named {
    /// Absent below a bridge whose bus is not known.
    heading: Option<Heading>,
    /// What messages call it.
    name: String,
    path: String,
    description: String,
    by: By,
    line: usize,
}

/// Where functions go as they are found.
pub(crate) type Sink<'s> = dyn FnMut(Item) + 's;

/// Reads one text.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    line: usize,
    open: Option<Open>,
    /// A function with an address was read.
    named: bool,
    nameless: Vec<Recorded>,
    /// The bus behind each bridge, by its path: `lspci -P` prints no other.
    buses: BTreeMap<String, u8>,
    problems: Problems,
}

/// What is said if nothing was found, the best reason first.
#[derive(Debug, Default)]
struct Problems {
    function: Option<ParseError>,
    nameless: Option<ParseError>,
    stray: Option<ParseError>,
    no_rows: Option<ParseError>,
    prose: Option<ParseError>,
}

fn keep(slot: &mut Option<ParseError>, error: ParseError) {
    slot.get_or_insert(error);
}

impl Scanner {
    /// Reads the next line, without its line break.
    pub(crate) fn feed(&mut self, raw: &[u8], sink: &mut Sink<'_>) {
        self.line += 1;
        if let Some(row) = Plain::read(raw)
            && self.plain(&row)
        {
            return;
        }
        let text = text::clean(raw);
        match line::read(&text) {
            Line::Blank => self.blank(sink),
            Line::Heading(title) => self.heading(&title, sink),
            Line::Row(row) => self.row(&row, sink),
            Line::Register(register) => self.register(&register, sink),
            Line::Star => match &mut self.open {
                Some(Open::Named { block, .. } | Open::Rows(block)) => block.repeat(),
                _ => self.end_open(sink),
            },
            Line::Bare(text) => self.bare(text, sink),
            Line::Other => self.other(&text, sink),
        }
    }

    /// Ends the text. Functions without an address count where none has one; where there is no function at all, says why.
    pub(crate) fn finish(mut self, sink: &mut Sink<'_>) -> Result<(), ParseError> {
        self.end_open(sink);
        if self.named {
            return Ok(());
        }
        let Problems { function, nameless, stray, no_rows, prose } = self.problems;
        if self.nameless.is_empty() {
            let error = function.or(nameless).or(no_rows).or(stray).or(prose);
            return Err(error.unwrap_or(ParseError { line: None, problem: Problem::Empty }));
        }
        self.nameless.into_iter().for_each(|record| sink(Item::Function(record)));
        if let Some(error) = nameless {
            sink(Item::Unread(Unread::new(None, error)));
        }
        Ok(())
    }

    fn heading(&mut self, title: &Title<'_>, sink: &mut Sink<'_>) {
        let named = self.named(title);
        // The rest of a function may come below another command of U-Boot.
        let goes_on = title.by == By::UBoot && self.is_open(named.heading.as_ref(), By::UBoot);
        if !goes_on {
            self.end_open(sink);
            self.open = Some(Open::Named { heading: Box::new(named), block: Block::of(title.by) });
        }
    }

    fn register(&mut self, register: &Register<'_>, sink: &mut Sink<'_>) {
        let place = Place::At { address: register.address, path: "" };
        let named = self.named(&Title { place, description: "", by: By::Setpci });
        if !self.is_open(named.heading.as_ref(), By::Setpci) {
            self.end_open(sink);
            self.open = Some(Open::Named { heading: Box::new(named), block: Block::of(By::Setpci) });
        }
        self.row(&register.row, sink);
    }

    /// Whether this function is being read, printed by the same program.
    fn is_open(&self, heading: Option<&Heading>, by: By) -> bool {
        matches!(&self.open, Some(Open::Named { heading: open, .. }) if open.by == by && open.heading.as_ref() == heading)
    }

    fn named(&self, title: &Title<'_>) -> Named {
        let (address, path) = match title.place {
            Place::At { address, path } => (Some(address), path),
            Place::Below { domain, bridge, device, function, path } => {
                let bus = self.buses.get(bridge).copied();
                (bus.map(|bus| crate::Address { domain, bus, device, function }), path)
            }
        };
        let name = address.map_or_else(|| path.to_owned(), |address| address.to_string());
        Named {
            heading: address.map(|address| Heading::new(address, title.description)),
            name: format!("function `{name}`"),
            path: path.to_owned(),
            description: title.description.to_owned(),
            by: title.by,
            line: self.line,
        }
    }

    /// An empty line ends a function, as it does for lspci.
    fn blank(&mut self, sink: &mut Sink<'_>) {
        if matches!(&self.open, Some(Open::Named { heading, .. }) if heading.by == By::Lspci) {
            self.end_open(sink);
        }
    }

    /// Adds a row to a function of lspci; whether there is one, and nothing else to look at.
    fn plain(&mut self, row: &Plain<'_>) -> bool {
        match &mut self.open {
            Some(Open::Named { heading, block }) if heading.by == By::Lspci => block.push_plain(row, self.line),
            _ => false,
        }
    }

    fn row(&mut self, row: &Row<'_>, sink: &mut Sink<'_>) {
        let is_first = row.offset.bytes().all(|digit| digit == b'0') && !row.digits.is_empty();
        // `xxd` and its like begin the next file without a heading.
        if matches!(&self.open, Some(Open::Rows(block)) if is_first && block.is_whole()) {
            self.end_open(sink);
        }
        // The same function again, below another command.
        if let Some(Open::Named { heading, block }) = &self.open
            && is_first
            && heading.by == By::UBoot
            && !block.is_empty()
        {
            let heading = heading.clone();
            self.end_open(sink);
            self.open = Some(Open::Named { heading, block: Block::of(By::UBoot) });
        }
        if matches!(&self.open, Some(Open::Bare(_))) && row.digits.is_empty() {
            return self.bare(row.offset, sink);
        }
        if matches!(&self.open, Some(Open::Bare(_))) {
            self.end_open(sink);
        }
        match &mut self.open {
            Some(Open::Named { block, .. } | Open::Rows(block)) if block.is_closed_by(row) => {
                block.close(row, self.line);
            }
            Some(Open::Named { heading, block }) if heading.by == By::Uefi => block.push_next(row, self.line),
            Some(Open::Named { block, .. } | Open::Rows(block)) if !row.digits.is_empty() => block.push(row, self.line),
            Some(_) => {}
            None if is_first => {
                let mut block = Block::default();
                block.push(row, self.line);
                self.open = Some(Open::Rows(block));
            }
            None if row.digits.is_empty() => self.bare(row.offset, sink),
            None => {
                let offset = usize::from_str_radix(row.offset, 16).unwrap_or(0);
                keep(&mut self.problems.stray, ParseError::at(self.line, Problem::RowBeforeFunction { offset }));
            }
        }
    }

    fn bare(&mut self, text: &str, _: &mut Sink<'_>) {
        match &mut self.open {
            Some(Open::Bare(bare)) => bare.push(text, self.line),
            Some(_) => {}
            None => self.open = Some(Open::Bare(Bare::new(text, self.line))),
        }
    }

    fn other(&mut self, text: &str, sink: &mut Sink<'_>) {
        if let Some(Open::Bare(bare)) = &mut self.open {
            // A damaged line of a dump, or prose after it.
            let first = text.split_ascii_whitespace().next().unwrap_or("");
            if line::is_hex(first) && first.len() == 2 && !crate::SIZES.contains(&bare.len()) {
                bare.push(text, self.line);
            }
            self.end_open(sink);
        }
        let problem = Problem::NotADump { found: beginning(text) };
        keep(&mut self.problems.prose, ParseError::at(self.line, problem));
    }

    fn end_open(&mut self, sink: &mut Sink<'_>) {
        match self.open.take() {
            None => {}
            Some(Open::Named { heading, block }) => self.end_named(*heading, block, sink),
            Some(Open::Rows(block)) => {
                let line = block.last_line();
                self.end_nameless(block.finish(), line, true);
            }
            Some(Open::Bare(bare)) => {
                let (line, counts) = (bare.last_line(), bare.len() >= LEAST || bare.first_line() == 1);
                self.end_nameless(bare.finish(), line, counts);
            }
        }
    }

    fn end_named(&mut self, named: Named, block: Block, sink: &mut Sink<'_>) {
        let Named { heading, name, path, description, line, .. } = named;
        if block.is_empty() {
            let error = ParseError::at(line, Problem::NoRows { function: name });
            keep(&mut self.problems.no_rows, error.clone());
            return sink(Item::Unread(Unread::new(heading, error)));
        }
        let line = block.last_line();
        match block.finish().and_then(|bytes| record(&name, &bytes, line)) {
            Ok(record) => {
                let bytes = record.original();
                if bytes[0x0e] & 0x7f == 1 && self.buses.len() < MOST_BRIDGES {
                    self.buses.insert(path.clone(), bytes[0x19]);
                }
                let description = if heading.is_none() { format!("{path} {description}") } else { description };
                self.named = true;
                sink(Item::Function(record.named(heading.map(|heading| heading.address), description)));
            }
            Err(error) => {
                keep(&mut self.problems.function, error.clone());
                sink(Item::Unread(Unread::new(heading, error)));
            }
        }
    }

    fn end_nameless(&mut self, bytes: Result<Vec<u8>, ParseError>, line: usize, counts: bool) {
        match bytes.and_then(|bytes| record(NAME, &bytes, line)) {
            Ok(record) if self.nameless.len() < MOST_NAMELESS => self.nameless.push(record),
            Err(error) if counts => keep(&mut self.problems.nameless, error),
            _ => {}
        }
    }
}

/// Makes a record of the bytes that the rows of a function gave; `line` is the last of them.
fn record(function: &str, bytes: &[u8], line: usize) -> Result<Recorded, ParseError> {
    Recorded::from_bytes(bytes).ok_or_else(|| {
        ParseError::at(line, Problem::FunctionSize { function: function.to_owned(), found: bytes.len() })
    })
}
