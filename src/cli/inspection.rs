//! Keeps the calls that `analyze` reads, to look at them again in order of time.

use std::num::NonZeroUsize;

use crate::insights::{AnalysisOptions, INSPECTED_COLUMNS, Inspection, InspectionOptions, inspect};
use crate::pricing::PriceBook;
use crate::sources::quoted_for_shell;
use crate::usage::Calls;

use super::args::CommonArgs;

/// Longer logs take time and memory for every call, so they are looked at again only when that is asked for.
const MOST_CALLS: usize = 200_000;

/// The calls of a log, as long as there are not too many.
pub(super) struct Keeper {
    options: InspectionOptions,
    is_deep: bool,
    table: Option<Calls>,
    is_full: bool,
    has_rollups: bool,
}

impl Keeper {
    /// Keeps nothing yet; `is_deep` keeps logs of any length.
    pub(super) fn new(
        options: &AnalysisOptions,
        input: String,
        is_deep: bool,
        threads: NonZeroUsize,
    ) -> Self {
        let options = InspectionOptions {
            cost_mode: options.cost_mode,
            seller: options.seller.clone(),
            days: Some(options.days),
            input,
            threads: Some(threads),
        };
        Self { options, is_deep, table: None, is_full: false, has_rollups: false }
    }

    /// The columns that help, where a log has them.
    pub(super) fn columns() -> Vec<String> {
        INSPECTED_COLUMNS.map(str::to_owned).to_vec()
    }

    /// Keeps some calls more.
    pub(super) fn keep(&mut self, calls: &Calls) {
        self.has_rollups |= calls.has_rolled();
        if self.is_full || self.has_rollups {
            return;
        }
        let table = self.table.get_or_insert_with(|| Calls::new(calls.dimensions.emptied()));
        if !self.is_deep && table.len().saturating_add(calls.len()) > MOST_CALLS {
            self.is_full = true;
            self.table = None;
            return;
        }
        table.append(calls);
    }

    /// What can be found in them.
    pub(super) fn inspect(self, book: &PriceBook) -> Inspection {
        if self.has_rollups {
            // What it looks for is found in single calls.
            return Inspection::default();
        }
        if self.is_full {
            return Inspection::too_long();
        }
        self.table.map_or_else(Inspection::default, |calls| {
            inspect(&calls.sorted_by_time(), book, &self.options)
        })
    }
}

/// How a log was named and read, in words of a shell: what another run repeats to read the same.
pub(super) fn reading_words(args: &CommonArgs) -> String {
    let mut words: Vec<String> = args.files.clone();
    words.extend(args.demo.then(|| "--demo".to_owned()));
    let input = &args.input;
    let flags = [
        ("--source-format", &input.source_format),
        ("--where", &input.condition),
        ("--since", &input.since),
        ("--until", &input.until),
        ("--timezone", &input.timezone),
        ("--assume-model", &input.assume_model),
        ("--assume-call-type", &input.assume_call_type),
        ("--as-of", &args.as_of),
    ];
    for (flag, value) in flags {
        words.extend(value.iter().flat_map(|value| [flag.to_owned(), value.clone()]));
    }
    words.extend(input.map.iter().flat_map(|pair| ["--map".to_owned(), pair.clone()]));
    let paths = args.prices.iter().map(|path| ("--prices", path));
    let paths = paths.chain(args.config.iter().map(|path| ("--config", path)));
    words.extend(paths.flat_map(|(flag, path)| [flag.to_owned(), path.display().to_string()]));
    words.iter().map(|word| quoted_for_shell(word)).collect::<Vec<_>>().join(" ")
}
