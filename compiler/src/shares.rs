//! Work on many things alike, shared by threads.

use std::num::NonZeroUsize;
use std::thread;

/// Fewer things than these are not worth a thread. Tests need many shares, not many things.
const FEW: usize = if cfg!(test) { 1 } else { 256 };

/// What comes of each share of some things, in their order. How many shares there are depends on the threads.
pub(crate) fn shared<'t, T: Sync, R: Send>(
    things: &'t [T],
    threads: NonZeroUsize,
    work: impl Fn(&'t [T]) -> R + Sync,
) -> Vec<R> {
    if threads.get() == 1 || things.len() <= FEW {
        return vec![work(things)];
    }
    let mut shares = things.chunks(things.len().div_ceil(threads.get()));
    let mine = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let work = &work;
        let helpers: Vec<_> =
            shares.map(|share| (share, thread::Builder::new().spawn_scoped(scope, move || work(share)))).collect();
        let mut results = vec![work(mine)];
        for (share, helper) in helpers {
            results.push(match helper.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // A thread that cannot be had is one that does not help.
                Err(_) => work(share),
            });
        }
        results
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::num::NonZeroUsize;

    use super::shared;

    #[test]
    fn shares_cover_everything_in_order() {
        for len in 0..20 {
            let things: Vec<usize> = (0..len).collect();
            for threads in 1..6 {
                let shares = shared(&things, NonZeroUsize::new(threads).unwrap(), <[usize]>::to_vec);
                assert_eq!(shares.concat(), things, "{len} things, {threads} threads");
                assert!(shares.len() <= threads);
            }
        }
    }
}
