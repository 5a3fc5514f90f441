//! What was billed against what was calculated: the gap, and what in the log could explain it.

use crate::units::{Share, Tokens, Usd};

use super::analysis::{Analysis, ClassCost};

/// An invoice beside the calculated cost of the same calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconciliation {
    /// What was billed, in dollars.
    pub invoiced: Usd,
    /// What the calls of the log cost, in dollars.
    pub calculated: Usd,
    /// What the log itself says they cost, and how many calls it says so of.
    pub logged: Option<(Usd, u64)>,
    /// Each class of tokens, with its cost and the part of it that the gap is.
    pub classes: Vec<(ClassCost, Option<Share>)>,
    /// The calculated cost that is of no class, in dollars: fees, and calls at the log's own cost.
    pub of_no_class: Usd,
    /// How many calls of mean cost would make up the gap; nothing when no call has a cost.
    pub gap_in_calls: Option<u64>,
    /// What could explain a gap of this direction, as far as the log says.
    pub explanations: Vec<Explanation>,
}

/// Something that could explain a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is.
    pub cause: Cause,
    /// How much of the gap it would be, in dollars; nothing when nobody can say.
    pub amount: Option<Usd>,
    /// Whether that is an estimate, at the mean cost of the calls that have a price.
    pub is_estimate: bool,
}

/// Why an invoice and the calculated cost may differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// So many calls, with so many tokens, have no price.
    Unpriced(u64, Tokens),
    /// So many records could not be read.
    Skipped(u64),
    /// So many copies of records were left out.
    Duplicates(u64),
    /// So many days between the first and the last call have no call at all.
    QuietDays(u64),
    /// So many calls reported usage that the provider says it does not charge.
    Unbilled(u64),
    /// Discounts of contracts are in the calculated cost, or not on the invoice.
    Contract,
    /// So many calls are at prices that nobody has confirmed.
    Doubts(u64),
    /// Calls are missing in the log, or it has calls that the invoice has not.
    OtherCalls,
    /// Taxes, credits, minimum charges and rounding are on invoices and in no log.
    NotUsage,
}

impl Cause {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unpriced(..) => "unpriced-calls",
            Self::Skipped(_) => "skipped-records",
            Self::Duplicates(_) => "duplicates",
            Self::QuietDays(_) => "quiet-days",
            Self::Unbilled(_) => "unbilled-calls",
            Self::Contract => "contract",
            Self::Doubts(_) => "unconfirmed-prices",
            Self::OtherCalls => "other-calls",
            Self::NotUsage => "not-usage",
        }
    }
}

impl Reconciliation {
    /// What was billed, less what was calculated, in dollars.
    pub fn gap(&self) -> Usd {
        self.invoiced - self.calculated
    }

    /// The gap as a part of what was calculated.
    pub fn gap_share(&self) -> Option<Share> {
        Share::of(self.gap().atto(), self.calculated.atto())
    }

    /// Compares an analysis with an invoice; `skipped` records and `duplicates` are what reading
    /// the log left out.
    pub fn of(analysis: &Analysis, invoiced: Usd, skipped: u64, duplicates: u64) -> Self {
        let calculated = analysis.totals.cost;
        let gap = invoiced - calculated;
        let of_classes: Usd = analysis.classes.iter().map(|class| class.cost).sum();
        let stated = analysis.logged.stated;
        let classes = analysis.classes.iter();
        let classes = classes.map(|class| (*class, Share::of(gap.atto(), class.cost.atto())));
        let mean = part(calculated, 1, analysis.totals.priced_calls());
        let gap_in_calls = mean
            .filter(|mean| !mean.is_zero())
            .and_then(|mean| u64::try_from(gap.atto().abs() / mean.atto()).ok());
        Self {
            invoiced,
            calculated,
            logged: (stated.calls > 0).then_some((stated.cost, stated.calls)),
            classes: classes.collect(),
            of_no_class: calculated - of_classes,
            gap_in_calls,
            explanations: explanations(analysis, gap, skipped, duplicates),
        }
    }
}

/// What could explain a gap of this direction, what is known best first.
fn explanations(analysis: &Analysis, gap: Usd, skipped: u64, duplicates: u64) -> Vec<Explanation> {
    let totals = &analysis.totals;
    let of_calls = |count: u64| part(totals.cost, count, totals.priced_calls());
    let estimate = |cause, amount| Explanation { cause, amount, is_estimate: true };
    let mut found = Vec::new();
    if gap > Usd::ZERO {
        if analysis.has_contract && totals.list_cost > totals.cost {
            let amount = Some(totals.list_cost - totals.cost);
            found.push(Explanation { cause: Cause::Contract, amount, is_estimate: false });
        }
        let (calls, tokens) = unpriced(analysis);
        if calls > 0 {
            let amount = of_tokens(analysis, tokens);
            found.push(estimate(Cause::Unpriced(calls, tokens), amount));
        }
        if skipped > 0 {
            found.push(estimate(Cause::Skipped(skipped), of_calls(skipped)));
        }
        let quiet = quiet_days(analysis);
        if quiet > 0 {
            let days =
                analysis.days.iter().filter(|day| day.total.priced_calls() > 0).count() as u64;
            let amount = part(totals.cost, quiet, days);
            found.push(estimate(Cause::QuietDays(quiet), amount));
        }
        if duplicates > 0 {
            found.push(estimate(Cause::Duplicates(duplicates), of_calls(duplicates)));
        }
        let free = &analysis.remarks;
        if free.unbilled_calls > 0 {
            let amount = of_tokens(analysis, free.unbilled_tokens);
            found.push(estimate(Cause::Unbilled(free.unbilled_calls), amount));
        }
    }
    let doubtful: u64 = analysis.remarks.doubts.iter().map(|doubt| doubt.calls).sum();
    if doubtful > 0 && !gap.is_zero() {
        let at_stake = analysis.remarks.doubts.iter().map(|doubt| doubt.cost).sum();
        let cause = Cause::Doubts(doubtful);
        found.push(Explanation { cause, amount: Some(at_stake), is_estimate: false });
    }
    if !gap.is_zero() {
        for cause in [Cause::OtherCalls, Cause::NotUsage] {
            found.push(Explanation { cause, amount: None, is_estimate: true });
        }
    }
    found
}

fn unpriced(analysis: &Analysis) -> (u64, Tokens) {
    let tokens = analysis.totals.unpriced_tokens.iter().map(|(_, count)| *count).sum();
    (analysis.totals.unpriced_calls, tokens)
}

/// What tokens cost at the mean of those that have a price.
fn of_tokens(analysis: &Analysis, tokens: Tokens) -> Option<Usd> {
    let totals = &analysis.totals;
    let all: Tokens = totals.tokens.iter().map(|(_, count)| *count).sum();
    let priced = all.saturating_sub(unpriced(analysis).1);
    part(totals.cost, tokens.get(), priced.get())
}

/// The days between the first and the last call without a call.
fn quiet_days(analysis: &Analysis) -> u64 {
    let length = analysis.window.map_or(0, |window| u64::from(window.length()));
    length.saturating_sub(analysis.days.len() as u64)
}

/// What `count` things come to when `whole` of them come to a sum, rounded towards zero; nothing
/// where there are none or the amount does not fit.
fn part(sum: Usd, count: u64, whole: u64) -> Option<Usd> {
    let product = sum.atto().checked_mul(i128::from(count))?;
    product.checked_div(i128::from(whole)).map(Usd::from_atto)
}
