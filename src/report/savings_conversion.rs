//! From the outcome of a simulation to what a reader sees of it.

use crate::diagnostics::Ledger;
use crate::insights::CallsAndCost;
use crate::insights::Window;
use crate::simulation::{BestSet, GroupOutcome, Outcome, TechniqueOutcome};

use super::diagnostics_summary::summarize;
use super::input_accounting::InputAccounting;
use super::price_source::PriceSource;
use super::savings_report::{
    BestSetLine, SavingsGroup, SavingsReport, SavingsTotals, TechniqueLine, Unpriced, UsdRange,
};

impl SavingsReport {
    /// The report of a simulation by the columns `group_by`, on a log that spans `window`.
    /// At most `top` groups are shown one by one, the dearest; 0 shows all.
    pub fn new(
        outcome: Outcome,
        group_by: Vec<String>,
        window: Option<Window>,
        input: InputAccounting,
        ledger: &Ledger,
        prices: PriceSource,
        top: usize,
    ) -> Self {
        let mut report = Self {
            diagnostics: summarize(ledger, &input),
            input,
            prices,
            window,
            calls: outcome.calls + outcome.unpriced.calls,
            unpriced: Unpriced { calls: outcome.unpriced.calls, tokens: outcome.unpriced.tokens },
            unpriced_models: Vec::new(),
            logged: CallsAndCost::default(),
            analysed: None,
            totals: SavingsTotals {
                baseline: outcome.baseline,
                projected: outcome.projected,
                // The larger bill is the smaller saving.
                saved_range: UsdRange {
                    low: outcome.baseline - outcome.low,
                    high: outcome.baseline - outcome.high,
                },
                claimed_sum: outcome.claimed_sum,
            },
            best_sets: best_sets(&outcome),
            techniques: outcome.techniques.into_iter().map(technique_line).collect(),
            group_by,
            groups: outcome.groups.into_iter().map(group).collect(),
            left_out: None,
            warnings: outcome.warnings,
            oddities: Vec::new(),
            exhibits: outcome.exhibits,
            what_if: None,
        };
        report.limit_groups(top);
        report
    }
}

fn best_sets(outcome: &Outcome) -> Vec<BestSetLine> {
    let label = |name: &&'static str| {
        let known = outcome.techniques.iter().find(|technique| technique.name == *name);
        known.map_or(*name, |technique| technique.label).to_owned()
    };
    let line = |best: &BestSet| BestSetLine {
        techniques: best.techniques.iter().map(|name| (*name).to_owned()).collect(),
        labels: best.techniques.iter().map(label).collect(),
        projected: best.projected,
    };
    outcome.best_sets.iter().map(line).collect()
}

fn technique_line(technique: TechniqueOutcome) -> TechniqueLine {
    TechniqueLine {
        name: technique.name.to_owned(),
        label: technique.label.to_owned(),
        evidence: technique.evidence,
        evidence_note: technique.evidence_note,
        standalone: technique.standalone,
        ladder: technique.ladder,
        remaining: technique.remaining,
        last_in: technique.last_in,
        fair_share: technique.fair_share,
        saved_range: UsdRange { low: technique.low, high: technique.high },
        calls_touched: technique.calls_touched,
        assumptions: technique.assumptions,
    }
}

fn group(outcome: GroupOutcome) -> SavingsGroup {
    SavingsGroup {
        key: outcome.key,
        calls: outcome.calls,
        before: outcome.before,
        after: outcome.after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::UnpricedTotals;
    use crate::units::{Tokens, Usd};

    #[test]
    fn the_larger_bill_is_the_smaller_saving() {
        let outcome = Outcome {
            spend_caps: Vec::new(),
            best_sets: Vec::new(),
            baseline: Usd::from_atto(100),
            projected: Usd::from_atto(60),
            low: Usd::from_atto(70),
            high: Usd::from_atto(50),
            claimed_sum: Usd::from_atto(45),
            calls: 7,
            unpriced: UnpricedTotals { calls: 3, tokens: Tokens::new(9) },
            techniques: Vec::new(),
            groups: Vec::new(),
            warnings: Vec::new(),
            exhibits: Vec::new(),
        };
        let (input, prices) = (InputAccounting::default(), PriceSource::default());
        let report =
            SavingsReport::new(outcome, Vec::new(), None, input, &Ledger::default(), prices, 0);
        assert_eq!(report.calls, 10);
        assert_eq!(report.totals.saved(), Usd::from_atto(40));
        let range = UsdRange { low: Usd::from_atto(30), high: Usd::from_atto(50) };
        assert_eq!(report.totals.saved_range, range);
    }
}
