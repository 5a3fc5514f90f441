//! The rules of a price in words: how lanes, long prompts, caches and places change it.

use crate::report::{
    CacheMatch, CachePolicy, CacheWrite, CachedRule, ClassPrices, LaneRule, PriceSheet, SheetBand,
    SheetLane, SheetPrices, SheetSchedule, Unbilled,
};
use crate::units::{Factor, TokenClass};
use crate::usage::ServiceTier;

use super::dates::{day, duration, moment};
use super::figures::{count, counted, exact_dollars, price, times};

/// The days of a week as tables write them.
pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Every rule of a model as a sentence, the most important first.
pub(super) fn rules(sheet: &PriceSheet) -> Vec<String> {
    let mut rules: Vec<_> = moving(sheet).into_iter().collect();
    let Some(prices) = &sheet.in_force else { return rules };
    rules.extend(prices.lanes.iter().flat_map(doubts));
    rules.extend(prices.scheduled.iter().map(scheduled));
    let standard = prices.lanes.iter().find(|lane| lane.tier == ServiceTier::Standard);
    if let Some(standard) = standard {
        rules.extend(standard.bands.iter().map(|band| long_prompts(band, &standard.prices)));
        rules.extend(cached_tokens(&standard.prices, sheet.cache.as_ref()));
    }
    rules.extend(prices.lanes.iter().filter_map(lane));
    rules.extend(sheet.cache.as_ref().map(cache));
    rules.extend(fallbacks(prices));
    rules.extend(fees(prices));
    rules.extend(places(prices));
    rules.extend(sheet.unbilled.iter().map(unbilled));
    rules.extend(seller(sheet));
    rules
}

/// The limit of a band: `above 200,000 tokens`.
pub(super) fn limit(band: &SheetBand) -> String {
    let tokens = count(band.tokens);
    if band.inclusive {
        format!("of {tokens} tokens and more")
    } else {
        format!("above {tokens} tokens")
    }
}

