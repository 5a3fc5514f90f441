//! The lifetime that is cheapest on the log, for each call type and model.

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;
use crate::usage::column;

use super::policy::Policy;
use super::prepare::Ground;
use super::rules::Lifetime;
use super::standing::Standing;

/// What a reader should know of such a choice.
pub(super) const IN_SAMPLE: &str = "the best lifetimes were chosen on these very calls (in-sample): \
                                    on others they may be worse";

/// What each route costs under each choice, and the cheapest.
pub(super) struct Chosen {
    pub(super) lifetimes: Vec<Option<Lifetime>>,
    costs: Vec<[Option<Usd>; 3]>,
}

/// The choices, in the order in which ties are decided.
const CHOICES: [Option<Lifetime>; 3] = [None, Some(Lifetime::Short), Some(Lifetime::Long)];

/// Replays the log with no caching, the default and the longer lifetime, and takes the cheapest for
/// each route.
pub(super) fn choose(ground: &Ground<'_>, policy: Policy) -> Chosen {
    let standings = CHOICES.map(|choice| {
        let replay = match choice {
            None => ground.uniform(Policy::Off, Lifetime::Short),
            Some(lifetime) => ground.uniform(policy, lifetime),
        };
        ground.standing(Some(&replay))
    });
    let cost = |standing: &Option<Standing>, route: usize| {
        let sums = standing.as_ref()?.routes.get(route)?;
        (sums.calls > 0).then(|| sums.cost.to_usd())
    };
    let routes = 0..ground.lineage.route_count();
    let costs: Vec<[Option<Usd>; 3]> = routes
        .map(|route| [0, 1, 2].map(|choice: usize| cost(&standings[choice], route)))
        .collect();
    let cheapest = |costs: &[Option<Usd>; 3]| {
        let known =
            CHOICES.into_iter().zip(costs).filter_map(|(choice, cost)| Some((choice, (*cost)?)));
        known.min_by_key(|(_, cost)| *cost).and_then(|(choice, _)| choice)
    };
    Chosen { lifetimes: costs.iter().map(cheapest).collect(), costs }
}

impl Chosen {
    /// The choices as a table, the dearest route first.
    pub(super) fn exhibit(&self, ground: &Ground<'_>) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "cache_lifetimes",
            "Which lifetime is cheapest, by call type and model",
            &[
                ("call_type", "call type"),
                ("model", "model"),
                ("off_usd", "not cached"),
                ("default_usd", "5 min"),
                ("long_usd", "1 h"),
                ("best", "best"),
            ],
        );
        let mut rows = Vec::new();
        for (route, costs) in self.costs.iter().enumerate() {
            let [Some(off), short, long] = *costs else { continue };
            let name = match self.lifetimes[route] {
                None => "do not cache",
                Some(Lifetime::Long) => "1 h",
                Some(_) => "5 min",
            };
            let [call_type, model] = route_names(ground, route);
            rows.push((off, [call_type, model], short, long, name));
        }
        rows.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        for (off, [call_type, model], short, long, name) in rows {
            exhibit.push([
                Cell::Text(call_type),
                Cell::Text(model),
                Cell::Usd(off),
                Cell::usd_or_missing(short),
                Cell::usd_or_missing(long),
                Cell::text(name),
            ]);
        }
        exhibit.note(IN_SAMPLE);
        exhibit.note("5 min stands for the default lifetime of the provider, 1 h for its longest");
        exhibit
    }
}

/// The call type and the model of a route.
pub(super) fn route_names(ground: &Ground<'_>, route: usize) -> [String; 2] {
    let is_own = |row: &usize| ground.lineage.route(*row) as usize == route;
    let Some(row) = (0..ground.facts.calls.len()).find(is_own) else {
        return [String::new(), String::new()];
    };
    [column::CALL_TYPE, column::MODEL].map(|place| {
        let name = ground.facts.calls.name(place, row);
        if name.is_empty() { "(none)".to_owned() } else { name.to_owned() }
    })
}
