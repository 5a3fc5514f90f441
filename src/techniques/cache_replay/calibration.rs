//! What the counters of a log say about its replay: reads that were observed, beside those that the
//! replay of the same breakpoints finds.

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Rate, Tokens};

use super::super::wording::{grouped, percent};
use super::best::route_names;
use super::policy::Policy;
use super::prepare::Ground;
use super::rules::Lifetime;

/// Below this part something breaks prefixes that the log does not show.
const SUSPECT: &str = "0.8";

/// So few tokens say nothing about a call type.
const LEAST_READ: Tokens = Tokens::new(10_000);

/// Reads of each route.
pub(super) struct Calibration(Vec<Reads>);

#[derive(Clone, Copy)]
struct Reads {
    observed: Tokens,
    simulated: Tokens,
    calls: u64,
}

impl Reads {
    /// Observed over simulated reads, at most one; nothing where nothing was to be read.
    fn rate(self) -> Option<Rate> {
        let Self { observed, simulated, .. } = self;
        Rate::of_counts(observed.min(simulated).get(), simulated.get())
    }
}

/// Replays the log with the breakpoints it shows.
pub(super) fn measure(ground: &Ground<'_>) -> Calibration {
    let replay = ground.uniform(Policy::AsLogged, Lifetime::Short);
    let (Some(observed), Some(simulated)) = (ground.standing(None), ground.standing(Some(&replay)))
    else {
        return Calibration(Vec::new());
    };
    let both = observed.routes.iter().zip(&simulated.routes);
    let reads = both.map(|(observed, simulated)| Reads {
        observed: observed.read(),
        simulated: simulated.read(),
        calls: observed.calls,
    });
    Calibration(reads.collect())
}

impl Calibration {
    /// How likely each route reads what is there; nothing where its counters do not say.
    pub(super) fn rates(&self) -> Vec<Option<Rate>> {
        let known = |reads: &Reads| reads.rate().filter(|_| reads.simulated >= LEAST_READ);
        self.0.iter().map(known).collect()
    }

    /// Which routes lose more than a replay can explain, and why that may be.
    pub(super) fn warnings(&self, ground: &Ground<'_>) -> Vec<String> {
        let suspect = Rate::parse(SUSPECT).expect("a constant of this file");
        let routes = self.rates().into_iter().enumerate();
        let low: Vec<String> = routes
            .filter_map(|(route, rate)| Some((route, rate.filter(|it| *it < suspect)?)))
            .map(|(route, rate)| {
                let [call_type, model] = route_names(ground, route);
                format!("{call_type} on {model} {}", percent(rate))
            })
            .collect();
        if low.is_empty() {
            return Vec::new();
        }
        vec![format!(
            "prompt caching: less is read than breakpoints and times allow: {}. Something changes the \
             start of these prompts: look for a time or an id in the system prompt, tools in another \
             order, another effort or output format, images, workspaces or regions that take turns, \
             edited history; automatic caches also lose what goes to another machine",
            low.join(", ")
        )]
    }

    /// The reads of each route as a table.
    pub(super) fn exhibit(&self, ground: &Ground<'_>) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "cache_calibration",
            "Cache reads of the log beside those of its replay",
            &[
                ("call_type", "call type"),
                ("model", "model"),
                ("calls", "calls"),
                ("observed_read_tokens", "read"),
                ("simulated_read_tokens", "replayed"),
                ("found_rate", "found"),
            ],
        );
        let mut rows: Vec<_> = self.0.iter().enumerate().filter(|(_, it)| it.calls > 0).collect();
        rows.sort_by_key(|(route, reads)| (std::cmp::Reverse(reads.simulated), *route));
        for (route, reads) in rows {
            let [call_type, model] = route_names(ground, route);
            exhibit.push([
                Cell::Text(call_type),
                Cell::Text(model),
                Cell::Count(reads.calls),
                Cell::Tokens(reads.observed),
                Cell::Tokens(reads.simulated),
                reads.rate().map_or(Cell::Missing, Cell::Rate),
            ]);
        }
        exhibit.note(format!(
            "policies find what is in the cache this often, at the low end and as expected, and \
             always at the high end; call types with fewer than {} replayed tokens are not corrected",
            grouped(LEAST_READ.get())
        ));
        exhibit
    }
}
