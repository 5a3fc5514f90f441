//! What `backtest` shows when a field of the log is withheld instead of its cache counters.

use crate::diagnostics::Ledger;
use crate::exhibits::{Cell, Exhibit};
use crate::insights::Window;
use crate::simulation::{Withheld, WithheldLine, WithheldResult};

use super::backtest_report::error_share;
use super::diagnostics_summary::{DiagnosticSummary, summarize};
use super::input_accounting::InputAccounting;
use super::price_source::PriceSource;

/// Everything a reader of such a backtest sees.
#[derive(Clone, Debug, PartialEq)]
pub struct WithheldReport {
    /// What became of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// Where the prices come from.
    pub prices: PriceSource,
    /// The time the calls span.
    pub window: Option<Window>,
    /// What was withheld.
    pub withheld: Withheld,
    /// The calls of the first half, which taught.
    pub learned_from: u64,
    /// Calls that take no part.
    pub left_out: u64,
    /// The calls of the second half, which were predicted.
    pub total: WithheldLine,
    /// The same by group.
    pub groups: Exhibit,
}

impl WithheldReport {
    /// The report of a result on a log that spans `window`.
    pub fn new(
        result: WithheldResult,
        window: Option<Window>,
        input: InputAccounting,
        ledger: &Ledger,
        prices: PriceSource,
    ) -> Self {
        Self {
            diagnostics: summarize(ledger, &input),
            input,
            prices,
            window,
            withheld: result.withheld,
            learned_from: result.learned_from,
            left_out: result.left_out,
            groups: groups(result.withheld, &result.lines),
            total: result.total,
        }
    }
}

fn groups(withheld: Withheld, lines: &[WithheldLine]) -> Exhibit {
    let (title, first, affected) = match withheld {
        Withheld::ServedModel => (
            "By the model that was asked for",
            ("request_model", "asked for"),
            "answered by another",
        ),
        Withheld::OutputBeyond(_) => ("By call type", ("call_type", "call type"), "beyond the cap"),
    };
    let columns = [
        first,
        ("calls", "calls"),
        ("affected_calls", affected),
        ("billed_usd", "billed"),
        ("predicted_usd", "predicted"),
        ("error_share", "error"),
        ("simplest_error_share", "error without"),
    ];
    let mut groups = Exhibit::new("groups", title, &columns);
    for line in lines {
        let error =
            |predicted| error_share(predicted, line.billed).map_or(Cell::Missing, Cell::Share);
        groups.push([
            if line.name.is_empty() { Cell::Missing } else { Cell::text(&line.name) },
            Cell::Count(line.calls),
            Cell::Count(line.affected),
            Cell::Usd(line.billed),
            Cell::Usd(line.predicted),
            error(line.predicted),
            error(line.simplest),
        ]);
    }
    groups
}
