//! From declared workloads to a table of calls, as if a log had been read.

use crate::techniques::SHARED_PROMPT;
use crate::units::{Chance, Factor, Rate, TokenClass, Tokens};
use crate::usage::{Call, Calls, Dimensions, Instant, Symbol, column};

use super::declared::{Arrival, DAYS_MAX, Horizon, Workload, WorkloadError};

/// More rows than this are summed up where that changes nothing.
const ROWS_FEW: u64 = 100_000;

/// The same numbers on every run: whoever wants others changes what is declared.
const SEED: u64 = 20_261_122;

/// More calls than this are not drawn one by one; about a gigabyte.
const ROWS_MAX: u64 = 4_000_000;

const DAY_MS: u64 = 86_400_000;
const HOUR_MS: u64 = 3_600_000;
const MINUTE_MS: u64 = 60_000;

/// The column that names conversations.
const CONVERSATION: &str = "conversation";

/// The calls of workloads in order of time, from the start of a day on. Beyond a hundred thousand calls
/// a row stands for several equal ones where `may_sum` allows it and the kind has constant tokens and no
/// conversations: no technique that looks at single calls may be asked about those.
///
/// # Errors
/// When a workload is incomplete or too large.
pub fn generate(
    workloads: &[Workload],
    horizon: &Horizon,
    start: Instant,
    may_sum: bool,
) -> Result<Calls, WorkloadError> {
    check(workloads, horizon)?;
    let totals: Vec<u64> =
        workloads.iter().map(|kind| Ok(kind.calls_in(horizon)?.drawn)).collect::<Result<_, _>>()?;
    let rows: u64 = totals.iter().fold(0, |sum, one| sum.saturating_add(*one));
    let is_large = rows > ROWS_FEW;
    let mut calls = Calls::new(Dimensions::new([CONVERSATION, SHARED_PROMPT]));
    let mut single = 0_u64;
    for (seed, (kind, total)) in (0_u64..).zip(workloads.iter().zip(totals)) {
        let is_summed = is_large && may_sum && kind.can_be_summed();
        if !is_summed {
            single = single.saturating_add(total);
            if single > ROWS_MAX {
                return Err(WorkloadError::TooMany(single));
            }
        }
        let mut writer = Writer::new(kind, seed, start, &mut calls);
        writer.write(total, horizon.days, is_summed);
    }
    Ok(calls.into_time_order())
}

fn check(workloads: &[Workload], horizon: &Horizon) -> Result<(), WorkloadError> {
    if workloads.is_empty() {
        return Err(WorkloadError::Nothing);
    }
    if !(1..=DAYS_MAX).contains(&horizon.days) {
        return Err(WorkloadError::OutOfRange("days", "1 and 3,660"));
    }
    let month = horizon.month_days.parts();
    if !(1_000_000_000..=31_000_000_000).contains(&month) {
        return Err(WorkloadError::OutOfRange("the days of a month", "1 and 31"));
    }
    let shares: Vec<u64> =
        workloads.iter().filter_map(|kind| kind.share).map(Rate::parts).collect();
    let sum: u64 = shares.iter().sum();
    if !shares.is_empty() && sum != Rate::ONE.parts() {
        let sum = Rate::of_counts(sum.min(Rate::ONE.parts()), Rate::ONE.parts());
        return Err(WorkloadError::Shares(sum.unwrap_or(Rate::ZERO)));
    }
    if workloads.len() > 1 {
        workloads.iter().try_for_each(|kind| kind.in_proportion(horizon))?;
    }
    Ok(())
}

/// How many calls are declared for each one that [`generate`] draws: one, but where the span has no
/// whole number of calls or conversations. To the nearest billionth.
///
/// # Errors
/// When a workload is incomplete.
pub fn declared_for_each(
    workloads: &[Workload],
    horizon: &Horizon,
) -> Result<Factor, WorkloadError> {
    match workloads {
        [kind] => Ok(kind.calls_in(horizon)?.declared_for_each()),
        // Several kinds are drawn in proportion to one in a thousand, or not at all.
        _ => Ok(Factor::ONE),
    }
}

impl Workload {
    /// Whether all its calls are alike.
    fn can_be_summed(&self) -> bool {
        self.turns == 1 && self.input_tokens.is_constant() && self.output_tokens.is_constant()
    }
}

