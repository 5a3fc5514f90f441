//! What `simulate` shows.

use crate::exhibits::{Exhibit, UnknownExhibit, reveal};
use crate::insights::{Analysis, CallsAndCost, Oddity, Tally, UnpricedModel, Window};
use crate::techniques::Evidence;
use crate::units::{Share, Tokens, Usd};

use super::diagnostics_summary::DiagnosticSummary;
use super::input_accounting::InputAccounting;
use super::price_source::PriceSource;
use super::savings_month::month_exhibit;
use super::what_if_panel::WhatIfPanel;

/// A cautious and a hopeful amount, in dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsdRange {
    /// The smaller.
    pub low: Usd,
    /// The larger.
    pub high: Usd,
}

impl UsdRange {
    /// Whether there is anything between the ends.
    pub fn is_point(self) -> bool {
        self.low == self.high
    }
}

/// Calls that have no price and take no part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unpriced {
    /// How many calls.
    pub calls: u64,
    /// All their tokens.
    pub tokens: Tokens,
}

/// The bill before and after, in dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SavingsTotals {
    /// The bill of the log.
    pub baseline: Usd,
    /// The bill with all techniques.
    pub projected: Usd,
    /// What the techniques together may save.
    pub saved_range: UsdRange,
    /// The sum of what each technique saves alone.
    pub claimed_sum: Usd,
}

impl SavingsTotals {
    /// What the techniques together save, in dollars.
    pub fn saved(&self) -> Usd {
        self.baseline - self.projected
    }

    /// The same as a part of the bill.
    pub fn saved_share(&self) -> Option<Share> {
        Share::of(self.saved().atto(), self.baseline.atto())
    }
}

/// One technique: the rung of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechniqueLine {
    /// The canonical name.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// How the saving is known.
    pub evidence: Evidence,
    /// The same in a few words.
    pub evidence_note: String,
    /// What it saves alone, in dollars.
    pub standalone: Usd,
    /// What it saves after those before it.
    pub ladder: Usd,
    /// The bill left after it.
    pub remaining: Usd,
    /// What it saves after all others.
    pub last_in: Usd,
    /// Its fair share of the total (Shapley value).
    pub fair_share: Usd,
    /// What it may save.
    pub saved_range: UsdRange,
    /// How many calls it changes.
    pub calls_touched: u64,
    /// What it assumes.
    pub assumptions: Vec<String>,
}

/// The cheapest set of so many techniques.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestSetLine {
    /// Their canonical names.
    pub techniques: Vec<String>,
    /// Their names for people.
    pub labels: Vec<String>,
    /// The bill with them, in dollars.
    pub projected: Usd,
}

/// The bill of a group before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavingsGroup {
    /// One value for each column of the grouping.
    pub key: Vec<String>,
    /// How many calls.
    pub calls: u64,
    /// The bill of the log, in dollars.
    pub before: Usd,
    /// The bill with all techniques.
    pub after: Usd,
}

impl SavingsGroup {
    /// Groups together, under an empty key.
    fn sum<'a>(groups: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self { key: Vec::new(), calls: 0, before: Usd::ZERO, after: Usd::ZERO };
        for group in groups {
            sum.calls += group.calls;
            sum.before += group.before;
            sum.after += group.after;
        }
        sum
    }

    /// What the group saves, in dollars; negative when it becomes dearer.
    pub fn saved(&self) -> Usd {
        self.before - self.after
    }
}

/// Everything a reader of a simulation sees.
#[derive(Clone, Debug, PartialEq)]
pub struct SavingsReport {
    /// What became of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// Where the prices come from.
    pub prices: PriceSource,
    /// The time the calls span.
    pub window: Option<Window>,
    /// All calls.
    pub calls: u64,
    /// Those of them without a price.
    pub unpriced: Unpriced,
    /// The calls that an analysis of the same log takes at the log's own cost.
    pub logged: CallsAndCost,
    /// What an analysis of the same log says that the calls with a price cost, in dollars; nothing where
    /// it takes some at the log's own cost. It must be the bill.
    pub analysed: Option<Usd>,
    /// Their models, and why they have no price.
    pub unpriced_models: Vec<UnpricedModel>,
    /// Before and after.
    pub totals: SavingsTotals,
    /// The techniques in the order of the ladder.
    pub techniques: Vec<TechniqueLine>,
    /// The cheapest set of techniques of each size; none unless they are asked for.
    pub best_sets: Vec<BestSetLine>,
    /// The columns of the groups' keys.
    pub group_by: Vec<String>,
    /// The groups to show, dearest first.
    pub groups: Vec<SavingsGroup>,
    /// The groups that are not shown: how many, and their sums under an empty key.
    pub left_out: Option<(usize, SavingsGroup)>,
    /// What the reader should know before acting on this.
    pub warnings: Vec<String>,
    /// What makes the log itself look wrong.
    pub oddities: Vec<Oddity>,
    /// Curves, sweeps and breakdowns.
    pub exhibits: Vec<Exhibit>,
    /// What other settings would make of the bill, for a page.
    pub what_if: Option<WhatIfPanel>,
}

