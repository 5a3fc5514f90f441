//! The kinds of trouble an input can have, each with a stable name and a paragraph of advice.

/// How much a diagnostic costs the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The record could not be used; it is counted as skipped.
    Skipped,
    /// The record was used; something about it deserves attention.
    Warning,
}

/// A kind of trouble. The name is part of the machine output and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A line is not valid JSON.
    InvalidJson,
    /// A record is not valid UTF-8 text.
    InvalidUtf8,
    /// A CSV record has another number of fields than its header.
    FieldCount,
    /// A record is longer than the limit.
    RecordTooLong,
    /// A field that should hold a number does not.
    BadNumber,
    /// A count is below zero.
    NegativeCount,
    /// A count is larger than any provider could have billed.
    ImplausibleCount,
    /// A record has no usage to count, though its format says it should.
    MissingUsage,
    /// A record has usage but names no model.
    MissingModel,
    /// A time could not be read.
    BadTime,
    /// A record has no time.
    MissingTime,
    /// More tokens were read from or written to the cache than the input holds.
    CacheExceedsInput,
    /// More reasoning tokens than output tokens.
    ReasoningExceedsOutput,
    /// A row stands for several calls.
    AggregatedRow,
    /// A file is a roll-up: its sums are exact, and nothing is known of single calls.
    RolledUp,
    /// A service tier that is not known.
    UnknownTier,
    /// Counts of a record that do not add up; how they were read is in the message.
    InconsistentCounts,
    /// A record that may be a copy of another one, or a call of its own; it counts.
    PossibleCopy,
    /// A value beyond what there can be.
    OutOfRange,
    /// A piece of a streamed response, without its final counts.
    StreamPiece,
    /// A logged cost could not be read.
    BadCost,
    /// An amount of money that belongs to no model, or is not in dollars.
    CostOnly,
    /// Too many request ids to remember all of them.
    DuplicateWindow,
    /// A file could not be read, or not to its end.
    UnreadableFile,
    /// A file is of no format that is read.
    UnknownFormat,
    /// A file holds no record.
    EmptyFile,
    /// A file is of a known format, but none of its records is a call.
    NoCalls,
    /// A column or path that a mapping names is not in the file.
    MissingColumn,
    /// Groups are so many that some go together.
    ManyGroups,
}

