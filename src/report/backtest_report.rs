//! What `backtest` shows.

use crate::insights::Window;
use crate::simulation::{
    Backtest, BillRange, CauseComparison, Comparison, LeftOutCalls, LogComparison, NamedComparison,
    Predicted,
};
use crate::units::{Share, Usd};

use super::diagnostics_summary::DiagnosticSummary;
use super::input_accounting::InputAccounting;
use super::price_source::PriceSource;

/// Which of the predictions the totals and tables show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// As in a typical log: for one log.
    Point,
    /// As on average: for the total of several.
    Expected,
}

impl Estimate {
    /// The name in machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Expected => "expected",
        }
    }

    /// The figure of this estimate.
    pub const fn of<T: Copy>(self, predicted: &Predicted<T>) -> T {
        match self {
            Self::Point => predicted.point,
            Self::Expected => predicted.expected,
        }
    }
}

/// One log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The input as the user named it.
    pub name: String,
    /// What was billed, predicted and learned.
    pub log: LogComparison,
}

/// What was hidden and declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BacktestBasis {
    /// What was hidden, as in flags.
    pub hidden: &'static str,
    /// The lifetime that was declared: `5m`, `1h`, or `unknown`.
    pub lifetime: &'static str,
    /// Whether the first half of every log taught how to predict the second.
    pub calibrated: bool,
}

/// The middle of how far predictions are off, whichever way, over logs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedianErrors {
    /// At their points.
    pub point: Option<Share>,
    /// By the simplest rule.
    pub simplest: Option<Share>,
}

/// Everything a reader of a backtest sees.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestReport {
    /// What became of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// Where the prices come from.
    pub prices: PriceSource,
    /// The time the calls span.
    pub window: Option<Window>,
    /// What was hidden and declared.
    pub basis: BacktestBasis,
    /// Which prediction the total and the tables show.
    pub estimate: Estimate,
    /// All calls that take part.
    pub total: Comparison,
    /// Between which amounts their bill may lie.
    pub range: BillRange,
    /// Every log.
    pub logs: Vec<LogLine>,
    /// By cause.
    pub causes: Vec<CauseComparison>,
    /// By model, the dearest first.
    pub models: Vec<NamedComparison>,
    /// The conversations to show, the dearest first.
    pub conversations: Vec<NamedComparison>,
    /// Those that are not shown: how many, and their sums.
    pub conversations_left_out: Option<(usize, Comparison)>,
    /// The conversations without any cache counter, and their calls.
    pub uncached: (u64, Comparison),
    /// Whether any of the caches has lifetimes to declare.
    pub has_lifetimes: bool,
    /// What took no part.
    pub left_out: LeftOutCalls,
}

impl BacktestReport {
    /// The report of a backtest on a log that spans `window`. At most `top` conversations are shown
    /// one by one; 0 shows all.
    pub fn new(
        backtest: Backtest,
        basis: BacktestBasis,
        window: Option<Window>,
        input: InputAccounting,
        diagnostics: Vec<DiagnosticSummary>,
        prices: PriceSource,
        top: usize,
    ) -> Self {
        let logs: Vec<_> = backtest
            .logs
            .into_iter()
            .map(|log| LogLine { name: input.file_name(log.file).to_owned(), log })
            .collect();
        let mut conversations = backtest.conversations;
        let keep = if top == 0 { conversations.len() } else { top.min(conversations.len()) };
        let rest = conversations.split_off(keep);
        let conversations_left_out = (!rest.is_empty()).then(|| {
            let sum = Comparison::sum(rest.iter().map(|line| &line.comparison));
            (rest.len(), sum)
        });
        Self {
            input,
            diagnostics,
            prices,
            window,
            basis,
            estimate: if logs.len() > 1 { Estimate::Expected } else { Estimate::Point },
            total: backtest.total,
            range: backtest.range,
            logs,
            causes: backtest.causes,
            models: backtest.models,
            conversations,
            conversations_left_out,
            uncached: backtest.uncached,
            has_lifetimes: backtest.has_lifetimes,
            left_out: backtest.left_out,
        }
    }

    /// How many logs cost an amount within their range.
    pub fn covered(&self) -> usize {
        let within = |line: &&LogLine| line.log.range.covers(line.log.comparison.billed);
        self.logs.iter().filter(within).count()
    }

    /// The middle of the errors of the logs.
    pub fn median_errors(&self) -> MedianErrors {
        let of = |prediction: fn(&Predicted<Usd>) -> Usd| {
            let errors = self.logs.iter().filter_map(|line| {
                let Comparison { billed, predicted, .. } = &line.log.comparison;
                off_by(prediction(predicted), *billed)
            });
            median(errors.collect())
        };
        MedianErrors { point: of(|one| one.point), simplest: of(|one| one.simplest) }
    }
}

/// How much more than was billed was predicted, as a part of what was billed.
pub fn error_share(predicted: Usd, billed: Usd) -> Option<Share> {
    Share::of((predicted - billed).atto(), billed.atto())
}

/// Parts of a whole in billionths.
const WHOLE: i128 = 1_000_000_000;

/// How far a prediction is off, in billionths of what was billed.
fn off_by(predicted: Usd, billed: Usd) -> Option<i128> {
    let off = (predicted - billed).atto().checked_abs()?;
    off.checked_mul(WHOLE)?.checked_div(billed.atto())
}

fn median(mut errors: Vec<i128>) -> Option<Share> {
    errors.sort_unstable();
    let above = errors.get(errors.len() / 2)?;
    let below = errors.get((errors.len() - 1) / 2)?;
    Share::of(above + below, 2 * WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let ratio = |errors: &[i128]| median(errors.to_vec()).map(Share::ratio);
        assert_eq!(ratio(&[]), None);
        assert_eq!(ratio(&[300_000_000, 100_000_000, 900_000_000]), Some(0.3));
        assert_eq!(ratio(&[500_000_000, 0, 250_000_000, 1_000_000_000]), Some(0.375));
    }

    #[test]
    fn being_too_cheap_is_as_far_off_as_being_too_dear() {
        let amount = Usd::from_atto;
        assert_eq!(off_by(amount(9), amount(10)), Some(100_000_000));
        assert_eq!(off_by(amount(11), amount(10)), Some(100_000_000));
        assert_eq!(off_by(amount(11), amount(0)), None);
    }
}
