//! One model call, normalised: the same fields for every provider and every log.

use crate::diagnostics::Place;
use crate::units::{PerClass, TokenClass, Tokens, Usd};

use super::clock::Instant;

/// The lane a call was served in. Prices depend on the tier of the *response*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceTier {
    /// The ordinary lane.
    #[default]
    Standard,
    /// Asynchronous, answered within a day.
    Batch,
    /// Synchronous, cheaper, may be refused.
    Flex,
    /// Faster, dearer.
    Priority,
    /// Anthropic's fast mode.
    Fast,
    /// The fastest lane of some `OpenAI` models.
    Ultrafast,
    /// A lane this program has no name for; such calls are unpriced.
    Unknown,
}

impl ServiceTier {
    /// Every tier.
    pub const ALL: [Self; 7] = [
        Self::Standard,
        Self::Batch,
        Self::Flex,
        Self::Priority,
        Self::Fast,
        Self::Ultrafast,
        Self::Unknown,
    ];

    /// The name in logs, price tables and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
            Self::Fast => "fast",
            Self::Ultrafast => "ultrafast",
            Self::Unknown => "unknown",
        }
    }

    /// The spellings that providers and logs use, besides a tier's own name; an empty text is the
    /// standard tier.
    pub const SPELLINGS: [(&'static str, Self); 9] = [
        ("", Self::Standard),
        ("default", Self::Standard),
        ("auto", Self::Standard),
        ("on_demand", Self::Standard),
        ("not_available", Self::Standard),
        ("on_demand_flex", Self::Flex),
        ("on_demand_priority", Self::Priority),
        ("flex_discount", Self::Flex),
        ("priority_on_demand", Self::Priority),
    ];

    /// Reads a tier, in letters of any case.
    pub fn parse(text: &str) -> Self {
        let own = Self::ALL.map(|tier| (tier.name(), tier));
        let mut known = Self::SPELLINGS.into_iter().chain(own);
        known
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map_or(Self::Unknown, |(_, tier)| tier)
    }
}

/// Whether the number of calls that a row stands for is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Counting {
    /// It is.
    #[default]
    Known,
    /// The row sums up calls, and its log does not say how many; nor how long their prompts were.
    Unknown,
    /// As [`Counting::Unknown`], but the log says that all prompts were of the long kind that has
    /// prices of its own.
    UnknownLong,
    /// It is, and the row is one of a roll-up: its calls bill at one price, and their prompts are of
    /// one class of sizes. A table knows more of such a row: [`Rolled`](super::Rolled).
    Rolled,
}

impl Counting {
    /// The word in a record for a row whose calls nobody counted; nothing where they are counted.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Known | Self::Rolled => None,
            Self::Unknown => Some("unknown"),
            Self::UnknownLong => Some("unknown-long"),
        }
    }

    /// What a word in a record says.
    pub fn named(text: &str) -> Option<Self> {
        [Self::Unknown, Self::UnknownLong].into_iter().find(|known| known.name() == Some(text))
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The log does not say.
    #[default]
    Unknown,
    /// Answered.
    Ok,
    /// Failed; the HTTP status when the log has it, otherwise 0.
    Error(u16),
}

impl Status {
    /// The name in reports and for `--where`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Error(_) => "error",
        }
    }
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FinishReason {
    /// The log does not say.
    #[default]
    Unknown,
    /// The answer was complete.
    Stop,
    /// The output limit was reached.
    Length,
    /// The model asked for a tool.
    ToolUse,
    /// A filter or a refusal ended it.
    Refusal,
    /// The provider failed in the middle of the answer.
    Error,
    /// Anything else.
    Other,
}

impl FinishReason {
    /// The name in reports and for `--where`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolUse => "tool_use",
            Self::Refusal => "refusal",
            Self::Error => "error",
            Self::Other => "other",
        }
    }

    /// The spellings of the providers; any other is [`FinishReason::Other`].
    pub const SPELLINGS: [(&'static [&'static str], Self); 6] = [
        (&["", "unknown"], Self::Unknown),
        (&["stop", "end_turn", "stop_sequence", "completed", "eos", "eos_token"], Self::Stop),
        (&["length", "max_tokens", "max_output_tokens", "incomplete"], Self::Length),
        (
            &["tool_use", "tool_call", "tool_calls", "tool-calls", "toolUse", "function_call"],
            Self::ToolUse,
        ),
        (
            &[
                "refusal",
                "content_filter",
                "content-filter",
                "safety",
                "recitation",
                "blocklist",
                "prohibited_content",
            ],
            Self::Refusal,
        ),
        (&["error", "failed"], Self::Error),
    ];

    /// Reads a spelling, in letters of any case.
    pub fn parse(text: &str) -> Self {
        let spells = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(text));
        let mut known = Self::SPELLINGS.iter();
        known.find(|(names, _)| spells(names)).map_or(Self::Other, |(_, reason)| *reason)
    }
}

/// A stand-in for an id: equal ids have equal fingerprints; zero means there is none.
pub type Fingerprint = u64;

