//! Random price tables that load: whatever `llmcost explain prices` has a word for.

use super::{Dice, moment};
use crate::world::table::{
    Band, Decimal, Fees, Form, Lane, Model, MovingAlias, Period, Place, Policy, Prices, Rates,
    Rule, Schedule, Table, Tokenizer, Unbilled,
};
use crate::world::{Class, Tier};

pub(crate) const PROVIDER: &str = "oracle";
const DAY: i64 = 86_400_000;

/// What is short comes first, so that the end of a tape does not leave it out.
pub(crate) fn table(dice: &mut Dice<'_>) -> Table {
    let places = places(dice);
    let count = 1 + dice.below(3);
    let aliases = if count > 1 && dice.chance(40) {
        let targets = vec![(0, Some(moment(dice))), (1, None)];
        vec![MovingAlias { id: "oracle-latest".to_owned(), targets }]
    } else {
        Vec::new()
    };
    let fallback = fallback(dice);
    let unbilled = (0..dice.below(3)).map(|_| unbilled(dice, places.len())).collect();
    let forms = forms(dice, places.len());
    let same_tier =
        dice.maybe(30, |dice| (Tier::Fast, dice.pick(&[Tier::Priority, Tier::Standard])));
    let policies = vec![policy(dice, "written", false), policy(dice, "free", true)];
    let schedules = vec![schedule(dice, "peak"), schedule(dice, "night")];
    let tokenizers = tokenizers(dice);
    let models = (0..count).map(|index| model(dice, index, places.len(), &policies)).collect();
    let names = if places.len() > 1 { vec![("oracle-cloud".to_owned(), 1)] } else { Vec::new() };
    Table {
        provider: PROVIDER.to_owned(),
        names,
        fallback,
        same_tier,
        places,
        forms,
        policies,
        schedules,
        unbilled,
        tokenizers,
        models,
        aliases,
    }
}

fn fallback(dice: &mut Dice<'_>) -> Vec<(Class, Class)> {
    use Class::{
        AudioCacheRead, AudioInput, AudioOutput, CacheRead, CacheWrite1h, CacheWrite5m, ImageInput,
        ImageOutput, Input, Output, Reasoning,
    };
    let pairs = [
        (Reasoning, Output),
        (CacheRead, Input),
        (CacheWrite5m, Input),
        (CacheWrite1h, CacheWrite5m),
        (AudioInput, Input),
        (AudioCacheRead, CacheRead),
        (ImageInput, Input),
        (AudioOutput, Output),
        (ImageOutput, Output),
    ];
    pairs.into_iter().filter(|_| dice.chance(60)).collect()
}

fn places(dice: &mut Dice<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    for id in ["list", "cloud", "europe"].into_iter().take(1 + dice.below(3)) {
        let index = places.len();
        let tiers = dice.maybe(20, |dice| {
            let mut tiers = vec![Tier::Standard];
            tiers.extend(dice.some(&[Tier::Batch, Tier::Flex, Tier::Priority]));
            tiers
        });
        places.push(Place {
            id: id.to_owned(),
            like: (index > 0).then(|| dice.maybe(30, |dice| dice.below(index))).flatten(),
            geos: Vec::new(),
            other_geo: dice.maybe(30, |_| index),
            tiers,
            batch_keeps_cached_price: dice.chance(20),
            caches_in_batch: !dice.chance(30),
        });
    }
    if places.len() > 2 {
        places[0].geos.push(("eu".to_owned(), 2));
        if dice.chance(50) {
            places[1].geos.push(("eu".to_owned(), 2));
        }
    }
    places
}

fn forms(dice: &mut Dice<'_>, places: usize) -> Vec<Form> {
    let mut forms = Vec::new();
    for (prefix, through, suffix) in
        [("gw/", None, ""), ("", None, "-v1"), ("projects/", Some("/models/"), "")]
    {
        if dice.chance(50) {
            forms.push(Form {
                prefix: prefix.to_owned(),
                through: through.map(str::to_owned),
                suffix: suffix.to_owned(),
                place: dice.maybe(30, |dice| dice.below(places)),
            });
        }
    }
    forms
}

