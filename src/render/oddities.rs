//! What makes a log look wrong, in words: what is odd, and what to do about it.

use serde::Serialize;

use crate::insights::Oddity;
use crate::report::Currency;
use crate::units::Usd;

use super::dates::day;
use super::figures::{Money, count, counted, name, percent, tokens};
use super::screen::{Line, Tone};

/// An oddity as a sentence.
pub(super) fn sentence(oddity: &Oddity, money: Money) -> String {
    match oddity {
        Oddity::NoPrompts { model, calls, of } => format!(
            "{} of {} of {} have an answer and a prompt of at most one token: the input counts of the \
             log look like placeholders, and the bill is too low",
            counted(*calls, "call", "calls"),
            count(*of),
            name(model)
        ),
        Oddity::NoAnswers { model, calls, of } => format!(
            "{} of {} of {} have a prompt and no answer: the output counts of the log look like \
             placeholders, such as those of streams that were cut off",
            counted(*calls, "call", "calls"),
            count(*of),
            name(model)
        ),
        Oddity::SameCounts { model, calls, prompt, answer } => format!(
            "all {} of {} count {} tokens of prompt and {} of answer: those look like placeholders",
            counted(*calls, "call", "calls"),
            name(model),
            tokens(*prompt),
            tokens(*answer)
        ),
        Oddity::BeyondWindow { model, calls, largest, window } => format!(
            "{} of {} with a prompt beyond the {} tokens that it takes, up to {}: the column may count \
             something else, or rows sum up several calls",
            counted(*calls, "call", "calls"),
            name(model),
            count(window.get()),
            count(largest.get())
        ),
        Oddity::CostUnit { times, compared, calculated, used } => {
            let unit = if *times == 100 { "cents" } else { "microdollars" };
            let used = match used.calls {
                0 => String::new(),
                calls => format!(
                    "; {} count at the log's own cost, {}",
                    counted(calls, "call", "calls"),
                    money.text(used.cost)
                ),
            };
            format!(
                "logged costs are about {} times what {} cost by the price book ({} against {}): they \
                 look like {unit}, not dollars (--map cost_unit={unit}){used}",
                count(*times),
                counted(compared.calls, "call", "calls"),
                money.text(compared.cost),
                money.text(*calculated),
            )
        }
        Oddity::OneCall { share, cost } => format!(
            "one call is {} of the bill, {}: look at it among the costliest",
            percent(*share),
            money.text(*cost)
        ),
        Oddity::FarApart { first_day, last_day } => format!(
            "the first call is dated {} and the last one {}: some clock is wrong, and no month is forecast",
            day(*first_day),
            day(*last_day)
        ),
        Oddity::BeforeBilling { calls, first_day } => format!(
            "{} dated before anybody sold tokens, the first on {}: the clock or the unit of the times is \
             wrong",
            counted(*calls, "call is", "calls are"),
            day(*first_day)
        ),
    }
}

/// Oddities as lines of a page.
pub(super) fn lines(oddities: &[Oddity], money: Money) -> impl Iterator<Item = Line> {
    oddities.iter().map(move |oddity| Line { tone: Tone::Warning, text: sentence(oddity, money) })
}

/// Oddities as a document.
#[derive(Debug, Serialize)]
pub(super) struct OddityDocument {
    name: &'static str,
    text: String,
}

/// The documents of oddities, with amounts in dollars.
pub(super) fn documents(oddities: &[Oddity], bill: Usd) -> Vec<OddityDocument> {
    let money = Money::for_bill(bill, Currency::DOLLARS);
    let document =
        |oddity: &Oddity| OddityDocument { name: oddity.name(), text: sentence(oddity, money) };
    oddities.iter().map(document).collect()
}
