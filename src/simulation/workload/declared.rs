//! What a user says about calls that no log has yet.

use std::fmt;

use serde::Deserialize;

use super::spread::Spread;
use crate::units::{Factor, Rate};

/// The longest span, in days.
pub(super) const DAYS_MAX: u64 = 3_660;

/// One kind of call, as `[[workload]]` of a plan or the flags of `estimate` declare it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// Who bills; empty where the model alone says.
    #[serde(default)]
    pub provider: String,
    /// The model that answers.
    #[serde(default)]
    pub model: String,
    /// What the calls are for.
    #[serde(default)]
    pub call_type: String,
    /// How many calls a day.
    pub calls_per_day: Option<u64>,
    /// How many calls a month, instead.
    pub calls_per_month: Option<u64>,
    /// The part of all calls that are of this kind, instead.
    #[serde(default, deserialize_with = "share")]
    pub share: Option<Rate>,
    /// All input of a call, the shared prompt included; of the first turn in conversations.
    pub input_tokens: Spread,
    /// What comes out.
    pub output_tokens: Spread,
    /// The start of the input that all calls of this kind share, in tokens.
    #[serde(default)]
    pub shared_prompt: u64,
    /// Calls of one conversation. Each turn sends again what was sent and answered before it.
    #[serde(default = "one")]
    pub turns: u64,
    /// When calls, or conversations, come.
    #[serde(default)]
    pub arrival: Arrival,
    /// Hours of the day in which they come, from midnight on.
    #[serde(default = "whole_day")]
    pub hours: u64,
    /// How many come at once, with `bursts`.
    #[serde(default = "ten")]
    pub burst: u64,
}

/// When calls come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrival {
    /// At equal distances.
    #[default]
    Even,
    /// Independently of each other: a Poisson process, given how many come in a day.
    Poisson,
    /// Several within the same minute, the groups at equal distances.
    Bursts,
}

impl Arrival {
    /// Reads the name of a pattern.
    pub fn named(text: &str) -> Option<Self> {
        match text {
            "even" => Some(Self::Even),
            "poisson" => Some(Self::Poisson),
            "bursts" => Some(Self::Bursts),
            _ => None,
        }
    }
}

const fn one() -> u64 {
    1
}

const fn ten() -> u64 {
    10
}

const fn whole_day() -> u64 {
    24
}

/// A part of all calls, in quotes.
fn share<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Rate>, D::Error> {
    let text = String::deserialize(input)?;
    Rate::parse(&text).map(Some).map_err(|_| {
        serde::de::Error::custom(format!("`{text}` is not a share such as \"0.3\" or \"30%\""))
    })
}

/// How long and how many: what holds for all kinds of calls together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Days to simulate.
    pub days: u64,
    /// Days of a month.
    pub month_days: Factor,
    /// All calls a day, for kinds that have a share of them.
    pub calls_per_day: Option<u64>,
    /// All calls a month, instead.
    pub calls_per_month: Option<u64>,
}

/// What is wrong with a declared workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkloadError {
    /// Nothing is declared.
    Nothing,
    /// A kind of call names no model.
    NoModel(String),
    /// A kind of call does not say how many there are, or says it twice.
    HowMany(String),
    /// The shares of kinds of calls do not sum to one.
    Shares(Rate),
    /// The shared prompt is longer than the input.
    PromptTooLong(String),
    /// A number is outside of what makes sense.
    OutOfRange(&'static str, &'static str),
    /// More calls than can be simulated one by one.
    TooMany(u64),
    /// One of several kinds has too few calls in the span to be whole ones in the right proportion.
    TooFew {
        /// The kind of call.
        name: String,
        /// Days of the span.
        days: u64,
        /// The next number of days in which they are whole, if there is one.
        better: Option<u64>,
    },
}

impl fmt::Display for WorkloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str(
                "nothing to estimate: give --model, --calls-per-day, --input-tokens and \
                 --output-tokens, or a plan with [[workload]]",
            ),
            Self::NoModel(name) => write!(f, "workload{name}: no model is named"),
            Self::HowMany(name) => write!(
                f,
                "workload{name}: give one of calls_per_day, calls_per_month, or a share of \
                 --calls-per-day"
            ),
            Self::Shares(sum) => {
                write!(f, "the shares of the workloads sum to {sum}; they must sum to 1")
            }
            Self::PromptTooLong(name) => {
                write!(f, "workload{name}: the shared prompt is longer than the shortest input")
            }
            Self::OutOfRange(what, range) => write!(f, "{what} must lie between {range}"),
            Self::TooFew { name, days, better } => {
                write!(
                    f,
                    "workload{name}: its calls, or conversations, are no whole number in --days {days}"
                )?;
                match better {
                    Some(better) => {
                        write!(f, "; with other kinds beside it, write --days {better}")
                    }
                    None => f.write_str("; estimate it on its own"),
                }
            }
            Self::TooMany(calls) => write!(
                f,
                "{calls} calls are too many to draw one by one; a shorter span such as --days 1 \
                 says the same about a month"
            ),
        }
    }
}

