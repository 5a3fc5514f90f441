//! What a single column may be, by its name and its values.

use crate::sources::field::Field;
use crate::sources::formats::usual_field;
use crate::usage::Instant;

use super::money::{self, is_part};
use super::names::{Name, TOKENS, TOTAL};
use super::survey::{Cell, Column};

/// A field that a column could be.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) field: Field,
    pub(super) strength: u8,
    pub(super) reason: String,
}

/// A usual name of the field.
pub(super) const EXACT: u8 = 4;
/// Words of the name say so.
const WORDS: u8 = 3;
/// Values say so.
const VALUES: u8 = 2;
/// A total of whatever it may be: of tokens, if they add up to it.
pub(super) const BARE: u8 = VALUES;
/// It could be, if nothing else is.
const WEAK: u8 = 1;

const INPUT: &[&str] = &["input", "in", "inp", "prompt", "prompts", "eingabe"];
const INPUT_TOKENS: &[&str] =
    &["request", "req", "context", "ctx", "query", "question", "sent", "ingress"];
const OUTPUT: &[&str] = &["output", "out", "outp", "completion", "completions", "compl", "ausgabe"];
const OUTPUT_TOKENS: &[&str] = &[
    "response",
    "resp",
    "generated",
    "generation",
    "gen",
    "answer",
    "reply",
    "received",
    "egress",
    "sampled",
    "result",
];
const CACHE: &[&str] = &["cache", "cached", "caching"];
/// Of a cache, if they stand for tokens.
const HIT: &[&str] = &["hit", "hits"];
const WRITE: &[&str] = &["write", "writes", "written", "creation", "create", "created", "stored"];
const MISS: &[&str] = &["miss", "misses", "uncached", "noncached"];
const REASONING: &[&str] = &["reasoning", "thinking", "thought", "thoughts"];
/// What is counted in something else than tokens, or is no count of a call.
const OTHER_COUNTS: &[&str] = &[
    "bytes",
    "chars",
    "characters",
    "size",
    "ms",
    "millis",
    "seconds",
    "secs",
    "sec",
    "s",
    "words",
    "messages",
    "rate",
    "ratio",
    "percent",
    "pct",
    "id",
    "index",
    "length",
    "count",
    "per",
    "price",
    "limit",
    "max",
    "budget",
    "remaining",
    "latency",
    "duration",
    "num",
    "version",
    "quota",
    "avg",
];

/// What a column may be, best first; the reasons for nothing come back too.
pub(super) fn candidates(column: &Column) -> Result<Vec<Candidate>, String> {
    let name = Name::of(&column.path);
    if column.present().next().is_none() {
        return Err("no value in the records looked at".to_owned());
    }
    if column.all(|cell| matches!(cell, Cell::List(_))) {
        return Err("a list: no mapping leads into one".to_owned());
    }
    if let Some(found) = money::candidate(&name, column) {
        return found.map(|found| vec![found]);
    }
    if let Some(reason) = miscounted(&name, column) {
        return Err(reason);
    }
    if let Some(found) = usual(&name, column) {
        return Ok(vec![found]);
    }
    let found =
        tokens(&name, column)?.or_else(|| time(&name, column)).or_else(|| names(&name, column));
    found.map_or_else(|| other(&name, column), |found| Ok(vec![found]))
}

/// Why tokens of this column cannot be taken as they stand.
pub(super) fn miscounted(name: &Name, column: &Column) -> Option<String> {
    let numbers = column.all(|cell| matches!(cell, Cell::Number(_)));
    let counts = name.says_somewhere(TOKENS).is_some() || side(&name.last, false).is_some();
    name.is_not_counted_singly().filter(|_| numbers && counts)
}