impl Code {
    /// Every code, for documentation.
    pub const ALL: [Self; 29] = [
        Self::InvalidJson,
        Self::InvalidUtf8,
        Self::FieldCount,
        Self::RecordTooLong,
        Self::BadNumber,
        Self::NegativeCount,
        Self::ImplausibleCount,
        Self::MissingUsage,
        Self::MissingModel,
        Self::BadTime,
        Self::MissingTime,
        Self::CacheExceedsInput,
        Self::ReasoningExceedsOutput,
        Self::AggregatedRow,
        Self::RolledUp,
        Self::UnknownTier,
        Self::InconsistentCounts,
        Self::PossibleCopy,
        Self::OutOfRange,
        Self::StreamPiece,
        Self::BadCost,
        Self::CostOnly,
        Self::DuplicateWindow,
        Self::UnreadableFile,
        Self::UnknownFormat,
        Self::EmptyFile,
        Self::NoCalls,
        Self::MissingColumn,
        Self::ManyGroups,
    ];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid-json",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::FieldCount => "field-count",
            Self::RecordTooLong => "record-too-long",
            Self::BadNumber => "bad-number",
            Self::NegativeCount => "negative-count",
            Self::ImplausibleCount => "implausible-count",
            Self::MissingUsage => "missing-usage",
            Self::MissingModel => "missing-model",
            Self::BadTime => "bad-time",
            Self::MissingTime => "missing-time",
            Self::CacheExceedsInput => "cache-exceeds-input",
            Self::ReasoningExceedsOutput => "reasoning-exceeds-output",
            Self::AggregatedRow => "aggregated-row",
            Self::RolledUp => "rolled-up",
            Self::UnknownTier => "unknown-tier",
            Self::InconsistentCounts => "inconsistent-counts",
            Self::PossibleCopy => "possible-copy",
            Self::OutOfRange => "out-of-range",
            Self::StreamPiece => "stream-piece",
            Self::BadCost => "bad-cost",
            Self::CostOnly => "cost-only",
            Self::DuplicateWindow => "duplicate-window",
            Self::UnreadableFile => "unreadable-file",
            Self::UnknownFormat => "unknown-format",
            Self::EmptyFile => "empty-file",
            Self::NoCalls => "no-calls",
            Self::MissingColumn => "missing-column",
            Self::ManyGroups => "many-groups",
        }
    }

    /// Whether the record is lost or only remarkable.
    pub const fn severity(self) -> Severity {
        match self {
            Self::MissingModel
            | Self::BadTime
            | Self::MissingTime
            | Self::AggregatedRow
            | Self::RolledUp
            | Self::UnknownTier
            | Self::InconsistentCounts
            | Self::PossibleCopy
            | Self::OutOfRange
            | Self::BadCost
            | Self::DuplicateWindow
            | Self::UnreadableFile
            | Self::UnknownFormat
            | Self::EmptyFile
            | Self::NoCalls
            | Self::MissingColumn
            | Self::ManyGroups => Severity::Warning,
            _ => Severity::Skipped,
        }
    }

    /// What it means and what to do about it.
    #[expect(clippy::too_many_lines, reason = "a list of texts, one a code")]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::InvalidJson => {
                "The line is cut off or is not JSON. A half-written last line is normal in a log \
                 that is still being written; elsewhere, look at the line and at what wrote it."
            }
            Self::InvalidUtf8 => {
                "The record has bytes that are not UTF-8. Convert the file, for example with \
                 `iconv -t UTF-8`."
            }
            Self::FieldCount => {
                "The row has more or fewer fields than the header; usually an unquoted delimiter \
                 or line break inside a text."
            }
            Self::RecordTooLong => {
                "The record is longer than 256 MiB, or than `--max-record` says, and was passed over \
                 so that memory stays bounded; `--max-record 1G` reads longer ones."
            }
            Self::BadNumber => {
                "A count or an amount is not a number. If the column means something else, map the \
                 right one with `--map field=column`."
            }
            Self::NegativeCount => "Token counts cannot be below zero; correct the exporter.",
            Self::ImplausibleCount => {
                "No provider bills a trillion tokens in one row; the column probably holds \
                 something else. Map the right one with `--map field=column`."
            }
            Self::MissingUsage => {
                "The record carries no token counts, so there is nothing to price. Streams of the \
                 OpenAI API report usage only when asked with `stream_options.include_usage`."
            }
            Self::MissingModel => {
                "The record names no model and is reported as unpriced. Name one for the whole log \
                 with `--assume-model MODEL`."
            }
            Self::BadTime => {
                "The time could not be read; the call is priced at the newest prices. ISO 8601 and \
                 epoch seconds, milliseconds, microseconds and nanoseconds are understood."
            }
            Self::MissingTime => {
                "The record has no time; the call is priced at the newest prices and is left out of \
                 anything by day."
            }
            Self::CacheExceedsInput => {
                "This format counts cached tokens inside the input, but the record has more of \
                 them than input. If the log counts them apart, say so with \
                 `--map input_includes_cache=false`."
            }
            Self::ReasoningExceedsOutput => {
                "Reasoning tokens are a part of the output tokens in this format, but the record \
                 has more of them."
            }
            Self::AggregatedRow => {
                "The row sums up several calls. Where prices depend on the size of a single prompt, \
                 which cannot be known, the mean prompt decides."
            }
            Self::RolledUp => {
                "The file is a roll-up. Sums, costs and shares are those of its calls. Nothing is known of \
                 single calls: the costliest ones, how costs are spread over calls (and with it the \
                 95th percentile of `check`), and what looks at one call after another is left out; \
                 analyze the log for those. A copy of a roll-up \
                 cannot be told from another part of the log: what is given twice counts twice."
            }
            Self::UnknownTier => {
                "The service tier is not one that has prices; the call is reported as unpriced \
                 rather than billed at the standard rate."
            }
            Self::InconsistentCounts => {
                "The counts of the record contradict each other or its total. It was used in the \
                 way the message says; compare with what the provider bills."
            }
            Self::PossibleCopy => {
                "The id and the counts of the record were there before, but the id is shorter than 8 \
                 characters and no time of the day stands beside it: it may be a row's number or a \
                 name. It counts as a call. If it is a copy, leave it out or log a time or a unique id."
            }
            Self::OutOfRange => {
                "A value is larger or smaller than it can be. It was left out, or the nearest \
                 possible value was taken, as the message says."
            }
            Self::StreamPiece => {
                "The record is an event of a streamed response, whose counts are provisional or \
                 cover one side only. Log the finished response instead, as the client library \
                 puts it together."
            }
            Self::BadCost => {
                "The logged cost is not an amount of dollars and was left out; the call is priced \
                 from its tokens as always."
            }
            Self::CostOnly => {
                "The row is of a report of costs and does not say which model they are of, or is not in \
                 dollars. Such a report tells what was billed, not what was used: analyze the usage \
                 and compare it with the sum by `--invoice AMOUNT`."
            }
            Self::DuplicateWindow => {
                "The log has more request ids than are kept in memory; copies of a call that lie \
                 very far apart are no longer recognised."
            }
            Self::UnreadableFile => {
                "The file could not be opened or read to its end, or is an archive that unpacks to \
                 more than `--max-unpacked` allows; what was read before is in the report."
            }
            Self::UnknownFormat => {
                "Nothing was read of the file: its records look like no format that is known. Say \
                 which one it is with `--source-format`, or what its columns mean with `--map \
                 field=column`; `llmcost formats guess FILE` proposes that."
            }
            Self::ManyGroups => {
                "There are more groups than are kept apart, so that memory stays bounded: those whose names \
                 have a high fingerprint are one group `(other)`, the same ones in every run. No sum is \
                 lost, and models that the price tables know are always apart. `--max-groups N` keeps \
                 more; a column with fewer names is mostly meant."
            }
            Self::EmptyFile => "The file holds no record at all.",
            Self::NoCalls => {
                "The file is of a format that is known, but nothing in it is a call of a model: only \
                 its header, only what groups or repeats calls that are logged elsewhere, only answers \
                 of a gateway's own cache, or only charges without tokens. Add the file that has the \
                 calls."
            }
            Self::MissingColumn => {
                "A mapping says that a value stands in a column or at a path that the first records do \
                 not have, so the value is most likely read nowhere. Mostly it is a slip of the pen; \
                 `llmcost formats guess FILE` lists the columns and paths. With `--strict` the run \
                 fails."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
