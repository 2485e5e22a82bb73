//! The nodes that the grammar finds in an item, with places counted in tokens: items that are written alike have the same. Of the many
//! items of a long text most are like one before them, and the grammar reads each kind once.

use std::collections::BTreeMap;

use pest::Token as Event;

use super::read::read;
use super::{NodeKind, Rule};

/// So many outlines are remembered.
const MOST: usize = 1024;

/// Of items that are written in no more bytes.
const LONGEST: usize = 4096;

/// The nodes of an item.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) steps: Vec<Step>,
    /// No node tells of an error.
    pub(super) is_sound: bool,
}

/// A node begins or ends. Places are numbers of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A node starts with a token.
    Open(Rule, u32),
    /// A node of no token stands after so many of them.
    OpenEmpty(Rule, u32),
    /// The node ends after so many tokens.
    Close(u32),
}

/// Outlines by what was written.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    /// Where each is in `outlines`.
    known: BTreeMap<Box<str>, usize>,
    outlines: Vec<Outline>,
    /// The last one that is not remembered.
    other: Outline,
}

impl Outlines {
    /// The outline of an item, by its text and by where each of its tokens ends in it. None if the grammar does not accept it.
    pub(super) fn of(&mut self, written: &str, ends: impl Iterator<Item = u32>) -> Option<&Outline> {
        if let Some(&known) = self.known.get(written) {
            return self.outlines.get(known);
        }
        let outline = outline(written, ends)?;
        if written.len() > LONGEST || self.outlines.len() == MOST {
            self.other = outline;
            return Some(&self.other);
        }
        self.known.insert(written.into(), self.outlines.len());
        self.outlines.push(outline);
        self.outlines.last()
    }
}

fn outline(written: &str, ends: impl Iterator<Item = u32>) -> Option<Outline> {
    let pairs = read(Rule::Chunk, written)?;
    let mut outline = Outline { steps: Vec::new(), is_sound: true };
    let mut tokens = Tokens { ends: ends.peekable(), passed: 0 };
    // A node is opened once it is known whether it has a token.
    let mut opens: Option<(Rule, usize)> = None;
    let mut documents = false;
    for event in pairs.tokens() {
        let (starts, position) = match event {
            Event::Start { rule, pos } => (Some(rule), pos.pos()),
            Event::End { rule: Rule::EOI, .. } => continue,
            Event::End { pos, .. } => (None, pos.pos()),
        };
        if let Some((rule, at)) = opens.take() {
            let token = tokens.pass(at);
            let is_empty = starts.is_none() && position == at;
            outline.steps.push(if is_empty { Step::OpenEmpty(rule, token) } else { Step::Open(rule, token) });
            outline.is_sound &= !NodeKind::of(rule).is_mistake();
        }
        match starts {
            // Documentation documents the node that follows.
            Some(Rule::EOI) => outline.is_sound &= !documents,
            Some(rule) => opens = Some((rule, position)),
            None => {
                outline.is_sound &= !documents;
                outline.steps.push(Step::Close(tokens.pass(position)));
            }
        }
        documents = matches!(event, Event::End { rule: Rule::Docs, .. });
    }
    Some(outline)
}

/// The tokens that were written.
struct Tokens<I: Iterator<Item = u32>> {
    ends: core::iter::Peekable<I>,
    passed: u32,
}

impl<I: Iterator<Item = u32>> Tokens<I> {
    /// How many tokens end before a position. Asked for in the order of the text.
    fn pass(&mut self, position: usize) -> u32 {
        while self.ends.next_if(|end| *end as usize <= position).is_some() {
            self.passed += 1;
        }
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::{Outlines, Step};
    use crate::lex::lex;
    use crate::parser::normal::Normal;

    fn steps(outlines: &mut Outlines, text: &str) -> (Vec<Step>, bool) {
        let mut normal = Normal::default();
        normal.write(text, &lex(text), &[]);
        let outline = outlines.of(normal.text(), normal.ends()).unwrap_or_else(|| unreachable!("any text is accepted"));
        (outline.steps.clone(), outline.is_sound)
    }

    #[test]
    fn items_that_are_written_alike_are_read_once() {
        let mut outlines = Outlines::default();
        let one = steps(&mut outlines, "device a { match pci(1, 2); }");
        let other = steps(&mut outlines, "device   b_c{ match pci( 0x10,\n 0x20 // nothing\n ) ; }");
        assert_eq!((outlines.outlines.len(), &one), (1, &other));
        steps(&mut outlines, "device a { match pci(1, any); }");
        assert_eq!(outlines.outlines.len(), 2);
        assert_eq!(steps(&mut outlines, "device d { match pci(8, 9); }"), one);
    }

    #[test]
    fn what_documents_nothing_is_not_sound() {
        let mut outlines = Outlines::default();
        for (text, is_sound) in [
            ("/// a\nconst A = 1;", true),
            ("device d {\n/// a\nname \"x\"; }", true),
            ("device d { name \"x\";\n/// a\n}", false),
            ("device d { layout {\n/// a\n} }", false),
            ("/// a\n", false),
            ("const A = ;", false),
        ] {
            assert_eq!(steps(&mut outlines, text).1, is_sound, "{text}");
        }
    }
}
