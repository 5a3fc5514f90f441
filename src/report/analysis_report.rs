//! What `analyze` shows.

use crate::diagnostics::Ledger;
use crate::exhibits::{UnknownExhibit, reveal};
use crate::insights::{Analysis, CostlyCall, Group, Reconciliation, Tally};
use crate::units::{Share, Usd};

use super::diagnostics_summary::{DiagnosticSummary, summarize};
use super::input_accounting::InputAccounting;
use super::price_source::PriceSource;
use super::what_if_panel::WhatIfPanel;

/// Everything a reader of an analysis sees.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysisReport {
    /// What became of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// Where the prices come from.
    pub prices: PriceSource,
    /// What was found. Its groups are those to show.
    pub analysis: Analysis,
    /// The groups that are not shown, together.
    pub left_out: Option<LeftOut>,
    /// The costliest calls, where the reader can find them.
    pub costliest: Vec<CostlyLine>,
    /// The invoice beside what was calculated, where there is one.
    pub reconciliation: Option<Reconciliation>,
    /// What other settings would make of the bill, for a page.
    pub what_if: Option<WhatIfPanel>,
}

/// Groups that are not shown one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// How many.
    pub groups: usize,
    /// Their sums.
    pub tally: Tally,
    /// Their part of the cost.
    pub share: Option<Share>,
}

/// A costly call and its record's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostlyLine {
    /// The file as the user named it.
    pub file: String,
    /// Its line, from 1.
    pub line: u64,
    /// The call.
    pub call: CostlyCall,
}

impl AnalysisReport {
    /// The report of an analysis. At most `top` groups are shown one by one, the dearest; 0 shows
    /// all. Totals are always over everything.
    pub fn new(
        mut analysis: Analysis,
        input: InputAccounting,
        ledger: &Ledger,
        prices: PriceSource,
        top: usize,
    ) -> Self {
        let shown = if top == 0 { analysis.groups.len() } else { top.min(analysis.groups.len()) };
        let rest = analysis.groups.split_off(shown);
        let costliest = analysis.costliest.drain(..).map(|call| CostlyLine {
            file: input.file_name(call.place.file).to_owned(),
            line: call.place.line,
            call,
        });
        Self {
            costliest: costliest.collect(),
            left_out: left_out(&rest, analysis.totals.cost),
            diagnostics: summarize(ledger, &input),
            input,
            prices,
            analysis,
            reconciliation: None,
            what_if: None,
        }
    }

    /// Shows tables that a page would leave out, by name; `all` shows every one.
    ///
    /// # Errors
    /// When the report has no table of a name.
    pub fn reveal(&mut self, names: &[String]) -> Result<(), UnknownExhibit> {
        reveal(&mut self.analysis.exhibits, names)
    }

    /// The same report with what other settings would make of the bill.
    #[must_use]
    pub fn with_what_if(mut self, panel: Option<WhatIfPanel>) -> Self {
        self.what_if = panel;
        self
    }

    /// The same report beside what was billed for its calls, in dollars.
    #[must_use]
    pub fn reconciled(mut self, invoiced: Usd) -> Self {
        let lines = self.input.total();
        let (skipped, duplicates) = (lines.skipped_records(), lines.duplicates);
        let reconciliation = Reconciliation::of(&self.analysis, invoiced, skipped, duplicates);
        self.reconciliation = Some(reconciliation);
        self
    }
}

fn left_out(groups: &[Group], whole: Usd) -> Option<LeftOut> {
    if groups.is_empty() {
        return None;
    }
    let mut tally = Tally::default();
    for group in groups {
        tally.merge(&group.tally);
    }
    let share = Share::of(tally.cost.atto(), whole.atto());
    Some(LeftOut { groups: groups.len(), tally, share })
}
