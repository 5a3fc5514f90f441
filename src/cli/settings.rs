//! What was meant: flags, environment and configuration put together and checked.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::anyhow;

use crate::diagnostics::did_you_mean;
use crate::pricing::Contract;
use crate::render::{OutputFormat, Style};
use crate::report::Currency;
use crate::sources::{FORMATS, Format, SavedSource, Statement, find_format};
use crate::usage::{Days, DerivedColumn, Filter, Instant};

use super::args::{ColorArg, CommonArgs, FormatArg, InputArgs, OutputArgs};
use super::config::Config;
use super::contracts::contracts;
use super::currency::currency;
use super::failure::Failure;
use super::journal::Journal;
use super::sources::{check_statement, saved_sources};

/// How many groups are shown when nothing is said.
const TOP_DEFAULT: usize = 15;

/// Text is this wide where there is no terminal to ask.
const PIPE_WIDTH: u16 = 100;

/// Everything a command over a log needs to know.
pub(super) struct Settings {
    pub(super) files: Vec<String>,
    pub(super) demo: bool,
    pub(super) source_format: Option<&'static Format>,
    pub(super) sources: Vec<SavedSource>,
    /// The saved source that `--source-format` names.
    pub(super) source: Option<usize>,
    pub(super) map: Vec<(String, String)>,
    pub(super) selection: Selection,
    pub(super) days: Days,
    pub(super) assume_model: String,
    pub(super) assume_call_type: String,
    pub(super) by: Vec<String>,
    pub(super) top: usize,
    pub(super) format: OutputFormat,
    pub(super) style: Style,
    pub(super) output: Option<PathBuf>,
    pub(super) quiet: bool,
    /// What `--verbose` says.
    pub(super) journal: Journal,
    pub(super) prices: Vec<PathBuf>,
    pub(super) strict: bool,
    pub(super) threads: NonZeroUsize,
    pub(super) plan: Option<PathBuf>,
    /// The instant at which all calls are priced, and its name; each call's own for nothing.
    pub(super) as_of: Option<(Instant, String)>,
    pub(super) contracts: Vec<Contract>,
    /// In which currency people are shown amounts.
    pub(super) currency: Currency,
}

/// Which calls count.
#[derive(Default)]
pub(super) struct Selection {
    pub(super) filter: Option<Filter>,
    pub(super) since: Option<Instant>,
    /// The first instant that is too late.
    pub(super) before: Option<Instant>,
}

impl Settings {
    pub(super) fn resolve(args: CommonArgs) -> Result<Self, Failure> {
        let journal = Journal::start(args.output.verbose, args.config.as_deref());
        let config = Config::load(args.config.as_deref())?;
        let days = days(args.input.timezone.as_ref().or(config.timezone.as_ref()))?;
        let selection = selection(&args.input, days)?;
        let source = args.input.source_format.as_ref().or(config.source_format.as_ref());
        let sources = saved_sources(&config.source)?;
        let named = source.and_then(|name| sources.iter().position(|saved| saved.name == *name));
        let source = source.filter(|_| named.is_none());
        let files = if args.files.is_empty() && !args.demo { config.inputs } else { args.files };
        let prices = if args.prices.is_empty() { config.prices } else { args.prices };
        let text = |flag: Option<String>, file: Option<String>| flag.or(file).unwrap_or_default();
        let format = output_format(&args.output)?;
        Ok(Self {
            files,
            demo: args.demo,
            source_format: source.map(|name| format_of(name, &sources)).transpose()?,
            sources,
            source: named,
            map: mapping(&args.input.map, config.map.into_iter().collect())?,
            selection,
            days,
            assume_model: text(args.input.assume_model, config.assume_model),
            assume_call_type: text(args.input.assume_call_type, config.assume_call_type),
            by: if args.output.by.is_empty() { config.by } else { args.output.by.clone() },
            top: args.output.top.or(config.top).unwrap_or_else(|| top_default(format)),
            format,
            style: style(&args.output),
            output: args.output.output.clone(),
            quiet: args.output.quiet,
            journal,
            prices,
            strict: args.strict,
            threads: threads(args.threads),
            plan: config.plan,
            as_of: as_of(args.as_of.as_deref())?,
            contracts: contracts(&config.contract, days)?,
            currency: currency(args.output.currency.as_deref(), config.currency.as_ref())?,
        })
    }

