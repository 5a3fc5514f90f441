//! What hurts: findings that need the calls in order of time, each as an exhibit.
//!
//! [`Analyzer`](super::Analyzer) sums calls in any order and forgets them; this part looks at the
//! whole log again, and so costs memory for every call.

mod anomalies;
mod answers;
mod bill;
mod cache_losses;
mod cache_use;
mod cache_writes;
mod changing_prompts;
mod checklist;
mod leverage;
mod loops;
mod models;
mod prompts;
mod rate;
mod remarkable;
mod robust;
mod spread;
mod topics;
mod unit_costs;
mod waste;

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread;

use crate::exhibits::Exhibit;
use crate::pricing::PriceBook;
use crate::usage::{Calls, Days};

use super::findings::Finding;
use super::options::CostMode;
use anomalies::Unusual;
use bill::Bill;
use cache_losses::Losses;
use cache_writes::ModelWrites;
use leverage::Lever;
use loops::Loops;
use prompts::Prompts;
use remarkable::Found;
use waste::Wasted;

pub use topics::{TOPICS, Topic};
pub use waste::Waste;

/// What an inspection is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InspectionOptions {
    /// Which cost counts.
    pub cost_mode: CostMode,
    /// Only calls that this provider, cloud or gateway bills; all of them for nothing.
    pub seller: Option<String>,
    /// The time zone of days and hours; UTC for nothing.
    pub days: Option<Days>,
    /// How the log was named to this run, in words of a shell: commands to try repeat it.
    pub input: String,
    /// On how many threads it may look; one for nothing.
    pub threads: Option<NonZeroUsize>,
}

/// What an inspection found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// Every finding as a table.
    pub exhibits: Vec<Exhibit>,
    /// What stands out, the dearest first.
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// What is said of a log that is too long to look at again unasked.
    pub fn too_long() -> Self {
        let mut exhibit =
            Exhibit::new("leverage", "What to try next", &[("technique", "technique")]);
        exhibit.note(
            "not looked for: the log has more than 200,000 calls, and this takes time and memory for each \
             of them; --deep looks anyway",
        );
        Self { exhibits: vec![exhibit], findings: Vec::new() }
    }
}

/// Columns that say more about calls, where a log has them.
pub const COLUMNS: [&str; 8] = [
    "conversation",
    "chain",
    "user",
    "team",
    "api_key",
    "prompt_hash",
    "<prompt_blocks>",
    "<block_scope>",
];

/// Looks at calls in order of time.
pub fn inspect(calls: &Calls, book: &PriceBook, options: &InspectionOptions) -> Inspection {
    let days = options.days.unwrap_or(Days::UTC);
    let bill = Bill::of(calls, book, options.cost_mode, options.seller.clone());
    if bill.rows.is_empty() {
        return Inspection::default();
    }
    let prompts = Prompts::of(&bill);
    // Each half takes about as long; neither needs the other.
    let (gains, patterns) = both(
        options.threads,
        || Gains::of(&bill, &prompts, options),
        || Patterns::of(&bill, &prompts, days),
    );
    let Gains { wasted, levers, exhibits: [leverage, checklist, waste] } = gains;
    let Patterns { losses, writes, loops, unusual, caches, others } = patterns;
    let exhibits = [leverage, checklist].into_iter().chain(caches).chain([waste]).chain(others);
    Inspection {
        exhibits: exhibits.map(|exhibit| said_when_empty(exhibit).as_detail()).collect(),
        findings: remarkable::find(
            &Found { losses, writes, wasted, loops, unusual, levers },
            bill.total(),
        ),
    }
}

/// What could be saved, and what was paid for nothing.
struct Gains {
    wasted: Wasted,
    levers: Vec<Lever>,
    exhibits: [Exhibit; 3],
}

impl Gains {
    fn of(bill: &Bill<'_>, prompts: &Prompts, options: &InspectionOptions) -> Self {
        let wasted = Wasted::of(bill);
        let levers = leverage::levers(bill, prompts, &wasted);
        let exhibits = [
            leverage::exhibit(&levers, bill, &options.input),
            checklist::exhibit(bill, &levers, &options.input),
            wasted.exhibit(bill),
        ];
        Self { wasted, levers, exhibits }
    }
}

/// How calls follow each other, and how costs spread.
struct Patterns {
    losses: Losses,
    writes: Vec<(String, ModelWrites)>,
    loops: Loops,
    unusual: Unusual,
    caches: [Exhibit; 5],
    others: [Exhibit; 8],
}

impl Patterns {
    fn of(bill: &Bill<'_>, prompts: &Prompts, days: Days) -> Self {
        let uses = cache_use::uses(bill);
        let losses = Losses::of(bill);
        let writes = cache_writes::writes(bill);
        let loops = Loops::of(bill, prompts);
        let unusual = Unusual::of(bill, days);
        let caches = [
            cache_use::shares(bill, &uses),
            cache_use::effects(bill, &uses),
            losses.exhibit(bill.column("conversation").is_some()),
            cache_writes::exhibit(&writes),
            changing_prompts::exhibit(bill),
        ];
        let others = [
            loops.exhibit(),
            unusual.exhibit(),
            unusual.drift_exhibit(),
            spread::concentration(bill),
            spread::intensities(bill),
            unit_costs::exhibit(bill, days),
            models::review(bill, days),
            models::changes(bill, days),
        ];
        Self { losses, writes, loops, unusual, caches, others }
    }
}

/// Two pieces of work, at the same time where there are threads for it.
fn both<A, B: Send>(
    threads: Option<NonZeroUsize>,
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if threads.is_none_or(|threads| threads.get() < 2) {
        return (first(), second());
    }
    thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        (first, second.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// A table without rows says that nothing was found, unless it says why it cannot tell.
fn said_when_empty(mut exhibit: Exhibit) -> Exhibit {
    let is_refused = exhibit.notes.iter().any(|note| note.starts_with("cannot tell"));
    if exhibit.rows.is_empty() && !is_refused {
        exhibit.notes.insert(0, "nothing found".to_owned());
    }
    exhibit
}
