//! Counts what is read, so that nothing is endless.

use std::cell::Cell;
use std::io::{self, Read};

/// What may still be read, and why reading stopped.
#[derive(Debug)]
pub(super) struct Budget {
    left: Cell<u64>,
    is_over: Cell<bool>,
    has_failed: Cell<bool>,
}

impl Budget {
    pub(super) const fn new(bytes: u64) -> Self {
        Self { left: Cell::new(bytes), is_over: Cell::new(false), has_failed: Cell::new(false) }
    }

    /// The file itself could not be read.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    /// Nothing more is to be read, of whatever layer.
    pub(super) fn is_spent(&self) -> bool {
        self.is_over.get() || self.has_failed.get()
    }
}

/// The output of a layer.
#[derive(Debug)]
pub(super) struct Counted<'b, R> {
    input: R,
    budget: &'b Budget,
}

impl<'b, R: Read> Counted<'b, R> {
    pub(super) const fn new(input: R, budget: &'b Budget) -> Self {
        Self { input, budget }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.budget.left.get();
        if left == 0 && !buffer.is_empty() {
            // It may end just here.
            if self.input.read(&mut [0])? == 0 {
                return Ok(0);
            }
            self.budget.is_over.set(true);
            return Err(io::Error::other("too long"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(&mut buffer[..most])?;
        self.budget.left.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}

/// The file itself: its errors are not those of what is in it.
#[derive(Debug)]
pub(super) struct Outer<'b, R>(Counted<'b, R>);

impl<'b, R: Read> Outer<'b, R> {
    pub(super) const fn new(input: R, budget: &'b Budget) -> Self {
        Self(Counted::new(input, budget))
    }
}

impl<R: Read> Read for Outer<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer);
        let is_own = read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        if is_own && !self.0.budget.is_spent() {
            self.0.budget.has_failed.set(true);
        }
        read
    }
}
