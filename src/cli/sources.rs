//! Mappings that a configuration saves, each a table `[[source]]`.

use std::collections::BTreeMap;

use anyhow::anyhow;
use serde::Deserialize;

use crate::diagnostics::did_you_mean;
use crate::sources::{Field, STATEMENTS, SavedSource, Statement, find_format};

use super::failure::Failure;

/// A table `[[source]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceConfig {
    /// What reports call it.
    pub(super) name: String,
    /// Which files it takes.
    #[serde(default, rename = "match")]
    matching: MatchConfig,
    /// Where each field stands.
    #[serde(default)]
    map: BTreeMap<String, String>,
    /// Where further columns stand, for `--by` and `--where`.
    #[serde(default)]
    columns: BTreeMap<String, String>,
    /// What is the same for all records.
    #[serde(default)]
    constants: BTreeMap<String, Constant>,
    input_includes_cache: Option<Stated>,
    output_includes_reasoning: Option<Stated>,
    cost_unit: Option<Stated>,
    time_unit: Option<Stated>,
    decimal_comma: Option<Stated>,
}

/// Which files a source takes; without either, those with the columns of its model and counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchConfig {
    /// A pattern of names.
    files: Option<String>,
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
        if sources.iter().any(|known| known.name == source.name) {
            return Err(wrong(&source.name, "there are two of this name"));
        }
        sources.push(source);
    }
    Ok(sources)
}

fn wrong(source: &str, what: impl std::fmt::Display) -> Failure {
    Failure::usage(anyhow!("source `{source}`: {what}"))
}

fn saved_source(config: &SourceConfig) -> Result<SavedSource, Failure> {
    let name = config.name.trim();
    if name.is_empty() {
        return Err(Failure::usage(anyhow!("a [[source]] has an empty name")));
    }
    if find_format(name).is_some() {
        return Err(wrong(name, "that is the name of a format").hint("give it another name"));
    }
    if let Some(pattern) = &config.matching.files
        && let Err(error) = glob::Pattern::new(pattern)
    {
        return Err(wrong(name, format!("match: `{pattern}` is not a pattern: {error}")));
    }
    let mut map = fields(config, name)?;
    map.extend(statements(config, name)?);
    Ok(SavedSource {
        name: name.to_owned(),
        files: config.matching.files.clone(),
        columns: config.matching.columns.clone(),
        constants: constants(config, name)?,
        map,
    })
}

/// The pairs of `map` and `columns`.
fn fields(config: &SourceConfig, source: &str) -> Result<Vec<(String, String)>, Failure> {
    for (field, path) in &config.map {
        if Field::named(field).is_none() {
            return Err(no_field(source, field));
        }
        if path.is_empty() {
            return Err(wrong(source, format!("`{field}` stands nowhere: its path is empty")));
        }
    }
    for name in config.columns.keys() {
        if Field::named(name).is_some() {
            return Err(wrong(source, format!("`{name}` is a field")).hint("put it under map"));
        }
    }
    let known = |name: &str| config.map.contains_key(name) || config.constants.contains_key(name);
    let essential = [Field::Model, Field::Input, Field::Output];
    if let Some(missing) =
        essential.into_iter().filter_map(Field::own_name).find(|name| !known(name))
    {
        let failure = wrong(source, format!("its map has no `{missing}`"));
        return Err(match missing {
            "model" => {
                failure.hint("where all records have one model: constants = { model = \"…\" }")
            }
            _ => failure.hint(format!("where there is none: constants = {{ {missing} = 0 }}")),
        });
    }
    Ok(config.map.iter().chain(&config.columns).map(|(a, b)| (a.clone(), b.clone())).collect())
}

fn no_field(source: &str, field: &str) -> Failure {
    if Statement::named(field).is_some() {
        return wrong(source, format!("`{field}` is not a field"))
            .hint("write it beside map, not in it");
    }
    let known: Vec<&str> = Field::ALL.into_iter().filter_map(Field::own_name).collect();
    let failure = wrong(source, format!("map: there is no field `{field}`"));
    match did_you_mean(field, known.iter().copied()) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure
            .hint("a column for --by or --where goes under columns, not map")
            .hint(format!("the fields are {}", known.join(", "))),
    }
}

fn statements(config: &SourceConfig, source: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = Vec::new();
    for statement in &STATEMENTS {
        let stated = match statement.name {
            "input_includes_cache" => &config.input_includes_cache,
            "output_includes_reasoning" => &config.output_includes_reasoning,
            "cost_unit" => &config.cost_unit,
            "time_unit" => &config.time_unit,
            _ => &config.decimal_comma,
        };
        let value = match stated {
            None => continue,
            Some(Stated::Truth(truth)) => truth.to_string(),
            Some(Stated::Word(word)) => word.clone(),
        };
        check_statement(statement, &value).map_err(|what| wrong(source, what))?;
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

fn constants(config: &SourceConfig, source: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut constants = Vec::new();
    for (name, value) in &config.constants {
        if config.map.contains_key(name) || config.columns.contains_key(name) {
            return Err(wrong(source, format!("`{name}` is both mapped and a constant")));
        }
        let text = match value {
            Constant::Text(text) => text.clone(),
            Constant::Number(number) => number.to_string(),
        };
        match Field::named(name) {
            Some(Field::Input | Field::Output) if text == "0" => {}
            Some(field) if !SavedSource::CONSTANT_FIELDS.contains(&field) => {
                let known = SavedSource::CONSTANT_FIELDS.into_iter().filter_map(Field::own_name);
                let known: Vec<&str> = known.collect();
                return Err(wrong(source, format!("`{name}` cannot be the same for all records"))
                    .hint(format!("constants are {}, and columns of your own", known.join(", "))));
            }
            _ => constants.push((name.clone(), text)),
        }
    }
    Ok(constants)
}
