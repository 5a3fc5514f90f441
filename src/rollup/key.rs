//! What the calls of one row have in common.

use crate::insights::Reason;
use crate::usage::{FinishReason, ServiceTier, Status, Symbol};

/// How a call stands in its conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Turn {
    /// It is no turn: in no named conversation, without a prompt, or not a single call.
    #[default]
    None,
    /// Its prompt holds the whole turn before.
    Follows,
    /// It does not, and the prompt of the next turn holds all of it.
    Begins,
    /// Neither.
    Alone,
}

impl Turn {
    /// The word in the column.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Follows => "follows",
            Self::Begins => "begins",
            Self::Alone => "alone",
        }
    }
}

/// What is known of how many calls a record stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Source {
    /// One.
    Single,
    /// Several, whose number is known.
    Summed,
    /// Nobody counted them.
    Unknown,
    /// Nobody counted them, but all their prompts are long.
    UnknownLong,
}

impl Source {
    /// The word in the column.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Single => "",
            Self::Summed => "summed",
            Self::Unknown => "unknown",
            Self::UnknownLong => "unknown-long",
        }
    }
}

/// What a log says of the cost of a call, beside what the price book says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Logged {
    /// Nothing.
    Nothing,
    /// A cost where the book has none.
    Alone,
    /// Less.
    Less,
    /// The same, but for what binary fractions are off.
    Same,
    /// More.
    More,
}

/// What the calls of one row have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each keeps calls apart for a reason of its own")]
pub(super) struct Key {
    /// The first millisecond of the bucket and the first one after it; nothing without a time.
    pub(super) bucket: Option<(i64, i64)>,
    /// The names in the columns of names, as symbols of the builder.
    pub(super) names: Vec<Symbol>,
    pub(super) service_tier: ServiceTier,
    pub(super) status: Status,
    pub(super) finish_reason: FinishReason,
    pub(super) source: Source,
    pub(super) turn: Turn,
    /// Whether a later call of the conversation may need its answer before a batch has it.
    pub(super) feeds: bool,
    /// The class of its prompts, a place among the boundaries.
    pub(super) class: usize,
    /// The class of what its prompts repeat of the turn before.
    pub(super) repeated: Option<usize>,
    /// The class of what was read from or written to a cache; nothing where nothing was.
    pub(super) cached: Option<usize>,
    pub(super) has_searches: bool,
    pub(super) has_media: bool,
    pub(super) logged: Logged,
    pub(super) lot: Option<u32>,
    /// Stands for its prices and the rules of its cache, which the book owns; no order.
    pub(super) price: (usize, usize),
    /// Why the book has no price for them.
    pub(super) reason: Option<Reason>,
    pub(super) is_too_early: bool,
}
