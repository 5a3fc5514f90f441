//! Why a prompt may not be read from the cache, as far as that is visible.

/// What is visible of a call that tells whether the cache can have its prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The first call of a chain.
    ColdStart,
    /// Another model than in the call before it.
    ModelSwitch,
    /// The prompt became a little shorter: something in it was edited.
    Edit,
    /// The prompt became much shorter: it was compacted.
    Compaction,
    /// The entry was dead: the gap exceeds every lifetime it may have had.
    OverLifetime,
    /// The gap exceeds the default lifetime and not the longest, and which it was is not known.
    BetweenLifetimes,
    /// Nothing that is visible: it follows within the lifetime.
    WithinLifetime,
    /// The prompt is below the shortest that is cached.
    BelowMinimum,
    /// No price table says how the model caches.
    NoRules,
}

impl Cause {
    /// Every cause, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::WithinLifetime,
        Self::BetweenLifetimes,
        Self::OverLifetime,
        Self::Edit,
        Self::Compaction,
        Self::ModelSwitch,
        Self::ColdStart,
        Self::BelowMinimum,
        Self::NoRules,
    ];

    /// The name in machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ColdStart => "cold_start",
            Self::ModelSwitch => "model_switch",
            Self::Edit => "edit",
            Self::Compaction => "compaction",
            Self::OverLifetime => "over_lifetime",
            Self::BetweenLifetimes => "between_lifetimes",
            Self::WithinLifetime => "within_lifetime",
            Self::BelowMinimum => "below_minimum",
            Self::NoRules => "no_rules",
        }
    }

    /// The name in tables.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ColdStart => "first of a chain",
            Self::ModelSwitch => "model switch",
            Self::Edit => "shrank a little (edit)",
            Self::Compaction => "shrank a lot (compacted)",
            Self::OverLifetime => "gap over the lifetime",
            Self::BetweenLifetimes => "gap between lifetimes",
            Self::WithinLifetime => "within the lifetime",
            Self::BelowMinimum => "below the minimum",
            Self::NoRules => "no cache rules known",
        }
    }
}
