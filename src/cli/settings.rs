//! What was meant: flags, environment and configuration put together and checked.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::anyhow;
use clap::ValueEnum;

use crate::diagnostics::did_you_mean;
use crate::pricing::Contract;
use crate::render::{OutputFormat, Redact, Style};
use crate::report::Currency;
use crate::sources::{
    FORMATS, Field, Format, MostUnpacked, ReadOptions, SavedSource, Statement, find_format,
};
use crate::usage::{Days, DerivedColumn, Filter, Instant};

use super::args::{
    ColorArg, CommonArgs, CostModeArg, FormatArg, InputArgs, OutputArgs, RedactArg, THREADS_MAX,
};
use super::config::{Config, PlanSource};
use super::contracts::contracts;
use super::currency::currency;
use super::failure::{Failure, mask_messages};
use super::journal::Journal;
use super::memory;
use super::sources::{check_statement, saved_sources};

/// How many groups are shown when nothing is said.
const TOP_DEFAULT: usize = 15;

/// How many in a browser, where tables scroll, sort and filter.
const TOP_IN_BROWSER: usize = 100;

/// A page has room for so many; all others are one row.
const MOST_IN_BROWSER: usize = 900;

/// Text is this wide where there is no terminal to ask.
const PIPE_WIDTH: u16 = 100;

/// Everything a command over a log needs to know.
#[expect(clippy::struct_excessive_bools, reason = "flags that have nothing to do with each other")]
pub(super) struct Settings {
    pub(super) files: Vec<String>,
    pub(super) demo: bool,
    pub(super) source_format: Option<&'static Format>,
    pub(super) sources: Vec<SavedSource>,
    /// The saved source that `--source-format` names.
    pub(super) source: Option<usize>,
    pub(super) map: Vec<(String, String)>,
    /// How many pairs of `map` were typed, and where the others stand.
    pub(super) map_typed: (usize, String),
    /// Columns of the user's own and where they stand, read where a run asks for them.
    pub(super) dimensions: Vec<(String, String)>,
    pub(super) selection: Selection,
    pub(super) days: Days,
    pub(super) assume_model: String,
    pub(super) assume_call_type: String,
    pub(super) keep_duplicates: bool,
    /// How many groups `analyze` keeps apart, as the configuration says.
    pub(super) max_groups: Option<u32>,
    /// How much one compressed input may unpack to.
    pub(super) most_unpacked: MostUnpacked,
    /// The longest record that is read, in bytes.
    pub(super) longest_record: usize,
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
    pub(super) plan: Option<PlanSource>,
    /// What the configuration says of which cost counts.
    pub(super) cost_mode: Option<CostModeArg>,
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
        let config = Config::load(args.config.as_deref())?;
        let settings = Self::with(args, &config)?;
        config.tell(settings.quiet);
        Ok(settings)
    }

    /// As [`Settings::resolve`], with a configuration that was read already.
    pub(super) fn with(mut args: CommonArgs, config: &Config) -> Result<Self, Failure> {
        let journal = Journal::start(args.output.verbose, config);
        fill(&mut args.output, config);
        // First of all: messages are masked from here on.
        let style = style(&args.output);
        let days = days(args.input.timezone.as_deref(), config)?;
        let selection = selection(&args.input, days)?;
        let (source, sources) =
            (args.input.source_format.as_deref(), saved_sources(&config.source)?);
        let source = source.or_else(|| config.text("source_format"));
        let named = source.and_then(|name| sources.iter().position(|saved| saved.name == *name));
        let source = source.filter(|_| named.is_none());
        let files =
            if args.files.is_empty() && !args.demo { config.list("inputs") } else { args.files };
        let text = |flag: Option<String>, key| {
            flag.or_else(|| config.text(key).map(str::to_owned)).unwrap_or_default()
        };
        let format = output_format(&args.output)?;
        let top = config.whole("top").and_then(|top| usize::try_from(top).ok());
        Ok(Self {
            files,
            demo: args.demo,
            source_format: source.map(|name| format_of(name, &sources)).transpose()?,
            sources,
            source: named,
            map: mapping(&args.input.map, config)?,
            map_typed: (args.input.map.len(), config.place("map").unwrap_or_default()),
            dimensions: dimensions(config)?,
            selection,
            days,
            assume_model: text(args.input.assume_model, "assume_model"),
            assume_call_type: text(args.input.assume_call_type, "assume_call_type"),
            keep_duplicates: args.input.keep_duplicates,
            max_groups: config.whole("max_groups"),
            most_unpacked: most_unpacked(args.input.max_unpacked.as_deref(), config)?,
            longest_record: longest_record(args.input.max_record.as_deref(), config)?,
            by: if args.output.by.is_empty() { config.list("by") } else { args.output.by.clone() },
            top: top_of(args.output.top.or(top), format),
            format,
            style,
            quiet: switch(args.output.quiet, "LLMCOST_QUIET", config.truth("quiet")),
            output: args.output.output.clone(),
            journal,
            prices: if args.prices.is_empty() { config.paths("prices") } else { args.prices },
            strict: switch(args.strict, "LLMCOST_STRICT", config.truth("strict")),
            threads: threads(args.threads, config)?,
            plan: config.plan.clone(),
            cost_mode: config.text("cost_mode").and_then(word_of),
            as_of: as_of(args.as_of.as_deref(), config)?,
            contracts: contracts(&config.contract, days)?,
            currency: currency(args.output.currency.as_deref(), config)?,
        })
    }

    /// Whether the configuration or the environment names a plan.
    #[expect(clippy::disallowed_methods, reason = "a command that is printed will be run there")]
    pub(super) fn has_plan(&self) -> bool {
        let named = std::env::var_os("LLMCOST_PLAN").is_some_and(|plan| !plan.is_empty());
        named || self.plan.is_some()
    }

    /// The columns that the report groups by, beyond those every table has.
    pub(super) fn group_dimensions(&self) -> impl Iterator<Item = &str> {
        let own = |name: &&str| DerivedColumn::named(name).is_none();
        self.by.iter().map(String::as_str).filter(own)
    }
}

