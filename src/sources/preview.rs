//! A first look at an input: which of its columns a copy of its records would keep.

use serde_json::{Map, Value};

use super::detect::{Hint, has_flat_records};
use super::discover::Input;
use super::field::Field;
use super::foreign::not_read_yet;
use super::format::Format;
use super::formats::{FORMATS, OWN};
use super::look::look;
use super::open::open;
use super::paths::plain;
use super::plan::places_of;
use super::reader::ReadOptions;
use super::saved::SavedSource;
use super::writing::Statement;

/// What the first records of an input show.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The format.
    pub format: &'static Format,
    /// Whether its records are rows of columns, as in a table; else they are the answers of an
    /// API or the lines of a session.
    pub is_flat: bool,
    /// The columns that are none of a call's own fields.
    pub columns: Vec<String>,
    /// Columns that by their name hold what was said, not what was used.
    pub texts: Vec<String>,
}

/// Fields of which a record may state several under different names, all worth keeping.
const NAMES: [Field; 4] = [Field::RequestId, Field::Conversation, Field::CallType, Field::Model];

/// Names under which logs keep prompts and answers; also as the last word of a name: `user_message`.
const TEXTS: [&str; 43] = [
    "answer",
    "answers",
    "arguments",
    "body",
    "candidates",
    "choices",
    "completion",
    "completions",
    "content",
    "contents",
    "errormessage",
    "input",
    "inputs",
    "instructions",
    "message",
    "messages",
    "output",
    "outputs",
    "parts",
    "payload",
    "prompt",
    "prompts",
    "prompttext",
    "query",
    "question",
    "questions",
    "reasoning",
    "reply",
    "request",
    "response",
    "responses",
    "result",
    "stderr",
    "stdout",
    "summary",
    "systemprompt",
    "text",
    "texts",
    "thinking",
    "thoughts",
    "toolinput",
    "tools",
    "transcript",
];

/// Looks at the first records of an input. Nothing for standard input, which can be read only
/// once, and for what cannot be read: the reading itself says why.
pub fn preview(input: &Input, options: &ReadOptions) -> Option<Preview> {
    if matches!(input, Input::Stdin) {
        return None;
    }
    let mut source = open(input).ok()?;
    let hint = Hint { format: options.format, mapped: !options.map.is_empty() };
    let (name, limits) = (input.name(), super::chunk::Limits::default());
    let look = look(&mut source, limits, hint, options.candidates(&name)).ok()?;
    let detection = look.detection?;
    let Some(place) = look.saved else {
        return Some(sort_out(detection.format, &detection.columns, &options.map));
    };
    Some(saved(&options.sources[place], detection.format, &detection.columns, &options.map))
}

/// What a saved source reads it names itself; the rest is as in any table.
fn saved(
    source: &SavedSource,
    format: &'static Format,
    columns: &[String],
    map: &[(String, String)],
) -> Preview {
    let map = [map, &source.map, &source.constants].concat();
    let mut found = sort_out(format, columns, &map);
    let named = source.map.iter().chain(&source.constants).map(|(name, _)| name);
    let named = named.filter(|name| Field::named(name).is_none());
    found.columns.extend(named.filter(|name| Statement::named(name).is_none()).cloned());
    found
}

/// Whether llmcost's own format takes a column of this name for something of its own, so that no
/// other column can have it.
pub fn is_taken(name: &str) -> bool {
    let field = OWN.fields.iter().find(|(known, _)| *known == name).map(|(_, field)| field);
    let is_own = |field: &Field| !NAMES.contains(field) && !field.is_of_the_question();
    field.is_some_and(is_own) || !is_harmless(name)
}

/// Of these columns of a format, those that a copy of its records would keep if the first ones had
/// them.
pub fn worth_keeping(
    format: &'static Format,
    columns: &[String],
    map: &[(String, String)],
) -> Vec<String> {
    sort_out(format, columns, map).columns
}

fn sort_out(format: &'static Format, columns: &[String], map: &[(String, String)]) -> Preview {
    let places = places_of(format).filter(|(_, field)| !field.is_of_the_question());
    let places: Vec<(String, Field)> = places.collect();
    let is_flat = has_flat_records(format);
    let mut found = Preview { format, is_flat, columns: Vec::new(), texts: Vec::new() };
    for column in columns {
        let is_mapped = map.iter().any(|(name, path)| path == column || name == column);
        if column.is_empty()
            || is_mapped
            || is_own_field(column)
            || is_beside_counts(column, &places)
            || is_inside_a_value(column, &places)
            || !(is_free(format, &places, column, columns) && is_harmless(column))
        {
            continue;
        }
        if is_text(column) { &mut found.texts } else { &mut found.columns }.push(column.clone());
    }
    found
}

/// Whether a column holds what was said, by its name: `prompt`, `x.user_message`, `toolResult`.
fn is_text(column: &str) -> bool {
    let name = column.rsplit('.').next().unwrap_or(column);
    let is_start = |(at, letter): &(usize, char)| {
        let before = name[..*at].chars().next_back();
        !letter.is_alphanumeric()
            || (letter.is_uppercase() && before.is_some_and(char::is_lowercase))
    };
    let last = name.char_indices().rfind(is_start).map_or(name, |(at, _)| &name[at..]);
    [name, last].iter().any(|word| TEXTS.contains(&plain(word).as_str()))
}

