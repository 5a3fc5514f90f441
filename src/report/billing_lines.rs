//! Charges as lines of a bill, with their periods in UTC.

use crate::insights::{Charge, Meter};
use crate::units::Usd;
use crate::usage::{Days, Instant, ServiceTier};

/// One line of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingLine {
    /// The first instant of the day, and the first one after it.
    pub charged: Option<(Instant, Instant)>,
    /// The same for the calendar month.
    pub billed: Option<(Instant, Instant)>,
    /// Who bills; empty when not known.
    pub seller: String,
    /// Whose model it is; empty when not known.
    pub maker: String,
    /// The model as the log names it.
    pub model: String,
    /// The columns that were asked for with their values, without those the log does not say.
    pub tags: Vec<(String, String)>,
    /// What was metered; the lane comes first where it is not the ordinary one.
    pub meter: String,
    /// What that is, in words.
    pub description: String,
    /// What it is counted in.
    pub unit: &'static str,
    /// How much of it.
    pub quantity: u64,
    /// What it costs at list prices and under the contracts; nothing when there is no price.
    pub costs: Option<(Usd, Usd)>,
}

/// The lines of a bill with days of this zone; `by` names the tags.
pub fn billing_lines(charges: Vec<Charge>, by: &[String], days: Days) -> Vec<BillingLine> {
    charges.into_iter().map(|charge| line(charge, by, days)).collect()
}

fn line(charge: Charge, by: &[String], days: Days) -> BillingLine {
    let span = |first: i32, end: i32| days.start_of(first).zip(days.start_of(end));
    let (meter, unit) = match charge.meter {
        Meter::Tokens(class) => (class.name(), "Tokens"),
        Meter::Requests => ("requests", "Requests"),
        Meter::Searches => ("searches", "Requests"),
        Meter::FileSearches => ("file_searches", "Requests"),
        Meter::AsLogged => ("as_logged", "Requests"),
    };
    let meter = match charge.tier {
        ServiceTier::Standard => meter.to_owned(),
        tier => format!("{}_{meter}", tier.name()),
    };
    let described = match charge.meter {
        Meter::AsLogged => "calls at the charge in the log,".to_owned(),
        _ => format!("{} of", meter.replace('_', " ")),
    };
    let included = if charge.is_included { ", in the charge of its calls" } else { "" };
    let description = format!("{described} {}{included}", charge.model);
    let tags = by.iter().cloned().zip(charge.tags);
    BillingLine {
        charged: charge.day.and_then(|day| span(day, day.checked_add(1)?)),
        billed: charge.day.and_then(month_of).and_then(|(first, end)| span(first, end)),
        seller: charge.seller,
        maker: charge.maker,
        model: charge.model,
        tags: tags.filter(|(_, value)| !value.is_empty()).collect(),
        meter,
        description,
        unit,
        quantity: charge.quantity,
        costs: charge.cost.map(|cost| (cost.list, cost.contracted)),
    }
}

/// The first day of the month of a day, and that of the next one.
fn month_of(day: i32) -> Option<(i32, i32)> {
    // The day is the last two characters: `2026-10-31`.
    let name = Days::name(day);
    let of_month: i32 = name.rsplit('-').next()?.parse().ok()?;
    let first = day - (of_month - 1);
    Some((first, first.checked_add(i32::try_from(Days::month_length(day)?).ok()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::ChargeCost;
    use crate::units::TokenClass;

    #[test]
    fn periods_are_those_of_the_zone_and_ends_are_excluded() {
        let charge = Charge {
            day: Days::parse_day("2026-10-31"),
            seller: "anthropic".to_owned(),
            maker: "anthropic".to_owned(),
            model: "claude-sonnet-4-6".to_owned(),
            tags: vec!["red".to_owned(), String::new()],
            meter: Meter::Tokens(TokenClass::CacheRead),
            tier: ServiceTier::Batch,
            is_included: false,
            quantity: 5,
            cost: Some(ChargeCost::default()),
        };
        let zone = Days::of_zone("Europe/Berlin").expect("a zone");
        let by = ["team".to_owned(), "user".to_owned()];
        let [line] = &billing_lines(vec![charge], &by, zone)[..] else { panic!("one line") };
        let text = |span: Option<(Instant, Instant)>| {
            span.map(|(start, end)| format!("{} {}", start.to_iso(), end.to_iso()))
        };
        let charged = "2026-10-30T23:00:00Z 2026-10-31T23:00:00Z";
        let billed = "2026-09-30T22:00:00Z 2026-10-31T23:00:00Z";
        assert_eq!(text(line.charged).as_deref(), Some(charged));
        assert_eq!(text(line.billed).as_deref(), Some(billed));
        assert_eq!(line.tags, [("team".to_owned(), "red".to_owned())]);
        assert_eq!((&*line.meter, line.unit), ("batch_cache_read", "Tokens"));
        assert_eq!(line.description, "batch cache read of claude-sonnet-4-6");
    }
}
