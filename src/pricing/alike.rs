//! Which calls bill alike, so that their sums have one price: between which sizes of prompts, and
//! between which instants.

use std::collections::BTreeSet;

use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::{Call, Instant, Rolled};

use super::book::PriceBook;
use super::model::{Lane, Model, ModelId, Period};
use super::policy::policy_at;

/// Schedules begin and end with a minute.
const MINUTE_MILLIS: i64 = 60 * 1000;

/// Why the calls of a row do not bill at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlike {
    /// Other prices or cache rules begin between the first and the last of them.
    Time,
    /// Other prices hold at some of their hours.
    Hours,
    /// Longer prompts have other prices, and only some of them are so long.
    Prompts(u64),
    /// Only the part of a prompt beyond a limit has other prices, and some are longer.
    Excess(u64),
}

impl PriceBook {
    /// The last sizes of prompts, in tokens and in order, before one with other prices, with other
    /// rules of a cache or beyond a context window: for any model, at any time.
    pub fn prompt_limits(&self) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        for model in &self.tables.models {
            let minima = model.caches.iter().filter_map(|dated| dated.policy.min_tokens);
            found.extend(model.context_window.map(Tokens::get));
            found.extend(minima.filter_map(|minimum| minimum.get().checked_sub(1)));
            for lane in model.periods.iter().flat_map(lanes) {
                for band in &lane.bands {
                    found.insert(band.limit.last_below());
                    found.extend(band.card.beyond.iter().map(|beyond| beyond.after));
                }
                found.extend(lane.card.beyond.iter().map(|beyond| beyond.after));
            }
        }
        found
    }

    /// Says where the calls of a row of a roll-up, the latest of which was at `last`, do not all bill
    /// at one price, or have no common rules of a cache. Where nothing is said of their prompts, only
    /// their times are looked at.
    ///
    /// # Errors
    /// When they do not, with the reason.
    pub fn bills_alike(
        &self,
        id: ModelId,
        geo: &str,
        call: &Call,
        last: Instant,
        rolled: Option<Rolled>,
    ) -> Result<(), Unlike> {
        if call.calls < 2 {
            return Ok(());
        }
        let Ok(id) = self.placed(id, geo) else { return Ok(()) };
        let model = self.model(id);
        self.is_of_one_time(model, id.place, call.time, last)?;
        let Ok(period) = model.period_at(self.instant_of(call.time)) else { return Ok(()) };
        let Ok(lane) = period.lane(id.place, call.service_tier, self.instant_of(call.time)) else {
            return Ok(());
        };
        rolled.map_or(Ok(()), |rolled| lane.takes_alike(call, rolled))
    }

    fn is_of_one_time(
        &self,
        model: &Model,
        place: u16,
        first: Instant,
        last: Instant,
    ) -> Result<(), Unlike> {
        if first.is_missing() {
            return Ok(());
        }
        let [from, to] = [first, last].map(|at| self.instant_of(at));
        let period = |at| model.period_at(at).ok().map(std::ptr::from_ref::<Period>);
        let rules = |at| policy_at(&model.caches, at, place).map(std::ptr::from_ref);
        let is_early = |at| model.first_known.is_some_and(|known| at < known);
        if period(from) != period(to) || rules(from) != rules(to) || is_early(from) != is_early(to)
        {
            return Err(Unlike::Time);
        }
        let Ok(period) = model.period_at(from) else { return Ok(()) };
        if period.scheduled.is_empty() {
            return Ok(());
        }
        let holding = |millis: i64| {
            let at = self.instant_of(Instant::from_millis(millis));
            period.scheduled.iter().position(|(schedule, _)| schedule.holds(at))
        };
        let mut minute = first.millis();
        while minute < last.millis() {
            minute = (minute.div_euclid(MINUTE_MILLIS) + 1) * MINUTE_MILLIS;
            if holding(minute.min(last.millis())) != holding(first.millis()) {
                return Err(Unlike::Hours);
            }
        }
        Ok(())
    }
}

/// The lanes of a period at all its hours.
fn lanes(period: &Period) -> impl Iterator<Item = &Lane> {
    let hours = period.scheduled.iter().map(|(_, lanes)| lanes);
    std::iter::once(&period.lanes).chain(hours).flatten().flatten()
}