/// Whether it is the name of a field that every record has a place for.
fn is_own_field(column: &str) -> bool {
    Field::named(column).is_some_and(|field| !field.is_of_the_question())
}

/// Whether the format has no better use for a column, and llmcost's own format would not take it
/// for anything else.
fn is_free(format: &Format, places: &[(String, Field)], column: &str, columns: &[String]) -> bool {
    let same =
        |one: &str, other: &str| one == other || (format.loose_names && plain(one) == plain(other));
    let field = |name: &str| places.iter().find(|(path, _)| same(path, name));
    let mut known = OWN.fields.iter().filter(|(_, field)| !field.is_of_the_question());
    let own = known.find(|(name, _)| *name == column).map(|(_, field)| *field);
    let Some((_, meant)) = field(column) else { return own.is_none() };
    if *meant == Field::SecondId {
        return own.is_none();
    }
    // The best of several names becomes the field; the others stay what they are.
    let rank = |name: &str| places.iter().position(|(path, _)| same(path, name));
    let is_best = !columns.iter().any(|other| {
        field(other).is_some_and(|(_, theirs)| theirs == meant) && rank(other) < rank(column)
    });
    format.wrappers.len() == 1
        && NAMES.contains(meant)
        && !is_best
        && own.is_none_or(|own| own == *meant)
}

/// Whether a column stands in an object or list that the format takes apart as a whole.
fn is_inside_a_value(column: &str, places: &[(String, Field)]) -> bool {
    let whole = |field: &Field| {
        matches!(
            field,
            Field::Parts
                | Field::Rows
                | Field::Inside
                | Field::InputModalities
                | Field::CacheModalities
                | Field::OutputModalities
                | Field::CacheLifetimes
                | Field::OutputItems
        )
    };
    places.iter().filter(|(_, field)| whole(field)).any(|(path, _)| {
        column.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Whether a column is or stands in the object that holds the counts, which are taken apart anyway.
fn is_beside_counts(column: &str, places: &[(String, Field)]) -> bool {
    let counts = places.iter().filter(|(_, field)| {
        matches!(field, Field::Input | Field::Output | Field::CacheRead | Field::Reasoning)
    });
    let mut parents = counts.filter_map(|(path, _)| path.rsplit_once('.'));
    parents.any(|(parent, _)| {
        column
            .strip_prefix(parent)
            .is_some_and(|rest| matches!(rest.chars().next(), None | Some('.')))
    })
}

/// Whether records with a column of this name are still recognised as llmcost's own.
fn is_harmless(column: &str) -> bool {
    let names = ["input_tokens", "output_tokens", column].map(str::to_owned);
    let record: Map<String, Value> =
        names.iter().map(|name| (name.clone(), Value::from("x"))).collect();
    let record = Value::Object(record);
    let is_own =
        |found: Option<&&'static Format>| found.is_some_and(|found| found.name == OWN.name);
    is_own(FORMATS.iter().find(|format| (format.recognises)(&record)))
        && is_own(FORMATS.iter().find(|format| (format.recognises_columns)(&names)))
        && not_read_yet(&names).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::find_format;
    use super::*;

    fn check(format: &str, columns: &[&str], kept: &[&str], texts: &[&str]) {
        let format = find_format(format).expect("a format");
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let found = sort_out(format, &columns, &[]);
        assert_eq!((&found.columns[..], &found.texts[..]), (&own(kept)[..], &own(texts)[..]));
    }

    fn own(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn other_columns_are_kept_and_texts_are_told_apart() {
        check(
            "llmcost",
            &["time", "model", "input_tokens", "output_tokens", "batch", "team", "prompt"],
            &["team"],
            &["prompt"],
        );
        check("llmcost", &["session_id", "request_id", "id"], &["id"], &[]);
        check("table", &["Task", "prompt_tokens", "tokens_out", "Team", "speed"], &["Team"], &[]);
    }

    #[test]
    fn texts_are_told_by_the_last_word_of_a_name() {
        for name in ["prompt", "a.user_message", "toolResult", "final-answer", "result", "X_Text"] {
            assert!(is_text(name), "{name}");
        }
        for name in ["prompt_id", "message.role", "content_type", "context", "results_count"] {
            assert!(!is_text(name), "{name}");
        }
    }

    #[test]
    fn counts_of_a_response_are_not_kept_twice() {
        check(
            "openai-chat",
            &["choices", "id", "object", "usage.prompt_tokens", "usage.special_tokens"],
            &["object"],
            &["choices"],
        );
    }

    #[test]
    fn a_name_that_would_be_misread_is_not_kept() {
        check("table", &["cached_tokens", "spend", "Cached Tokens", "requests"], &[], &[]);
        check("gemini", &["session_id", "prompt_tokens"], &[], &[]);
    }
}
