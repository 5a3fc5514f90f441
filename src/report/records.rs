//! Calls as rows of llmcost's own log format: what it would read back as the same calls.

use crate::sources::Field;
use crate::usage::Calls;

use super::record_cells::{Cell, Places, names_and_counts, outcome};
use super::record_ids::Record;

/// The columns of every record, in order; any others follow.
pub const RECORD_COLUMNS: [&str; 29] = [
    "time",
    "provider",
    "model",
    "request_model",
    "call_type",
    "conversation",
    "geo",
    "service_tier",
    "calls",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "audio_input_tokens",
    "audio_cache_read_tokens",
    "image_input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "audio_output_tokens",
    "image_output_tokens",
    "searches",
    "file_searches",
    "status",
    "http_status",
    "finish_reason",
    "max_tokens",
    "attempt",
    "latency_ms",
    "cost_usd",
];

/// The ids of a record, after its other columns: in a table they would stand in the way.
const ID_COLUMNS: [&str; 2] = ["request_id", "retry_of"];

/// Texts longer than this are no labels.
const LABEL_MAX: usize = 200;

/// Texts of more words are no labels.
const LABEL_WORDS_MAX: usize = 12;

/// Which values of the columns besides a call's own are kept: the others may hold what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptValues {
    /// All: the columns were named.
    All,
    /// None that is long or a sentence; columns of a table hold one thing each, which may be a list.
    Short,
    /// Nor lists, objects and several lines, in which a log keeps messages.
    Labels,
}

/// Turns calls into records.
#[derive(Clone, Debug)]
pub struct RecordRows {
    columns: Vec<String>,
    others: Vec<String>,
    kept: KeptValues,
    record: Record,
}

impl RecordRows {
    /// Rows with these columns besides a call's own.
    pub fn new(others: &[String], kept: KeptValues) -> Self {
        let mut others: Vec<String> = others.to_vec();
        others.retain(|name| !is_own_column(name));
        others.sort_unstable();
        others.dedup();
        let own = RECORD_COLUMNS.into_iter().chain(ID_COLUMNS).map(str::to_owned);
        let columns = own.chain(others.iter().cloned()).collect();
        Self { columns, others, kept, record: Record::default() }
    }

    /// The names of the columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The dimensions that the calls must have.
    pub fn dimensions(&self) -> Vec<String> {
        let texts = [Field::RequestId, Field::RetryOf, Field::ServiceTier];
        let texts = texts.into_iter().filter_map(Field::dimension);
        texts.chain(["conversation".to_owned()]).chain(self.others.iter().cloned()).collect()
    }