fn policy(dice: &mut Dice<'_>, id: &str, is_write_free: bool) -> Policy {
    let mut lifetimes = vec![(Class::CacheWrite5m, 300)];
    if dice.chance(60) {
        lifetimes.push((Class::CacheWrite1h, 3_600));
    }
    let granularity = dice.pick(&[1, 64, 100, 128]);
    Policy { id: id.to_owned(), granularity, is_write_free, lifetimes }
}

fn schedule(dice: &mut Dice<'_>, id: &str) -> Schedule {
    let windows = (0..=dice.below(2)).map(|_| {
        let from = i64::try_from(dice.below(47)).expect("small") * 30;
        let length = 30 + i64::try_from(dice.below(24)).expect("small") * 30;
        let days = dice.some(&[0, 1, 2, 3, 4, 5, 6]);
        (days, from, (from + length).min(1_440))
    });
    let windows = windows.collect();
    let except = dice.maybe(40, |dice| moment(dice).div_euclid(DAY)).into_iter().collect();
    Schedule { id: id.to_owned(), windows, except }
}

fn unbilled(dice: &mut Dice<'_>, places: usize) -> Unbilled {
    let statuses = dice.maybe(70, |dice| dice.pick(&[vec![400], vec![400, 500], Vec::new()]));
    let finish =
        if statuses.is_none() || dice.chance(30) { Some("refusal".to_owned()) } else { None };
    Unbilled {
        statuses,
        finish,
        without_output: dice.chance(40),
        tiers: dice.maybe(30, |dice| dice.some(&[Tier::Batch, Tier::Standard, Tier::Flex])),
        places: dice.maybe(20, |dice| vec![dice.below(places)]),
    }
}

fn tokenizers(dice: &mut Dice<'_>) -> Vec<Tokenizer> {
    let mut ratios = Vec::new();
    if dice.chance(70) {
        let likely = dice.pick(&["1.2", "1.3", "0.8", "1"]);
        let ratio = ["0.7", likely, "1.5"].map(|text| Decimal(text.to_owned()));
        ratios.push(("oracle-1".to_owned(), ratio));
    }
    vec![
        Tokenizer { id: "oracle-1".to_owned(), ratios: Vec::new() },
        Tokenizer { id: "oracle-2".to_owned(), ratios },
    ]
}

fn model(dice: &mut Dice<'_>, index: usize, places: usize, policies: &[Policy]) -> Model {
    let id = format!("oracle-model-{index}");
    let aliases = if dice.chance(40) { vec![format!("oracle-alias-{index}")] } else { Vec::new() };
    let cache = dice.maybe(75, |dice| {
        (dice.below(policies.len()), dice.maybe(60, |dice| dice.pick(&[128, 100, 1_000, 5_000])))
    });
    let has_free_writes = cache.is_some_and(|(policy, _)| policies[policy].is_write_free);
    let mut factors = Vec::new();
    for place in 1..places {
        if dice.chance(60) {
            factors.push((place, dice.decimal(&["1.1", "1", "0.9", "2"])));
        }
    }
    let periods = periods(dice, has_free_writes);
    Model {
        id,
        aliases,
        tokenizer: dice.below(2),
        context_window: dice.maybe(15, |dice| dice.pick(&[200_000, 2_000, 500])),
        places: factors,
        cache,
        periods,
    }
}