/// Adds what the configuration says of the form of a report. The ending of a file that was typed
/// says more.
pub(super) fn fill(output: &mut OutputArgs, config: &Config) {
    let ending = output.output.as_deref().and_then(Path::extension);
    if output.format.is_none() && !output.json && ending.is_none() {
        output.format = config.text("format").and_then(word_of);
    }
    output.color = output.color.or_else(|| config.text("color").and_then(word_of));
    output.redact = output.redact.or_else(|| config.text("redact").and_then(word_of));
}

/// A word that was held to its choices when it was read.
fn word_of<Choice: ValueEnum>(word: &str) -> Option<Choice> {
    Choice::from_str(word, false).ok()
}

/// Whether a flag is on: typed, else as the environment has it, else as the configuration does.
#[expect(clippy::disallowed_methods, reason = "a variable that says no wins over a file")]
fn switch(flag: bool, variable: &str, config: Option<bool>) -> bool {
    let is_said = std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    flag || (!is_said && config.unwrap_or(false))
}

/// What was said by flag or environment, else by the configuration; with who said it.
fn stated<'a>(
    typed: Option<&'a str>,
    flag: &str,
    config: &'a Config,
    key: &str,
) -> Option<(&'a str, String)> {
    let typed = typed.map(|text| (text, flag.to_owned()));
    typed.or_else(|| Some((config.text(key)?, config.place(key)?)))
}

/// Columns of the user's own; a name with another meaning would never be read.
fn dimensions(config: &Config) -> Result<Vec<(String, String)>, Failure> {
    let pairs = config.pairs("dimensions");
    let place = config.place("dimensions").unwrap_or_default();
    for (name, path) in &pairs {
        if Field::named(name).is_some() || Statement::named(name).is_some() {
            return Err(Failure::usage(anyhow!("{place}: `{name}` is a field"))
                .hint(format!("put it under map: map = {{ {name} = \"{path}\" }}")));
        }
        if DerivedColumn::named(name).is_some() {
            return Err(Failure::usage(anyhow!("{place}: every log has a column `{name}`"))
                .hint("give it another name"));
        }
        if path.is_empty() {
            return Err(Failure::usage(anyhow!("{place}: `{name}` stands nowhere"))
                .hint("name the column, or the path of keys: team = \"metadata.team\""));
        }
    }
    Ok(pairs)
}

/// The start of the day on which all calls are priced, and its name for the report.
fn as_of(typed: Option<&str>, config: &Config) -> Result<Option<(Instant, String)>, Failure> {
    let Some((text, who)) = stated(typed, "--as-of", config, "as_of") else { return Ok(None) };
    if text == "log" {
        return Ok(None);
    }
    // Prices change at moments of UTC, whatever the zone of the report.
    let instant =
        Days::parse_day(text).and_then(|day| Days::UTC.start_of(day)).ok_or_else(|| {
            Failure::usage(anyhow!("{who}: `{text}` is no day"))
                .hint("write it as 2026-10-31, or `log` for each call's own day")
        })?;
    Ok(Some((instant, text.to_owned())))
}

fn most_unpacked(typed: Option<&str>, config: &Config) -> Result<MostUnpacked, Failure> {
    let Some((text, who)) = stated(typed, "--max-unpacked", config, "max_unpacked") else {
        return Ok(MostUnpacked::default());
    };
    if text == "off" {
        return Ok(MostUnpacked::Any);
    }
    memory::size(text).filter(|size| *size > 0).map(MostUnpacked::Bytes).ok_or_else(|| {
        Failure::usage(anyhow!("{who}: `{text}` is no size")).hint("write it as 50G, or `off`")
    })
}

/// Memory is a few times the longest record.
const LONGEST_RECORDS: std::ops::RangeInclusive<u64> = 1 << 16..=2 << 30;

