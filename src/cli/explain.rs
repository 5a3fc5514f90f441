//! `llmcost explain`: a technique, a diagnostic code or a format, in words.

use std::fmt::Write;

use anyhow::anyhow;

use crate::diagnostics::{Code, did_you_mean};
use crate::insights::TOPICS;
use crate::simulation::{FINE_TUNING_DOCS, SELF_HOSTING_DOCS, SPEND_CAP_DOCS};
use crate::sources::{FORMATS, find_format, page};
use crate::techniques::CATALOG;

use super::args::ExplainArgs;
use super::backtest;
use super::estimate;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::output::deliver;

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost explain
  llmcost explain prompt_caching
  llmcost explain claude-code
  llmcost explain exit-codes";

pub(super) fn run(args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    let text = match &args.topic {
        None => list(),
        Some(topic) => explain(topic).ok_or_else(|| unknown(topic))?,
    };
    deliver(None, |out| out.write_all(text.as_bytes()))?;
    Ok(ExitStatus::Delivered)
}

/// The schema of price tables, for who writes one without the sources at hand.
const PRICES: &str = include_str!("../../pricing/README.md");

/// What a simulation tells apart from savings: name, summary, page.
const APART: [(&str, &str, &str); 3] = [
    ("spend_cap", "what a budget by key and period would have blocked", SPEND_CAP_DOCS),
    ("self_hosting", "from how many tokens a day renting GPUs would pay", SELF_HOSTING_DOCS),
    ("fine_tuning", "when the training of a tuned model would be paid", FINE_TUNING_DOCS),
];

/// What published guides claim, recomputed.
const CLAIMS: &str = include_str!("claims.md");

/// How `llmcost check` judges.
const CHECK: &str = include_str!("check_docs.md");

fn explain(topic: &str) -> Option<String> {
    if topic == "prices" {
        return Some(PRICES.to_owned());
    }
    if topic == "backtest" {
        return Some(backtest::DOCS.to_owned());
    }
    if let Some((_, _, docs)) = APART.iter().find(|(name, _, _)| *name == topic) {
        return Some(format!("# {}\n\n{}\n", topic.replace('_', " "), docs.trim()));
    }
    if topic == "check" {
        return Some(CHECK.to_owned());
    }
    if topic == "claims" {
        return Some(CLAIMS.to_owned());
    }
    if topic == "estimate" {
        return Some(estimate::DOCS.to_owned());
    }
    if let Some(entry) = CATALOG.iter().find(|entry| entry.info.name == topic) {
        return Some(format!("# {}\n\n{}\n", entry.info.label, entry.info.docs.trim()));
    }
    if let Some(table) = TOPICS.iter().find(|table| table.name == topic) {
        return Some(table.page());
    }
    if let Some(code) = Code::ALL.into_iter().find(|code| code.name() == topic) {
        return Some(format!("# {}\n\n{}\n", code.name(), code.advice()));
    }
    find_format(topic).map(page)
}

fn topics() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let techniques =
        CATALOG.iter().map(|entry| ("Techniques", entry.info.name, entry.info.summary));
    let apart = APART.iter().map(|(name, summary, _)| ("Apart from savings", *name, *summary));
    let formats = FORMATS.iter().map(|format| ("Formats", format.name, format.summary));
    let codes = Code::ALL.into_iter().map(|code| {
        let first = code.advice().split(". ").next().unwrap_or_default();
        ("Diagnostics", code.name(), first)
    });
    let tables = ("Prices", "prices", "the tables of prices, and how to write one of your own");
    let commands = ("Commands", "backtest", "how calls are predicted without their cache counters");
    let check = ("Commands", "check", "when calls count as dearer, and how sure that is");
    let claims = ("Commands", "claims", "what published guides claim, recomputed");
    let found = TOPICS.iter().map(|table| ("Tables of analyze", table.name, table.summary));
    let declared =
        ("Commands", "estimate", "what is declared of a workload without a log, and how");
    techniques
        .chain(apart)
        .chain(found)
        .chain(formats)
        .chain([tables, commands, check, declared, claims])
        .chain(codes)
}

fn list() -> String {
    let (mut text, mut heading) = (String::new(), "");
    for (group, name, summary) in topics() {
        if group != heading {
            let gap = if heading.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{group}:");
            heading = group;
        }
        let _ = writeln!(text, "  {name:<25} {summary}");
    }
    text
}

fn unknown(topic: &str) -> Failure {
    let failure = Failure::usage(anyhow!("there is nothing called `{topic}`"));
    match did_you_mean(topic, topics().map(|(_, name, _)| name)) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint("`llmcost explain` lists what there is"),
    }
}
