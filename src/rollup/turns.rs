//! How calls stand in their conversations, told while the log is read: what follows a call decides
//! what it is, so each waits until that is known.

use hashbrown::HashMap;

use crate::techniques::has_grown;
use crate::units::Tokens;
use crate::usage::{Call, Instant, Symbol};

use super::key::{Key, Turn};
use super::sums::{Repeated, prompt_of};

/// How long a batch may take: an answer that a call of the conversation needs sooner stays.
const BATCH_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// So many conversations are remembered. Of more, those that were quiet for longest are taken to be
/// over.
const REMEMBERED_MAX: usize = 1_000_000;

/// A call with everything that is known of it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) key: Key,
    pub(super) call: Call,
    pub(super) repeated: Option<Repeated>,
    /// How many of its calls are no further attempt, where somebody looked.
    pub(super) requests: Option<u64>,
}

/// A call that waits for what follows it.
#[derive(Clone, Debug)]
struct Waiting {
    told: Told,
    /// Whether it is the last turn so far, and did not grow out of the one before.
    is_open_turn: bool,
    /// Whether no call has followed it that a batch would have held up.
    may_feed: bool,
}

/// The last turn of a conversation.
#[derive(Clone, Copy, Debug)]
struct Last {
    model: Symbol,
    prompt: u64,
    output: u64,
    time: Option<i64>,
}

#[derive(Clone, Debug, Default)]
struct Conversation {
    last: Option<Last>,
    waiting: Vec<Waiting>,
    calls: u64,
    latest: Option<i64>,
}

/// The conversations so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversations {
    known: HashMap<String, Conversation>,
    /// Calls that stand after a later one of their conversation.
    pub(super) unordered: u64,
    /// Conversations that were taken to be over to make room.
    pub(super) forgotten: u64,
}

impl Conversations {
    /// Takes a call of a conversation, whose model is `model`, and gives those that wait no more to
    /// `done`.
    pub(super) fn take(
        &mut self,
        name: &str,
        model: Symbol,
        mut told: Told,
        class_of: impl Fn(u64) -> usize,
        done: &mut impl FnMut(Told),
    ) {
        if self.known.len() >= REMEMBERED_MAX && !self.known.contains_key(name) {
            self.forget(done);
        }
        let conversation = self.known.entry_ref(name).or_default();
        let time = told.call.time.known().map(Instant::millis);
        self.unordered += u64::from(time.is_some() && time < conversation.latest);
        conversation.tell_those_before(time);
        let prompt = prompt_of(&told.call);
        let is_turn = told.call.is_single() && prompt > 0;
        if is_turn {
            let output = told.call.output_total().get();
            let now = Last { model, prompt, output, time };
            let before = conversation.last.replace(now);
            let grew_from = before.filter(|before| before.is_before(&now));
            conversation.close_turn(grew_from.is_some());
            told.key.turn = if grew_from.is_some() { Turn::Follows } else { Turn::Alone };
            told.repeated = grew_from.map(|before| before.repeated_in(&now));
            told.key.repeated = told.repeated.map(|repeated| class_of(repeated.tokens));
        }
        let is_second_of_undated = time.is_none() && conversation.calls > 0;
        told.key.feeds = is_second_of_undated;
        conversation.calls += 1;
        conversation.latest = conversation.latest.max(time);
        let is_open_turn = is_turn && told.repeated.is_none();
        conversation.waiting.push(Waiting { told, is_open_turn, may_feed: !is_second_of_undated });
        conversation.release(time, done);
    }

    /// Gives out everything that still waits.
    pub(super) fn finish(&mut self, done: &mut impl FnMut(Told)) {
        for (_, conversation) in self.known.drain() {
            conversation.waiting.into_iter().for_each(|waiting| done(waiting.told));
        }
    }

    fn forget(&mut self, done: &mut impl FnMut(Told)) {
        let mut latest: Vec<Option<i64>> = self.known.values().map(|one| one.latest).collect();
        let middle = latest.len() / 2;
        let limit = *latest.select_nth_unstable(middle).1;
        let before = self.known.len();
        self.known.retain(|_, conversation| {
            let stays = conversation.latest > limit;
            if !stays {
                conversation.waiting.drain(..).for_each(|waiting| done(waiting.told));
            }
            stays
        });
        self.forgotten += u64::try_from(before - self.known.len()).unwrap_or(u64::MAX);
    }
}

impl Last {
    fn is_before(&self, now: &Self) -> bool {
        let history = Tokens::new(self.prompt + self.output);
        self.model == now.model && has_grown(history, Tokens::new(now.prompt))
    }

    fn repeated_in(&self, now: &Self) -> Repeated {
        let gap = now.time.zip(self.time).map(|(now, before)| now - before);
        Repeated { tokens: self.prompt.min(now.prompt), gap }
    }
}

impl Conversation {
    /// Says to those that wait that a call came at `time`.
    fn tell_those_before(&mut self, time: Option<i64>) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.may_feed) {
            let call = &waiting.told.call;
            let Some(start) = call.time.known().map(Instant::millis) else {
                (waiting.told.key.feeds, waiting.may_feed) = (true, false);
                continue;
            };
            let Some(time) = time else { continue };
            let end = start + i64::from(call.latency_ms.unwrap_or_default());
            if time > start + BATCH_MILLIS {
                waiting.may_feed = false;
            } else if time >= end && time >= start {
                (waiting.told.key.feeds, waiting.may_feed) = (true, false);
            }
        }
    }

    /// Says to the last turn whether the next one grew out of it.
    fn close_turn(&mut self, has_grown: bool) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.is_open_turn) {
            waiting.is_open_turn = false;
            waiting.told.key.turn = if has_grown { Turn::Begins } else { Turn::Alone };
        }
    }

    /// Gives out the calls of which everything is known.
    fn release(&mut self, now: Option<i64>, done: &mut impl FnMut(Told)) {
        let is_over = |waiting: &Waiting| {
            let start = waiting.told.call.time.known().map(Instant::millis);
            start.zip(now).is_some_and(|(start, now)| now > start + BATCH_MILLIS)
        };
        let is_known = |waiting: &mut Waiting| {
            !waiting.is_open_turn && (!waiting.may_feed || is_over(waiting))
        };
        self.waiting.extract_if(.., is_known).for_each(|waiting| done(waiting.told));
    }
}
