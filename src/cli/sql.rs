//! `llmcost sql`: the query that rolls a log up where it is stored.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use crate::pricing::PriceBook;
use crate::rollup::{COLUMNS, boundaries};
use crate::sources::{Field, TableColumns, quoted_for_shell, table_columns};
use crate::sql::{
    DIALECTS, Dialect, Every, Name, NameError, Request, Times, rollup_query, unused_fields,
};
use crate::usage::DerivedColumn;

use super::args::{CommonArgs, FormatArg, InputArgs, OutputArgs};
use super::exit_status::ExitStatus;
use super::failure::{Failure, note};
use super::intake::{check_mapped_fields, note_open_cache};
use super::output::deliver;
use super::settings::Settings;
use super::supplies::Prices;

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost sql --dialect postgres --table llm_cost_log > rollup.sql
  llmcost sql --dialect postgres | psql --csv prod | llmcost analyze -
  llmcost sql --dialect bigquery --table my-project.logs.calls --by team
  llmcost sql --dialect spark --columns time,model,input_tokens,output_tokens
  llmcost sql --dialect duckdb --table '\"usage.parquet\"' --since 2026-10-01
  llmcost sql --dialect clickhouse --map time=at,input_tokens=tok_in";

/// The page of `llmcost explain sql`, which is also a document.
pub(super) const DOCS: &str = include_str!("../../docs/sql/README.md");

/// The columns that a table is taken to have where nobody says which it has.
const ASSUMED: [Field; 4] = [Field::Time, Field::Model, Field::Input, Field::Output];

/// `llmcost sql`.
#[derive(Debug, Args)]
pub(super) struct SqlArgs {
    /// Whose SQL it is.
    #[arg(long, value_name = "ENGINE",
          value_parser = PossibleValuesParser::new(DIALECTS.iter().map(|dialect| dialect.name)))]
    dialect: String,
    /// The table with the log, such as `billing.calls`; a part with a point in it goes in quotes.
    #[arg(long, value_name = "NAME", default_value = "llm_cost_log")]
    table: String,
    /// All columns that the table has; by default `time`, `model`, `input_tokens`, `output_tokens` and those
    /// that are mapped.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// The column that holds a field, such as `time=created_at,input_tokens=tok_in`.
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',', env = "LLMCOST_MAP")]
    map: Vec<String>,
    /// What the column of times holds; in SQLite each value says it itself.
    #[arg(long, value_enum, value_name = "KIND", default_value = "timestamps")]
    times: TimesArg,
    /// Count records with the id and the contents of another one too.
    #[arg(long)]
    keep_copies: bool,
    /// The columns to keep apart besides those of every roll-up: team, user, …
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', env = "LLMCOST_BY")]
    by: Vec<String>,
    /// How long the calls of a row may be apart.
    #[arg(long, value_enum, value_name = "PERIOD", default_value = "day")]
    every: EveryArg,
    /// Only calls from this day on.
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Only calls up to this day, which is included.
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// The time zone of these two days; UTC by default.
    #[arg(long, value_name = "ZONE", env = "LLMCOST_TIMEZONE")]
    timezone: Option<String>,
    /// The model of records that name none.
    #[arg(long, value_name = "MODEL", env = "LLMCOST_ASSUME_MODEL")]
    assume_model: Option<String>,
    /// The call type of records that name none.
    #[arg(long, value_name = "CALL_TYPE", env = "LLMCOST_ASSUME_CALL_TYPE")]
    assume_call_type: Option<String>,
    /// Price tables that add to and override the built-in ones.
    #[arg(long, value_name = "FILE", env = "LLMCOST_PRICES", value_delimiter = ',')]
    prices: Vec<PathBuf>,
    /// Write the query to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    config: Option<PathBuf>,
    /// No remarks on stderr, only errors.
    #[arg(short, long)]
    quiet: bool,
}

/// What the column of times holds.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TimesArg {
    /// Points in time, or days, as the engine has them.
    Timestamps,
    /// Texts such as 2026-05-01T10:00:00Z.
    Texts,
    /// Seconds, ms, µs or ns since 1970, told apart by size unless --map `time_unit=` says it.
    Numbers,
}

/// How long a bucket is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EveryArg {
    /// Days of UTC.
    Day,
    /// Hours, for models whose prices depend on the hour.
    Hour,
}

impl SqlArgs {
    fn common(&self) -> CommonArgs {
        let input = InputArgs {
            map: self.map.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            timezone: self.timezone.clone(),
            assume_model: self.assume_model.clone(),
            assume_call_type: self.assume_call_type.clone(),
            ..InputArgs::default()
        };
        let output = OutputArgs {
            by: self.by.clone(),
            // The endings of queries are none of a report's.
            format: Some(FormatArg::Table),
            output: self.output.clone(),
            quiet: self.quiet,
            ..OutputArgs::default()
        };
        CommonArgs {
            files: Vec::new(),
            demo: false,
            input,
            prices: self.prices.clone(),
            as_of: None,
            output,
            strict: false,
            threads: None,
            config: self.config.clone(),
        }
    }
}

