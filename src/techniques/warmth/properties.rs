//! What holds for every log and every assumption.

use proptest::prelude::*;

use crate::units::{Factor, Rate, Tokens};

use super::samples::{DEEPSEEK, OPUS, SONNET, Visible, prospects};
use super::{Assumption, Term, loss};

fn logs() -> impl Strategy<Value = Vec<Visible>> {
    let names = (
        prop::sample::select(vec![SONNET, OPUS, DEEPSEEK]),
        prop::sample::select(vec!["one", "two"]),
        prop::sample::select(vec!["", "aside"]),
    );
    let call = (names, 0_u64..9_000, 0_u64..60_000, 0_u64..2_000);
    let call = call.prop_map(|((model, conversation, chain), second, input, output)| {
        ([model, conversation, chain], [second, input, output])
    });
    proptest::collection::vec(call, 1..40).prop_map(|mut calls| {
        calls.sort_by_key(|(_, [second, ..])| *second);
        calls
    })
}

fn losses(parts: u64) -> Factor {
    Factor::of_counts(parts, 1_000).expect("a small number")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_more_is_read_than_is_sent(log in logs(), parts in 0_u64..20_000, share in 0_u64..=100) {
        let assumption = Assumption::expected().with_losses(losses(parts));
        let default_term = Rate::of_counts(share, 100).expect("a share");
        for prospect in prospects(&log) {
            let split = prospect.split(&[assumption; 2], default_term);
            prop_assert!(split.read + split.written + split.written_long <= prospect.input);
            if prospect.is_cached {
                let all = split.read + split.written + split.written_long;
                prop_assert_eq!(all, prospect.input);
            } else {
                prop_assert_eq!(split.read, Tokens::ZERO);
            }
            prop_assert!(prospect.simplest(Term::Long).read <= prospect.input);
        }
    }

    #[test]
    fn the_more_is_lost_the_less_is_read(log in logs(), few in 0_u64..9_000, more in 0_u64..9_000) {
        let lost = |parts| Assumption::expected().with_losses(losses(parts));
        for prospect in prospects(&log) {
            for term in Term::ALL {
                let read = |assumption: &Assumption| prospect.read(term, assumption);
                prop_assert!(read(&lost(few)) >= read(&lost(few + more)));
                prop_assert!(read(&Assumption::low()) >= read(&Assumption::expected()));
                prop_assert!(read(&Assumption::expected()) >= read(&Assumption::high()));
                prop_assert!(read(&Assumption::likely_high()) >= read(&Assumption::high()));
            }
        }
    }

    #[test]
    fn a_longer_gap_never_loses_less(gap in 0_u64..9_000_000, more in 0_u64..600_000) {
        for seconds in [300, 1_800, 3_600] {
            prop_assert!(loss(gap, seconds) <= loss(gap + more, seconds));
        }
    }
}
