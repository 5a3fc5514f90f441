//! Keeps the calls that `analyze` reads, to look at them again in order of time.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::insights::{AnalysisOptions, INSPECTED_COLUMNS, Inspection, InspectionOptions, inspect};
use crate::pricing::PriceBook;
use crate::sources::quoted_for_shell;
use crate::usage::Calls;

use super::args::CommonArgs;

/// Longer logs take time and memory for every call, so they are looked at again only when that is asked for.
const MOST_CALLS: usize = 200_000;

/// The calls of a log, as long as there are not too many. Several threads may bring them.
pub(super) struct Keeper {
    options: InspectionOptions,
    is_deep: bool,
    kept: Mutex<Kept>,
    /// Set once there are too many.
    lapsed: Arc<AtomicBool>,
}

#[derive(Default)]
struct Kept {
    /// With their places in the order of the input.
    tables: Vec<(u64, Calls)>,
    calls: usize,
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
        Self { options, is_deep, kept: Mutex::default(), lapsed: Arc::default() }
    }

    /// Says, once it does, that there are too many calls, and nobody wants the columns any more.
    pub(super) fn lapsed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.lapsed)
    }

    /// The columns that help, where a log has them.
    pub(super) fn columns() -> Vec<String> {
        INSPECTED_COLUMNS.map(str::to_owned).to_vec()
    }

    /// Keeps some calls more; those of a lower `order` stand before them.
    pub(super) fn keep(&self, order: u64, calls: Calls) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.calls = kept.calls.saturating_add(calls.len());
        kept.has_rollups |= calls.has_rolled() || calls.has_last_times();
        if kept.has_rollups {
            kept.tables = Vec::new();
        } else if !self.is_deep && kept.calls > MOST_CALLS {
            kept.is_full = true;
            self.lapsed.store(true, Ordering::Relaxed);
            kept.tables = Vec::new();
        } else {
            kept.tables.push((order, calls));
        }
    }

    /// What can be found in them; they are kept no longer.
    pub(super) fn inspect(&self, book: &PriceBook) -> Inspection {
        let kept = &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = std::mem::take(kept);
        if kept.has_rollups {
            // What it looks for is found in single calls.
            return Inspection::default();
        }
        if kept.is_full {
            return Inspection::too_long();
        }
        kept.tables.sort_by_key(|(order, _)| *order);
        let mut tables = kept.tables.into_iter().map(|(_, calls)| calls);
        let Some(first) = tables.next() else { return Inspection::default() };
        // Names are numbered in the order of the input, whoever brought them.
        let mut table = Calls::new(first.dimensions.emptied());
        table.append(&first);
        tables.for_each(|calls| table.append(&calls));
        inspect(&table.into_time_order(), book, &self.options)
    }
}

/// How a log was named and read, in words of a shell: what another run repeats to read the same.
pub(super) fn reading_words(args: &CommonArgs) -> String {
    let mut words: Vec<String> = args.files.clone();
    words.extend(args.demo.then(|| "--demo".to_owned()));
    words.extend(args.input.keep_duplicates.then(|| "--keep-duplicates".to_owned()));
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