impl std::error::Error for WorkloadError {}

impl Workload {
    /// What messages call it.
    fn title(&self) -> String {
        if self.call_type.is_empty() { String::new() } else { format!(" `{}`", self.call_type) }
    }

    /// Whether what is declared makes sense, and how many calls there are in the whole span.
    ///
    /// # Errors
    /// Says what does not.
    pub(super) fn calls_in(&self, horizon: &Horizon) -> Result<CallCount, WorkloadError> {
        if self.model.is_empty() {
            return Err(WorkloadError::NoModel(self.title()));
        }
        let bounds = [
            (self.turns, 1_000, "turns", "1 and 1,000"),
            (self.hours, 24, "hours", "1 and 24"),
            (self.burst, 1_000_000, "burst", "1 and 1,000,000"),
        ];
        for (value, most, what, range) in bounds {
            if !(1..=most).contains(&value) {
                return Err(WorkloadError::OutOfRange(what, range));
            }
        }
        if self.input_tokens.drawn(0).get().min(self.input_tokens.drawn(u64::MAX).get())
            < self.shared_prompt
            && !matches!(self.input_tokens, Spread::Exponential(_))
        {
            return Err(WorkloadError::PromptTooLong(self.title()));
        }
        self.count(horizon)
    }

    /// How many calls there are in the whole span.
    fn count(&self, horizon: &Horizon) -> Result<CallCount, WorkloadError> {
        let how_many = || WorkloadError::HowMany(self.title());
        let (per_day, per_month) = match (self.calls_per_day, self.calls_per_month, self.share) {
            (None, None, _) => (horizon.calls_per_day, horizon.calls_per_month),
            (per_day, per_month, None) => (per_day, per_month),
            _ => return Err(how_many()),
        };
        let share = self.share.unwrap_or(Rate::ONE);
        let one = u128::from(Rate::ONE.parts());
        let (calls, whole) = match (per_day, per_month) {
            (Some(per_day), None) => (u128::from(per_day), one),
            // Both the days of a month and the share are counted in billionths.
            (None, Some(per_month)) => {
                (u128::from(per_month), u128::from(horizon.month_days.parts()))
            }
            _ => return Err(how_many()),
        };
        let parts = u128::from(share.parts()) * u128::from(horizon.days);
        let parts = calls.checked_mul(parts).ok_or(WorkloadError::TooMany(u64::MAX))?;
        CallCount::of(parts, whole, self.turns).ok_or(WorkloadError::TooMany(u64::MAX))
    }

    /// Refuses a kind that, beside others, would be drawn in the wrong proportion.
    ///
    /// # Errors
    /// Says what to write instead.
    pub(super) fn in_proportion(&self, horizon: &Horizon) -> Result<(), WorkloadError> {
        if self.calls_in(horizon)?.is_close() {
            return Ok(());
        }
        let fits = |days: &u64| {
            self.count(&Horizon { days: *days, ..*horizon }).is_ok_and(CallCount::is_close)
        };
        let better = (horizon.days..=DAYS_MAX).find(fits);
        Err(WorkloadError::TooFew { name: self.title(), days: horizon.days, better })
    }
}

/// The calls of a span: those declared, which need not be whole, and those drawn, whole
/// conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallCount {
    /// The calls drawn: the nearest number of whole conversations, one at least where any are
    /// declared.
    pub(super) drawn: u64,
    parts: u128,
    whole: u128,
}

impl CallCount {
    /// `parts / whole` calls in conversations of so many turns; nothing where they do not fit.
    fn of(parts: u128, whole: u128, turns: u64) -> Option<Self> {
        let conversation = whole.checked_mul(u128::from(turns))?;
        let conversations = parts.checked_add(conversation / 2)? / conversation;
        let conversations = conversations.max(u128::from(parts > 0));
        let drawn = conversations.checked_mul(u128::from(turns))?;
        Some(Self { drawn: u64::try_from(drawn).ok()?, parts, whole })
    }

    /// Whether as many are drawn as are declared, to one in a thousand.
    fn is_close(self) -> bool {
        let drawn = u128::from(self.drawn).saturating_mul(self.whole);
        drawn.abs_diff(self.parts).saturating_mul(1_000) <= self.parts
    }

    /// Calls declared for each one drawn, to the nearest billionth.
    pub(super) fn declared_for_each(self) -> Factor {
        let drawn = u128::from(self.drawn).saturating_mul(self.whole);
        if drawn == self.parts || drawn == 0 {
            return Factor::ONE;
        }
        let one = u128::from(Factor::ONE.parts());
        let parts = self.parts.checked_mul(one).map(|parts| (parts + drawn / 2) / drawn);
        let parts = parts.and_then(|parts| u64::try_from(parts).ok());
        parts.and_then(|parts| Factor::of_counts(parts, Factor::ONE.parts())).unwrap_or(Factor::ONE)
    }
}
