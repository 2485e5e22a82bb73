//! Work on many things alike, shared by threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use quirk_dsl::Ordered as _;

/// Fewer things than these are not worth a thread. Tests need many shares, not many things.
const FEW: usize = if cfg!(test) { 1 } else { 256 };

/// Shares for each thread: one that is held up takes fewer of them.
const SHARES: usize = 8;

/// Threads for work on so many things: one, where they are few.
pub(crate) fn threads_for(count: usize, threads: NonZeroUsize) -> NonZeroUsize {
    if count <= FEW { NonZeroUsize::MIN } else { threads }
}

/// What comes of each share of some things and the number of its first, in their order. How many shares there are depends on the threads.
pub(crate) fn shared<'t, T: Sync, R: Send>(
    things: &'t [T],
    threads: NonZeroUsize,
    work: impl Fn(usize, &'t [T]) -> R + Sync,
) -> Vec<R> {
    let threads = threads_for(things.len(), threads);
    if threads.get() == 1 {
        return vec![work(0, things)];
    }
    let size = things.len().div_ceil(threads.get() * SHARES).max(FEW);
    let shares: Vec<(usize, &[T])> = (0..).step_by(size).zip(things.chunks(size)).collect();
    each(&shares, threads, |(first, share)| work(*first, share))
}

/// What comes of each of a few things that take long, in their order.
pub(crate) fn each<'t, T: Sync, R: Send>(
    things: &'t [T],
    threads: NonZeroUsize,
    work: impl Fn(&'t T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(at) else { break done };
            done.push((at, work(thing)));
        }
    };
    let mut done = thread::scope(|scope| {
        // A thread that cannot be had is one that does not help.
        let helpers: Vec<_> = (1..threads.get().min(things.len()))
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, take).ok())
            .collect();
        let mut done = take();
        for helper in helpers {
            match helper.join() {
                Ok(part) => done.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.order_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::num::NonZeroUsize;

    use super::{SHARES, shared};

    #[test]
    fn shares_cover_everything_in_order() {
        for len in 0..20 {
            let things: Vec<usize> = (0..len).collect();
            for threads in 1..6 {
                let shares = shared(&things, NonZeroUsize::new(threads).unwrap(), |first, share| {
                    assert!(share.iter().copied().eq(first..first + share.len()));
                    share.to_vec()
                });
                assert_eq!(shares.concat(), things, "{len} things, {threads} threads");
                assert!(shares.len() <= threads * SHARES);
            }
        }
    }
}