fn longest_record(typed: Option<&str>, config: &Config) -> Result<usize, Failure> {
    let Some((text, who)) = stated(typed, "--max-record", config, "max_record") else {
        return Ok(ReadOptions::default().longest_record);
    };
    let size = memory::size(text).filter(|size| LONGEST_RECORDS.contains(size));
    size.and_then(|size| usize::try_from(size).ok()).ok_or_else(|| {
        Failure::usage(anyhow!("{who}: `{text}` is no size of a record"))
            .hint("write it as 1G; it is between 64K and 2G")
    })
}

fn threads(typed: Option<u16>, config: &Config) -> Result<NonZeroUsize, Failure> {
    let asked = typed.map(u32::from).or_else(|| config.whole("threads"));
    if let Some(count) = asked.filter(|count| !(1..=THREADS_MAX).contains(&i64::from(*count))) {
        let place = config.place("threads").unwrap_or_default();
        return Err(Failure::usage(anyhow!("{place}: {count} is no number of threads"))
            .hint(format!("it is between 1 and {THREADS_MAX}")));
    }
    let asked = asked.and_then(|count| NonZeroUsize::new(usize::try_from(count).ok()?));
    Ok(asked.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN))
}

fn days(typed: Option<&str>, config: &Config) -> Result<Days, Failure> {
    let Some((zone, who)) = stated(typed, "--timezone", config, "timezone") else {
        return Ok(Days::UTC);
    };
    Days::of_zone(zone).ok_or_else(|| {
        let failure = Failure::usage(anyhow!("{who}: `{zone}` is no time zone"));
        let of_city = Days::zone_names().find(|name| {
            name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(zone))
        });
        let meant = of_city.or_else(|| did_you_mean(zone, Days::zone_names()));
        failure.hint(match meant {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => {
                "use a name of the IANA table, such as Europe/Berlin or America/New_York".to_owned()
            }
        })
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
        return Err(Failure::usage(anyhow!("--since is after --until"))
            .hint("--since is the first day, --until the last"));
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
            None => failure.hint(partly_named(name, &known)),
        }
    })
}

/// The formats with such a name in theirs; all of them where there are none.
fn partly_named(name: &str, known: &[&str]) -> String {
    let wanted = name.to_lowercase();
    let alike: Vec<&str> =
        known.iter().copied().filter(|one| one.contains(&wanted) && !wanted.is_empty()).collect();
    if alike.is_empty() {
        return format!("known formats: {}", known.join(", "));
    }
    format!("it could be {}", alike.join(", "))
}

/// `field=column` pairs; those of the flags come first and so win.
fn mapping(flags: &[String], config: &Config) -> Result<Vec<(String, String)>, Failure> {
    let mut map = Vec::new();
    for pair in flags {
        let Some((field, column)) = pair.split_once('=') else {
            return Err(Failure::usage(anyhow!("--map: `{pair}` is not of the form field=column"))
                .hint("for example: --map input_tokens=tok_in,output_tokens=tok_out"));
        };
        map.push((field.trim().to_owned(), column.trim().to_owned()));
    }
    let typed = map.len();
    map.extend(config.pairs("map"));
    let place = config.place("map").unwrap_or_default();
    for (index, (field, value)) in map.iter().enumerate() {
        let who = if index < typed { "--map" } else { &place };
        if field.is_empty() || value.is_empty() {
            return Err(Failure::usage(anyhow!("{who}: `{field}={value}` has an empty side"))
                .hint("write a field and the column that holds it: input_tokens=tok_in"));
        }
        if let Some(statement) = Statement::named(field) {
            let fault = |what| Failure::usage(anyhow!("{who}: {what}"));
            check_statement(statement, value).map_err(fault)?;
        }
    }
    Ok(map)
}

/// How many groups are shown.
fn top_of(asked: Option<usize>, format: OutputFormat) -> usize {
    let top = asked.unwrap_or_else(|| top_default(format));
    match format {
        OutputFormat::Html if top == 0 => MOST_IN_BROWSER,
        OutputFormat::Html => top.min(MOST_IN_BROWSER),
        _ => top,
    }
}

/// People look at the first few groups; programs want them all.
const fn top_default(format: OutputFormat) -> usize {
    match format {
        OutputFormat::Table | OutputFormat::Markdown => TOP_DEFAULT,
        OutputFormat::Html => TOP_IN_BROWSER,
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
        Some(FormatArg::Html) => Ok(OutputFormat::Html),
        None => output.output.as_deref().map_or(Ok(OutputFormat::Table), format_of_ending),
    }
}

fn format_of_ending(path: &Path) -> Result<OutputFormat, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("json") => Ok(OutputFormat::Json),
        Some("csv") => Ok(OutputFormat::Csv),
        Some("md") => Ok(OutputFormat::Markdown),
        Some("html" | "htm") => Ok(OutputFormat::Html),
        None | Some("txt") => Ok(OutputFormat::Table),
        Some(_) => Err(Failure::usage(anyhow!("the ending of {} says no format", path.display()))
            .hint("say -o report.html, report.json, report.csv, report.md or report.txt; or --format FORMAT")),
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
    let redact = output.redact.map_or(Redact::Auto, RedactArg::meaning);
    mask_messages(redact);
    Style { color, width, redact }
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
