//! `llmcost explain`: techniques, formats, diagnostics, exit codes and more, in words.

use std::fmt::Write;

use anyhow::anyhow;

use crate::diagnostics::{Code, did_you_mean};
use crate::insights::{ODDITIES, TOPICS};
use crate::pricing::PriceBook;
use crate::simulation::{FINE_TUNING_DOCS, SELF_HOSTING_DOCS, SPEND_CAP_DOCS};
use crate::sources::{FORMATS, page};
use crate::techniques::CATALOG;

use super::args::{ExplainArgs, OutputArgs};
use super::exit_status::{ExitStatus, codes_page};
use super::failure::Failure;
use super::output::deliver;
use super::settings::style;
use super::{backtest, config, estimate};

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost explain
  llmcost explain prompt_caching
  llmcost explain claude-code
  llmcost explain exit-codes";

/// The schema of price tables, for who writes one without the sources at hand.
const PRICES: &str = include_str!("../../pricing/README.md");

/// What published guides claim, recomputed.
const CLAIMS: &str = include_str!("claims.md");

/// How `llmcost check` judges.
const CHECK: &str = include_str!("check_docs.md");

/// What roll-ups are, and what they tell.
const ROLLUPS: &str = include_str!("../../docs/rollups.md");

/// Less of a name could be anything.
const PART_MIN: usize = 4;

/// The column at which summaries of the list begin.
const INDENT: usize = 28;

/// The narrowest list.
const WIDTH_MIN: usize = 50;

/// Something that can be explained.
struct Topic {
    group: &'static str,
    name: &'static str,
    summary: String,
    /// Makes the page.
    page: Box<dyn Fn() -> String>,
}

impl Topic {
    fn new(
        group: &'static str,
        name: &'static str,
        summary: &str,
        page: impl Fn() -> String + 'static,
    ) -> Self {
        Self { group, name, summary: summary.to_owned(), page: Box::new(page) }
    }
}

pub(super) fn run(args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    let topics = topics();
    let typed = args.topic.join(" ");
    let text = if typed.is_empty() {
        list(&topics, usize::from(style(&OutputArgs::default()).width))
    } else {
        let topic = found(&topics, &typed).ok_or_else(|| unknown(&topics, &typed))?;
        (topic.page)()
    };
    deliver(None, |out| out.write_all(text.as_bytes()))?;
    Ok(ExitStatus::Delivered)
}

/// A page of a heading and a text.
fn headed(heading: &str, text: &str) -> String {
    format!("# {heading}\n\n{}\n", text.trim())
}

/// Everything that can be explained, by group.
fn topics() -> Vec<Topic> {
    let mut topics = Vec::new();
    for entry in CATALOG {
        let info = entry.info;
        topics.push(Topic::new("Techniques", info.name, info.summary, || {
            headed(info.label, info.docs)
        }));
    }
    for (name, summary, docs) in [
        ("spend_cap", "what a budget by key and period would have blocked", SPEND_CAP_DOCS),
        ("self_hosting", "from how many tokens a day renting GPUs would pay", SELF_HOSTING_DOCS),
        ("fine_tuning", "when the training of a tuned model would be paid", FINE_TUNING_DOCS),
    ] {
        let heading = name.replace('_', " ");
        topics
            .push(Topic::new("Apart from savings", name, summary, move || headed(&heading, docs)));
    }
    for (name, summary, docs) in [
        ("check", "when calls count as dearer, and how sure that is", CHECK),
        ("estimate", "what is declared of a workload without a log, and how", estimate::DOCS),
        ("backtest", "how calls are predicted without their cache counters", backtest::DOCS),
        ("rollups", "logs as sums that give the same figures, and what they tell", ROLLUPS),
        ("claims", "what published guides claim, recomputed", CLAIMS),
        ("sql", "the query that rolls a log up where it is stored", super::sql::DOCS),
        ("prices", "the tables of prices, and how to write one of your own", PRICES),
    ] {
        topics.push(Topic::new("Commands", name, summary, || docs.to_owned()));
    }
    let summary = "every key of llmcost.toml, and where it is read from";
    topics.push(Topic::new("Commands", "config", summary, config::page));
    let summary = "how a run ended, for scripts; also by number: explain 3";
    topics.push(Topic::new("Commands", "exit-codes", summary, || codes_page(None)));
    for table in TOPICS {
        topics.push(Topic::new(
            "Tables of analyze (--show NAME)",
            table.name,
            table.summary,
            move || table.page(),
        ));
    }
    for format in FORMATS {
        topics.push(Topic::new("Formats", format.name, format.summary, || page(format)));
    }
    for code in Code::ALL {
        let summary = code.advice().split(". ").next().unwrap_or_default();
        topics.push(Topic::new("Diagnostics", code.name(), summary, move || {
            headed(code.name(), code.advice())
        }));
    }
    for page in ODDITIES {
        topics.push(Topic::new(
            "What makes a log look wrong",
            page.name,
            page.summary,
            move || headed(page.name, page.text),
        ));
    }
    for status in ExitStatus::ALL {
        let number = status.number();
        topics.push(Topic::new("", number, "", move || codes_page(Some(number))));
    }
    topics
}

