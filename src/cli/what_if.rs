//! The what-if panel of a page: keeps the calls of a log, and runs them under every stop.

use crate::pricing::PriceBook;
use crate::render::OutputFormat;
use crate::report::WhatIfPanel;
use crate::simulation::WhatIf;
use crate::usage::Calls;

use super::failure::Failure;
use super::flags::NO_PLAN;
use super::progress::ReplayProgress;
use super::settings::Settings;
use super::simulate::failure;

/// The columns that the panel of a page needs, those that a log may lack apart; none of either for
/// another form of a report.
pub(super) fn columns(format: OutputFormat) -> [Vec<String>; 2] {
    if format != OutputFormat::Html {
        return [Vec::new(), Vec::new()];
    }
    let plan = WhatIf::reading_plan();
    [plan.dimensions(), plan.wishes()]
}

/// The panel for calls in order of time, if the report is a page; `input` is how the log was named, in
/// words of a shell.
pub(super) fn panel(
    calls: &Calls,
    book: &PriceBook,
    settings: &Settings,
    input: &str,
) -> Result<Option<WhatIfPanel>, Failure> {
    if settings.format != OutputFormat::Html {
        return Ok(None);
    }
    let progress = ReplayProgress::new(settings.quiet);
    let what_if = WhatIf::of(calls, book, settings.threads, Some(&progress));
    drop(progress);
    let what_if = what_if.map_err(failure)?;
    // What is printed must not take up a plan that this panel knows nothing of.
    let plan = if settings.has_plan() { format!("--plan {NO_PLAN}") } else { String::new() };
    let words = ["llmcost simulate", input, &plan];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let command = words.join(" ");
    Ok(what_if.map(|what_if| WhatIfPanel { command, what_if }))
}
