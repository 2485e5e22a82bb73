//! What the program prints: a headline for each step, and lines below it. Colours are for a terminal alone.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

const HEADLINE: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// Numbers the steps.
pub(crate) struct Story<W> {
    out: W,
    steps: usize,
}

impl<W: Write> Story<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, steps: 0 }
    }

    /// The next step.
    pub(crate) fn step(&mut self, headline: &str, what: &str) -> io::Result<()> {
        self.steps += 1;
        writeln!(self.out, "{HEADLINE}{}. {headline}{HEADLINE:#}  {what}", self.steps)
    }

    /// A line of the step.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "   {text}")
    }

    /// A line with the step's result.
    pub(crate) fn good(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "   {GOOD}{text}{GOOD:#}")
    }

    /// What comes after the story.
    pub(crate) fn out(&mut self) -> &mut W {
        &mut self.out
    }
}
