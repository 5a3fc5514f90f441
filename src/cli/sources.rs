//! Mappings that a configuration saves, each a table `[[source]]`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;

use anyhow::anyhow;
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostics::did_you_mean;
use crate::sources::{Field, STATEMENTS, SavedSource, Statement, find_format};

use super::failure::Failure;

/// A table `[[source]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceConfig {
    /// What reports call it.
    name: Spanned<String>,
    /// Which files it takes.
    #[serde(default, rename = "match")]
    matching: MatchConfig,
    /// Where each field stands.
    #[serde(default)]
    map: Names<toml::Value>,
    /// Where further columns stand, for `--by` and `--where`.
    #[serde(default)]
    columns: Names<toml::Value>,
    /// What is the same for all records.
    #[serde(default)]
    constants: Names<Constant>,
    input_includes_cache: Option<Spanned<Stated>>,
    output_includes_reasoning: Option<Spanned<Stated>>,
    cost_unit: Option<Spanned<Stated>>,
    time_unit: Option<Spanned<Stated>>,
    decimal_comma: Option<Spanned<Stated>>,
    /// The file it stands in, and what that says, for messages.
    #[serde(skip)]
    file: String,
    #[serde(skip)]
    text: String,
}

/// What is said of names, each with its place.
type Names<T> = BTreeMap<Spanned<String>, T>;

impl SourceConfig {
    pub(super) fn name(&self) -> &str {
        self.name.get_ref().trim()
    }

    /// Notes the file, so that what is wrong can be found in it.
    pub(super) fn stands_in(&mut self, file: &str, text: &str) {
        file.clone_into(&mut self.file);
        text.clone_into(&mut self.text);
    }

    /// The file and the line.
    fn place(&self, span: &Range<usize>) -> String {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        format!("{}:{line}", self.file)
    }

    fn wrong(&self, span: &Range<usize>, what: impl Display) -> Failure {
        let (place, name) = (self.place(span), self.name());
        Failure::usage(anyhow!("{place}: source `{name}`: {what}"))
    }
}

/// Which files a source takes; without either, those with the columns of its model and counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchConfig {
    /// A pattern of names.
    files: Option<Spanned<String>>,
    /// Columns or paths that must be there.
    #[serde(default)]
    columns: Vec<String>,
}

/// A constant; of a count, only zero makes sense.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Constant {
    Text(String),
    Number(u64),
    /// Told with the name of what was given it.
    Other(toml::Value),
}

/// The value of a statement.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Stated {
    Truth(bool),
    Word(String),
}

/// The saved sources of a configuration, checked.
pub(super) fn saved_sources(configs: &[SourceConfig]) -> Result<Vec<SavedSource>, Failure> {
    let mut sources: Vec<SavedSource> = Vec::new();
    for config in configs {
        let source = saved_source(config)?;
        if let Some(known) = sources.iter().find(|known| known.name == source.name) {
            let what = format!("there are two of this name; the other is at {}", known.place);
            return Err(config.wrong(&config.name.span(), what));
        }
        sources.push(source);
    }
    Ok(sources)
}

fn saved_source(config: &SourceConfig) -> Result<SavedSource, Failure> {
    let (name, span) = (config.name(), config.name.span());
    let place = config.place(&span);
    if name.is_empty() {
        return Err(Failure::usage(anyhow!("{place}: a [[source]] has an empty name")));
    }
    if find_format(name).is_some() {
        let failure = config.wrong(&span, "that is the name of a format");
        return Err(failure.hint("give it another name"));
    }
    if let Some(pattern) = &config.matching.files
        && let Err(error) = glob::Pattern::new(pattern.get_ref())
    {
        let what = format!("match: `{}` is not a pattern: {error}", pattern.get_ref());
        return Err(config.wrong(&pattern.span(), what));
    }
    let mut map = fields(config)?;
    map.extend(statements(config)?);
    let source = SavedSource {
        name: name.to_owned(),
        place,
        files: config.matching.files.as_ref().map(|pattern| pattern.get_ref().clone()),
        columns: config.matching.columns.clone(),
        constants: constants(config)?,
        map,
    };
    if source.takes_anything() {
        let failure = config.wrong(&span, "nothing says which files it takes");
        return Err(failure.hint("for example: match = { files = \"gateway-*.jsonl\" }"));
    }
    Ok(source)
}

