//! A report as one page for a browser, which loads nothing, runs only its own script and escapes
//! every name of a log.

mod analysis_page;
mod charts;
mod exhibit_sections;
mod page;
mod periods;
mod pictures;
mod savings_page;
mod table;
mod template;
#[cfg(test)]
mod views;
mod what_if;

use std::io;

use crate::report::{AnalysisReport, SavingsReport};

use super::screen::Screen;

/// Writes a screen as a page.
pub(super) fn write(screen: &Screen, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = page::of_screen(screen);
    if page.title.is_empty() {
        "llmcost".clone_into(&mut page.title);
    }
    template::write(&page, out)
}

/// Writes an analysis with its pictures.
pub(super) fn write_analysis(report: &AnalysisReport, out: &mut dyn io::Write) -> io::Result<()> {
    template::write(&analysis_page::compose(report), out)
}

/// Writes a simulation with its pictures, and those of an analysis of the same log where there is one.
pub(super) fn write_savings(
    report: &SavingsReport,
    analysis: Option<&AnalysisReport>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    template::write(&savings_page::compose(report, analysis), out)
}