impl Lane {
    /// Whether prompts of all sizes of a row have the prices of its mean one.
    fn takes_alike(&self, call: &Call, rolled: Rolled) -> Result<(), Unlike> {
        let [least, most] = [rolled.prompt_min, rolled.prompt_max].map(u64::from);
        for band in &self.bands {
            let last_below = band.limit.last_below();
            let is_above = least > last_below && counts_all(call, &band.limit.counts);
            if most > last_below && !is_above {
                return Err(Unlike::Prompts(band.limit.tokens));
            }
        }
        let card = self.card(&call.tokens, call.prompts());
        let bends = card.beyond.iter().map(|beyond| beyond.after);
        bends.filter(|after| most > *after).min().map_or(Ok(()), |after| Err(Unlike::Excess(after)))
    }
}

/// Whether all input of a row counts towards a limit.
fn counts_all(call: &Call, counts: &PerClass<bool>) -> bool {
    let used = |class: &TokenClass| class.is_input() && call.tokens[*class] != Tokens::ZERO;
    TokenClass::ALL.into_iter().filter(used).all(|class| counts[class])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::rules::{load, table};

    fn check(model: &str, span: [&str; 2], sizes: [u32; 2], expected: Result<(), Unlike>) {
        check_in(&PriceBook::embedded(), model, span, sizes, expected);
    }

    fn check_in(
        book: &PriceBook,
        model: &str,
        span: [&str; 2],
        sizes: [u32; 2],
        expected: Result<(), Unlike>,
    ) {
        let [time, last] = span.map(|text| Instant::parse(text).expect("a time"));
        let mut call = Call { time, calls: 2, ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(sizes.iter().copied().map(u64::from).sum());
        let [prompt_min, prompt_max] = sizes;
        let rolled = Some(Rolled { prompt_min, prompt_max, requests: None, lot: None });
        let id = book.find("", model).expect("a known model");
        assert_eq!(
            book.bills_alike(id, "", &call, last, rolled),
            expected,
            "{model} {span:?} {sizes:?}"
        );
    }

    #[test]
    fn a_row_with_one_price_is_one() {
        let day = ["2026-10-05T00:00:00Z", "2026-10-05T23:59:59.999Z"];
        check("gpt-4o", day, [1, 100_000], Ok(()));
        check("deepseek-v4-flash", ["2026-10-13T02:00Z", "2026-10-13T02:59Z"], [1, 9], Ok(()));
    }

    #[test]
    fn a_limit_between_the_prompts_of_a_row_is_found() {
        let day = ["2026-10-05T00:00:00Z", "2026-10-05T23:59:59Z"];
        let limit = Err(Unlike::Prompts(200_000));
        check("gemini-2.5-pro", day, [1, 200_000], Ok(()));
        check("gemini-2.5-pro", day, [200_001, 900_000], Ok(()));
        check("gemini-2.5-pro", day, [200_000, 200_001], limit);
    }

    #[test]
    fn dearer_hours_within_a_row_are_found() {
        let day = ["2026-10-13T00:00:00Z", "2026-10-13T23:59:59Z"];
        check("deepseek-v4-flash", day, [1, 9], Err(Unlike::Hours));
    }

    /// A table whose prices, hours, caches and limits all change.
    fn changing() -> PriceBook {
        let schedule = "[[schedule]]\nid = \"peak\"\nwindows = [{ days = [\"mon\", \"tue\", \"wed\", \
                        \"thu\", \"fri\"], from = \"01:00\", to = \"04:00\" }]\n\
                        source = \"a page\"\nchecked_on = \"2026-11-10\"";
        let period = "to = \"2026-03-01T00:00:00Z\"\nbands = [{ above = 1000, rule = \"whole_request\", \
                      counts = [\"input\"], prices = { input = \"2\", output = \"10\" } }]";
        let after = "[[model.period]]\nsource = \"a page\"\nchecked_on = \"2026-11-10\"\n\
                     prices = { input = \"1\", output = \"9\", cache_read = \"0.1\" }\n\
                     from = \"2026-03-01T00:00:00Z\"\n\
                     bands = [{ above = 1000, rule = \"above_threshold\", \
                     prices = { input = \"2\", output = \"9\", cache_read = \"0.1\" } }, \
                     { above = 4000, rule = \"above_threshold\", \
                     prices = { input = \"3\", output = \"9\", cache_read = \"0.1\" } }]\n\
                     scheduled = [{ schedule = \"peak\", prices = { input = \"4\", output = \"40\" } }]";
        let text = table(schedule, period, after);
        let caches = "aliases = [\"large-2025-06-01\"]\ncontext_window = 100000\ncache = [\
                      { policy = \"priced\", to = \"2025-09-01T00:00:00Z\", min_tokens = 64 }, \
                      { policy = \"priced\", from = \"2025-09-01T00:00:00Z\", min_tokens = 32 }]";
        load(&text.replacen("cache = [{ policy = \"priced\" }]", caches, 1))
    }

    fn check_changing(span: [&str; 2], sizes: [u32; 2], expected: Result<(), Unlike>) {
        check_in(&changing(), "large", span, sizes, expected);
    }

    #[test]
    fn what_changes_between_the_calls_of_a_row_is_found() {
        let time = Err(Unlike::Time);
        check_changing(["2026-02-27T23:00Z", "2026-02-28T23:59Z"], [1, 9], Ok(()));
        check_changing(["2026-02-28T23:59Z", "2026-03-01T00:00Z"], [1, 9], time);
        check_changing(["2025-08-31T23:59Z", "2025-09-01T00:00Z"], [1, 9], time);
        check_changing(["2025-05-31T23:59Z", "2025-06-01T00:00Z"], [1, 9], time);
        check_changing(["2025-06-01T00:00Z", "2025-06-01T00:01Z"], [1, 9], Ok(()));
        // One call has one price, whatever else is said of it.
        let mut one =
            Call { time: Instant::parse("2026-02-28").expect("a day"), ..Call::default() };
        one.calls = 1;
        let last = Instant::parse("2026-03-01").expect("a day");
        let rolled = Rolled { prompt_min: 1, prompt_max: 9_999, requests: None, lot: None };
        let book = changing();
        let id = book.find("acme", "large").expect("known");
        assert_eq!(book.bills_alike(id, "", &one, last, Some(rolled)), Ok(()));
    }

    #[test]
    fn dear_hours_are_found_to_the_minute() {
        let hours = Err(Unlike::Hours);
        check_changing(["2026-03-02T00:00Z", "2026-03-02T00:59:59.999Z"], [1, 9], Ok(()));
        check_changing(["2026-03-02T00:00Z", "2026-03-02T01:00Z"], [1, 9], hours);
        check_changing(["2026-03-02T01:00Z", "2026-03-02T03:59:59.999Z"], [1, 9], Ok(()));
        check_changing(["2026-03-02T03:59:30Z", "2026-03-02T04:00Z"], [1, 9], hours);
        check_changing(["2026-03-02T00:00Z", "2026-03-02T05:00Z"], [1, 9], hours);
        check_changing(["2026-03-07T00:00Z", "2026-03-07T05:00Z"], [1, 9], Ok(()));
    }

    #[test]
    fn prompts_may_differ_on_one_side_of_a_limit() {
        let (old, new) = (["2026-02-02T06:00Z"; 2], ["2026-03-02T06:00Z"; 2]);
        check_changing(old, [1, 1_000], Ok(()));
        check_changing(old, [1, 1_001], Err(Unlike::Prompts(1_000)));
        check_changing(old, [1_000, 1_001], Err(Unlike::Prompts(1_000)));
        check_changing(old, [1_001, 5_000], Ok(()));
        check_changing(new, [1, 1_000], Ok(()));
        check_changing(new, [1, 1_001], Err(Unlike::Excess(1_000)));
        check_changing(new, [4_001, 4_002], Err(Unlike::Excess(1_000)));
    }

    /// Where only uncached input counts towards a limit, cached input hides how long each prompt was.
    #[test]
    fn a_row_whose_input_does_not_all_count_is_not_above_a_limit() {
        let book = changing();
        let id = book.find("acme", "large").expect("known");
        let time = Instant::parse("2026-02-02").expect("a day");
        let mut call = Call { time, calls: 2, ..Call::default() };
        call.tokens[TokenClass::CacheRead] = Tokens::new(10);
        call.tokens[TokenClass::Input] = Tokens::new(4_000);
        call.tokens[TokenClass::Output] = Tokens::new(7);
        let rolled =
            Some(Rolled { prompt_min: 1_001, prompt_max: 3_009, requests: None, lot: None });
        assert_eq!(book.bills_alike(id, "", &call, time, rolled), Err(Unlike::Prompts(1_000)));
    }

    #[test]
    fn the_limits_of_a_table_are_the_last_sizes_below_them() {
        let known = PriceBook::embedded().prompt_limits();
        let limits = changing().prompt_limits();
        let own: Vec<u64> = limits.difference(&known).copied().collect();
        for limit in [63, 31, 1_000, 4_000, 100_000] {
            assert!(limits.contains(&limit), "{limit}: {own:?}");
        }
    }

    #[test]
    fn classes_end_where_prices_and_caches_change() {
        let limits = PriceBook::embedded().prompt_limits();
        for limit in [63, 511, 1_023, 2_047, 4_095, 128_000, 200_000, 272_000] {
            assert!(limits.contains(&limit), "{limit}");
        }
    }
}
