//! Plans: techniques with their settings, as `docs/techniques` describes them.

use super::table::Decimal;
use super::{Class, Tier};

/// Which calls a technique is for: those of the types, for which the condition holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) call_types: Vec<String>,
    pub(crate) condition: Option<Condition>,
}

/// A condition over the columns of a log.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Team(String),
    /// Not true where the log names no team, as always in SQL.
    NotTeam(String),
    NoTeam,
    InputAbove(u64),
    OutputAtMost(u64),
    Model(String),
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
}

/// A part of a prompt.
#[derive(Clone, Debug)]
pub(crate) enum Portion {
    Share(Decimal),
    Tokens(u64),
}

/// A small call beside the real one.
#[derive(Clone, Debug)]
pub(crate) struct Helper {
    pub(crate) model: String,
    pub(crate) input: u64,
    pub(crate) output: u64,
}

/// Another rate for some charges.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) model: Option<String>,
    pub(crate) tiers: Option<Vec<Tier>>,
    pub(crate) kinds: Option<Vec<Kind>>,
    pub(crate) rate: Decimal,
}

/// Kinds of charges that contracts treat apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Input,
    Output,
    CacheRead,
    CacheWrite,
    Fees,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Input, Self::Output, Self::CacheRead, Self::CacheWrite, Self::Fees];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::CacheRead => "cache_read",
            Self::CacheWrite => "cache_write",
            Self::Fees => "fees",
        }
    }

    pub(crate) fn of(class: Class) -> Self {
        match class {
            Class::CacheRead | Class::AudioCacheRead => Self::CacheRead,
            Class::CacheWrite5m | Class::CacheWrite1h => Self::CacheWrite,
            class if class.is_input() => Self::Input,
            _ => Self::Output,
        }
    }
}

/// A rule of tiering.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) to: String,
    pub(crate) scope: Scope,
    pub(crate) share: Option<Decimal>,
}

/// A technique with its settings.
#[derive(Clone, Debug)]
pub(crate) enum Setting {
    RetryHygiene {
        max_attempts: u64,
        max_wait_seconds: i64,
        statuses: Option<Vec<u16>>,
    },
    SemanticCache {
        rate: Decimal,
        scope: Scope,
        embedding: Option<(String, Option<u64>)>,
    },
    TrimRate {
        rate: Decimal,
        scope: Scope,
    },
    TrimTokens {
        tokens: u64,
        scope: Scope,
    },
    ModelTiering {
        rules: Vec<Move>,
        max_share: Option<Decimal>,
        classifier: Option<Helper>,
        /// The part of tries that is good enough, and who judges.
        cascade: Option<(Decimal, Option<Helper>)>,
        verbosity: Option<Decimal>,
    },
    FreeModels {
        scope: Scope,
        per_day: u64,
        per_minute: u64,
    },
    ConciseOutput {
        rate: Decimal,
        prompt_tokens: u64,
        scope: Scope,
    },
    OutputCap {
        tokens: u64,
        rerun: Option<Decimal>,
        scope: Scope,
    },
    StructuredOutput {
        rate: Decimal,
        schema: u64,
        wrapper: u64,
        scope: Scope,
    },
    Batch {
        share: Option<Decimal>,
        cache_hit: Option<Decimal>,
        scope: Scope,
    },
    PromptCaching {
        hit: Decimal,
        cacheable: Option<Portion>,
        is_long: bool,
        scope: Scope,
    },
    ProviderDiscount {
        rate: Option<Decimal>,
        by: Vec<Term>,
        scope: Scope,
    },
}

impl Setting {
    /// The name of its table in a plan.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::RetryHygiene { .. } => "retry_hygiene",
            Self::SemanticCache { .. } => "semantic_cache",
            Self::TrimRate { .. } | Self::TrimTokens { .. } => "context_trimming",
            Self::ModelTiering { .. } => "model_tiering",
            Self::FreeModels { .. } => "free_models",
            Self::ConciseOutput { .. } => "concise_output",
            Self::OutputCap { .. } => "output_cap",
            Self::StructuredOutput { .. } => "structured_output",
            Self::Batch { .. } => "batch",
            Self::PromptCaching { .. } => "prompt_caching",
            Self::ProviderDiscount { .. } => "provider_discount",
        }
    }
}

/// Techniques in the order in which a request meets them.
pub(crate) type Plan = Vec<Setting>;