pub(super) fn run(args: &SqlArgs) -> Result<ExitStatus, Failure> {
    let mut known = DIALECTS.iter();
    let dialect = known.find(|dialect| dialect.name == args.dialect);
    let dialect = dialect.expect("clap takes no other name");
    let settings = Settings::resolve(args.common())?;
    check_assumed(&settings)?;
    let prices = Prices::load(&settings)?;
    let request = request(args, &settings, &prices.book, dialect)?;
    if !settings.quiet {
        tell(&request, dialect, args);
        note_open_cache(&settings);
    }
    let query = rollup_query(&request, dialect)
        .map_err(|(name, error)| unnamed("a column", &name, error, dialect))?;
    deliver(settings.output.as_deref(), |out| out.write_all(query.as_bytes()))?;
    Ok(ExitStatus::Delivered)
}

fn request(
    args: &SqlArgs,
    settings: &Settings,
    book: &PriceBook,
    dialect: &Dialect,
) -> Result<Request, Failure> {
    let table = dialect
        .table(&args.table)
        .map_err(|error| unnamed("--table", &args.table, error, dialect))?;
    let dimensions: Vec<&str> = settings.group_dimensions().collect();
    check_mapped_fields(settings, &dimensions)?;
    let columns = columns(args, settings)?;
    let by = by(settings, &columns, dialect)?;
    let changes = book.changes().into_iter().filter(|at| {
        settings.selection.since.is_none_or(|since| *at > since)
            && settings.selection.before.is_none_or(|before| *at < before)
    });
    let is_number = columns.time_unit.is_some();
    Ok(Request {
        table,
        by,
        every: match args.every {
            EveryArg::Day => Every::Day,
            EveryArg::Hour => Every::Hour,
        },
        since: settings.selection.since,
        before: settings.selection.before,
        times: match args.times {
            TimesArg::Timestamps if is_number => Times::Numbers,
            TimesArg::Timestamps => Times::Timestamps,
            TimesArg::Texts => Times::Texts,
            TimesArg::Numbers => Times::Numbers,
        },
        keeps_copies: args.keep_copies,
        assumed_model: settings.assume_model.clone(),
        assumed_call_type: settings.assume_call_type.clone(),
        boundaries: boundaries(book),
        changes: changes.collect(),
        minutes: book.minutes_of_change(),
        command: command(args),
        columns,
    })
}

/// What the columns of the table mean.
fn columns(args: &SqlArgs, settings: &Settings) -> Result<TableColumns, Failure> {
    let is_mapped =
        |field: &Field| settings.map.iter().any(|(name, _)| field.own_name() == Some(name));
    let mut names: Vec<String> = args.columns.iter().map(|name| name.trim().to_owned()).collect();
    names.retain(|name| !name.is_empty());
    let are_told = !names.is_empty();
    if !are_told {
        let assumed = ASSUMED.into_iter().filter(|field| !is_mapped(field));
        names.extend(assumed.filter_map(Field::own_name).map(str::to_owned));
    }
    let fields = settings.map.iter().filter(|(name, _)| Field::named(name).is_some());
    for (_, column) in fields {
        if !names.contains(column) {
            names.push(column.clone());
        }
    }
    let columns = table_columns(&names, &settings.map);
    let assumes_model = !settings.assume_model.is_empty() || columns.has(Field::RequestModel);
    let missing = ASSUMED.into_iter().filter(|field| !columns.has(*field));
    let mut missing = missing.filter(|field| *field != Field::Model || !assumes_model);
    if let Some(name) = missing.find_map(Field::own_name) {
        let failure = Failure::usage(anyhow!("--columns: none of them is the `{name}` of a call"));
        return Err(failure.hint(format!("--map {name}=COLUMN says which it is")));
    }
    if columns.has_decimal_comma {
        let failure = Failure::usage(anyhow!("--map: decimal_comma is about texts, not tables"));
        return Err(failure.hint("leave it out; numbers of a table need no comma"));
    }
    if columns.has(Field::Total) && !columns.is_settled {
        let total = columns.of(Field::Total).join(", ");
        let failure = Failure::usage(anyhow!(
            "--columns: `{total}` would tell row by row whether the input includes cached tokens"
        ));
        return Err(failure.hint(
            "say it for all rows: --map input_includes_cache=true (or =false); or leave that column out",
        ));
    }
    Ok(columns)
}

