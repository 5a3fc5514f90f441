//! What a roll-up does not tell of shared starts, and how much money hangs on it.

use super::branch::Branch;
use super::facts::{Facts, Scene};
use super::prefixes::Prefixes;
use super::rolled::{RolledRow, Span};
use super::scope::Selection;
use super::wording::grouped;
use crate::pricing::{CachePolicy, CacheWrite};
use crate::units::{TokenClass, Usd};
use crate::usage::{Row, column};

/// Less than half a cent is no different cent.
const HALF_A_CENT: Usd = Usd::from_atto(5_000_000_000_000_000);

/// A class of sizes is at most a sixteenth wide.
const CLASSES_AN_OCTAVE: u64 = 16;

/// The calls whose shared start a roll-up does not tell exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PrefixDoubts {
    calls: u64,
    /// What they may be off in all, at most.
    amount: Usd,
}

impl PrefixDoubts {
    /// Looks at the calls that may be cached.
    pub(super) fn of(prefixes: &Prefixes, facts: &Facts<'_>, selection: &Selection) -> Self {
        let mut found = Self::default();
        if facts.rolled().is_none() {
            return found;
        }
        for (row, model) in facts.modelled_rows().filter(|(row, _)| selection.holds(*row)) {
            let Some(told) = prefixes.rolled_uncached(facts, row) else { continue };
            let call = facts.calls.call(row);
            let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
            let branch = Branch::logged(call, model);
            let policy = facts.book.cache_policy(scene.placed(&branch), call.time);
            let Some(policy) = policy else { continue };
            let tokens = Question { prefixes, told, row, branch: &branch, policy }.tokens(facts);
            if tokens == 0 {
                continue;
            }
            found.calls += call.calls;
            let amount = scene.dearest_input(&branch).times(tokens);
            found.amount = amount.map_or(HALF_A_CENT, |amount| {
                found.amount.checked_add(amount).unwrap_or(HALF_A_CENT)
            });
        }
        found
    }

    /// That some shared starts are not known, where a cent hangs on it.
    pub(super) fn warning(&self) -> Option<String> {
        (self.amount >= HALF_A_CENT).then(|| {
            format!(
                "prompt caching: of {} calls the roll-up does not tell the shared start exactly; the log \
                 itself, or `llmcost rollup --every hour`, does",
                grouped(self.calls)
            )
        })
    }
}

/// One row of a roll-up.
struct Question<'a> {
    prefixes: &'a Prefixes,
    told: &'a RolledRow,
    row: Row,
    branch: &'a Branch,
    policy: &'a CachePolicy,
}

impl Question<'_> {
    /// How many tokens may be counted in a wrong class.
    fn tokens(&self, facts: &Facts<'_>) -> u64 {
        let (call, step) = (&self.branch.call, self.policy.granularity.get().max(1));
        let (stored, prefix) = self.prefixes.stored(self.branch, facts, self.row, step);
        let mut tokens = 0_u64;
        if self.policy.min_tokens.is_none_or(|min| prefix >= min) && !stored.is_zero() {
            let span = self.prefixes.told(self.told, self.row, step);
            tokens = span.map_or_else(|| stored.get().max(call.calls * step), Span::width);
            if !self.told.follows && self.prefixes.is_vague(self.row) {
                let wider = prefix.get() / CLASSES_AN_OCTAVE + step;
                tokens = tokens.saturating_add(wider.saturating_mul(call.calls));
            }
            let media = [TokenClass::AudioInput, TokenClass::ImageInput];
            if media.into_iter().any(|class| !call.tokens[class].is_zero()) {
                // How much of the start is text differs from call to call.
                tokens = tokens.saturating_add(stored.get());
            }
        }
        let is_written = self.policy.write == CacheWrite::Priced && self.told.is_turn;
        if is_written && step > 1 && self.prefixes.whole_prompts(self.row, step).is_none() {
            tokens = tokens.saturating_add(step.saturating_mul(call.calls));
        }
        tokens
    }
}

impl Span {
    fn width(self) -> u64 {
        self.high.saturating_sub(self.low).get()
    }
}

impl Scene<'_> {
    /// The most that a token of input costs in any class, for calls like this branch.
    fn dearest_input(&self, branch: &Branch) -> Usd {
        const CLASSES: [TokenClass; 4] = [
            TokenClass::Input,
            TokenClass::CacheRead,
            TokenClass::CacheWrite5m,
            TokenClass::CacheWrite1h,
        ];
        let prices = CLASSES.into_iter().filter_map(|class| self.token_price(branch, class));
        prices.max().unwrap_or(Usd::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_cent_hangs_on_is_told() {
        let doubts = |calls, atto| PrefixDoubts { calls, amount: Usd::from_atto(atto) };
        assert_eq!(doubts(7, HALF_A_CENT.atto() - 1).warning(), None);
        assert!(
            doubts(1_200, HALF_A_CENT.atto()).warning().is_some_and(|text| text.contains("1,200"))
        );
    }
}
