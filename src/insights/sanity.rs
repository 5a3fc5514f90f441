//! Whether a log can be what it says: placeholders instead of counts, costs in cents, impossible sizes.
//!
//! Nothing here changes a figure. Each rule is about something that no provider bills, and speaks only
//! of so many calls that it is no accident.

use std::collections::BTreeMap;

use crate::pricing::{ModelId, PriceBook};
use crate::units::{Share, TokenClass, TokenPrice, Tokens};
use crate::usage::Days;

use super::analysis::{Analysis, LoggedCosts};
use super::classes::CardTotals;
use super::oddity::Oddity;
use super::sizes::Sizes;

/// Of fewer calls nothing is said.
const FEW: u64 = 20;

/// Nobody sold tokens before the middle of 2020.
const FIRST_BILL: &str = "2020-06-01";

/// In days: ten years. Whoever sells tokens today did not sell them then.
pub(super) const LONGEST_LOG: u32 = 3_653;

/// How many of the units in which costs are logged instead of dollars are one: cents, and millionths.
const UNITS: [u64; 2] = [100, 1_000_000];

/// What makes the log of an analysis look wrong, which is otherwise complete.
pub(super) fn oddities(
    analysis: &Analysis,
    cards: &CardTotals<'_>,
    book: &PriceBook,
) -> Vec<Oddity> {
    let mut found = Vec::new();
    for (model, sizes, writes) in by_model(cards, book) {
        of_sizes(book, model, &sizes, writes, &mut found);
    }
    found.extend(cost_unit(&analysis.logged));
    found.extend(one_call(analysis));
    found.extend(before_billing(analysis));
    found.extend(far_apart(analysis));
    found
}

/// Sizes by model, in the order of the book, and whether its answers have a price: an embedding has none.
fn by_model(cards: &CardTotals<'_>, book: &PriceBook) -> Vec<(ModelId, Sizes, bool)> {
    let mut models: BTreeMap<(String, String), (ModelId, Sizes, bool)> = BTreeMap::new();
    for one in cards.cards.iter().filter(|one| !one.card.is_unbilled() && one.sizes.calls > 0) {
        let model = book.model(one.model);
        let price = one.card.price(TokenClass::Output);
        let writes = price.is_some_and(|price| price != TokenPrice::ZERO);
        models
            .entry((model.provider.clone(), model.id.clone()))
            .and_modify(|known| {
                known.1.merge(&one.sizes);
                known.2 |= writes;
            })
            .or_insert((one.model, one.sizes, writes));
    }
    models.into_values().collect()
}

fn of_sizes(book: &PriceBook, id: ModelId, sizes: &Sizes, writes: bool, found: &mut Vec<Oddity>) {
    let model = book.model(id).id.clone();
    let of = sizes.calls;
    let is_most = |calls: u64| of >= FEW && u128::from(calls) * 10 >= u128::from(of) * 9;
    let is_one = |(least, most): (u64, u64)| least == most;
    if is_most(sizes.without_prompt) {
        found.push(Oddity::NoPrompts { model, calls: sizes.without_prompt, of });
    } else if is_most(sizes.without_answer) && writes {
        found.push(Oddity::NoAnswers { model, calls: sizes.without_answer, of });
    } else if of >= FEW && is_one(sizes.prompts) && is_one(sizes.answers) {
        let [prompt, answer] = [sizes.prompts.0, sizes.answers.0].map(Tokens::new);
        if answer > Tokens::ZERO {
            found.push(Oddity::SameCounts { model, calls: of, prompt, answer });
        }
    }
    // An embedding takes many inputs in a call, each as long as its window.
    let window = book.model(id).context_window.filter(|_| writes);
    if let Some(window) = window.filter(|_| sizes.beyond_window > 0) {
        let model = book.model(id).id.clone();
        let (calls, largest) = (sizes.beyond_window, Tokens::new(sizes.largest_beyond));
        found.push(Oddity::BeyondWindow { model, calls, largest, window });
    }
}

/// Logged costs that are as many times the calculated ones as a dollar has cents or millionths, give or
/// take a tenth.
fn cost_unit(logged: &LoggedCosts) -> Option<Oddity> {
    let (stated, calculated) = (logged.compared.cost.atto(), logged.compared_calculated.atto());
    if logged.compared.calls < FEW || calculated <= 0 {
        return None;
    }
    let is_about = |times: &u64| {
        // Within a tenth: 9/10 to 11/10, without a product that does not fit.
        let each = stated / i128::from(*times);
        each > calculated / 10 * 9 && each < calculated / 10 * 11
    };
    let times = UNITS.into_iter().find(is_about)?;
    let (compared, used) = (logged.compared, logged.used);
    Some(Oddity::CostUnit { times, compared, calculated: logged.compared_calculated, used })
}

fn one_call(analysis: &Analysis) -> Option<Oddity> {
    let dearest = analysis.costliest.first()?;
    let whole = analysis.totals.cost;
    if analysis.totals.priced_calls() < FEW || dearest.cost <= whole - dearest.cost {
        return None;
    }
    let share = Share::of(dearest.cost.atto(), whole.atto())?;
    Some(Oddity::OneCall { share, cost: dearest.cost })
}

fn far_apart(analysis: &Analysis) -> Option<Oddity> {
    let window = analysis.window.as_ref().filter(|window| window.length() > LONGEST_LOG)?;
    Some(Oddity::FarApart { first_day: window.first_day, last_day: window.last_day })
}

fn before_billing(analysis: &Analysis) -> Option<Oddity> {
    let first_bill = Days::parse_day(FIRST_BILL)?;
    let early = analysis.days.iter().filter(|day| day.day < first_bill);
    let calls = early.clone().map(|day| day.total.calls).sum::<u64>();
    let first_day = early.map(|day| day.day).min()?;
    Some(Oddity::BeforeBilling { calls, first_day })
}