/// A name that people give this field, with values that it can have.
fn usual(name: &Name, column: &Column) -> Option<Candidate> {
    let field = usual_field(&name.plain)?;
    let misled = match field {
        // What is below `cache` is a count of that.
        Field::Input | Field::Output => {
            name.says_somewhere(CACHE).or_else(|| name.says_somewhere(HIT)).is_some()
        }
        Field::Total => side_of_total(name, true).is_some(),
        _ => false,
    };
    if misled {
        return None;
    }
    let suits = match field {
        Field::Time => return time(name, column),
        Field::Model | Field::RequestModel => return names(name, column),
        Field::Provider | Field::CallType | Field::ServiceTier | Field::FinishReason => {
            column.all(is_short_name)
        }
        Field::Status => column.all(|cell| is_short_name(cell) || matches!(cell, Cell::Truth(_))),
        Field::Conversation | Field::RetryOf => column.all(is_identifier),
        Field::RequestId => {
            column.all(is_identifier)
                && is_unique(column)
                && (name.plain != "id" || is_of_call(name))
        }
        Field::Batch => column.all(|cell| matches!(cell, Cell::Truth(_))),
        // A time or a duration without a unit in its name is not guessed here.
        _ => column.is_counts(),
    };
    let reason = match field {
        Field::RequestId => "a usual name of it, different in each record",
        _ => "a usual name of it",
    };
    let weak = name.plain == "id";
    let strength = if weak { VALUES } else { EXACT };
    suits.then(|| Candidate { field, strength, reason: reason.to_owned() })
}

fn tokens(name: &Name, column: &Column) -> Result<Option<Candidate>, String> {
    if !column.is_counts() || name.says(&["cost", "price"]).is_some() {
        return Ok(None);
    }
    let tokens = name.says_somewhere(TOKENS).or_else(|| name.says_somewhere(&["usage", "counts"]));
    let counted = name.says(TOKENS).is_some();
    if let Some(word) = name.says(OTHER_COUNTS).filter(|word| !(counted && *word == "count")) {
        return match (word, counted) {
            ("max", true) if name.says_somewhere(&["context", "input"]).is_none() => {
                Ok(Some(words(Field::MaxTokens, word)))
            }
            ("count", false) if tokens.is_some() => token_words(name, true),
            _ => Ok(None),
        };
    }
    token_words(name, tokens.is_some())
}

fn token_words(name: &Name, tokens: bool) -> Result<Option<Candidate>, String> {
    let input = name.says_somewhere(INPUT).or_else(|| name.says_somewhere(INPUT_TOKENS));
    let hit = name.says(HIT).filter(|_| tokens || side(&name.parent, true).is_some());
    if let Some(word) = name.says_somewhere(CACHE).or(hit)
        && (tokens || hit.is_some() || name.says(CACHE).is_some())
    {
        if let Some(miss) = name.says_somewhere(MISS) {
            return Err(format!("`{miss}`: input that was not cached is no field of its own"));
        }
        let written = name.says_somewhere(WRITE);
        let field = match written {
            Some(_) if name.says(&["1h"]).is_some() => Field::CacheWrite1h,
            Some(_) if name.says(&["5m"]).is_some() => Field::CacheWrite5m,
            Some(_) => Field::CacheWrite,
            None => Field::CacheRead,
        };
        return Ok(Some(words(field, written.unwrap_or(word))));
    }
    if let Some(word) = name.says_somewhere(REASONING)
        && (tokens || name.says(REASONING).is_some())
    {
        return Ok(Some(words(Field::Reasoning, word)));
    }
    for (medium, of_input, of_output) in [
        ("audio", Field::AudioInput, Field::AudioOutput),
        ("image", Field::ImageInput, Field::ImageOutput),
    ] {
        if let (true, Some(word)) = (tokens, name.says_somewhere(&[medium])) {
            return Ok(Some(words(if input.is_some() { of_input } else { of_output }, word)));
        }
    }
    if let Some(found) = side_of_total(name, tokens) {
        return Ok(Some(found));
    }
    if !tokens && name.is_bare_total() {
        return Ok(Some(Candidate { strength: BARE, ..words(Field::Total, &name.last[0]) }));
    }
    if let (true, Some(word)) = (tokens, name.says(TOTAL)) {
        // The total of one side is that side's count.
        let side = direction(name, false).map(|found| Candidate { strength: VALUES, ..found });
        return Ok(side.or_else(|| Some(words(Field::Total, word))));
    }
    // What is cached is never all of the input.
    Ok(direction(name, tokens).filter(|_| name.says_somewhere(CACHE).is_none()))
}

