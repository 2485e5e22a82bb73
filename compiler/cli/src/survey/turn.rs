//! Whose turn it is to write: files are read by many threads, and written in their order.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::output::Output;
use super::progress::Progress;
use super::row::Row;
use super::summary::Summary;
use crate::failure::Failure;
use crate::output::remark;

/// Notes about files that are printed.
const MOST_NOTES: usize = 8;

/// What some files gave, or a part of it.
#[derive(Default)]
pub(super) struct Part {
    pub(super) summary: Summary,
    pub(super) text: String,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
}

/// What threads share.
pub(super) struct Turn {
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    /// Whose turn it is: all before it are written.
    at: usize,
    summary: Summary,
    notes: usize,
    output: Output,
    progress: Progress,
    failure: Option<Failure>,
}

impl Turn {
    pub(super) fn new(output: Output, progress: Progress) -> Self {
        let summary = Summary::default();
        let state = State { at: 0, summary, notes: 0, output, progress, failure: None };
        Self { state: Mutex::new(state), moved: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all turns before this one are written, and writes a part of it. Turns are begun in their order, so that the one that it is
    /// never waits. Whether to go on: an output that cannot be written ends everything.
    pub(super) fn write(&self, turn: usize, part: Part, is_last: bool) -> bool {
        let mut state = self.state();
        while state.at != turn {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let goes_on = state.take(part);
        if is_last {
            state.at += 1;
            let (done, functions) = (state.summary.files, state.summary.functions);
            state.progress.at(done, functions);
            self.moved.notify_all();
        }
        goes_on
    }

    /// The counts, and the output for what is still to be said.
    pub(super) fn finish(self) -> Result<(Summary, Output), Failure> {
        let State { summary, output, failure, notes, .. } =
            self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(more) = notes.checked_sub(MOST_NOTES).filter(|more| *more != 0) {
            remark(&format!("note: passed over: {more} more files\n"));
        }
        failure.map_or(Ok((summary, output)), Err)
    }
}

impl State {
    fn take(&mut self, part: Part) -> bool {
        self.summary.merge(&part.summary);
        for note in part.notes {
            self.notes += 1;
            if self.notes <= MOST_NOTES {
                remark(&note);
            }
        }
        if self.failure.is_none() {
            let written = self.output.text(&part.text).and_then(|()| self.output.rows(part.rows));
            self.failure = written.err();
        }
        self.failure.is_none()
    }
}