    /// The columns that the report groups by, beyond those every table has.
    pub(super) fn group_dimensions(&self) -> impl Iterator<Item = &str> {
        let own = |name: &&str| DerivedColumn::named(name).is_none();
        self.by.iter().map(String::as_str).filter(own)
    }
}

/// The start of the day on which all calls are priced, and its name for the report.
fn as_of(text: Option<&str>) -> Result<Option<(Instant, String)>, Failure> {
    let Some(text) = text.filter(|text| *text != "log") else { return Ok(None) };
    // Prices change at moments of UTC, whatever the zone of the report.
    let instant =
        Days::parse_day(text).and_then(|day| Days::UTC.start_of(day)).ok_or_else(|| {
            Failure::usage(anyhow!("--as-of: `{text}` is no day"))
                .hint("write it as 2026-10-31, or `log` for each call's own day")
        })?;
    Ok(Some((instant, text.to_owned())))
}

fn threads(asked: Option<u16>) -> NonZeroUsize {
    let asked = asked.and_then(|threads| NonZeroUsize::new(threads.into()));
    asked.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

fn days(zone: Option<&String>) -> Result<Days, Failure> {
    let Some(zone) = zone else { return Ok(Days::UTC) };
    Days::of_zone(zone).ok_or_else(|| {
        Failure::usage(anyhow!("`{zone}` is no time zone"))
            .hint("use a name of the IANA table, such as Europe/Berlin or America/New_York")
    })
}

fn selection(input: &InputArgs, days: Days) -> Result<Selection, Failure> {
    let filter = input.condition.as_deref().map(Filter::parse).transpose();
    let filter = filter.map_err(|error| {
        Failure::usage(error)
            .hint("for example: --where \"call_type = 'chat' AND input_tokens > 4000\"".to_owned())
    })?;
    if let Some(column) = filter.as_ref().and_then(Filter::takes_whole_log) {
        return Err(Failure::usage(anyhow!(
            "--where: `{column}` takes the whole log in order of time, and --where selects what is \
             read of it"
        ))
        .hint("name it in the `where` of a technique or of a rule instead"));
    }
    let day = |flag: &str, text: &Option<String>| {
        let Some(text) = text else { return Ok(None) };
        Days::parse_day(text).map(Some).ok_or_else(|| {
            Failure::usage(anyhow!("{flag}: `{text}` is no day")).hint("write it as 2026-10-31")
        })
    };
    let (since, until) = (day("--since", &input.since)?, day("--until", &input.until)?);
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Failure::usage(anyhow!("--since is after --until")));
    }
    let start = |day: Option<i32>| day.and_then(|day| days.start_of(day));
    Ok(Selection { filter, since: start(since), before: start(until.map(|day| day + 1)) })
}

/// The format of a name that no saved source has.
fn format_of(name: &str, sources: &[SavedSource]) -> Result<&'static Format, Failure> {
    format_named(name).map_err(|failure| {
        let saved = sources.iter().map(|source| source.name.as_str());
        let saved: Vec<&str> = saved.collect();
        match did_you_mean(name, saved.iter().copied()) {
            Some(similar) => failure.hint(format!("or the saved source `{similar}`?")),
            None if saved.is_empty() => failure,
            None => failure.hint(format!("saved sources: {}", saved.join(", "))),
        }
    })
}

pub(super) fn format_named(name: &str) -> Result<&'static Format, Failure> {
    find_format(name).ok_or_else(|| {
        let known: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        let failure = Failure::usage(anyhow!("there is no source format `{name}`"));
        match did_you_mean(name, known.iter().copied()) {
            Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
            None => failure.hint(format!("known formats: {}", known.join(", "))),
        }
    })
}

