//! What holds of every pair of logs.

use proptest::prelude::*;

use super::samples::{HAIKU, Log, SONNET, call, compared, saved_text};
use super::*;
use crate::units::{TokenClass, Tokens, Usd};

const MODELS: [&str; 3] = [SONNET, HAIKU, "gpt-5-mini"];
const TYPES: [&str; 3] = ["chat", "report", "classify"];

/// One call: model, call type, tokens of each class, attempt.
type Drawn = (usize, usize, [u64; 4], u16);

fn log() -> impl Strategy<Value = Log> {
    let call = (0..3_usize, 0..3_usize, prop::array::uniform4(0..5_000_u64), 1..3_u16);
    prop::collection::vec(call, 1..60).prop_map(|calls| built(&calls))
}

fn built(calls: &[Drawn]) -> Log {
    let mut log = Log::new();
    for (model, call_type, [input, output, read, written], attempt) in calls {
        let mut one = call([*input, *output]);
        one.attempt = *attempt;
        one.tokens[TokenClass::CacheRead] = Tokens::new(*read);
        if MODELS[*model] != "gpt-5-mini" {
            one.tokens[TokenClass::CacheWrite5m] = Tokens::new(*written);
        }
        log.push([MODELS[*model], TYPES[*call_type], "", ""], one);
    }
    log
}

fn sum<'e>(effects: impl Iterator<Item = &'e EffectOf>) -> Usd {
    effects.map(|one| one.amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn effects_add_up_to_the_change_exactly(before in log(), after in log()) {
        let outcome = compared(&before, &after, Unit::Call);
        let comparison = outcome.comparison.as_ref().expect("two logs are compared");
        let Some(cause) = &comparison.cause else { return Ok(()) };
        let change = outcome.after.billed - comparison.before.billed;
        prop_assert_eq!(sum(cause.effects.iter()), change);
        for whole in ["volume", "mix"] {
            let parts = cause.parts.iter().filter(|part| part.part_of == Some(whole));
            let own = cause.effects.iter().filter(|one| one.name == whole);
            if !cause.parts.is_empty() {
                prop_assert_eq!(sum(parts), sum(own));
            }
        }
        let grouped: Usd = cause.groups.iter().map(|one| one.costs[1] - one.costs[0]).sum();
        let effects: Usd = cause.groups.iter().flat_map(|one| one.effects.iter().copied()).sum();
        prop_assert_eq!(grouped, effects);
    }

    #[test]
    fn a_log_against_itself_costs_the_same(log in log()) {
        let outcome = compared(&log, &log, Unit::Call);
        prop_assert!(outcome.verdict != Verdict::Fail);
        let main = outcome.main().expect("two logs are compared");
        if let Some(estimate) = main.estimate {
            prop_assert_eq!(estimate.ratio.to_string(), "1");
            prop_assert_eq!(estimate.interval.map(|end| end.to_string()), ["1", "1"]);
        }
    }

    #[test]
    fn a_saved_baseline_says_what_the_log_says(before in log(), after in log()) {
        let unit = Unit::Call;
        let text = saved_text(&before, unit);
        let read = Baseline::parse(&text).expect("it was just written");
        prop_assert_eq!(&read.to_text(), &text);
        let book = crate::pricing::PriceBook::embedded();
        let prices = GatePrices::new(&book, Some(samples::level()));
        let against = Against::Baselines(vec![read]);
        let options = GateOptions { min_impact: Usd::ZERO, ..GateOptions::default() };
        let from_file = run(after.measured(unit), against, &prices, &options);
        let from_log = compared(&before, &after, unit);
        let ratio = |outcome: &Outcome| {
            outcome.main().and_then(|one| one.estimate).map(|one| one.ratio)
        };
        prop_assert_eq!(ratio(&from_file), ratio(&from_log));
        let cause = |outcome: &Outcome| outcome.comparison.clone().and_then(|one| one.cause);
        prop_assert_eq!(cause(&from_file), cause(&from_log));
    }

    #[test]
    fn a_text_that_is_cut_off_is_refused(log in log(), part in 0..1_000_usize) {
        let text = saved_text(&log, Unit::Call);
        let end = text.len() * part / 1_000;
        let end = (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        prop_assert!(Baseline::parse(&text[..end]).is_err());
    }
}