    /// Gives the cells of each call to `write`, in the order of the columns.
    ///
    /// # Errors
    /// When `write` fails.
    pub fn each<E>(
        &mut self,
        calls: &Calls,
        mut write: impl FnMut(&[Cell<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let places = self.places(calls);
        let mut values = Vec::with_capacity(self.columns.len());
        for row in 0..calls.len() {
            let call = calls.call(row);
            values.clear();
            names_and_counts(&mut values, calls, row, &call, &places);
            outcome(&mut values, &call);
            let name = |place: Option<usize>| place.map_or("", |place| calls.name(place, row));
            values.push(Cell::text(self.record.id(&call, calls, row, name(places.request_id))));
            // Some logs have other words there, which link nothing.
            let repeats = Some(name(places.retry_of)).filter(|_| call.retry_of != 0);
            values.push(repeats.map_or(Cell::Absent, Cell::text));
            let others = places.others.iter().map(|place| name(*place));
            let is_wanted = |text: &&str| is_kept(text, self.kept);
            values.extend(
                others.map(|text| Some(text).filter(is_wanted).map_or(Cell::Absent, Cell::text)),
            );
            write(&values)?;
        }
        Ok(())
    }

    fn places(&self, calls: &Calls) -> Places {
        let of = |name: &str| calls.dimensions.position(name);
        let text = |field: Field| field.dimension().and_then(|name| of(&name));
        Places {
            conversation: of("conversation"),
            service_tier: text(Field::ServiceTier),
            request_id: text(Field::RequestId),
            retry_of: text(Field::RetryOf),
            others: self.others.iter().map(|name| of(name)).collect(),
        }
    }
}

/// Whether a record has a column of this name anyway.
fn is_own_column(name: &str) -> bool {
    RECORD_COLUMNS.contains(&name) || ID_COLUMNS.contains(&name)
}

/// Whether a value is kept beside a call's own.
pub(super) fn is_kept(text: &str, kept: KeptValues) -> bool {
    if kept == KeptValues::All {
        return true;
    }
    text.len() <= LABEL_MAX
        && !(kept == KeptValues::Labels && text.starts_with(['{', '[']))
        && !(kept == KeptValues::Labels && text.contains(['\n', '\r']))
        && text.split_whitespace().nth(LABEL_WORDS_MAX).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{TokenClass, Tokens, Usd};
    use crate::usage::{Call, Dimensions, Instant, Status, Symbol};

    fn rows(calls: &[Call], kept: KeptValues) -> Vec<Vec<(String, String)>> {
        let mut rows = RecordRows::new(&["team".to_owned(), "model".to_owned()], kept);
        let dimensions = rows.dimensions();
        let mut table = Calls::new(Dimensions::new(dimensions.iter().map(String::as_str)));
        for call in calls {
            let mut symbols = vec![Symbol::EMPTY; table.dimensions.len()];
            for (name, value) in [("model", "m"), ("<request_id>", "r"), ("team", "[\"a\"]")] {
                let place = table.dimensions.position(name).expect("asked for");
                symbols[place] = table.dimensions[place].intern(value);
            }
            table.push(call, &symbols);
        }
        let columns = rows.columns().to_vec();
        let mut found = Vec::new();
        let written = rows.each(&table, |values| {
            assert_eq!(values.len(), columns.len());
            let named = columns.iter().zip(values).filter_map(|(name, cell)| match cell {
                Cell::Absent => None,
                Cell::Count(count) => Some((name.clone(), count.to_string())),
                Cell::Text(text) => Some((name.clone(), text.to_string())),
            });
            found.push(named.collect());
            Ok::<(), ()>(())
        });
        assert_eq!(written, Ok(()));
        found
    }

    fn check(call: Call, expected: &[(&str, &str)]) {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        assert_eq!(
            rows(&[call], KeptValues::Labels),
            [expected.iter().map(own).collect::<Vec<_>>()]
        );
    }

    #[test]
    fn what_the_log_does_not_say_is_absent() {
        let id = ("request_id", "r");
        check(
            Call::default(),
            &[("model", "m"), ("input_tokens", "0"), ("output_tokens", "0"), id],
        );
        let failed = Call { status: Status::Error(0), ..Call::default() };
        check(failed, &[("model", "m"), ("status", "error"), id]);
    }

    #[test]
    fn parts_are_inside_the_sums_they_are_read_from() {
        let mut call = Call {
            time: Instant::from_millis(1_790_000_000_000),
            logged_cost: Some(Usd::from_atto(1)),
            ..Call::default()
        };
        for (place, class) in (0..).zip(TokenClass::ALL) {
            call.tokens[class] = Tokens::new(1 << place);
        }
        check(
            call,
            &[
                ("time", "2026-09-21T14:13:20Z"),
                ("model", "m"),
                ("input_tokens", "81"),
                ("cache_read_tokens", "34"),
                ("cache_write_5m_tokens", "4"),
                ("cache_write_1h_tokens", "8"),
                ("audio_input_tokens", "16"),
                ("audio_cache_read_tokens", "32"),
                ("image_input_tokens", "64"),
                ("output_tokens", "1920"),
                ("reasoning_tokens", "256"),
                ("audio_output_tokens", "512"),
                ("image_output_tokens", "1024"),
                ("cost_usd", "0.000000000000000001"),
                ("request_id", "r"),
            ],
        );
    }

    #[test]
    fn twins_in_one_record_are_told_apart() {
        let ids = |calls: &[Call]| -> Vec<String> {
            let id = |row: &Vec<(String, String)>| {
                row.iter().find(|(name, _)| name == "request_id").expect("an id").1.clone()
            };
            rows(calls, KeptValues::Labels).iter().map(id).collect()
        };
        let call = Call::default();
        let mut elsewhere = call;
        elsewhere.place.line = 7;
        assert_eq!(ids(&[call, call, elsewhere]), ["r", "r#2", "r"]);
    }

    #[test]
    fn lists_are_kept_only_where_all_values_are() {
        let call = Call::default();
        let has_team = |kept| rows(&[call], kept)[0].iter().any(|(name, _)| name == "team");
        assert!(has_team(KeptValues::All) && has_team(KeptValues::Short));
        assert!(!has_team(KeptValues::Labels));
    }

    #[test]
    fn sentences_are_kept_only_where_all_values_are() {
        let sentence = "please look up what anna said about the merger and tell nobody of it";
        for kept in [KeptValues::Short, KeptValues::Labels] {
            assert!(!is_kept(sentence, kept) && is_kept("Customer Success, EMEA", kept));
        }
        assert!(is_kept(sentence, KeptValues::All));
    }
}
