//! Tables in the pages of a file: dropped, each page that a lookup touches costs a fault again, as in a program that was just
//! started.

use std::io::{self, Write};
use std::time::Instant;

use bytemuck::AnyBitPattern;
use memmap2::{Mmap, UncheckedAdvice};
use nix::sys::resource::{UsageWho, getrusage};

use crate::harness::median;

/// A table in a file of its own.
#[derive(Debug)]
pub struct Mapped {
    map: Mmap,
}

impl Mapped {
    /// Puts these bytes into a file and maps it.
    ///
    /// # Errors
    /// When there can be no file, or no mapping of it.
    pub fn new(bytes: &[u8]) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        #[expect(unsafe_code, reason = "the page cache is what is measured")]
        // SAFETY: the file has no name and is closed here, so that nobody writes to it.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self { map })
    }

    /// What lies in it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// What lies in it, as records; a mapping starts at a page, which suits every record.
    #[must_use]
    pub fn records<T: AnyBitPattern>(&self) -> &[T] {
        bytemuck::cast_slice(&self.map)
    }

    fn drop_pages(&self) -> io::Result<()> {
        #[expect(unsafe_code, reason = "no safe call drops the pages of a mapping")]
        // SAFETY: the pages of a shared mapping that nobody writes to come back from the file as they were.
        unsafe {
            self.map.unchecked_advise(UncheckedAdvice::DontNeed)
        }
    }
}

/// What one lookup took with its pages dropped.
#[derive(Debug)]
pub struct Cold {
    /// Median nanoseconds.
    pub nanoseconds: f64,
    /// Mean minor faults.
    pub faults: f64,
}

/// A contender: its tables, and what it does once.
pub type Contender<'a> = (Vec<&'a Mapped>, Box<dyn FnMut() + 'a>);

const ROUNDS: usize = 201;

/// Measures the contenders in turns, once for each round, all pages of their tables dropped before.
///
/// # Errors
/// When the system does not drop pages or does not count faults.
pub fn cold(contenders: &mut [Contender<'_>]) -> io::Result<Vec<Cold>> {
    let minor_faults = || getrusage(UsageWho::RUSAGE_THREAD).map(|usage| usage.minor_page_faults());
    let mut found: Vec<(Vec<f64>, i64)> = contenders.iter().map(|_| (Vec::new(), 0)).collect();
    for _ in 0..ROUNDS {
        for ((times, faults), (tables, run)) in found.iter_mut().zip(contenders.iter_mut()) {
            tables.iter().try_for_each(|table| table.drop_pages())?;
            let before = minor_faults()?;
            let start = Instant::now();
            run();
            times.push(start.elapsed().as_secs_f64() * 1e9);
            *faults += minor_faults()? - before;
        }
    }
    let cold = |(times, faults)| Cold { nanoseconds: median(times), faults: faults as f64 / ROUNDS as f64 };
    Ok(found.into_iter().map(cold).collect())
}
