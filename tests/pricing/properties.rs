//! What holds for every model of the price tables, whatever the call.

use std::sync::LazyLock;

use llmcost::pricing::{ModelId, PriceBook, cost};
use llmcost::units::{TokenClass, Tokens, Usd};
use llmcost::usage::{Call, Instant, ServiceTier};
use proptest::prelude::*;

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);
static MODELS: LazyLock<Vec<ModelId>> = LazyLock::new(|| BOOK.models().map(|(id, _)| id).collect());

/// A call of any model at any time of four years, its counts long enough to cross every band.
fn call() -> impl Strategy<Value = (usize, Call)> {
    let counts = proptest::array::uniform11(prop_oneof![Just(0), 0u64..2_000, 0u64..700_000]);
    let time = 1_672_531_200_000i64..1_830_000_000_000;
    (0..MODELS.len(), counts, time, 0..ServiceTier::ALL.len()).prop_map(
        |(model, counts, millis, tier)| {
            let mut call = Call {
                time: Instant::from_millis(millis),
                service_tier: ServiceTier::ALL[tier],
                ..Call::default()
            };
            for (class, count) in TokenClass::ALL.into_iter().zip(counts) {
                call.tokens[class] = Tokens::new(count);
            }
            (model, call)
        },
    )
}

fn price(model: usize, call: &Call) -> Option<Usd> {
    let card = BOOK.card(MODELS[model], call, call.time, "").ok()?;
    cost(call, card).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn more_tokens_never_cost_less((model, call) in call(), class in 0usize..11, more in 1u64..400_000) {
        let mut longer = call;
        longer.tokens[TokenClass::ALL[class]] += Tokens::new(more);
        let (before, after) = (price(model, &call), price(model, &longer));
        if let (Some(before), Some(after)) = (before, after) {
            prop_assert!(after >= before, "{}", BOOK.model(MODELS[model]).id);
        }
    }

    #[test]
    fn a_row_of_equal_calls_costs_as_many_times_one((model, call) in call(), calls in 1u64..1_000) {
        let mut row = Call { calls, ..call };
        for class in TokenClass::ALL {
            row.tokens[class] = Tokens::new(call.tokens[class].get() * calls);
        }
        prop_assert_eq!(price(model, &row), price(model, &call).and_then(|one| one.times(calls)));
    }

    #[test]
    fn the_parts_of_a_call_sum_to_the_whole((model, call) in call()) {
        let Some(whole) = price(model, &call) else { return Ok(()) };
        let card = BOOK.card(MODELS[model], &call, call.time, "").expect("priced before");
        let parts = TokenClass::ALL.into_iter().map(|class| {
            let count = call.tokens[class];
            let price = card.price(class).filter(|_| !count.is_zero());
            price.map_or(Usd::ZERO, |price| price.cost_of(count).expect("fits"))
        });
        let fee = card.request_fee().unwrap_or_default();
        prop_assume!(card.is_flat());
        prop_assert_eq!(parts.sum::<Usd>() + fee, whole);
    }
}

/// Lanes and places are multiplied: what a place adds to a lane is what it adds to the standard
/// one, to the last digit.
#[test]
fn a_stack_of_multipliers_is_exact() {
    let mut compared = 0;
    for id in MODELS.iter().copied() {
        let model = BOOK.model(id);
        for prefix in ["us.anthropic.", "global.anthropic.", "azure/us/", "bedrock/us.openai."] {
            let Ok(placed) = BOOK.find("", &format!("{prefix}{}", model.id)) else { continue };
            for tier in [ServiceTier::Batch, ServiceTier::Flex, ServiceTier::Ultrafast] {
                for tokens in [1, 1_000_000] {
                    let price = |id, service_tier| {
                        let mut call = Call { service_tier, ..Call::default() };
                        call.tokens[TokenClass::Output] = Tokens::new(1);
                        call.tokens[TokenClass::Input] = Tokens::new(tokens);
                        let card = BOOK.card(id, &call, Instant::MISSING, "").ok()?;
                        let output = card.price(TokenClass::Output)?.cost_of(Tokens::new(1))?;
                        Some(output.atto())
                    };
                    let standard = ServiceTier::Standard;
                    let corners = (
                        price(placed, tier),
                        price(id, standard),
                        price(placed, standard),
                        price(id, tier),
                    );
                    if let (Some(a), Some(b), Some(c), Some(d)) = corners {
                        assert_eq!(a * b, c * d, "{prefix}{} {tier:?}", model.id);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 100, "{compared} compared");
}
