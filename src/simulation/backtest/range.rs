//! Between which amounts the bill of a log may lie.
//!
//! No chance is played out: the ends are bills under the assumptions of one log in a hundred, a
//! little wider for what nobody modelled, so that the same log gives the same ends anywhere.

use crate::techniques::Facts;
use crate::techniques::warmth::{Assumption, CacheRules, Calibration, Prospect, Term};
use crate::units::{Rate, Tokens, Usd};

use super::error::BacktestError;
use super::outcome::BillRange;
use super::rows::Entry;
use super::scale::{Variance, part_of};

/// Percent of the low end that is taken, and of the high one, where writing has a price.
const SLACK: [i128; 2] = [97, 102];
/// Thousandths of the low end that are taken where caches are automatic; losses are in the high
/// end itself.
const SLACK_AUTOMATIC: i128 = 995;

/// The assumptions of the ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    low: Assumption,
    likely_high: Assumption,
    high: Assumption,
    /// Nothing but the largest prompt is lost, and nothing of any start survives.
    one_loss: Assumption,
    /// The high end of automatic caches.
    automatic_high: Assumption,
}

impl Ends {
    /// The ends for the calls of a log, after calibration if there was any.
    pub(super) fn of(prospects: &[Prospect], learned: Option<&Calibration>) -> Self {
        let is_automatic = |one: &&Prospect| {
            matches!(one.rules, CacheRules::Automatic { .. }) && !one.previous.is_zero()
        };
        let automatic = prospects.iter().filter(is_automatic).count() as u64;
        let usual = Assumption::high();
        let (low, likely_high, high) = match learned {
            Some(learned) => (learned.low(), learned.high(), learned.high()),
            None => (Assumption::low(), Assumption::likely_high(), usual),
        };
        let one_loss = usual.with_losses(Rate::ZERO.into());
        let automatic_high = usual.over_calls(automatic);
        Self { low, likely_high, high, one_loss, automatic_high }
    }
}

/// The sums of one log under one lifetime.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RangeSums {
    low: Usd,
    likely_high: Usd,
    high: Usd,
    one_loss: Usd,
    /// The most that losing a single live prompt adds.
    largest: Usd,
    /// What chance adds at gaps near the end of the lifetime.
    edge: Variance,
    automatic_low: Usd,
    automatic_high: Usd,
}

impl RangeSums {
    /// Adds a call.
    pub(super) fn add(
        &mut self,
        facts: &Facts<'_>,
        entry: &Entry,
        prospect: &Prospect,
        term: Term,
        ends: &Ends,
    ) -> Result<(), BacktestError> {
        let cost = |assumption: &Assumption| {
            let split = prospect.reading(prospect.read(term, assumption), term);
            entry.cost(facts, &split.of(&entry.visible))
        };
        let CacheRules::Written { .. } = prospect.rules else {
            add(&mut self.automatic_low, cost(&Assumption::low())?)?;
            return add(&mut self.automatic_high, cost(&ends.automatic_high)?);
        };
        add(&mut self.low, cost(&ends.low)?)?;
        add(&mut self.likely_high, cost(&ends.likely_high)?)?;
        add(&mut self.high, cost(&ends.high)?)?;
        let one_loss = cost(&ends.one_loss)?;
        add(&mut self.one_loss, one_loss)?;
        if prospect.previous.is_zero() {
            return Ok(());
        }
        // What the stored prompt is worth: the same call with all of it read and with nothing.
        let with = |previous: Tokens| {
            entry.cost(facts, &prospect.reading(previous, term).of(&entry.visible))
        };
        let worth = with(Tokens::ZERO)? - with(prospect.previous)?;
        if prospect.is_within(term) {
            self.largest = self.largest.max(worth);
        } else {
            self.edge.add(worth, prospect.loss(term))?;
        }
        Ok(())
    }

    /// The ends.
    pub(super) fn range(&self) -> Result<BillRange, BacktestError> {
        let [low_percent, high_percent] = SLACK;
        let low = part_of(self.low - self.edge.margin(), low_percent, 100)?;
        let low = low + part_of(self.automatic_low, SLACK_AUTOMATIC, 1_000)?;
        let one_loss = self.one_loss + self.largest;
        let high = |end: Usd| {
            let end = part_of(end.max(one_loss), high_percent, 100)?;
            Ok(end + self.automatic_high)
        };
        Ok(BillRange { low, likely_high: high(self.likely_high)?, high: high(self.high)? })
    }
}

/// Adds an amount, as long as the sum fits.
pub(super) fn add(sum: &mut Usd, amount: Usd) -> Result<(), BacktestError> {
    *sum = sum.checked_add(amount).ok_or(BacktestError::TooLarge)?;
    Ok(())
}

/// The widest of several ranges.
pub(super) fn widest(ranges: &[BillRange]) -> BillRange {
    let ends = |end: fn(&BillRange) -> Usd| ranges.iter().map(end);
    BillRange {
        low: ends(|range| range.low).min().unwrap_or_default(),
        likely_high: ends(|range| range.likely_high).max().unwrap_or_default(),
        high: ends(|range| range.high).max().unwrap_or_default(),
    }
}