fn periods(dice: &mut Dice<'_>, has_free_writes: bool) -> Vec<Period> {
    let mut starts: Vec<i64> = (0..dice.below(3)).map(|_| moment(dice)).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut periods = vec![period(dice, None, has_free_writes)];
    if dice.chance(20) && !starts.is_empty() {
        periods[0].from = Some(starts.remove(0));
    }
    for start in starts {
        // A gap now and then.
        let last = periods.last_mut().expect("the first");
        let end = dice.maybe(30, |dice| start - i64::try_from(dice.below(3)).expect("small") * DAY);
        last.to = end.filter(|end| last.from.is_none_or(|from| from < *end));
        periods.push(period(dice, Some(start), has_free_writes));
    }
    if dice.chance(10) {
        let last = periods.last_mut().expect("the first");
        let end = moment(dice);
        last.to = Some(end).filter(|end| last.from.is_none_or(|from| from < *end));
    }
    periods
}

fn period(dice: &mut Dice<'_>, from: Option<i64>, has_free_writes: bool) -> Period {
    let rates = rates(dice, has_free_writes);
    let scheduled = (0..2).filter(|_| dice.chance(20)).collect::<Vec<_>>();
    let scheduled = scheduled.into_iter().map(|index| (index, self::rates(dice, has_free_writes)));
    let scheduled = scheduled.collect();
    let mut lanes = Vec::new();
    for tier in [Tier::Batch, Tier::Flex, Tier::Priority, Tier::Fast] {
        if dice.chance(if tier == Tier::Batch { 70 } else { 35 }) {
            lanes.push((tier, lane(dice, has_free_writes)));
        }
    }
    let fees = Fees {
        search: dice.maybe(40, Dice::price),
        searching_request: dice.maybe(20, Dice::price),
        file_search: dice.maybe(40, Dice::price),
        request: dice.maybe(20, Dice::price),
    };
    let checked_on = moment(dice).div_euclid(DAY) * DAY;
    Period { from, to: None, checked_on, rates, scheduled, lanes, fees }
}

fn lane(dice: &mut Dice<'_>, has_free_writes: bool) -> Lane {
    let factors = ["0.5", "0.6", "1.5", "2"];
    match dice.below(6) {
        0 | 1 => Lane::Scaled(Rule::Multiply, dice.decimal(&factors)),
        2 => Lane::Scaled(Rule::CacheWins, dice.decimal(&factors)),
        3 => Lane::Scaled(Rule::BatchWins, dice.decimal(&factors)),
        4 => Lane::Explicit(rates(dice, has_free_writes)),
        _ => Lane::Closed,
    }
}

/// Prices of some classes, with bands that price the same ones.
fn rates(dice: &mut Dice<'_>, has_free_writes: bool) -> Rates {
    let mut prices = Prices::from([(Class::Input, dice.price())]);
    for class in &Class::ALL[1..] {
        let is_write = [Class::CacheWrite5m, Class::CacheWrite1h].contains(class);
        let percent = match class {
            Class::Output => 90,
            Class::CacheRead | Class::CacheWrite5m => 70,
            _ => 40,
        };
        if dice.chance(percent) && !(is_write && has_free_writes) {
            prices.insert(*class, dice.price());
        }
    }
    let is_excess_only = dice.chance(40);
    let counts = dice.maybe(30, |dice| {
        dice.some(&[Class::Input, Class::CacheRead, Class::CacheWrite5m, Class::AudioInput])
    });
    let mut limits: Vec<u64> = (0..[0, 0, 1, 2][dice.below(4)])
        .map(|_| dice.pick(&[1_000, 200, 500, 999, 2_000]))
        .collect();
    limits.sort_unstable();
    limits.dedup();
    let is_inclusive = dice.chance(40);
    let bands = limits.into_iter().map(|limit| {
        let mut dearer = prices.clone();
        for (class, price) in &mut dearer {
            let counted = counts.as_ref().map_or(class.is_input(), |known| known.contains(class));
            if counted || !is_excess_only {
                *price = dice.price();
            }
        }
        Band { limit, is_inclusive, is_excess_only, counts: counts.clone(), prices: dearer }
    });
    let bands = bands.collect();
    Rates { prices, bands }
}