/// The columns to keep apart, beyond those that every roll-up has.
fn by(
    settings: &Settings,
    columns: &TableColumns,
    dialect: &Dialect,
) -> Result<Vec<(String, Name)>, Failure> {
    let mut by: Vec<(String, Name)> = Vec::new();
    for name in settings.group_dimensions() {
        if DerivedColumn::named(name).is_some() || by.iter().any(|(known, _)| known == name) {
            continue;
        }
        let mapped = settings.map.iter().chain(&settings.dimensions);
        let mapped = mapped.into_iter().find(|(known, _)| known == name).map(|(_, column)| column);
        let field = Field::named(name).and_then(|field| columns.of(field).first());
        if COLUMNS.contains(&name) {
            if Field::named(name).is_some() {
                continue;
            }
            let failure = Failure::usage(anyhow!("--by: every roll-up has a column `{name}`"));
            return Err(failure
                .hint(format!("give it another name: --map my_{name}={name} --by my_{name}")));
        }
        let column = mapped.or(field).map_or(name, String::as_str);
        let column =
            dialect.column(column).map_err(|error| unnamed("--by", column, error, dialect))?;
        by.push((name.to_owned(), column));
    }
    Ok(by)
}

/// What is assumed stands in the query as text.
fn check_assumed(settings: &Settings) -> Result<(), Failure> {
    let assumed = [
        ("--assume-model", &settings.assume_model),
        ("--assume-call-type", &settings.assume_call_type),
    ];
    for (flag, name) in assumed {
        if name.chars().any(is_hidden) {
            let failure = Failure::usage(anyhow!("{flag}: `{name}` has an invisible character"));
            return Err(failure.hint("write it in one line, with letters that can be seen"));
        }
    }
    Ok(())
}

fn unnamed(who: &str, name: &str, error: NameError, dialect: &Dialect) -> Failure {
    let label = dialect.label;
    let failure = Failure::usage(anyhow!("{who}: `{name}` is no name of {label}: {error}"));
    match error {
        NameError::Empty => failure.hint("write a name such as calls or billing.calls"),
        NameError::Unclosed => {
            failure.hint("a part that begins with a quote ends with it: \"a.b\".c")
        }
        NameError::Invisible(_) => failure.hint("make a view with a plain name"),
        NameError::TooManyParts(_) => {
            failure.hint(format!("a point that belongs to the name goes in quotes: '\"{name}\"'"))
        }
    }
}

/// Says what of the table is not made use of.
fn tell(request: &Request, dialect: &Dialect, args: &SqlArgs) {
    let unused = unused_fields(request, dialect);
    let columns = &request.columns;
    let of_fields = unused.into_iter().flat_map(|field| columns.of(field));
    let is_kept = |name: &&String| !args.by.contains(name);
    let names: Vec<String> =
        of_fields.chain(&columns.others).filter(is_kept).map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        note(&format!("a roll-up has no use for {}; --by keeps a column apart", names.join(", ")));
    }
    let has = |field| columns.has(field);
    if args.columns.is_empty() && !has(Field::CacheRead) {
        note(
            "the table is taken to have no other columns than these; --columns lists all it has, such \
             as cache_read_tokens, conversation or status",
        );
    }
}

/// What was typed, for the comment at the beginning of the query.
fn command(args: &SqlArgs) -> String {
    let mut words = vec!["llmcost sql --dialect".to_owned(), args.dialect.clone()];
    let mut add = |flag: &str, value: &str| {
        if !value.is_empty() {
            words.push(format!("{flag} {}", quoted_for_shell(value)));
        }
    };
    let day = |day: &Option<String>| day.clone().unwrap_or_default();
    add("--table", &args.table);
    add("--columns", &args.columns.join(","));
    add("--map", &args.map.join(","));
    match args.times {
        TimesArg::Timestamps => {}
        TimesArg::Texts => add("--times", "texts"),
        TimesArg::Numbers => add("--times", "numbers"),
    }
    add("--by", &args.by.join(","));
    if matches!(args.every, EveryArg::Hour) {
        add("--every", "hour");
    }
    add("--since", &day(&args.since));
    add("--until", &day(&args.until));
    add("--timezone", &day(&args.timezone));
    add("--assume-model", &day(&args.assume_model));
    add("--assume-call-type", &day(&args.assume_call_type));
    if args.keep_copies {
        words.push("--keep-copies".to_owned());
    }
    // A line end would end the comment.
    words
        .join(" ")
        .chars()
        .map(|letter| if is_hidden(letter) { '\u{FFFD}' } else { letter })
        .collect()
}

/// Whether a letter could end a line, or hide what is in it.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || Name::parse(&letter.to_string())
            .is_err_and(|error| matches!(error, NameError::Invisible(_)))
}
