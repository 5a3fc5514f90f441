//! Calls and cost by the size of the prompt.

use crate::units::{Share, Usd};
use crate::usage::Call;

use super::analysis::Band;
use super::tally::CallsAndCost;

/// Upper limits of the bands, in tokens; the last one is where long-context prices begin at
/// several providers.
pub const BAND_LIMITS: [u64; 5] = [1_000, 4_000, 16_000, 64_000, 200_000];

/// The bands by size, the one without a limit, and the one of rows that sum up several calls.
const BANDS: usize = BAND_LIMITS.len() + 2;

/// The place of rows that sum up several calls.
const SUMMED: usize = BANDS - 1;

/// Sums by the size of the prompt.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ContextBands([CallsAndCost; BANDS]);

impl ContextBands {
    /// Counts a call; `cost` is nothing when it is not known.
    pub(super) fn add(&mut self, call: &Call, cost: Option<Usd>) {
        let place = if call.is_of_one_size() {
            // In a roll-up, no class of sizes has a limit of a band within it.
            let prompt = call.input_total().get() / call.calls.max(1);
            BAND_LIMITS.iter().position(|limit| prompt <= *limit).unwrap_or(BAND_LIMITS.len())
        } else {
            SUMMED
        };
        self.0[place].add(call.calls, cost);
    }

    /// Adds a single call of known cost with a prompt of so many tokens.
    #[inline]
    pub(super) fn add_plain(&mut self, prompt: u64, cost: Usd) {
        let place = BAND_LIMITS.iter().map(|limit| usize::from(prompt > *limit)).sum::<usize>();
        self.0[place].add(1, Some(cost));
    }

    /// Takes over other sums.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.merge(*theirs);
        }
    }

    /// Every band by size, and the one of summed-up rows when there are any.
    pub(super) fn finish(&self) -> Vec<Band> {
        let mut whole = CallsAndCost::default();
        for total in &self.0 {
            whole.merge(*total);
        }
        let shown = self.0.iter().enumerate();
        shown
            .filter(|(place, total)| *place != SUMMED || total.calls > 0)
            .map(|(place, total)| band(place, *total, whole))
            .collect()
    }
}

fn band(place: usize, total: CallsAndCost, whole: CallsAndCost) -> Band {
    let above = match place {
        SUMMED => None,
        0 => Some(0),
        _ => Some(BAND_LIMITS[place - 1]),
    };
    Band {
        above,
        up_to: BAND_LIMITS.get(place).copied(),
        total,
        call_share: Share::of(i128::from(total.calls), i128::from(whole.calls)),
        cost_share: Share::of(total.cost.atto(), whole.cost.atto()),
        relative_cost: relative_cost(total, whole),
    }
}

/// `(cost / calls) / (whole cost / whole calls)` over calls with a known cost; nothing when that
/// has no value or the integers do not hold it.
fn relative_cost(part: CallsAndCost, whole: CallsAndCost) -> Option<Share> {
    let above = part.cost.atto().checked_mul(i128::from(whole.priced_calls()))?;
    let below = whole.cost.atto().checked_mul(i128::from(part.priced_calls()))?;
    Share::of(above, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{TokenClass, Tokens};

    fn call(prompt: u64, calls: u64) -> Call {
        let mut call = Call { calls, ..Call::default() };
        call.tokens[TokenClass::CacheRead] = Tokens::new(prompt);
        call
    }

    #[test]
    fn a_limit_belongs_to_the_band_below_it() {
        let mut bands = ContextBands::default();
        for prompt in [0, 1_000, 1_001, 200_000, 200_001] {
            bands.add(&call(prompt, 1), Some(Usd::from_atto(1)));
        }
        let counts: Vec<_> = bands.finish().iter().map(|band| band.total.calls).collect();
        assert_eq!(counts, [2, 1, 0, 0, 1, 1]);
    }

    #[test]
    fn relative_cost_is_share_of_cost_over_share_of_calls() {
        // The table of a published guide: 8 % of calls carry 42 % of the cost.
        let part = CallsAndCost { calls: 8, unpriced_calls: 0, cost: Usd::from_atto(42) };
        let whole = CallsAndCost { calls: 100, unpriced_calls: 0, cost: Usd::from_atto(100) };
        assert_eq!(relative_cost(part, whole), Share::of(525, 100));
    }

    #[test]
    fn unpriced_calls_are_not_missing_from_their_band() {
        let mut bands = ContextBands::default();
        bands.add(&call(10, 1), Some(Usd::from_atto(4)));
        bands.add(&call(10, 1), None);
        bands.add(&call(2_000, 1), Some(Usd::from_atto(4)));
        let bands = bands.finish();
        assert_eq!((bands[0].total.calls, bands[0].total.unpriced_calls), (2, 1));
        assert_eq!(bands[0].call_share, Share::of(2, 3));
        assert_eq!(bands[0].cost_share, Share::of(4, 8));
        assert_eq!(bands[0].relative_cost, Share::of(1, 1));
    }

    #[test]
    fn rows_of_several_calls_have_no_known_prompt() {
        let mut bands = ContextBands::default();
        bands.add(&call(50_000, 10), Some(Usd::from_atto(5)));
        let last = bands.finish().pop().expect("a band");
        assert_eq!((last.above, last.up_to, last.total.calls), (None, None, 10));
    }
}