/// A name without what people type differently.
fn plain(name: &str) -> String {
    let name = name.to_lowercase();
    let name = name.strip_prefix("exit code ").or(name.strip_prefix("exit ")).unwrap_or(&name);
    name.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// The topic of a name: as it is, spelled in another way, or the only one with it in its name.
fn found<'t>(topics: &'t [Topic], typed: &str) -> Option<&'t Topic> {
    if let Some(topic) = topics.iter().find(|topic| topic.name == typed) {
        return Some(topic);
    }
    let wanted = plain(typed);
    if wanted == "exitcode" {
        return found(topics, "exit-codes");
    }
    let whole: Vec<&Topic> = topics.iter().filter(|topic| plain(topic.name) == wanted).collect();
    if let [only] = whole[..] {
        return Some(only);
    }
    let parts: Vec<&Topic> = alike(topics, &wanted).collect();
    if let [only] = parts[..] { Some(only) } else { None }
}

/// The topics with a word in their name.
fn alike<'t>(topics: &'t [Topic], wanted: &str) -> impl Iterator<Item = &'t Topic> {
    let is_long = wanted.chars().count() >= PART_MIN;
    let wanted = wanted.to_owned();
    topics.iter().filter(move |topic| is_long && plain(topic.name).contains(&wanted))
}

fn list(topics: &[Topic], width: usize) -> String {
    let (mut text, mut heading) = (String::new(), "");
    for topic in topics.iter().filter(|topic| !topic.group.is_empty()) {
        if topic.group != heading {
            let gap = if heading.is_empty() { "" } else { "\n" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{gap}{}:", topic.group);
            heading = topic.group;
        }
        let mut line = format!("  {:<1$}", topic.name, INDENT - 3);
        let mut is_new = true;
        for word in topic.summary.split_whitespace() {
            let length = line.chars().count() + 1 + word.chars().count();
            if !is_new && length > width.max(WIDTH_MIN) {
                let _ = writeln!(text, "{}", line.trim_end());
                line = " ".repeat(INDENT - 1);
            }
            let _ = write!(line, " {word}");
            is_new = false;
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn unknown(topics: &[Topic], typed: &str) -> Failure {
    let failure = Failure::usage(anyhow!("there is nothing called `{typed}` to explain"));
    let names: Vec<&str> = alike(topics, &plain(typed)).map(|topic| topic.name).collect();
    if !names.is_empty() {
        return failure.hint(format!("it could be {}", names.join(", ")));
    }
    if PriceBook::embedded().find("", typed).is_ok() {
        return failure.hint(format!("of a model: `llmcost prices show {typed}`"));
    }
    let listed = topics.iter().filter(|topic| !topic.group.is_empty()).map(|topic| topic.name);
    match did_you_mean(typed, listed) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint("`llmcost explain` lists what there is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: Option<&str>) {
        let topics = topics();
        assert_eq!(found(&topics, typed).map(|topic| topic.name), expected, "{typed}");
    }

    #[test]
    fn names_are_found_as_people_type_them_where_only_one_fits() {
        check("prompt_caching", Some("prompt_caching"));
        check("prompt-caching", Some("prompt_caching"));
        check("Prompt Caching", Some("prompt_caching"));
        check("trimming", Some("context_trimming"));
        check("Claude Code", Some("claude-code"));
        check("cache", None);
        check("exit codes", Some("exit-codes"));
        check("exit code 3", Some("3"));
        check("3", Some("3"));
        check("101", Some("101"));
        check("7", None);
        check("batch", Some("batch"));
        check("", None);
    }

    #[test]
    fn every_topic_has_a_page_and_a_name_of_its_own() {
        let topics = topics();
        for topic in &topics {
            assert!((topic.page)().trim().contains('\n'), "{}", topic.name);
            assert!(topics.iter().filter(|one| one.name == topic.name).count() == 1);
        }
    }

    #[test]
    fn the_list_fits_the_width() {
        for width in [60, 80, 120] {
            for line in list(&topics(), width).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }
}
