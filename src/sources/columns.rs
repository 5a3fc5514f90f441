//! What the columns of a table mean, from their names alone: for who reads it with another engine.

use super::decode::{ERROR_WORDS, OK_WORDS};
use super::field::Field;
use super::format::{Convention, Format};
use super::formats::{OWN, find_format};
use super::paths::plain;
use super::plan::places_of;
use super::writing::{DECIMAL_COMMA, TIME_UNIT, Writing, state};

/// The words that say, as a status, that a call was answered; then those that say that it failed. In
/// any other status, or none, the log does not say.
pub const STATUS_WORDS: [&[&str]; 2] = [OK_WORDS, ERROR_WORDS];

/// What the columns of a table mean.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "questions that have nothing to do with each other"
)]
pub struct TableColumns {
    /// The columns of each field, the best one first: the first that has a value counts.
    pub fields: Vec<(Field, Vec<String>)>,
    /// Columns that none of these is, in the order given.
    pub others: Vec<String>,
    /// Cached tokens, read and written, are part of the input count.
    pub input_includes_cache: bool,
    /// Reasoning is part of the output count.
    pub output_includes_reasoning: bool,
    /// Known beyond doubt. If not, a part that is larger than its whole is beside it.
    pub is_settled: bool,
    /// How many decimals of the table's unit of cost the smallest part of a dollar (10⁻¹⁸) is.
    pub cost_decimals: u32,
    /// What a number since 1970 counts: `s`, `ms`, `us` or `ns`; told by its size for nothing.
    pub time_unit: Option<String>,
    /// Numbers are texts with a decimal comma.
    pub has_decimal_comma: bool,
}

impl TableColumns {
    /// The columns of a field; none if the table does not have it.
    pub fn of(&self, wanted: Field) -> &[String] {
        let found = self.fields.iter().find(|(field, _)| *field == wanted);
        found.map_or(&[], |(_, columns)| columns)
    }

    /// Whether the table has a field.
    pub fn has(&self, field: Field) -> bool {
        !self.of(field).is_empty()
    }
}

/// Says what columns mean, as the reader of flat logs does. `map` holds pairs of a field and a column,
/// or of a statement and its value.
pub fn table_columns(columns: &[String], map: &[(String, String)]) -> TableColumns {
    let format = format_of(columns);
    let mut convention = (format.convention)(columns);
    let mut writing = Writing::default();
    // The first to say something has the last word, as with fields.
    for (name, value) in map.iter().rev() {
        state(name, value, &mut convention, &mut writing);
    }
    let stated = |wanted: &str| map.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let (fields, others) = places(format, columns, map);
    let Convention { input_includes_cache, output_includes_reasoning, settled, .. } = convention;
    TableColumns {
        fields,
        others,
        input_includes_cache,
        output_includes_reasoning,
        is_settled: settled,
        cost_decimals: writing.decimals_of_cost(),
        time_unit: stated(TIME_UNIT).cloned(),
        has_decimal_comma: stated(DECIMAL_COMMA).is_some_and(|value| value == "true"),
    }
}

/// The format that takes a table with these columns: llmcost's own, or that of home-made tables.
fn format_of(columns: &[String]) -> &'static Format {
    let table = find_format("table").filter(|table| (table.recognises_columns)(columns));
    if (OWN.recognises_columns)(columns) { OWN } else { table.unwrap_or(OWN) }
}

/// The columns of each field, and the columns of none.
fn places(
    format: &'static Format,
    columns: &[String],
    map: &[(String, String)],
) -> (Vec<(Field, Vec<String>)>, Vec<String>) {
    let mapped = map.iter().filter_map(|(name, path)| Some((path.clone(), Field::named(name)?)));
    let mapped: Vec<(String, Field)> = mapped.collect();
    let mut fields: Vec<(Field, Vec<String>)> = Vec::new();
    let mut used: Vec<&String> = Vec::new();
    let mut take = |field: Field, column: &String| match fields
        .iter_mut()
        .find(|(known, _)| *known == field)
    {
        Some((_, found)) if found.contains(column) => {}
        Some((_, found)) => found.push(column.clone()),
        None => fields.push((field, vec![column.clone()])),
    };
    for (path, field) in &mapped {
        take(*field, path);
        used.extend(columns.iter().find(|name| *name == path));
    }
    for (path, field) in places_of(format) {
        let is_it =
            |name: &&String| **name == path || (format.loose_names && plain(name) == plain(&path));
        for name in columns.iter().filter(is_it) {
            take(field, name);
            used.push(name);
        }
    }
    let others = columns.iter().filter(|name| !used.contains(name)).cloned().collect();
    fields.sort_by_key(|(field, _)| *field);
    (fields, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &str, map: &[(&str, &str)]) -> TableColumns {
        let columns: Vec<String> = columns.split(' ').map(str::to_owned).collect();
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        table_columns(&columns, &map.iter().map(pair).collect::<Vec<_>>())
    }

    #[test]
    fn columns_mean_what_the_reader_of_logs_takes_them_for() {
        let own = table("time model input_tokens output_tokens created_at shoe_size", &[]);
        assert_eq!(own.of(Field::Time), ["time", "created_at"]);
        assert_eq!(own.others, ["shoe_size"]);
        assert!(!own.input_includes_cache && own.is_settled);
        let home_made = table("createdAt model prompt_tokens completion_tokens", &[]);
        assert_eq!(home_made.of(Field::Time), ["createdAt"]);
        assert_eq!(home_made.of(Field::Input), ["prompt_tokens"]);
        assert!(home_made.input_includes_cache && !home_made.is_settled);
    }

    #[test]
    fn what_is_mapped_goes_before_what_names_say() {
        let map = [("time", "at"), ("input_tokens", "tok"), ("cost_unit", "cents")];
        let found = table("at tok time input_tokens output_tokens", &map);
        assert_eq!(found.of(Field::Time), ["at", "time"]);
        assert_eq!(found.of(Field::Input), ["tok", "input_tokens"]);
        assert_eq!(found.cost_decimals, 16);
        let found = table("prompt_tokens completion_tokens", &[("input_includes_cache", "false")]);
        assert!(!found.input_includes_cache && found.is_settled);
    }
}