/// The pairs of `map` and `columns`.
fn fields(config: &SourceConfig) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = Vec::new();
    for (field, path) in &config.map {
        let name = field.get_ref();
        if Field::named(name).is_none() {
            return Err(no_field(config, field));
        }
        pairs.push((name.clone(), path_of(config, field, path)?));
    }
    for (name, path) in &config.columns {
        if Statement::named(name.get_ref()).is_some() {
            return Err(misplaced(config, name, "columns"));
        }
        pairs.push((name.get_ref().clone(), path_of(config, name, path)?));
        if Field::named(name.get_ref()).is_some() {
            let failure = config.wrong(&name.span(), format!("`{}` is a field", name.get_ref()));
            return Err(failure.hint("put it under map"));
        }
    }
    let known = |name: &str| config.map.contains_key(name) || config.constants.contains_key(name);
    let essential = [Field::Model, Field::Input, Field::Output];
    if let Some(missing) =
        essential.into_iter().filter_map(Field::own_name).find(|name| !known(name))
    {
        let failure = config.wrong(&config.name.span(), format!("its map has no `{missing}`"));
        return Err(match missing {
            "model" => {
                failure.hint("where all records have one model: constants = { model = \"…\" }")
            }
            _ => failure.hint(format!("where there is none: constants = {{ {missing} = 0 }}")),
        });
    }
    Ok(pairs)
}

fn path_of(
    config: &SourceConfig,
    name: &Spanned<String>,
    path: &toml::Value,
) -> Result<String, Failure> {
    let wrong = |what: &str| config.wrong(&name.span(), format!("`{}` {what}", name.get_ref()));
    match path.as_str() {
        Some("") => Err(wrong("stands nowhere: its path is empty")),
        Some(path) => Ok(path.to_owned()),
        None => Err(wrong("is not the name of a column or a path in quotes").hint(format!(
            "for example: {} = \"usage.{}\"",
            name.get_ref(),
            name.get_ref()
        ))),
    }
}

/// A setting below the head of a table belongs to that table, wherever it was meant.
fn misplaced(config: &SourceConfig, name: &Spanned<String>, table: &str) -> Failure {
    let what = format!("`{}` is a setting of the source, not of its {table}", name.get_ref());
    config
        .wrong(&name.span(), what)
        .hint(format!("put it above [source.{table}]: beside {table}, not in it"))
}

fn no_field(config: &SourceConfig, field: &Spanned<String>) -> Failure {
    const TABLES: [&str; 4] = ["name", "match", "columns", "constants"];
    if Statement::named(field.get_ref()).is_some() || TABLES.contains(&field.get_ref().as_str()) {
        return misplaced(config, field, "map");
    }
    let (span, field) = (field.span(), field.get_ref());
    let known: Vec<&str> = Field::ALL.into_iter().filter_map(Field::own_name).collect();
    let failure = config.wrong(&span, format!("map: there is no field `{field}`"));
    match did_you_mean(field, known.iter().copied()) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure
            .hint("a column for --by or --where goes under columns, not map")
            .hint(format!("the fields are {}", known.join(", "))),
    }
}

fn statements(config: &SourceConfig) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = Vec::new();
    for statement in &STATEMENTS {
        let stated = match statement.name {
            "input_includes_cache" => &config.input_includes_cache,
            "output_includes_reasoning" => &config.output_includes_reasoning,
            "cost_unit" => &config.cost_unit,
            "time_unit" => &config.time_unit,
            _ => &config.decimal_comma,
        };
        let Some(stated) = stated else { continue };
        let value = match stated.get_ref() {
            Stated::Truth(truth) => truth.to_string(),
            Stated::Word(word) => word.clone(),
        };
        check_statement(statement, &value).map_err(|what| config.wrong(&stated.span(), what))?;
        pairs.push((statement.name.to_owned(), value));
    }
    Ok(pairs)
}

/// Says what may stand there if this may not.
pub(super) fn check_statement(statement: &Statement, value: &str) -> Result<(), String> {
    if statement.values.contains(&value) {
        return Ok(());
    }
    Err(format!("{} is {}, not `{value}`", statement.name, statement.values.join(" or ")))
}

fn constants(config: &SourceConfig) -> Result<Vec<(String, String)>, Failure> {
    let mut constants = Vec::new();
    for (key, value) in &config.constants {
        let (span, name) = (key.span(), key.get_ref());
        if config.map.contains_key(key) || config.columns.contains_key(key) {
            return Err(config.wrong(&span, format!("`{name}` is both mapped and a constant")));
        }
        if Statement::named(name).is_some() {
            return Err(misplaced(config, key, "constants"));
        }
        let text = match value {
            Constant::Text(text) => text.clone(),
            Constant::Number(number) => number.to_string(),
            Constant::Other(value) => {
                let what = format!("`{name}` is a name in quotes, not {}", value.type_str());
                return Err(config.wrong(&span, what));
            }
        };
        match Field::named(name) {
            Some(Field::Input | Field::Output) if text == "0" => {}
            Some(field) if !SavedSource::CONSTANT_FIELDS.contains(&field) => {
                let known = SavedSource::CONSTANT_FIELDS.into_iter().filter_map(Field::own_name);
                let known: Vec<&str> = known.collect();
                return Err(config
                    .wrong(&span, format!("`{name}` cannot be the same for all records"))
                    .hint(format!("constants are {}, and columns of your own", known.join(", "))));
            }
            _ => constants.push((name.clone(), text)),
        }
    }
    Ok(constants)
}