/// `field=column` pairs; those of the flags come first and so win.
fn mapping(
    flags: &[String],
    file: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, Failure> {
    let mut map = Vec::new();
    for pair in flags {
        let Some((field, column)) = pair.split_once('=') else {
            return Err(Failure::usage(anyhow!("--map: `{pair}` is not of the form field=column"))
                .hint("for example: --map input_tokens=tok_in,output_tokens=tok_out"));
        };
        map.push((field.trim().to_owned(), column.trim().to_owned()));
    }
    map.extend(file);
    for (field, value) in &map {
        if field.is_empty() || value.is_empty() {
            return Err(Failure::usage(anyhow!("--map: `{field}={value}` has an empty side")));
        }
        if let Some(statement) = Statement::named(field) {
            let fault = |what| Failure::usage(anyhow!("--map: {what}"));
            check_statement(statement, value).map_err(fault)?;
        }
    }
    Ok(map)
}

/// People look at the first few groups; programs want them all.
const fn top_default(format: OutputFormat) -> usize {
    match format {
        OutputFormat::Table | OutputFormat::Markdown => TOP_DEFAULT,
        OutputFormat::Json | OutputFormat::Csv => 0,
    }
}

/// What was asked for; else what the ending of the output file says; else a table.
pub(super) fn output_format(output: &OutputArgs) -> Result<OutputFormat, Failure> {
    if output.json {
        return Ok(OutputFormat::Json);
    }
    match output.format {
        Some(FormatArg::Table) => Ok(OutputFormat::Table),
        Some(FormatArg::Json) => Ok(OutputFormat::Json),
        Some(FormatArg::Csv) => Ok(OutputFormat::Csv),
        Some(FormatArg::Markdown) => Ok(OutputFormat::Markdown),
        None => output.output.as_deref().map_or(Ok(OutputFormat::Table), format_of_ending),
    }
}

fn format_of_ending(path: &Path) -> Result<OutputFormat, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("json") => Ok(OutputFormat::Json),
        Some("csv") => Ok(OutputFormat::Csv),
        Some("md") => Ok(OutputFormat::Markdown),
        None | Some("txt") => Ok(OutputFormat::Table),
        Some(_) => Err(Failure::usage(anyhow!("the ending of {} says no format", path.display()))
            .hint("say -o report.json, report.csv, report.md or report.txt; or --format FORMAT")),
    }
}

/// Whether standard output gets colours, by the conventions of `NO_COLOR` (which wins),
/// `CLICOLOR_FORCE` and `CLICOLOR`, and by what the terminal says it can do.
fn wants_color(is_terminal: bool, of: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name| of(name).is_some_and(|value| !value.is_empty());
    let is_not_zero = |name| of(name).is_some_and(|value| !value.is_empty() && value != "0");
    if is_set("NO_COLOR") {
        return false;
    }
    let is_off = of("CLICOLOR").is_some_and(|value| value == "0");
    let is_dumb = of("TERM").is_some_and(|value| value == "dumb");
    is_not_zero("CLICOLOR_FORCE") || (is_terminal && !is_off && !is_dumb)
}

#[expect(clippy::disallowed_methods, reason = "colours and COLUMNS are the user's settings")]
pub(super) fn style(output: &OutputArgs) -> Style {
    let terminal = std::io::stdout().is_terminal() && output.output.is_none();
    let color = match output.color {
        Some(ColorArg::Always) => true,
        Some(ColorArg::Never) => false,
        None | Some(ColorArg::Auto) => {
            output.output.is_none() && wants_color(terminal, |name| std::env::var(name).ok())
        }
    };
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = terminal.then(terminal_size::terminal_size).flatten();
    let width = measured.map(|(width, _)| width.0).or(columns).unwrap_or(PIPE_WIDTH);
    Style { color, width }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(is_terminal: bool, variables: &[(&str, &str)], expected: bool) {
        let of = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(wants_color(is_terminal, of), expected, "{is_terminal} {variables:?}");
    }

    #[test]
    fn colours_follow_the_conventions() {
        check(true, &[], true);
        check(false, &[], false);
        check(true, &[("NO_COLOR", "1")], false);
        check(true, &[("NO_COLOR", "")], true);
        check(false, &[("CLICOLOR_FORCE", "1")], true);
        check(false, &[("CLICOLOR_FORCE", "0")], false);
        check(false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false);
        check(true, &[("CLICOLOR", "0")], false);
        check(true, &[("TERM", "dumb")], false);
    }
}