/// The `total` of an object for one side is all of that side, whatever parts stand beside it.
fn side_of_total(name: &Name, tokens: bool) -> Option<Candidate> {
    let (field, word) = side(&name.parent, tokens).filter(|_| name.is_bare_total())?;
    Some(Candidate { field, strength: EXACT, reason: format!("the total of `{word}`") })
}

/// Input or output, by the first word that says which.
fn side<'w>(
    words: impl IntoIterator<Item = &'w String>,
    tokens: bool,
) -> Option<(Field, &'w String)> {
    words.into_iter().find_map(|word| {
        let is = |list: &[&str]| list.contains(&word.as_str());
        if is(INPUT) || tokens && is(INPUT_TOKENS) {
            Some((Field::Input, word))
        } else if is(OUTPUT) || tokens && is(OUTPUT_TOKENS) {
            Some((Field::Output, word))
        } else {
            None
        }
    })
}

/// Why a count of tokens is taken for nothing.
pub(super) const UNCLEAR: &str = "tokens, but not which";

/// Input or output: the innermost word that says which.
fn direction(name: &Name, tokens: bool) -> Option<Candidate> {
    let own = |word: &&String| tokens || name.last.contains(word);
    if let Some((field, word)) = side(name.all.iter().filter(own), tokens) {
        return Some(words(field, word));
    }
    let alone = tokens && name.says(TOKENS).is_some();
    alone.then(|| Candidate { field: Field::Total, strength: WEAK, reason: UNCLEAR.to_owned() })
}

fn words(field: Field, word: &str) -> Candidate {
    Candidate { field, strength: WORDS, reason: format!("`{word}` in its name, whole numbers") }
}

const START: &[&str] = &[
    "time",
    "timestamp",
    "ts",
    "date",
    "datetime",
    "created",
    "start",
    "started",
    "begin",
    "day",
    "at",
    "when",
    "zeit",
    "zeitpunkt",
    "datum",
    "epoch",
];
const END: &[&str] =
    &["end", "ended", "finished", "completed", "complete", "updated", "expires", "modified"];

/// Numbers since 1970 outside these years are more likely something else.
const YEARS: [&str; 2] = ["2015-01-01", "2050-01-01"];

fn time(name: &Name, column: &Column) -> Option<Candidate> {
    let [from, to] = YEARS.map(|day| Instant::parse(day).expect("a day"));
    let read = |text: &str| Instant::parse(text).is_ok_and(|time| time >= from && time < to);
    if !column.all(|cell| matches!(cell, Cell::Text(text) | Cell::Number(text) if read(text))) {
        return None;
    }
    let text = column.texts().next()?;
    let written = time_writing(text);
    let end = name.says(END);
    let start = name.says(START).or_else(|| name.says_somewhere(&["created", "start", "time"]));
    let (strength, why) = match (end, start) {
        (Some(word), _) => (WEAK, format!("`{word}` in its name: not the start")),
        (None, Some(word)) => (EXACT, format!("`{word}` in its name")),
        (None, None) if column.is_counts() => (WEAK, "its values".to_owned()),
        (None, None) => (VALUES, "its values".to_owned()),
    };
    Some(Candidate { field: Field::Time, strength, reason: format!("{why}, {written}") })
}

/// How a time is written, by its first value.
fn time_writing(text: &str) -> &'static str {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        0..=8 => "ISO 8601",
        9..=11 => "seconds since 1970",
        12..=14 => "milliseconds since 1970",
        15..=17 => "microseconds since 1970",
        _ => "nanoseconds since 1970",
    }
}

