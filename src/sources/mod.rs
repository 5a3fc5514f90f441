//! Usage logs to calls: one log format a file, read in chunks on all cores.
//!
//! A file is opened (`open`), its format is found from its first records (`detect`, or `sketch`
//! where they look like those of files before it), a large one is cut
//! into chunks at record boundaries (`framing`), and each chunk is parsed by any thread (`parse`)
//! into columns. The chunks are put back in order, copies of one call are dropped
//! (`duplicates`), and the calls go to the caller. Nothing of the text survives.

mod assembly;
mod both_ways;
mod buffers;
mod chunk;
mod columns;
mod counts;
mod crew;
mod database;
mod decode;
mod delimited;
mod detect;
mod discover;
mod documents;
mod duplicates;
mod envelope;
mod events;
mod feed;
mod field;
mod foreign;
mod format;
mod formats;
mod framing;
mod guess;
mod json;
mod layout;
mod look;
mod open;
mod opening;
mod others;
mod oversized;
mod page;
mod parquet_file;
mod parse;
mod paths;
mod plain_table;
mod plan;
mod preview;
mod prompts;
mod quick;
mod quotes;
mod quoting;
mod reader;
mod reading;
mod ride;
mod roles;
mod rows;
mod saved;
mod scan;
mod session;
mod signs;
mod sketch;
mod stores;
mod sums;
mod text_blocks;
mod threads;
mod track;
mod unpacked;
mod values;
mod walk;
mod words;
mod writing;

pub use columns::{STATUS_WORDS, TableColumns, table_columns};
pub use discover::{Found, Input, NoInput, discover};
pub use field::Field;
pub use format::Format;
pub use formats::{FORMATS, find_format};
pub use guess::{Finding, Guess, Inside, NoGuess, Proposal, Role, guess, quoted_for_shell};
pub use page::page;
pub use parquet_file::OWN_KEY as PARQUET_KEY;
pub use preview::{Preview, is_taken, preview, worth_keeping};
pub use reader::{Progress, ReadOptions, Share, Spare, read, read_shared};
pub use reading::{FileReading, Lines, Reading};
pub use saved::SavedSource;
pub use unpacked::MostUnpacked;
pub use writing::{STATEMENTS, Statement};

/// Reads a text as a log on the short way and on the long one, for fuzzers.
///
/// # Panics
/// Where the ways differ.
#[doc(hidden)]
pub fn check_both_ways(text: &str) {
    both_ways::check(text);
}

#[cfg(test)]
mod chunk_tests;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod feed_tests;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod regressions_counts;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod variants;
