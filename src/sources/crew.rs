//! The threads that read: each takes the next piece, parses it, and hands it to the one that puts
//! the pieces in order; what comes back settled, any of them may sum up.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::usage::{Calls, Dimensions};

use super::assembly::{Assembly, Step};
use super::buffers::Buffers;
use super::chunk::{Chunk, Limits};
use super::discover::Input;
use super::feed::{Feed, Job, Next, Told, Work};
use super::parse::{Assumed, Parsed, parse, tell_of_partial_usage};
use super::quick::Memory;
use super::reader::{Progress, ReadOptions, Share};
use super::reading::Reading;
use super::session::SoFar;

/// What the threads know of each other.
#[derive(Default)]
struct State {
    /// Pieces that were taken and are not in order yet.
    in_flight: usize,
    /// Calls that were put in order and wait to be summed up.
    settled: VecDeque<(u64, Calls)>,
    /// Nothing more will be fed.
    fed: bool,
    /// Nothing more will be settled.
    ended: bool,
}

/// The state, and whoever waits for it to change.
#[derive(Default)]
struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

/// What a thread does next.
enum Turn {
    Sum(u64, Box<Calls>),
    Feed,
    Leave,
}

/// One reading.
pub(super) struct Crew<'i> {
    feed: Mutex<Feed<'i>>,
    board: Board,
    buffers: Buffers,
    told: Told<'i>,
    assumed: Assumed,
    dimensions: &'i Dimensions,
    /// Memory stays bounded if one piece takes long.
    most_in_flight: usize,
}

impl<'i> Crew<'i> {
    pub(super) fn new(
        limits: Limits,
        inputs: &'i [Input],
        options: &'i ReadOptions,
        progress: &'i dyn Progress,
    ) -> Self {
        let (told, buffers) = (Told::new(progress), Buffers::default());
        let feed = Feed::new(inputs, options, told.clone(), limits, buffers.clone());
        Self {
            feed: Mutex::new(feed),
            buffers,
            board: Board::default(),
            told,
            assumed: Assumed {
                model: options.assume_model.clone(),
                call_type: options.assume_call_type.clone(),
            },
            dimensions: &options.dimensions,
            most_in_flight: 2 * options.threads.get() + 2,
        }
    }

    /// Reads everything; calls go to `sink`, in order, on this thread.
    pub(super) fn read(
        &self,
        threads: usize,
        assembly: Assembly,
        sink: &mut dyn FnMut(Calls),
    ) -> Reading {
        let (steps, received) = sync_channel(self.most_in_flight);
        thread::scope(|scope| {
            for _ in 0..threads {
                let steps = steps.clone();
                scope.spawn(move || self.work(steps, None::<&mut Ignored>));
            }
            drop(steps);
            self.assemble(received, assembly, &mut |_, calls| sink(calls))
        })
    }