/// One model call, or one row that sums up several (`calls > 1`), without its dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it started; [`Instant::MISSING`] when the log does not say.
    pub time: Instant,
    /// Tokens by class; the classes are disjoint.
    pub tokens: PerClass<Tokens>,
    /// Server-side searches of the web, billed apart from tokens.
    pub searches: u32,
    /// Server-side searches in stored files, billed apart from tokens.
    pub file_searches: u32,
    /// How many calls this row stands for; 1 for a single call.
    pub calls: u64,
    /// Whether that number is known. If not, `calls` is 1.
    pub counting: Counting,
    /// The lane it was served in.
    pub service_tier: ServiceTier,
    /// How it ended.
    pub status: Status,
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// The output limit of the request, in tokens.
    pub max_tokens: Option<u32>,
    /// Which attempt this was, from 1; 0 when the log does not say.
    pub attempt: u16,
    /// Time to the end of the answer, in milliseconds.
    pub latency_ms: Option<u32>,
    /// The cost the log states, whoever computed it.
    pub logged_cost: Option<Usd>,
    /// The request's own id.
    pub request: Fingerprint,
    /// The id of the request this one repeats.
    pub retry_of: Fingerprint,
    /// Where the record stands.
    pub place: Place,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            time: Instant::MISSING,
            tokens: PerClass::default(),
            searches: 0,
            file_searches: 0,
            calls: 1,
            counting: Counting::Known,
            service_tier: ServiceTier::Standard,
            status: Status::Unknown,
            finish_reason: FinishReason::Unknown,
            max_tokens: None,
            attempt: 0,
            latency_ms: None,
            logged_cost: None,
            request: 0,
            retry_of: 0,
            place: Place::default(),
        }
    }
}

impl Call {
    /// All input tokens, cached ones included.
    pub fn input_total(&self) -> Tokens {
        sum_where(&self.tokens, TokenClass::is_input)
    }

    /// Whether the row is a single call, and not the sum of several.
    pub const fn is_single(&self) -> bool {
        self.calls == 1 && matches!(self.counting, Counting::Known)
    }

    /// Whether the row is one of a roll-up.
    pub const fn is_rolled(&self) -> bool {
        matches!(self.counting, Counting::Rolled)
    }

    /// Whether all its prompts are of one class of sizes: there is one, or a roll-up says so.
    pub const fn is_of_one_size(&self) -> bool {
        self.is_single() || self.is_rolled()
    }

    /// Over how many prompts its tokens are spread, to find the size of one.
    pub const fn prompts(&self) -> u64 {
        match self.counting {
            Counting::Known | Counting::Rolled => self.calls,
            // So many that none is long.
            Counting::Unknown => u64::MAX,
            // So few that one is: all of them together are longer than any of them.
            Counting::UnknownLong => 1,
        }
    }

    /// Whether there is nothing in it that has a price, though it cost something: a row of a
    /// report of costs alone.
    pub fn is_cost_alone(&self) -> bool {
        let used = self.searches > 0 || self.file_searches > 0;
        let used = used || self.tokens.iter().any(|(_, count)| !count.is_zero());
        let is_uncounted = matches!(self.counting, Counting::Unknown | Counting::UnknownLong);
        is_uncounted && !used && self.logged_cost.is_some()
    }

    /// All output tokens, reasoning included.
    pub fn output_total(&self) -> Tokens {
        sum_where(&self.tokens, |class| !class.is_input())
    }

    /// Tokens written to the cache, whatever their lifetime.
    pub fn cache_written(&self) -> Tokens {
        self.tokens[TokenClass::CacheWrite5m] + self.tokens[TokenClass::CacheWrite1h]
    }

    /// Tokens read from the cache, audio included.
    pub fn cache_read(&self) -> Tokens {
        self.tokens[TokenClass::CacheRead] + self.tokens[TokenClass::AudioCacheRead]
    }
}

fn sum_where(tokens: &PerClass<Tokens>, wanted: impl Fn(TokenClass) -> bool) -> Tokens {
    tokens.iter().filter(|(class, _)| wanted(*class)).map(|(_, count)| *count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_split_the_classes_into_input_and_output() {
        let mut call = Call::default();
        for (place, class) in TokenClass::ALL.into_iter().enumerate() {
            call.tokens[class] = Tokens::new(1 << place);
        }
        assert_eq!(call.input_total(), Tokens::new(0b000_0111_1111));
        assert_eq!(call.output_total(), Tokens::new(0b111_1000_0000));
    }

    #[test]
    fn where_nobody_knows_how_many_prompts_there_were_none_is_long() {
        let row = |counting| Call { counting, ..Call::default() };
        assert!(row(Counting::Known).is_single());
        assert!(!row(Counting::Unknown).is_single());
        assert_eq!(row(Counting::Known).prompts(), 1);
        assert_eq!(row(Counting::Unknown).prompts(), u64::MAX);
        assert_eq!(row(Counting::UnknownLong).prompts(), 1);
    }

    #[test]
    fn only_a_sum_without_tokens_is_a_cost_alone() {
        let cost = Usd::parse("1", crate::units::Excess::Reject).ok();
        let row = Call { logged_cost: cost, counting: Counting::Unknown, ..Call::default() };
        assert!(row.is_cost_alone());
        assert!(!Call { searches: 1, ..row }.is_cost_alone());
        // A call that failed is none, though its log may state what it would have cost.
        assert!(!Call { counting: Counting::Known, ..row }.is_cost_alone());
    }

    #[test]
    fn tiers_read_their_own_names() {
        for tier in ServiceTier::ALL {
            assert_eq!(ServiceTier::parse(tier.name()), tier);
        }
        assert_eq!(ServiceTier::parse("DEFAULT"), ServiceTier::Standard);
        assert_eq!(ServiceTier::parse("scale"), ServiceTier::Unknown);
    }
}
