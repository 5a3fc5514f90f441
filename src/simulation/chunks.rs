//! Work on rows in lots, on several threads, with the same result on any number of them.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::techniques::{Facts, Links, Rewrite};
use crate::usage::Row;

use super::error::SimulationError;
use super::walk::{Player, causal_players};

/// Rows that one thread takes at a time, at least.
const CHUNK: usize = 16_384;

/// The rows of a log in lots: no call of one knows of a call of another.
pub(super) struct Lots {
    rows: usize,
    /// The rows, one lot after the other, and where each lot ends; as they stand where every call is
    /// on its own.
    ordered: Option<(Vec<u32>, Vec<u32>)>,
}

impl Lots {
    /// The lots of a log under these techniques.
    pub(super) fn of(facts: &Facts<'_>, players: &[Player<'_>]) -> Self {
        let rows = facts.calls.len();
        if causal_players(players) == 0 {
            return Self { rows, ordered: None };
        }
        let mut links = Links::none(rows);
        let rewrites = || players.iter().filter_map(|player| player.rewrite);
        let targets: Vec<_> = rewrites().flat_map(Rewrite::targets).collect();
        rewrites().for_each(|rewrite| rewrite.tie(facts, &targets, &mut links));
        Self { rows, ordered: Some(links.into_lots()) }
    }

    /// Whole lots together, of at least [`CHUNK`] rows but for the last.
    fn chunks(&self) -> Vec<Range<usize>> {
        let Some((_, ends)) = &self.ordered else {
            let starts = (0..self.rows).step_by(CHUNK);
            return starts.map(|start| start..self.rows.min(start + CHUNK)).collect();
        };
        let (mut chunks, mut start) = (Vec::new(), 0);
        for end in ends.iter().map(|end| *end as usize) {
            if end - start >= CHUNK || end == self.rows {
                chunks.push(start..end);
                start = end;
            }
        }
        chunks
    }

    /// The rows of a chunk; the first one of each lot with the size of that.
    fn rows(&self, chunk: Range<usize>) -> impl Iterator<Item = (Row, Option<usize>)> {
        let ordered = self.ordered.as_ref();
        let mut ends = ordered.map_or(&[][..], |(_, ends)| {
            &ends[ends.partition_point(|end| *end as usize <= chunk.start)..]
        });
        let mut next = chunk.start;
        chunk.map(move |place| {
            let Some((rows, _)) = ordered else { return (place, Some(1)) };
            let mut lot = None;
            if let (true, [end, others @ ..]) = (place == next, ends) {
                lot = Some(*end as usize - place);
                (next, ends) = (*end as usize, others);
            }
            (rows[place] as usize, lot)
        })
    }
}

/// Visits every row, lot by lot, and adds up what the visits find. Each thread takes every n-th
/// chunk; sums are exact, so how rows are shared among threads does not change them.
///
/// `start` makes what one thread needs: its buffers and its empty sum. `visit` is told the size
/// of the lot that begins with the row, if one does.
pub(super) fn sum_over_rows<Buffers, Sum: Send>(
    facts: &Facts<'_>,
    lots: &Lots,
    threads: NonZeroUsize,
    start: impl Fn() -> (Buffers, Sum) + Sync,
    visit: impl Fn(&mut Buffers, &mut Sum, Row, Option<usize>) -> Result<(), SimulationError> + Sync,
    merge: impl Fn(&mut Sum, &Sum) -> Result<(), SimulationError>,
) -> Result<Sum, SimulationError> {
    let chunks = lots.chunks();
    let threads = threads.get().min(chunks.len().max(1));
    let share = |first: usize| {
        let (mut buffers, mut sum) = start();
        for chunk in chunks.iter().skip(first).step_by(threads) {
            for (row, lot) in lots.rows(chunk.clone()) {
                visit(&mut buffers, &mut sum, row, lot)?;
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