fn long_prompts(band: &SheetBand, base: &ClassPrices) -> String {
    let part = |factor: Option<Factor>, class: TokenClass, name: &str| {
        let stated = band.prices[class].filter(|stated| Some(*stated) != base[class])?;
        Some(match factor {
            Some(factor) => format!("{} {name}", times(factor)),
            None => format!("{name} at {}", price(stated)),
        })
    };
    let parts = [
        part(band.input, TokenClass::Input, "the input prices"),
        part(band.output, TokenClass::Output, "the output prices"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let counts = band.counts.as_ref().map_or_else(String::new, |counts| {
        let counts: Vec<_> = counts.iter().map(|class| plain(*class)).collect();
        format!(", counting only {} tokens", list(&counts))
    });
    if band.excess_only {
        let tokens = count(band.tokens);
        let parts = parts.join(", ");
        return format!("tokens of a prompt after its first {tokens}{counts}: {parts}");
    }
    format!("prompts {} reprice the whole request{counts}: {}", limit(band), parts.join(", "))
}

/// What a name meant, where it has meant several models.
fn moving(sheet: &PriceSheet) -> Option<String> {
    let meant = sheet.targets.iter().map(|(span, model)| match (span.from, span.to) {
        (_, Some(to)) => format!("{model} until {}", moment(to)),
        (Some(from), None) => format!("{model} from {}", moment(from)),
        (None, None) => model.clone(),
    });
    let meant: Vec<_> = meant.collect();
    (!meant.is_empty())
        .then(|| format!("{} is a name that moves: {}", sheet.model, meant.join(", ")))
}

fn doubts(lane: &SheetLane) -> Vec<String> {
    let tier = lane.tier.name();
    let whole = lane.doubt.iter();
    let whole = whole.map(|why| format!("nobody has confirmed the {tier} prices: {why}"));
    let bands = lane.bands.iter().filter_map(|band| {
        let why = band.doubt.as_ref()?;
        let prompts = limit(band);
        Some(format!("nobody has confirmed the {tier} prices of prompts {prompts}: {why}"))
    });
    whole.chain(bands).collect()
}

fn scheduled(other: &SheetSchedule) -> String {
    let schedule = &other.schedule;
    let windows = schedule.windows.iter().map(|window| {
        format!("{} {}–{}", weekdays(window.days), clock(window.from), clock(window.to))
    });
    let windows = windows.collect::<Vec<_>>();
    let mut text = format!("{}, {} UTC", schedule.id, list(&windows));
    let except = schedule.except.iter().filter_map(|day| i32::try_from(*day).ok()).map(day);
    let except: Vec<_> = except.collect();
    if !except.is_empty() {
        text = format!("{text}, not on {}", list(&except));
    }
    if let Some(factor) = other.factor {
        return format!("{text}: {} every price", times(factor));
    }
    let prices = other.lanes.first().map(|lane| lane.prices).unwrap_or_default();
    let stated = [TokenClass::Input, TokenClass::CacheRead, TokenClass::Output];
    let stated = stated
        .into_iter()
        .filter_map(|class| Some(format!("{} {}", plain(class), price(prices[class]?))));
    format!("{text}: {}", stated.collect::<Vec<_>>().join(", "))
}

/// Days of the week: `Mon–Fri`, `Sat, Sun`.
fn weekdays(days: [bool; 7]) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut goes_on = false;
    for (name, on) in NAMES.into_iter().zip(days) {
        match runs.last_mut().filter(|_| goes_on && on) {
            Some(run) => run.push(name),
            None if on => runs.push(vec![name]),
            None => {}
        }
        goes_on = on;
    }
    let runs = runs.iter().map(|run| match run.as_slice() {
        [first, .., last] if run.len() > 2 => format!("{first}–{last}"),
        few => few.join(", "),
    });
    let text = runs.collect::<Vec<_>>().join(", ");
    if days == [true; 7] { "every day".to_owned() } else { text }
}

/// A minute of the day: `04:00`.
pub(super) fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Usage that is reported and not charged.
fn unbilled(rule: &Unbilled) -> String {
    let which = match rule.statuses.as_deref() {
        None => "calls".to_owned(),
        Some([]) => "failed calls".to_owned(),
        Some(codes) => {
            let codes: Vec<_> = codes.iter().map(u16::to_string).collect();
            format!("calls that failed with {}", codes.join(" or "))
        }
    };
    let tiers = rule.tiers.as_ref().map(|tiers| {
        let names: Vec<_> = tiers.iter().map(|tier| tier.name()).collect();
        format!("in the {} {}", list(&names), if names.len() == 1 { "lane" } else { "lanes" })
    });
    let ending =
        rule.finish_reason.map(|reason| format!("with the finish reason {}", reason.name()));
    let silent = rule.without_output.then(|| "without output".to_owned());
    let parts = [Some(which), tiers, ending, silent].into_iter().flatten();
    format!("not charged: {}", parts.collect::<Vec<_>>().join(" "))
}

fn seller(sheet: &PriceSheet) -> Vec<String> {
    let mut rules = Vec::new();
    let provider = &sheet.provider;
    if sheet.resold {
        rules.push(format!(
            "{provider} sells what others make: without its name in the log, an id means it only if \
             no maker and no other reseller has the id"
        ));
    }
    if sheet.billed_as_logged {
        rules.push(format!("the cost that {provider} writes into a log is the charge itself"));
    }
    rules
}

fn cached_tokens(prices: &ClassPrices, cache: Option<&CachePolicy>) -> Option<String> {
    let (input, read) = (prices[TokenClass::Input]?, prices[TokenClass::CacheRead]?);
    let mut text = format!("cached tokens bill at {}", price(read));
    if let Some(factor) = read.over(input).filter(|_| read != input) {
        text = format!("{text}, {factor} times input");
    }
    let lifetimes = cache.map_or(&[][..], |cache| cache.lifetimes.as_slice());
    let writes = [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h].into_iter();
    let writes: Vec<_> = writes
        .filter_map(|class| {
            let stated = prices[class]?;
            let life = lifetimes.iter().find(|life| life.class == class);
            let what = life.map_or_else(
                || {
                    if class == TokenClass::CacheWrite5m { "a write" } else { "a long write" }
                        .to_owned()
                },
                |life| format!("a write for {}", duration(life.seconds)),
            );
            Some(match stated.over(input) {
                _ if stated == input => format!("{what} bills as input"),
                Some(factor) => format!("{what} costs {factor} times input"),
                None => format!("{what} costs {}", price(stated)),
            })
        })
        .collect();
    let is_free = cache.is_some_and(|cache| cache.write == CacheWrite::Free);
    if is_free || writes.is_empty() {
        let free = if is_free { "; a write bills as input" } else { "" };
        return Some(format!("{text}{free}"));
    }
    Some(format!("{text}; {}", writes.join(", ")))
}

fn lane(lane: &SheetLane) -> Option<String> {
    let name = lane.tier.name();
    let LaneRule { factor, cached } = lane.rule?;
    let start = match factor {
        Some(Factor::ONE) => format!("{name}: the standard prices"),
        Some(factor) => format!("{name}: {} every price", times(factor)),
        None => return Some(format!("{name}: prices of its own")),
    };
    Some(match cached {
        CachedRule::Multiplied if factor == Some(Factor::ONE) => start,
        CachedRule::Multiplied => format!("{start}, cached tokens too"),
        CachedRule::Kept => format!("{start}; cached tokens keep their standard price"),
        CachedRule::AsInput => format!("{start}; cached tokens bill as input of the lane"),
        CachedRule::Own => match lane.prices[TokenClass::CacheRead] {
            Some(read) => format!("{start}; cached tokens at {}", price(read)),
            None => start,
        },
        CachedRule::None => start,
    })
}

fn cache(policy: &CachePolicy) -> String {
    let mut text = if policy.automatic {
        "caching happens unasked".to_owned()
    } else {
        "caching must be asked for".to_owned()
    };
    if let Some(least) = policy.min_tokens {
        text = format!("{text}, for prompts of {} tokens and more", count(least.get()));
    }
    text = match policy.matching {
        CacheMatch::TokenBlock if policy.granularity.get() > 1 => {
            format!("{text}, in blocks of {} tokens", count(policy.granularity.get()))
        }
        CacheMatch::Breakpoint => {
            let most = policy
                .max_breakpoints
                .map_or_else(String::new, |most| format!(", at most {}", count(u64::from(most))));
            format!("{text}, up to marked places{most}")
        }
        CacheMatch::TokenBlock => text,
    };
    let lives: Vec<_> = policy.lifetimes.iter().map(|life| duration(life.seconds)).collect();
    if !lives.is_empty() {
        let again =
            if policy.read_refreshes { ", and each read starts its time again" } else { "" };
        text = format!("{text}; an entry lives {}{again}", lives.join(" or "));
    }
    let promise = if policy.guaranteed {
        "a live entry is found"
    } else {
        "that a live entry is found is not promised"
    };
    format!("{text}; {promise}")
}

fn fallbacks(prices: &SheetPrices) -> Option<String> {
    let mut groups: Vec<(TokenClass, Vec<String>)> = Vec::new();
    for (class, other) in &prices.fallbacks {
        match groups.iter_mut().find(|(known, _)| known == other) {
            Some((_, classes)) => classes.push(plain(*class)),
            None => groups.push((*other, vec![plain(*class)])),
        }
    }
    let groups = groups
        .iter()
        .map(|(other, classes)| format!("{} bill as {}", list(classes), plain(*other)));
    let groups: Vec<_> = groups.collect();
    (!groups.is_empty())
        .then(|| format!("classes without a price of their own: {}", groups.join("; ")))
}

/// Words as a list: `a, b and c`.
fn list(words: &[impl AsRef<str>]) -> String {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The name of a class in a sentence.
fn plain(class: TokenClass) -> String {
    class.name().replace('_', " ")
}

fn fees(prices: &SheetPrices) -> Vec<String> {
    let fees = [
        (prices.search, "a web search"),
        (prices.searching_request, "a request that searches the web, however often,"),
        (prices.file_search, "a search in stored files"),
    ];
    let stated = fees.into_iter().filter_map(|(fee, what)| {
        fee.map(|fee| format!("{what} costs {} beside its tokens", exact_dollars(fee)))
    });
    let request = prices.request.map(|fee| format!("each request costs {}", exact_dollars(fee)));
    stated.chain(request).collect()
}

/// Places with the same prices in one sentence.
fn places(prices: &SheetPrices) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let all = prices.places.first().map_or(&[][..], |list| list.tiers.as_slice());
    for place in prices.places.iter().skip(1) {
        let mut text = match place.factor {
            Some(Factor::ONE) => "the list prices".to_owned(),
            Some(factor) => format!("{} the list prices", times(factor)),
            None => "prices of its own".to_owned(),
        };
        if place.tiers != all {
            let tiers: Vec<_> = place.tiers.iter().map(|tier| tier.name()).collect();
            let lanes = if tiers.len() == 1 { "lane" } else { "lanes" };
            text = format!("{text}, {lanes} {} only", list(&tiers));
        }
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, names)) => names.push(&place.name),
            None => groups.push((text, vec![&place.name])),
        }
    }
    groups.into_iter().map(|(text, names)| format!("at {}: {text}", list(&names))).collect()
}

/// How a name led to a model, where that takes words.
pub(super) fn way(sheet: &PriceSheet) -> Option<String> {
    let trace = &sheet.trace;
    let mut parts = Vec::new();
    if !trace.forms.is_empty() {
        let forms = counted(trace.forms.len() as u64, "form", "forms");
        parts.push(format!("{forms} taken off ({})", trace.forms.join(", ")));
    }
    if trace.name != sheet.model {
        parts.push(format!("{} is another name of {}", trace.name, sheet.model));
    }
    if trace.place != "list" {
        parts.push(format!("prices of the place {}", trace.place));
    }
    if sheet.seller != sheet.provider {
        parts.push(format!("billed by {}", sheet.seller));
    }
    (!parts.is_empty()).then(|| format!("{}: {}", sheet.asked, parts.join("; ")))
}
