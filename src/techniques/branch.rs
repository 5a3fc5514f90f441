//! One way a call may go: its usage, and how likely it goes that way.

use crate::pricing::ModelId;
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::Call;

use super::paid::Paid;

/// More tokens than a row can hold: several of these still add up within the integer.
const ROW_MAX: u64 = 1_000_000_000_000_000_000;

/// A weighted variant of a logged call.
///
/// A technique at an assumed rate cannot say which calls it would have hit, so it splits each call:
/// at 95 % hits, 0.95 of the call reads the cache and 0.05 of it writes. The bill is the sum of the
/// branches, each at its weight: an expected value. Weights are billionths; a product of weights is
/// rounded down to one and what is left goes to the other branch, so that they always sum to the
/// call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The part of the call that goes this way.
    pub weight: Rate,
    /// The usage on this way.
    pub call: Call,
    /// The model that answers.
    pub model: ModelId,
    /// The part of the list price that is paid: all, or less under a discount, or nothing.
    pub price: Paid,
    /// Whether this is an extra call beside the logged one, such as a classifier. Only techniques
    /// that change prices touch those.
    pub companion: bool,
    /// Tokens of this branch for one token of the log, where another tokenizer counts.
    pub token_ratio: Factor,
    /// The most input that can be a prefix shared with earlier calls, once history was cut or
    /// answers in it are shorter; nothing where the log's own prefixes still hold.
    pub stable_prefix: Option<Tokens>,
    /// Whether history was cut, so that the next prompt does not begin with all of this one.
    pub is_cut: bool,
    /// Whether some of the history is not sent, so that earlier answers may be missing from it.
    pub lacks_history: bool,
}

impl Branch {
    /// The call as it was logged.
    pub const fn logged(call: Call, model: ModelId) -> Self {
        Self {
            weight: Rate::ONE,
            call,
            model,
            price: Paid::WHOLE,
            companion: false,
            token_ratio: Factor::ONE,
            stable_prefix: None,
            is_cut: false,
            lacks_history: false,
        }
    }

    /// Splits off `part` of this branch: first that part, then what is left. The weights of both
    /// add up to this branch's weight.
    pub fn split(&self, part: Rate) -> (Self, Self) {
        let taken = self.weight.times(part);
        let rest = self.weight.minus(taken);
        (Self { weight: taken, ..*self }, Self { weight: rest, ..*self })
    }

    /// Splits this branch so that `rate` of `count` tokens is exact on average: each part with its
    /// whole number of tokens. Rounding every call alone would not cancel out where many calls have
    /// the same few tokens.
    pub(super) fn split_by_rounding(&self, rate: Rate, count: Tokens) -> [(Self, Tokens); 2] {
        let whole = u128::from(Rate::ONE.parts());
        let product = u128::from(count.get()) * u128::from(rate.parts());
        let floor = u64::try_from(product / whole).unwrap_or(u64::MAX);
        let beyond = u64::try_from(product % whole).unwrap_or_default();
        let beyond = Rate::of_counts(beyond, Rate::ONE.parts()).unwrap_or(Rate::ZERO);
        let (above, below) = self.split(beyond);
        [(below, Tokens::new(floor)), (above, Tokens::new(floor.saturating_add(1)))]
    }

    /// An extra call that is made whenever this branch is taken.
    #[must_use]
    pub fn companion(&self, model: ModelId, input: Tokens, output: Tokens) -> Self {
        let mut call = Call {
            time: self.call.time,
            calls: self.call.calls,
            counting: self.call.counting,
            ..Call::default()
        };
        call.tokens[TokenClass::Input] = input;
        call.tokens[TokenClass::Output] = output;
        let whole = Self::logged(call, model);
        Self { weight: self.weight, price: self.price, companion: true, ..whole }
    }

    /// Moves up to `count` tokens from one class to another.
    pub fn reclassify(&mut self, from: TokenClass, to: TokenClass, count: Tokens) {
        let moved = count.min(self.call.tokens[from]);
        self.call.tokens[from] = self.call.tokens[from].saturating_sub(moved);
        self.call.tokens[to] += moved;
    }

    /// Removes up to `count` tokens of a class and says how many there were to remove.
    pub fn remove(&mut self, class: TokenClass, count: Tokens) -> Tokens {
        let removed = count.min(self.call.tokens[class]);
        self.call.tokens[class] = self.call.tokens[class].saturating_sub(removed);
        removed
    }

    /// Turns everything read from or written to the cache into plain input.
    pub fn forfeit_cache(&mut self) {
        for (from, to) in [
            (TokenClass::CacheRead, TokenClass::Input),
            (TokenClass::CacheWrite5m, TokenClass::Input),
            (TokenClass::CacheWrite1h, TokenClass::Input),
            (TokenClass::AudioCacheRead, TokenClass::AudioInput),
        ] {
            self.reclassify(from, to, self.call.tokens[from]);
        }
    }

    /// Input the log or an earlier technique already has in the cache: read or written.
    pub fn cached(&self) -> Tokens {
        self.call.cache_read() + self.call.cache_written()
    }

    /// A count for each single call, as a count for this row. Beyond any bill it stops growing.
    pub fn for_row(&self, per_call: Tokens) -> Tokens {
        Tokens::new(per_call.get().saturating_mul(self.call.calls).min(ROW_MAX))
    }

    /// A count of this row, as the mean for a single call.
    pub fn per_call(&self, count: Tokens) -> Tokens {
        Tokens::new(count.get() / self.call.calls.max(1))
    }

    /// Whether tokens of its prompt are those of the log, and may all be shared as the log shows.
    pub fn is_counted_as_logged(&self) -> bool {
        self.token_ratio == Factor::ONE && self.stable_prefix.is_none()
    }

    /// Whether nothing is paid on this way, so that there is nothing left to save.
    pub fn is_free(&self) -> bool {
        self.price == Paid::NOTHING
    }
}

/// Adds a branch unless it is never taken.
#[expect(clippy::large_types_passed_by_value, reason = "it moves into the list")]
pub(super) fn push_taken(out: &mut Vec<Branch>, branch: Branch) {
    if branch.weight > Rate::ZERO {
        out.push(branch);
    }
}