/// Writes the calls of one kind.
struct Writer<'a> {
    kind: &'a Workload,
    start: i64,
    times: Chance,
    tokens: Chance,
    seed: u64,
    conversations: u64,
    symbols: Vec<Symbol>,
    calls: &'a mut Calls,
}

impl<'a> Writer<'a> {
    fn new(kind: &'a Workload, seed: u64, start: Instant, calls: &'a mut Calls) -> Self {
        let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
        let shared = kind.shared_prompt.to_string();
        let names = [
            (column::PROVIDER, kind.provider.as_str()),
            (column::MODEL, kind.model.as_str()),
            (column::REQUEST_MODEL, kind.model.as_str()),
            (column::CALL_TYPE, kind.call_type.as_str()),
            (column::FIXED.len() + 1, shared.as_str()),
        ];
        for (place, name) in names {
            symbols[place] = calls.dimensions[place].intern(name);
        }
        Self {
            kind,
            start: start.millis(),
            times: Chance::of(SEED, seed * 2),
            tokens: Chance::of(SEED, seed * 2 + 1),
            seed,
            conversations: 0,
            symbols,
            calls,
        }
    }

    /// Writes so many calls, a whole number of conversations, which begin spread over the days as
    /// evenly as whole ones can; the last turns may come on the day after.
    fn write(&mut self, total: u64, days: u64, is_summed: bool) {
        let conversations = total / self.kind.turns;
        for day in 0..days {
            let until = |day: u64| {
                let share = u128::from(conversations) * u128::from(day) / u128::from(days);
                u64::try_from(share).expect("not more than the total")
            };
            let count = until(day + 1) - until(day);
            if count == 0 {
                continue;
            }
            let midnight = self.start + signed(day * DAY_MS);
            if is_summed {
                self.push(midnight, count, Symbol::EMPTY, Tokens::ZERO);
                continue;
            }
            for begins in self.arrivals(count) {
                self.converse(midnight + signed(begins), self.kind.turns);
            }
        }
    }

    /// When so many things begin, in milliseconds of the day, in order.
    fn arrivals(&mut self, count: u64) -> Vec<u64> {
        let span = self.kind.hours * HOUR_MS;
        let at = |place: u64, of: u64| {
            let at = u128::from(span) * u128::from(place) / u128::from(of);
            u64::try_from(at).expect("within a day")
        };
        match self.kind.arrival {
            Arrival::Even => (0..count).map(|place| at(place, count)).collect(),
            Arrival::Poisson => {
                let mut times: Vec<u64> = (0..count).map(|_| self.times.below(span)).collect();
                times.sort_unstable();
                times
            }
            Arrival::Bursts => {
                let size = self.kind.burst;
                let bursts = count.div_ceil(size);
                let one = |place: u64| at(place / size, bursts) + place % size * MINUTE_MS / size;
                (0..count).map(one).collect()
            }
        }
    }

    /// Writes the turns of one conversation, a minute apart.
    fn converse(&mut self, begins: i64, turns: u64) {
        let mut name = Symbol::EMPTY;
        if self.kind.turns > 1 {
            self.conversations += 1;
            let text = format!("{}-{}", self.seed + 1, self.conversations);
            name = self.calls.dimensions[column::FIXED.len()].intern(&text);
        }
        let mut history = Tokens::ZERO;
        for turn in 0..turns {
            history = self.push(begins + signed(turn * MINUTE_MS), 1, name, history);
        }
    }

    /// Writes a row and says how much the next turn repeats of it: its input and its answer.
    fn push(&mut self, at: i64, count: u64, conversation: Symbol, history: Tokens) -> Tokens {
        let drawn = self.kind.input_tokens.drawn(self.tokens.next());
        let shared = Tokens::new(self.kind.shared_prompt);
        let fresh = drawn.saturating_sub(shared);
        let input = if history.is_zero() { shared + fresh } else { history + fresh };
        let output = self.kind.output_tokens.drawn(self.tokens.next());
        let mut call = Call { time: Instant::from_millis(at), calls: count, ..Call::default() };
        let of_row = |tokens: Tokens| Tokens::new(tokens.get().saturating_mul(count));
        call.tokens[TokenClass::Input] = of_row(input);
        call.tokens[TokenClass::Output] = of_row(output);
        self.symbols[column::FIXED.len()] = conversation;
        self.calls.push(&call, &self.symbols);
        input + output
    }
}

fn signed(millis: u64) -> i64 {
    i64::try_from(millis).expect("a few years of milliseconds")
}
