//! Holds what a gate found to its own sums: units and cost by lot and by day, effects and their parts.

use crate::diagnostics::Imbalance;
use crate::units::Usd;

use super::cause::Cause;
use super::measurement::Measurement;
use super::outcome::Outcome;
use super::spread::Spread;

impl Outcome {
    /// Holds its sums to each other.
    ///
    /// # Errors
    /// When some differ: a bug.
    pub fn check_sums(&self) -> Result<(), Imbalance> {
        self.after.check_sums()?;
        let Some(comparison) = &self.comparison else { return Ok(()) };
        comparison.before.check_sums()?;
        comparison.cause.as_ref().map_or(Ok(()), check_cause)
    }
}

impl Measurement {
    /// Holds its sums to each other.
    ///
    /// # Errors
    /// When some differ: a bug.
    pub fn check_sums(&self) -> Result<(), Imbalance> {
        for group in &self.groups {
            if let Spread::Lots(entries) = &group.spread {
                let units: u64 = entries.iter().map(|entry| entry.units).sum();
                Imbalance::unless_equal("units of a group by lot", &group.units, &units)?;
                let cost: i128 = entries.iter().map(|entry| entry.cost).sum();
                Imbalance::unless_equal("cost of a group by lot", &group.cost.atto(), &cost)?;
            }
        }
        let rows = self.groups.iter().flat_map(|group| &group.rows);
        let calls: u64 = rows.map(|row| row.calls).sum();
        Imbalance::unless_within("calls by price", &self.calls, &calls)?;
        let days: Usd = self.by_day.values().copied().sum();
        // Calls without a time are in no day.
        if self.billed < Usd::ZERO {
            return Ok(());
        }
        Imbalance::unless_within("cost by day", &self.billed, &days)
    }
}

fn check_cause(cause: &Cause) -> Result<(), Imbalance> {
    let [before, after] = cause.billed;
    let effects: Usd = cause.effects.iter().map(|effect| effect.amount).sum();
    Imbalance::unless_equal("effects on the bill", &(after - before), &effects)?;
    for whole in &cause.effects {
        let parts: Vec<Usd> = cause
            .parts
            .iter()
            .filter(|part| part.part_of == Some(whole.name))
            .map(|part| part.amount)
            .collect();
        if !parts.is_empty() {
            Imbalance::unless_equal("parts of an effect", &whole.amount, &parts.into_iter().sum())?;
        }
    }
    Ok(())
}
