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
use super::feed::{Current, Feed, Job, Next, Position, Work};
use super::opening::{Acquaintance, Opener, Opening, Rest, Told};
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
    /// Counts what may give somebody something to do that there was not before.
    changes: u64,
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
    Feed(Offer),
    Leave,
}

/// Room for a piece.
struct Offer {
    /// It may be any, not only one that the others wait for.
    ahead: bool,
    /// The changes so far.
    changes: u64,
}

/// What became of a piece.
struct Done {
    position: Position,
    steps: Vec<Step>,
    /// Whether nothing more comes of its file.
    is_last: bool,
}

/// One reading.
pub(super) struct Crew<'i> {
    feed: Mutex<Feed<'i>>,
    board: Board,
    inputs: &'i [Input],
    opener: Opener<'i>,
    assumed: Assumed,
    dimensions: &'i Dimensions,
    /// Memory stays bounded if one piece takes long.
    most_in_flight: usize,
    /// So many of them may be of files that nobody waits for yet.
    most_ahead: usize,
}

impl<'i> Crew<'i> {
    pub(super) fn new(
        limits: Limits,
        inputs: &'i [Input],
        options: &'i ReadOptions,
        progress: &'i dyn Progress,
    ) -> Self {
        let (told, buffers) = (Told::new(progress), Buffers::default());
        let opener = Opener { options, told, limits, buffers };
        let threads = options.threads.get();
        Self {
            feed: Mutex::new(Feed::new(inputs, opener.clone())),
            board: Board::default(),
            inputs,
            opener,
            assumed: Assumed {
                model: options.assume_model.clone(),
                call_type: options.assume_call_type.clone(),
            },
            dimensions: &options.dimensions,
            most_in_flight: 2 * threads + 2,
            most_ahead: threads + 2,
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
        received: Receiver<Done>,
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
        let mut next = Position::default();
        for done in &received {
            if matches!(done.steps[..], [Step::Broken]) {
                break;
            }
            waiting.insert(done.position, done);
            while let Some(done) = waiting.remove(&next) {
                next = next.next(done.is_last);
                for step in done.steps {
                    assembly.take(step, &mut sink);
                }
                self.board.change(|state| {
                    state.in_flight -= 1;
                    state.changes += 1;
                });
            }
        }
        // The channel goes first: whoever still sends finds it gone.
        drop(received);
        assembly.finish(&mut sink)
    }

    /// What each thread does: first what is fed, then what is left to sum up.
    fn work<S: Share>(&self, steps: SyncSender<Done>, mut share: Option<&mut S>) {
        self.parse_all(steps, &mut share);
        let Some(share) = share else { return };
        while let Some((order, calls)) = self.settled() {
            share.take(order, calls);
        }
    }

    /// Takes part until nothing more is fed.
    fn parse_all<S: Share>(&self, steps: SyncSender<Done>, share: &mut Option<&mut S>) {
        let alarm = Alarm { steps, board: &self.board };
        let (mut memory, mut known) = (Memory::default(), Acquaintance::default());
        // The changes so far when there was nothing to do.
        let mut idle = None;
        loop {
            let offer = match self.turn(share.is_some(), idle.take()) {
                Turn::Leave => return,
                Turn::Sum(order, calls) => {
                    if let Some(share) = share {
                        share.take(order, *calls);
                    }
                    continue;
                }
                Turn::Feed(offer) => offer,
            };
            let next = self.feed().next(offer.ahead);
            let (position, steps, is_last) = match next {
                Next::Job(job) => (job.position, vec![self.parse(job, &mut memory)], false),
                Next::Open(file) => {
                    let (steps, is_last) = self.open(file, &mut known, &mut memory);
                    (Position { file, piece: 0 }, steps, is_last)
                }
                Next::Last(position, step) => (position, step.into_iter().collect(), true),
                Next::Later => {
                    idle = Some(offer.changes);
                    self.board.change(|state| state.in_flight -= 1);
                    continue;
                }
                Next::End => return self.board.change(|state| state.fed = true),
            };
            if alarm.steps.send(Done { position, steps, is_last }).is_err() {
                return;
            }
        }
    }

    fn feed(&self) -> MutexGuard<'_, Feed<'i>> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens an input, and reads it unless it is large; says whether that was all.
    fn open(&self, file: u32, known: &mut Acquaintance, memory: &mut Memory) -> (Vec<Step>, bool) {
        let opening = self.opener.open(file, &self.inputs[file as usize], known);
        let (mut work, mut large) = (None, None);
        let step = match opening {
            Opening::Nothing(step) => step,
            Opening::Begins(step, plan, rest) => {
                match rest {
                    Rest::All(chunk) => work = Some((plan, Work::Chunk(chunk, true))),
                    Rest::Chunks(chunks) if plan.format.session.is_some() => {
                        work = Some((plan, Work::File(chunks)));
                    }
                    Rest::Chunks(chunks) => large = Some(Current::text(plan, chunks)),
                    Rest::Rows(pieces) => large = Some(Current::rows(plan, pieces)),
                }
                step
            }
        };
        let is_last = large.is_none();
        self.feed().opened(file, large);
        self.board.change(|state| state.changes += 1);
        let (mut steps, position) = (vec![step], Position { file, piece: 0 });
        steps.extend(work.map(|(plan, work)| self.parse(Job { position, plan, work }, memory)));
        (steps, is_last)
    }

    /// What is there to sum up comes first: it frees memory. Whoever was `idle` waits for a change.
    fn turn(&self, sums: bool, idle: Option<u64>) -> Turn {
        let mut state = self.board.lock();
        loop {
            if sums && let Some((order, calls)) = state.settled.pop_front() {
                return Turn::Sum(order, Box::new(calls));
            }
            if state.ended || state.fed {
                return Turn::Leave;
            }
            if state.in_flight < self.most_in_flight && idle != Some(state.changes) {
                let ahead = state.in_flight < self.most_ahead;
                state.in_flight += 1;
                return Turn::Feed(Offer { ahead, changes: state.changes });
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
            memory.turn_to(&job.plan, first);
            let (assumed, dimensions) = (&self.assumed, self.dimensions);
            let parsed = parse(&chunk, first, &job.plan, assumed, dimensions, &mut so_far, memory);
            self.opener.buffers.give_back(chunk.bytes);
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
                self.opener.told.advance(chunk.bytes.len() as u64);
                let first = parsed.is_empty();
                parsed.push(one(chunk, first));
            },
        }
        tell_of_partial_usage(&mut parsed, &so_far);
        Step::Parsed { file: job.position.file, identity, parsed, failure }
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
    steps: SyncSender<Done>,
    board: &'b Board,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let (position, steps) = (Position::default(), vec![Step::Broken]);
            // Fails only when nobody listens any more; then nobody waits either.
            let _ = self.steps.send(Done { position, steps, is_last: true });
            self.board.change(|state| state.ended = true);
        }
    }
}
