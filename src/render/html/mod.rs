//! A report as one page for a browser, which loads nothing, runs only its own script and escapes
//! every name of a log.

mod analysis_page;
mod charts;
mod door;
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

use super::Style;
use super::redaction::{Mask, Reader, Redact};
use super::screen::Screen;

/// Writes a screen as a page.
pub(super) fn write(screen: &Screen, redact: Redact, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = page::of_screen(screen);
    if page.title.is_empty() {
        "llmcost".clone_into(&mut page.title);
    }
    write_page(page, redact, out)
}

/// Writes an analysis with its pictures.
pub(super) fn write_analysis(
    report: &AnalysisReport,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write_page(analysis_page::compose(report), style.redact, out)
}

/// Writes a simulation with its pictures, and those of an analysis of the same log where there is one.
pub(super) fn write_savings(
    report: &SavingsReport,
    analysis: Option<&AnalysisReport>,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write_page(savings_page::compose(report, analysis), style.redact, out)
}

fn write_page(mut page: page::Page, redact: Redact, out: &mut dyn io::Write) -> io::Result<()> {
    door::pass(&mut page, &Mask::new(redact, Reader::Others));
    template::write(&page, out)
}
