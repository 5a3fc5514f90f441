//! Which assumption moves the bill most: each technique at its low and its high end, the others as
//! expected.

use std::cmp::Reverse;
use std::num::NonZeroUsize;

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, Prepared, Scenario};
use crate::units::Usd;

use super::attribution::Mask;
use super::bills::totals;
use super::error::SimulationError;
use super::plan::Plan;
use super::run::{at_end, players};
use super::walk::Player;

/// One assumption at both ends.
struct Bar {
    label: &'static str,
    low: Usd,
    high: Usd,
}

impl Bar {
    fn swing(&self) -> Usd {
        self.high - self.low
    }
}

/// What the whole plan saves with one technique at an end and the others as expected, the widest
/// first; nothing where no technique has ends.
pub(super) fn tornado(
    facts: &Facts<'_>,
    plan: &Plan,
    prepared: &[Prepared],
    baseline: Usd,
    expected: Usd,
    threads: NonZeroUsize,
) -> Result<Option<Exhibit>, SimulationError> {
    let whole: Mask = (1 << prepared.len()) - 1;
    let mut bars = Vec::new();
    for (place, technique) in plan.techniques().enumerate() {
        if !technique.has_range(facts) {
            continue;
        }
        let mut bills = vec![expected];
        for scenario in [Scenario::Low, Scenario::High] {
            let moved = at_end(facts, technique, scenario)?;
            let mut all: Vec<Player<'_>> = players(plan, prepared);
            all[place].rewrite = moved.rewrite.as_deref();
            facts.expect_replays(1);
            bills.push(totals(facts, &all, &[whole], threads)?[0].to_usd());
        }
        let saved = bills.iter().map(|bill| baseline - *bill);
        let (low, high) = (saved.clone().min(), saved.max());
        if let (Some(low), Some(high)) = (low, high)
            && low < high
        {
            bars.push(Bar { label: technique.info().label, low, high });
        }
    }
    bars.sort_by_key(|bar| Reverse(bar.swing()));
    Ok(exhibit(&bars))
}

fn exhibit(bars: &[Bar]) -> Option<Exhibit> {
    let widest = bars.first()?;
    let mut exhibit = Exhibit::new(
        "tornado",
        "Which assumption moves the saving most",
        &[
            ("technique", "with only this at its ends"),
            ("saved_low_usd", "saved at least"),
            ("saved_high_usd", "saved at most"),
            ("swing_usd", "between"),
        ],
    );
    for bar in bars {
        exhibit.push([
            Cell::text(bar.label),
            Cell::Usd(bar.low),
            Cell::Usd(bar.high),
            Cell::Usd(bar.swing()),
        ]);
    }
    exhibit.highlight = Some(0);
    exhibit.note(format!("measuring what {} assumes would narrow the range most", widest.label));
    exhibit.note("what is not known about the assumptions; it says nothing about other logs");
    Some(exhibit)
}
