//! Work on rows in chunks, on several threads, with the same result on any number of them.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::techniques::Facts;
use crate::usage::Row;

use super::error::SimulationError;

/// Rows that one thread takes at a time.
const CHUNK: usize = 16_384;

/// Visits every row and adds up what the visits find. Each thread takes every n-th chunk; sums are
/// exact, so how rows are shared among threads does not change them.
///
/// `start` makes what one thread needs: its buffers and its empty sum.
pub(super) fn sum_over_rows<Buffers, Sum: Send>(
    facts: &Facts<'_>,
    threads: NonZeroUsize,
    start: impl Fn() -> (Buffers, Sum) + Sync,
    visit: impl Fn(&mut Buffers, &mut Sum, Row) -> Result<(), SimulationError> + Sync,
    merge: impl Fn(&mut Sum, &Sum) -> Result<(), SimulationError>,
) -> Result<Sum, SimulationError> {
    let rows = facts.calls.len();
    facts.expect_replays(1);
    let chunks = rows.div_ceil(CHUNK);
    let threads = threads.get().min(chunks.max(1));
    let share = |first: usize| {
        let (mut buffers, mut sum) = start();
        for chunk in (first..chunks).step_by(threads) {
            for row in chunk * CHUNK..rows.min((chunk + 1) * CHUNK) {
                visit(&mut buffers, &mut sum, row)?;
                facts.walked(row);
            }
        }
        Ok(sum)
    };
    if threads == 1 {
        return share(0);
    }
    let share = &share;
    let sums: Vec<Result<Sum, SimulationError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || share(first))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut sums = sums.into_iter();
    let mut total = sums.next().expect("there are at least two threads here")?;
    for sum in sums {
        merge(&mut total, &sum?)?;
    }
    Ok(total)
}

/// Does work on each of several things, and gives what came out in their order, whatever the number
/// of threads.
pub(super) fn on_threads<Thing: Sync, Found: Send>(
    things: &[Thing],
    threads: NonZeroUsize,
    work: impl Fn(&Thing) -> Result<Found, SimulationError> + Sync,
) -> Result<Vec<Found>, SimulationError> {
    let next = AtomicUsize::new(0);
    let (next, work) = (&next, &work);
    // Each takes the next one that is left: some take longer than others.
    let take = move || {
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(place) else { return found };
            found.push((place, work(thing)));
        }
    };
    let threads = threads.get().min(things.len().max(1));
    let mut found: Vec<(usize, Result<Found, SimulationError>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.flat_map(|done| done.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, found)| found).collect()
}
