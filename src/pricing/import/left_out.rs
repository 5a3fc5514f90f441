//! What a collection says and a price table does not: one entry for each fact that was lost.

use std::fmt;

/// A fact of the collection that is not in the imported tables, or not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Who sells the model, as the imported table calls it.
    pub provider: String,
    /// The model, as the collection calls it; empty where it is about all models of a provider.
    pub model: String,
    /// The key in the collection; empty when the whole model was left out.
    pub field: String,
    /// What the collection says there, on one line.
    pub value: String,
    /// Why it was left out.
    pub reason: LeftOutReason,
}

/// Why a fact of a collection is not in the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutReason {
    /// The model has no price for input tokens.
    NoInputPrice,
    /// Every price of the model is zero.
    OnlyZeros,
    /// Models without an entry take the prices of other providers.
    Inherited,
    /// A cache at no cost beside input at a price: no surcharge, or unknown.
    FreeCache,
    /// Another entry of the same provider has this id.
    IdTaken(String),
    /// Ids are matched exactly and this names them by a pattern.
    Pattern,
    /// Billed by something that is not a token: an image, a second, a page.
    OtherUnit,
    /// Tokens of a kind that has no class of its own.
    NoClass,
    /// A lane that no call here can be in.
    UnknownLane,
    /// A price that depends on something that a log does not say.
    UnknownCondition,
    /// A price that depends on where the call was processed.
    ByPlace,
    /// A price that depends on the hour.
    ByHour,
    /// An allowance that is free before the price begins.
    FreeAllowance,
    /// A key about prices that is not known.
    UnknownKey,
    /// Not a number of zero or more that can be held.
    NotAPrice,
    /// Kept, but rounded to this.
    Rounded(String),
    /// Kept is only the dearest of several prices, this one.
    DearestKept(String),
    /// Stated for short prompts only, or for long ones only: without a price at any length.
    NotForEveryLength,
    /// The lane does not say what long prompts cost: it is unpriced at any length.
    LaneWithoutLongPrompts,
}

impl LeftOutReason {
    /// The stable name in lists: `other-unit`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoInputPrice => "no-input-price",
            Self::OnlyZeros => "only-zeros",
            Self::Inherited => "inherited",
            Self::FreeCache => "free-cache",
            Self::IdTaken(_) => "id-taken",
            Self::Pattern => "pattern",
            Self::OtherUnit => "other-unit",
            Self::NoClass => "no-class",
            Self::UnknownLane => "unknown-lane",
            Self::UnknownCondition => "unknown-condition",
            Self::ByPlace => "by-place",
            Self::ByHour => "by-hour",
            Self::FreeAllowance => "free-allowance",
            Self::UnknownKey => "unknown-key",
            Self::NotAPrice => "not-a-price",
            Self::Rounded(_) => "rounded",
            Self::DearestKept(_) => "dearest-kept",
            Self::NotForEveryLength => "not-for-every-length",
            Self::LaneWithoutLongPrompts => "lane-without-long-prompts",
        }
    }

    /// Whether a price is in the table all the same.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Rounded(_) | Self::DearestKept(_))
    }
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInputPrice => f.write_str("the model has no price for input tokens"),
            Self::OnlyZeros => f.write_str("every price is zero: free, or unknown"),
            Self::Inherited => f.write_str("models without an entry are not taken from there"),
            Self::FreeCache => f.write_str("zero for a cache means no surcharge, or unknown"),
            Self::IdTaken(by) => write!(f, "the id belongs to the entry `{by}`"),
            Self::Pattern => f.write_str("ids are matched exactly, never by a pattern"),
            Self::OtherUnit => f.write_str("not billed by the token"),
            Self::NoClass => f.write_str("there is no class for such tokens"),
            Self::UnknownLane => f.write_str("there is no such lane"),
            Self::UnknownCondition => f.write_str("no log says whether this holds"),
            Self::ByPlace => f.write_str("depends on the place of processing"),
            Self::ByHour => f.write_str("depends on the hour in a way that is not understood"),
            Self::FreeAllowance => f.write_str("free allowances are not modelled: all is billed"),
            Self::UnknownKey => f.write_str("the key is not known"),
            Self::NotAPrice => f.write_str("not a price"),
            Self::Rounded(text) => write!(f, "rounded to {text}"),
            Self::DearestKept(text) => write!(f, "only the dearest is kept: {text}"),
            Self::NotForEveryLength => {
                f.write_str("not stated for prompts of every length, so without a price of its own")
            }
            Self::LaneWithoutLongPrompts => {
                f.write_str("the lane does not say what long prompts cost, so it is unpriced")
            }
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.provider)?;
        if !self.model.is_empty() {
            write!(f, ": {}", self.model)?;
        }
        if !self.field.is_empty() {
            write!(f, " {} = {}", self.field, self.value)?;
        }
        write!(f, ": {}", self.reason)
    }
}
