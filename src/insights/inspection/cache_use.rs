//! How much of the input was read from and written to the prompt cache, and what that changed.

use crate::exhibits::{Cell, Exhibit};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::Call;

use super::bill::{Bill, Route};

/// The plain class of each class of cached tokens.
const PLAIN: [(TokenClass, TokenClass); 4] = [
    (TokenClass::CacheRead, TokenClass::Input),
    (TokenClass::AudioCacheRead, TokenClass::AudioInput),
    (TokenClass::CacheWrite5m, TokenClass::Input),
    (TokenClass::CacheWrite1h, TokenClass::Input),
];

/// How the calls of one route used the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CacheUse {
    /// How many calls.
    pub(super) calls: u64,
    /// All their input.
    pub(super) input: Tokens,
    /// The part of it read from the cache.
    pub(super) read: Tokens,
    /// The part of it written to the cache.
    pub(super) written: Tokens,
    /// Single calls with prompts shorter than the least that their model caches.
    pub(super) below_minimum: u64,
    /// What the calls that are priced with and without their cache cost.
    pub(super) effect: Effect,
}

/// What the cache changed. `uncached - read_saving + write_premium = billed`, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    /// What the calls cost, in dollars.
    pub(super) billed: Usd,
    /// What they would have cost with all cached tokens as plain input, in dollars.
    pub(super) uncached: Usd,
    /// What reading saved against plain input, in dollars.
    pub(super) read_saving: Usd,
    /// What writing cost beyond plain input, in dollars; negative where writing is cheaper.
    pub(super) write_premium: Usd,
}

impl Effect {
    /// What the cache saved in all, in dollars; negative where it cost more than it saved.
    pub(super) fn net(&self) -> Usd {
        self.read_saving - self.write_premium
    }

    fn add(&mut self, other: Self) {
        self.billed += other.billed;
        self.uncached += other.uncached;
        self.read_saving += other.read_saving;
        self.write_premium += other.write_premium;
    }
}

/// What the cache changed for one call; nothing where it has no price one way or the other.
pub(super) fn effect(bill: &Bill<'_>, row: usize, call: &Call) -> Option<Effect> {
    let (billed, _) = bill.priced(row)?;
    let unwritten = without(call, &PLAIN[2..]);
    let without_writes = bill.instead(row, &unwritten)?;
    let uncached = bill.instead(row, &without(&unwritten, &PLAIN[..2]))?;
    Some(Effect {
        billed,
        uncached,
        read_saving: uncached - without_writes,
        write_premium: billed - without_writes,
    })
}

/// The same call with the tokens of these classes as plain ones.
fn without(call: &Call, classes: &[(TokenClass, TokenClass)]) -> Call {
    let mut other = *call;
    for (class, plain) in classes {
        other.tokens[*plain] += call.tokens[*class];
        other.tokens[*class] = Tokens::ZERO;
    }
    other
}

/// The use of every route, the one with the most input first.
pub(super) fn uses(bill: &Bill<'_>) -> Vec<(Route, CacheUse)> {
    let sums = bill.by_route::<CacheUse>(|sum, row, call| {
        sum.calls += call.calls;
        sum.input += call.input_total();
        sum.read += call.cache_read();
        sum.written += call.cache_written();
        let cached = call.cache_read() + call.cache_written();
        if let Some(model) = bill.facts.model(row).filter(|_| call.is_single() && cached.is_zero())
        {
            let minimum = bill.facts.cache_rules(row, model, call).minimum();
            let is_short = call.input_total() < minimum && !call.input_total().is_zero();
            sum.below_minimum += u64::from(is_short);
        }
        if !cached.is_zero() {
            sum.effect.add(effect(bill, row, call).unwrap_or_default());
        }
    });
    let mut uses: Vec<_> = sums.into_iter().collect();
    uses.sort_by_cached_key(|(route, sum)| (std::cmp::Reverse(sum.input), bill.names(*route)));
    uses
}

/// Which part of the input was read, written and neither, by model and call type.
pub(super) fn shares(bill: &Bill<'_>, uses: &[(Route, CacheUse)]) -> Exhibit {
    let mut sheet = Exhibit::new(
        "cache_use",
        "How the prompt cache was used, by model and call type",
        &[
            ("model", "model"),
            ("call_type", "call type"),
            ("calls", "calls"),
            ("input_tokens", "input"),
            ("read_share", "read"),
            ("written_share", "written"),
            ("plain_share", "plain"),
            ("reads_per_write", "reads per write"),
            ("calls_below_minimum", "below minimum"),
        ],
    );
    for (route, sum) in uses.iter().filter(|(_, sum)| !sum.input.is_zero()) {
        let [model, call_type] = bill.names(*route);
        let (read, written, input) = (sum.read.get(), sum.written.get(), sum.input.get());
        let part = |tokens: u64| Cell::share_of(i128::from(tokens), i128::from(input));
        sheet.push([
            Cell::text(model),
            Cell::text(call_type),
            Cell::Count(sum.calls),
            Cell::Tokens(sum.input),
            part(read),
            part(written),
            part(input.saturating_sub(read).saturating_sub(written)),
            Cell::multiple_of(i128::from(read), i128::from(written)),
            Cell::Count(sum.below_minimum),
        ]);
    }
    sheet.note(
        "reads per write: tokens read for each token written; above 0.28 a cache of 5 minutes at \
         1.25 and 0.1 times the price of input pays, above 1.11 one of an hour at 2 times",
    );
    sheet.note("below minimum: calls whose prompt is shorter than the least their model caches");
    sheet
}

/// What caching saved and cost, by model and call type.
pub(super) fn effects(bill: &Bill<'_>, uses: &[(Route, CacheUse)]) -> Exhibit {
    let mut sheet = Exhibit::new(
        "cache_effect",
        "What the prompt cache saved and cost, by model and call type",
        &[
            ("model", "model"),
            ("call_type", "call type"),
            ("net_saving_usd", "net saving"),
            ("read_saving_usd", "by reads"),
            ("write_premium_usd", "less writes"),
            ("uncached_usd", "uncached"),
            ("billed_usd", "billed"),
        ],
    );
    let cached = uses.iter().filter(|(_, sum)| !(sum.read + sum.written).is_zero());
    for (route, CacheUse { effect, .. }) in cached {
        let [model, call_type] = bill.names(*route);
        sheet.push([
            Cell::text(model),
            Cell::text(call_type),
            Cell::Usd(effect.net()),
            Cell::Usd(effect.read_saving),
            Cell::Usd(effect.write_premium),
            Cell::Usd(effect.uncached),
            Cell::Usd(effect.billed),
        ]);
    }
    sheet.note(
        "calls with cached tokens that are priced from tables; without cache - saved by reads + \
         premium of writes = billed",
    );
    sheet
}