    /// Reads everything; each thread sums up what it can get in a share of its own.
    pub(super) fn read_shared<S: Share>(
        &self,
        threads: usize,
        assembly: Assembly,
        begin: &(dyn Fn() -> S + Sync),
    ) -> (Reading, Vec<S>) {
        let (steps, received) = sync_channel(self.most_in_flight);
        thread::scope(|scope| {
            let start = |_| {
                let steps = steps.clone();
                scope.spawn(move || {
                    let mut share = begin();
                    self.work(steps, Some(&mut share));
                    share
                })
            };
            let workers: Vec<_> = (0..threads).map(start).collect();
            drop(steps);
            let reading = self.assemble(received, assembly, &mut |order, calls| {
                self.board.change(|state| state.settled.push_back((order, calls)));
            });
            let shares = workers.into_iter().map(|worker| match worker.join() {
                Ok(share) => share,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            (reading, shares.collect())
        })
    }

    /// Puts the pieces in order as they come.
    fn assemble(
        &self,
        received: Receiver<(u64, Step)>,
        mut assembly: Assembly,
        sink: &mut dyn FnMut(u64, Calls),
    ) -> Reading {
        // However this ends, nobody is left waiting for it.
        let _end = End { board: &self.board };
        let mut order = 0;
        let mut sink = |calls: Calls| {
            order += 1;
            sink(order, calls);
        };
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (sequence, step) in &received {
            if matches!(step, Step::Broken) {
                break;
            }
            waiting.insert(sequence, step);
            while let Some(step) = waiting.remove(&next) {
                next += 1;
                assembly.take(step, &mut sink);
                self.board.change(|state| state.in_flight -= 1);
            }
        }
        // The channel goes first: whoever still sends finds it gone.
        drop(received);
        assembly.finish(&mut sink)
    }

    /// What each thread does: first what is fed, then what is left to sum up.
    fn work<S: Share>(&self, steps: SyncSender<(u64, Step)>, mut share: Option<&mut S>) {
        self.parse_all(steps, &mut share);
        let Some(share) = share else { return };
        while let Some((order, calls)) = self.settled() {
            share.take(order, calls);
        }
    }

    /// Takes part until nothing more is fed.
    fn parse_all<S: Share>(&self, steps: SyncSender<(u64, Step)>, share: &mut Option<&mut S>) {
        let alarm = Alarm { steps, board: &self.board };
        let mut memory = Memory::default();
        loop {
            let turn = self.turn(share.is_some());
            let (sequence, step) = match turn {
                Turn::Leave => return,
                Turn::Sum(order, calls) => {
                    if let Some(share) = share {
                        share.take(order, *calls);
                    }
                    continue;
                }
                Turn::Feed => {
                    let next = self.feed.lock().unwrap_or_else(PoisonError::into_inner).next();
                    match next {
                        Next::Job(job) => (job.sequence, self.parse(job, &mut memory)),
                        Next::Step(sequence, step) => (sequence, step),
                        Next::End => return self.board.change(|state| state.fed = true),
                    }
                }
            };
            if alarm.steps.send((sequence, step)).is_err() {
                return;
            }
        }
    }

    /// What is there to sum up comes first: it frees memory.
    fn turn(&self, sums: bool) -> Turn {
        let mut state = self.board.lock();
        loop {
            if sums && let Some((order, calls)) = state.settled.pop_front() {
                return Turn::Sum(order, Box::new(calls));
            }
            if state.ended || state.fed {
                return Turn::Leave;
            }
            if state.in_flight < self.most_in_flight {
                state.in_flight += 1;
                return Turn::Feed;
            }
            state = self.board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next calls to sum up; nothing when there will be no more.
    fn settled(&self) -> Option<(u64, Calls)> {
        let mut state = self.board.lock();
        loop {
            if let Some(settled) = state.settled.pop_front() {
                return Some(settled);
            }
            if state.ended {
                return None;
            }
            state = self.board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn parse(&self, job: Job, memory: &mut Memory) -> Step {
        let (identity, mut so_far) = (job.plan.identity, SoFar::default());
        let (mut parsed, mut failure): (Vec<Parsed>, _) = (Vec::new(), None);
        let mut one = |chunk: Chunk, first| {
            memory.turn_to(&job.plan);
            let (assumed, dimensions) = (&self.assumed, self.dimensions);
            let parsed = parse(&chunk, first, &job.plan, assumed, dimensions, &mut so_far, memory);
            self.buffers.give_back(chunk.bytes);
            parsed
        };
        match job.work {
            Work::Chunk(chunk, first) => parsed.push(one(chunk, first)),
            Work::Rows(piece) => {
                (parsed, failure) = piece.parse(&job.plan, &self.assumed, self.dimensions, memory);
            }
            Work::File(mut chunks) => loop {
                let chunk = match chunks.next() {
                    Ok(Some(chunk)) => chunk,
                    Ok(None) => break,
                    Err(error) => {
                        failure = Some(error.to_string());
                        break;
                    }
                };
                self.told.advance(chunk.bytes.len() as u64);
                let first = parsed.is_empty();
                parsed.push(one(chunk, first));
            },
        }
        tell_of_partial_usage(&mut parsed, &so_far);
        Step::Parsed { file: job.file, identity, parsed, failure }
    }
}

/// For readings in which nobody sums up.
struct Ignored;

impl Share for Ignored {
    fn take(&mut self, _: u64, _: Calls) {}
}

/// Sends everybody home.
struct End<'b> {
    board: &'b Board,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.board.change(|state| state.ended = true);
    }
}

/// Tells of a panic: the others would wait for ever for the piece that was lost with it.
struct Alarm<'b> {
    steps: SyncSender<(u64, Step)>,
    board: &'b Board,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            // Fails only when nobody listens any more; then nobody waits either.
            let _ = self.steps.send((0, Step::Broken));
            self.board.change(|state| state.ended = true);
        }
    }
}