impl SavingsReport {
    /// Shows tables that a page would leave out, by name; `all` shows every one.
    ///
    /// # Errors
    /// When the report has no table of a name.
    pub fn reveal(&mut self, names: &[String]) -> Result<(), UnknownExhibit> {
        reveal(&mut self.exhibits, names)
    }

    /// The same report with what other settings would make of the bill.
    #[must_use]
    pub fn with_what_if(mut self, panel: Option<WhatIfPanel>) -> Self {
        self.what_if = panel;
        self
    }

    /// Adds what that is in a month, as an analysis of the same calls forecasts months.
    #[must_use]
    pub fn by_month(mut self, analysis: &Analysis) -> Self {
        self.exhibits.extend(month_exhibit(analysis, &self.totals));
        self
    }

    /// Lists the models of an analysis of the same calls that have no price.
    #[must_use]
    pub fn with_unpriced_models(mut self, models: Vec<UnpricedModel>) -> Self {
        self.unpriced_models = models;
        self
    }

    /// Says what makes the log itself look wrong.
    #[must_use]
    pub fn with_oddities(mut self, oddities: Vec<Oddity>) -> Self {
        self.oddities = oddities;
        self
    }

    /// Leaves out the cheapest set of each size.
    #[must_use]
    pub fn without_best_sets(mut self) -> Self {
        self.best_sets.clear();
        self
    }

    /// Holds the bill to that of an analysis of the same calls, which adds them up by itself.
    #[must_use]
    pub fn held_to(mut self, totals: &Tally) -> Self {
        self.analysed = (totals.logged.calls == 0).then_some(totals.cost);
        self
    }

    /// Says which calls `analyze` takes at the log's own cost: no technique can replay a charge, so
    /// that here they cost what the price book says, or are left out where it has no price.
    #[must_use]
    pub fn beside_logged(mut self, logged: CallsAndCost) -> Self {
        self.logged = logged;
        self
    }

    /// What the log itself says calls without a price cost.
    pub fn unpriced_logged(&self) -> CallsAndCost {
        let mut sum = CallsAndCost::default();
        for model in &self.unpriced_models {
            sum.merge(model.at_logged_cost);
        }
        sum
    }

    /// Puts the groups in order and keeps at most `top` of them one by one; 0 keeps all.
    pub fn limit_groups(&mut self, top: usize) {
        self.groups.sort_by(|a, b| b.before.cmp(&a.before).then_with(|| a.key.cmp(&b.key)));
        if top == 0 || self.groups.len() <= top {
            return;
        }
        let rest = self.groups.split_off(top);
        self.left_out = Some((rest.len(), SavingsGroup::sum(&rest)));
    }

    /// All groups together, those not shown included, under an empty key.
    pub fn all_groups(&self) -> SavingsGroup {
        let rest = self.left_out.as_ref().map(|(_, group)| group);
        SavingsGroup::sum(self.groups.iter().chain(rest))
    }

    /// The part of the calls that have a price.
    pub fn priced_share(&self) -> Option<Share> {
        let priced = self.calls.saturating_sub(self.unpriced.calls);
        Share::of(i128::from(priced), i128::from(self.calls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, before: i128) -> SavingsGroup {
        SavingsGroup {
            key: vec![name.to_owned()],
            calls: 1,
            before: Usd::from_atto(before),
            after: Usd::ZERO,
        }
    }

    #[test]
    fn groups_left_out_keep_their_sums() {
        let mut report = SavingsReport {
            best_sets: Vec::new(),
            input: InputAccounting::default(),
            diagnostics: Vec::new(),
            prices: PriceSource::default(),
            window: None,
            calls: 3,
            unpriced: Unpriced::default(),
            logged: CallsAndCost::default(),
            analysed: None,
            unpriced_models: Vec::new(),
            totals: SavingsTotals::default(),
            techniques: Vec::new(),
            group_by: vec!["model".to_owned()],
            groups: vec![group("b", 5), group("a", 5), group("c", 9)],
            left_out: None,
            warnings: Vec::new(),
            oddities: Vec::new(),
            exhibits: Vec::new(),
            what_if: None,
        };
        report.limit_groups(2);
        let names: Vec<_> = report.groups.iter().map(|group| group.key[0].as_str()).collect();
        assert_eq!(names, ["c", "a"]);
        let (count, rest) = report.left_out.expect("one group");
        assert_eq!((count, rest.before), (1, Usd::from_atto(5)));
    }
}
