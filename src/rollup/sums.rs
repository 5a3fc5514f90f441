//! The sums of one row.

use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant};

use super::histogram::{FineSizes, Sizes};

/// Steps in which caches store the start of a prompt, beside single tokens.
pub(super) const STEPS: [u64; 3] = [64, 128, 256];

/// Answers shorter than this are short, as techniques that shorten answers see it.
const SHORT_ANSWER: u64 = 60;

/// The default lifetime of caches and the long one, in milliseconds.
const LIFETIMES: [i64; 2] = [300_000, 3_600_000];

/// What a prompt repeats of the turn before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    /// Its tokens.
    pub(super) tokens: u64,
    /// Milliseconds since that turn began; nothing where the log has no times.
    pub(super) gap: Option<i64>,
}

/// The sums of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) first: Instant,
    pub(super) last: Instant,
    pub(super) calls: u64,
    /// Those of them that are no further attempt; nothing where nobody looked.
    pub(super) requests: Option<u64>,
    pub(super) prompt_min: u64,
    pub(super) prompt_max: u64,
    pub(super) tokens: PerClass<Tokens>,
    pub(super) searches: u64,
    pub(super) file_searches: u64,
    pub(super) cost: Usd,
    pub(super) answers: u64,
    pub(super) short_answers: u64,
    pub(super) outputs: Sizes,
    pub(super) prompts: FineSizes,
    pub(super) repeated_min: u64,
    /// Whole, and in each of the steps.
    pub(super) repeated: [u64; 1 + STEPS.len()],
    /// Calls and tokens that came within each lifetime, and not within a shorter one.
    pub(super) gaps: [(u64, u64); LIFETIMES.len()],
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            first: Instant::MISSING,
            last: Instant::MISSING,
            calls: 0,
            requests: None,
            prompt_min: u64::MAX,
            prompt_max: 0,
            tokens: PerClass::default(),
            searches: 0,
            file_searches: 0,
            cost: Usd::ZERO,
            answers: 0,
            short_answers: 0,
            outputs: Sizes::default(),
            prompts: FineSizes::default(),
            repeated_min: u64::MAX,
            repeated: [0; 1 + STEPS.len()],
            gaps: [(0, 0); LIFETIMES.len()],
        }
    }
}

impl Sums {
    /// Adds a call; `requests` says how many of it are no further attempt, where somebody looked.
    pub(super) fn add(&mut self, call: &Call, repeated: Option<Repeated>, requests: Option<u64>) {
        let calls = call.calls.max(1);
        if let Some(time) = call.time.known() {
            self.first = self.first.known().map_or(time, |first| first.min(time));
            self.last = self.last.known().map_or(time, |last| last.max(time));
        }
        self.calls += calls;
        if let Some(requests) = requests {
            *self.requests.get_or_insert(0) += requests;
        }
        let prompt = prompt_of(call);
        self.prompt_min = self.prompt_min.min(prompt);
        self.prompt_max = self.prompt_max.max(prompt);
        self.prompts.add(prompt, calls);
        for class in TokenClass::ALL {
            self.tokens[class] += call.tokens[class];
        }
        self.searches += u64::from(call.searches);
        self.file_searches += u64::from(call.file_searches);
        self.cost += call.logged_cost.unwrap_or(Usd::ZERO);
        self.outputs.add(call.output_total().get() / calls, calls);
        let visible = call.tokens[TokenClass::Output].get();
        if visible > 0 {
            self.answers += calls;
            self.short_answers += if visible / calls < SHORT_ANSWER { calls } else { 0 };
        }
        if let Some(repeated) = repeated {
            self.add_repeated(repeated);
        }
    }

    fn add_repeated(&mut self, Repeated { tokens, gap }: Repeated) {
        self.repeated_min = self.repeated_min.min(tokens);
        let steps = std::iter::once(1).chain(STEPS);
        for (sum, step) in self.repeated.iter_mut().zip(steps) {
            *sum += tokens - tokens % step;
        }
        let within = gap.and_then(|gap| LIFETIMES.iter().position(|lifetime| gap <= *lifetime));
        if let Some(place) = within {
            let (calls, sum) = &mut self.gaps[place];
            *calls += 1;
            *sum += tokens;
        }
    }
}

/// The prompt of a call, in tokens; the mean one of a row that sums up several.
pub(super) fn prompt_of(call: &Call) -> u64 {
    call.input_total().get() / call.calls.max(1)
}