const MODEL: &[&str] = &["model", "modell", "engine", "deployment", "llm"];
const ASKED: &[&str] = &["request", "requested", "asked", "wanted", "alias"];
/// What is said about a model besides its name.
const ABOUT: &[&str] = &[
    "type",
    "version",
    "family",
    "provider",
    "vendor",
    "temperature",
    "params",
    "latency",
    "group",
    "search",
];
/// How names of models begin.
const FAMILIES: &[&str] = &[
    "gpt-",
    "claude",
    "gemini",
    "llama",
    "mistral",
    "mixtral",
    "deepseek",
    "qwen",
    "grok",
    "command-r",
    "o1-",
    "o3",
    "o4-",
    "kimi",
    "glm-",
    "text-embedding",
    "chatgpt",
    "codestral",
    "magistral",
    "gemma",
    "nova-",
    "minimax",
    "sonar",
];

/// Whether a value looks like the name of a model.
fn is_model(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let text = text.to_ascii_lowercase();
    let name = text.rsplit(['/', ':']).next().unwrap_or(&text);
    let starts = |text: &str| FAMILIES.iter().any(|family| text.starts_with(family));
    is_short(&text) && (starts(&text) || starts(name))
}

/// The model, and the other names that have words of their own.
fn names(name: &Name, column: &Column) -> Option<Candidate> {
    if !column.all(is_short_name) {
        return None;
    }
    let models = column.all(is_model);
    let of_model = name
        .says(MODEL)
        .or_else(|| name.says(&["name", "id", "slug"]).and_then(|_| name.says_somewhere(MODEL)));
    let found = |field, strength, reason| Some(Candidate { field, strength, reason });
    if let Some(word) = of_model
        && name.says(ABOUT).is_none()
    {
        let values = if models { ", values like names of models" } else { "" };
        let reason = format!("`{word}` in its name{values}");
        let asked = name.says_somewhere(ASKED).is_some();
        let field = if asked { Field::RequestModel } else { Field::Model };
        return found(field, if models { EXACT } else { WORDS }, reason);
    }
    if models {
        return found(Field::Model, VALUES, "values like names of models".to_owned());
    }
    let word = name.says(&["provider", "vendor", "anbieter"])?;
    if name.says(&["call", "key", "url", "request", "response"]).is_some() {
        return None;
    }
    found(Field::Provider, WORDS, format!("`{word}` in its name"))
}

/// What is worth a word though nothing is made of it.
fn other(name: &Name, column: &Column) -> Result<Vec<Candidate>, String> {
    let numbers = column.all(|cell| matches!(cell, Cell::Number(_)));
    let latency = name.says(&["latency", "duration", "elapsed", "took", "dauer"]);
    if let (true, Some(word)) = (numbers, latency) {
        if let Some(unit) = name.says(&["ms", "millis", "milliseconds"]) {
            let reason = format!("`{word}` and `{unit}` in its name");
            return Ok(vec![Candidate { field: Field::LatencyMs, strength: WORDS, reason }]);
        }
        return Err(format!("`{word}`, but not in milliseconds by its name"));
    }
    if is_part(name, column) {
        return Err("a part of the cost".to_owned());
    }
    Err(String::new())
}

/// Whether an `id` is the record's own, or that of its request; not one of a model or a tool.
fn is_of_call(name: &Name) -> bool {
    let around = name.all.get(name.last.len());
    around.is_none_or(|word| ["request", "response", "call", "generation"].contains(&word.as_str()))
}

fn is_unique(column: &Column) -> bool {
    let mut texts: Vec<&str> = column.texts().collect();
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    texts.len() == count
}

/// No name is longer.
const NAME_MAX: usize = 100;

fn is_short(text: &str) -> bool {
    text.len() <= NAME_MAX && !text.contains(char::is_whitespace)
}

fn is_short_name(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if is_short(text))
}

fn is_identifier(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) | Cell::Number(text) if is_short(text))
}
