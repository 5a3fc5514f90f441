//! Holds every report to its own sums before anybody sees it.
//!
//! The figures of a report are added up in several places: calls by group, by tier, by size and by day,
//! money by technique in three ways. Whatever was done to them, they must come to the same. A report that
//! does not is never given out, in no build: a wrong figure is worse than none.

use crate::diagnostics::Imbalance;
use crate::insights::CallsAndCost;
use crate::units::{TokenClass, Tokens, Usd};

use super::analysis_report::AnalysisReport;
use super::check_report::CheckReport;
use super::input_accounting::InputAccounting;
use super::savings_report::SavingsReport;

/// A report whose sums can be held to each other.
pub trait Conserved {
    /// Holds its sums to each other.
    ///
    /// # Errors
    /// When some differ: a bug.
    fn check_sums(&self) -> Result<(), Imbalance>;
}

/// Whole or part of a sum: calls, those without a price, and money.
fn check_parts<'p>(
    what: [&'static str; 3],
    whole: CallsAndCost,
    parts: impl Iterator<Item = &'p CallsAndCost>,
) -> Result<(), Imbalance> {
    let mut sum = CallsAndCost::default();
    parts.for_each(|part| sum.merge(*part));
    Imbalance::unless_equal(what[0], &whole.calls, &sum.calls)?;
    Imbalance::unless_equal(what[1], &whole.unpriced_calls, &sum.unpriced_calls)?;
    Imbalance::unless_equal(what[2], &whole.cost, &sum.cost)
}

fn check_lines(input: &InputAccounting) -> Result<(), Imbalance> {
    for file in &input.files {
        let lines = file.lines;
        Imbalance::unless_equal("lines of a file", &lines.lines, &lines.accounted())?;
    }
    Ok(())
}

impl Conserved for AnalysisReport {
    fn check_sums(&self) -> Result<(), Imbalance> {
        check_lines(&self.input)?;
        self.check_groups()?;
        let (analysis, totals) = (&self.analysis, &self.analysis.totals);
        let whole = CallsAndCost {
            calls: totals.calls,
            unpriced_calls: totals.unpriced_calls,
            cost: totals.cost,
        };
        let tiers = analysis.tiers.iter().map(|tier| &tier.total);
        check_parts(
            ["calls by service tier", "unpriced calls by service tier", "cost by service tier"],
            whole,
            tiers,
        )?;
        let bands = analysis.bands.iter().map(|band| &band.total);
        check_parts(
            ["calls by size", "unpriced calls by size", "cost by size of the prompt"],
            whole,
            bands,
        )?;
        self.check_days(whole)?;
        self.check_prices()
    }
}

impl AnalysisReport {
    fn check_groups(&self) -> Result<(), Imbalance> {
        let (analysis, totals) = (&self.analysis, &self.analysis.totals);
        let mut sum = self.left_out.as_ref().map(|rest| rest.tally).unwrap_or_default();
        analysis.groups.iter().for_each(|group| sum.merge(&group.tally));
        Imbalance::unless_equal("calls by group", &totals.calls, &sum.calls)?;
        Imbalance::unless_equal("cost by group", &totals.cost, &sum.cost)?;
        Imbalance::unless_equal("list cost by group", &totals.list_cost, &sum.list_cost)?;
        Imbalance::unless_equal(
            "unpriced calls by group",
            &totals.unpriced_calls,
            &sum.unpriced_calls,
        )?;
        for class in TokenClass::ALL {
            let [whole, parts] = [totals.tokens[class], sum.tokens[class]];
            Imbalance::unless_equal("tokens of a class by group", &whole, &parts)?;
        }
        let by_class: Tokens = TokenClass::ALL.into_iter().map(|class| totals.tokens[class]).sum();
        Imbalance::unless_equal("tokens by class", &(totals.input() + totals.output()), &by_class)
    }

    /// Calls without a time are in no day.
    fn check_days(&self, whole: CallsAndCost) -> Result<(), Imbalance> {
        let days = self.analysis.days.iter().map(|day| &day.total);
        let dated: u64 = days.clone().map(|day| day.calls).sum();
        let cost: Usd = days.map(|day| day.cost).sum();
        let undated = self.analysis.undated_calls;
        Imbalance::unless_equal("calls by day", &whole.calls, &(dated + undated))?;
        match undated {
            0 => Imbalance::unless_equal("cost by day", &whole.cost, &cost),
            _ if whole.cost < Usd::ZERO => Ok(()),
            _ => Imbalance::unless_within("cost by day", &whole.cost, &cost),
        }
    }

    /// What was calculated, by seller and by class of token; what has no price, by model.
    fn check_prices(&self) -> Result<(), Imbalance> {
        let (analysis, totals) = (&self.analysis, &self.analysis.totals);
        let calculated = totals.calculated().cost;
        let sellers: Usd = analysis.remarks.sellers.iter().map(|seller| seller.cost).sum();
        Imbalance::unless_equal("calculated cost by seller", &calculated, &sellers)?;
        let classes: Usd = analysis.classes.iter().map(|class| class.cost).sum();
        // The rest are fees of requests and searches.
        Imbalance::unless_within("cost by class of token", &calculated, &classes)?;
        let unpriced: u64 = analysis.unpriced.iter().map(|model| model.calls).sum();
        Imbalance::unless_equal("unpriced calls by model", &totals.unpriced_calls, &unpriced)
    }
}

impl Conserved for SavingsReport {
    fn check_sums(&self) -> Result<(), Imbalance> {
        check_lines(&self.input)?;
        if let Some(analysed) = self.analysed {
            Imbalance::unless_equal(
                "the bill, analysed and replayed",
                &analysed,
                &self.totals.baseline,
            )?;
        }
        let saved = self.totals.saved();
        let ladder: Usd = self.techniques.iter().map(|line| line.ladder).sum();
        Imbalance::unless_equal("savings on the ladder", &saved, &ladder)?;
        let fair: Usd = self.techniques.iter().map(|line| line.fair_share).sum();
        Imbalance::unless_equal("fair shares of the saving", &saved, &fair)?;
        let alone: Usd = self.techniques.iter().map(|line| line.standalone).sum();
        Imbalance::unless_equal("savings of techniques alone", &self.totals.claimed_sum, &alone)?;
        let mut left = self.totals.baseline;
        for line in &self.techniques {
            left = left - line.ladder;
            Imbalance::unless_equal("the bill after a technique", &line.remaining, &left)?;
        }
        if self.groups.is_empty() && self.left_out.is_none() {
            return Ok(());
        }
        let all = self.all_groups();
        let priced = self.calls - self.unpriced.calls;
        Imbalance::unless_equal("priced calls by group", &priced, &all.calls)?;
        Imbalance::unless_equal("the bill before by group", &self.totals.baseline, &all.before)?;
        Imbalance::unless_equal("the bill after by group", &self.totals.projected, &all.after)
    }
}

impl Conserved for CheckReport {
    fn check_sums(&self) -> Result<(), Imbalance> {
        check_lines(&self.input)?;
        self.outcome.check_sums()
    }
}
