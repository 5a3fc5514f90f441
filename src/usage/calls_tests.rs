//! Tables of calls: what is put in comes out, wherever it is taken.

use super::*;

fn table(models: &[(&str, i64)]) -> Calls {
    let mut calls = Calls::new(Dimensions::new([]));
    for (model, millis) in models {
        let mut symbols = [Symbol::EMPTY; column::FIXED.len()];
        symbols[column::MODEL] = calls.dimensions[column::MODEL].intern(model);
        let call = Call { time: Instant::from_millis(*millis), ..Call::default() };
        calls.push(&call, &symbols);
    }
    calls
}

fn models(calls: &Calls) -> Vec<&str> {
    (0..calls.len()).map(|row| calls.name(column::MODEL, row)).collect()
}

#[test]
fn appending_translates_the_symbols() {
    let mut first = table(&[("a", 1), ("b", 2)]);
    first.append(&table(&[("c", 3), ("b", 4)]));
    assert_eq!(models(&first), ["a", "b", "c", "b"]);
}

#[test]
fn sorting_keeps_the_order_of_one_instant() {
    let sorted = table(&[("late", 9), ("first", 5), ("second", 5)]).sorted_by_time();
    assert_eq!(models(&sorted), ["first", "second", "late"]);
}

/// 30 tokens of output, then 500 of which 490 were reasoning: once 520.
#[test]
fn a_later_snapshot_that_divides_its_tokens_is_not_added_to_the_first() {
    let snapshot = |counts: &[(TokenClass, u64)]| {
        let mut call = Call::default();
        for (class, count) in counts {
            call.tokens[*class] = Tokens::new(*count);
        }
        call
    };
    let first = [(TokenClass::Input, 100), (TokenClass::Output, 30)];
    let second = [
        (TokenClass::Input, 20),
        (TokenClass::CacheRead, 80),
        (TokenClass::Output, 10),
        (TokenClass::Reasoning, 490),
    ];
    for (first, second) in [(&first[..], &second[..]), (&second[..], &first[..])] {
        let mut calls = table(&[]);
        calls.push(&snapshot(first), &[Symbol::EMPTY; column::FIXED.len()]);
        calls.grow(0, &snapshot(second));
        let found = calls.call(0).tokens;
        for (class, count) in
            [(TokenClass::Output, 10), (TokenClass::Reasoning, 490), (TokenClass::Input, 20)]
        {
            assert_eq!(found[class], Tokens::new(count), "{}", class.name());
        }
    }
}

#[test]
fn the_rows_of_one_sum_complete_each_other() {
    let mut calls = table(&[]);
    let mut first = Call { counting: Counting::Unknown, ..Call::default() };
    first.tokens[TokenClass::CacheRead] = Tokens::new(9);
    calls.push(&first, &[Symbol::EMPTY; column::FIXED.len()]);
    assert_eq!(calls.uncounted().count(), 1);
    let mut second = Call { calls: 65, ..Call::default() };
    second.tokens[TokenClass::Input] = Tokens::new(4);
    calls.complete(0, &second);
    let found = calls.call(0);
    assert_eq!((found.calls, found.counting), (65, Counting::Known));
    assert_eq!(found.input_total(), Tokens::new(13));
}

#[test]
fn every_class_is_on_one_side() {
    assert_eq!(INPUT_SIDE.len() + OUTPUT_SIDE.len(), TokenClass::ALL.len());
}

#[test]
fn filtering_keeps_whole_rows() {
    let calls = table(&[("a", 1), ("b", 2), ("c", 3)]).filtered(&[true, false, true]);
    assert_eq!(models(&calls), ["a", "c"]);
    assert_eq!(calls.call(1).time, Instant::from_millis(3));
}

#[test]
fn a_row_of_a_roll_up_keeps_what_it_says_wherever_it_goes() {
    let said = |prompt_min, requests| Rolled {
        prompt_min,
        prompt_max: u32::MAX,
        requests,
        lot: requests.and(Some(8_191)),
    };
    let (one, other) = (said(3, None), said(7, Some(0)));
    let mut calls = table(&[("single", 9)]);
    let symbols = [Symbol::EMPTY; column::FIXED.len()];
    calls.push_rolled(&Call { time: Instant::from_millis(8), ..Call::default() }, one, &symbols);
    let mut more = table(&[]);
    more.push_rolled(&Call { time: Instant::from_millis(7), ..Call::default() }, other, &symbols);
    more.set_last_time(0, Instant::from_millis(86_404_999));
    calls.append(&more);
    let told = |calls: &Calls| (0..calls.len()).map(|row| calls.rolled(row)).collect::<Vec<_>>();
    assert_eq!(told(&calls), [None, Some(one), Some(other)]);
    assert_eq!(told(&calls.sorted_by_time()), [Some(other), Some(one), None]);
    assert_eq!(told(&calls.clone().into_time_order()), [Some(other), Some(one), None]);
    assert_eq!(told(&calls.filtered(&[true, false, true])), [None, Some(other)]);
    assert_eq!(told(&calls.extracted(&[false, true, true])), [Some(one), Some(other)]);
    let ends = |calls: &Calls| (0..calls.len()).map(|row| calls.last_time(row)).collect::<Vec<_>>();
    let [first, second, late] =
        [calls.call(0).time, calls.call(1).time, Instant::from_millis(86_404_999)];
    assert_eq!(ends(&calls), [first, second, late]);
    assert_eq!(ends(&calls.sorted_by_time()), [late, second, first]);
    assert_eq!(ends(&calls.clone().into_time_order()), [late, second, first]);
    assert_eq!(ends(&calls.filtered(&[true, false, true])), [first, late]);
    assert_eq!(ends(&calls.extracted(&[false, true, true])), [second, late]);
    assert!(calls.has_last_times() && !calls.filtered(&[true, true, false]).has_last_times());
    let row = calls.call(1);
    assert!(row.is_rolled() && !row.is_single() && calls.has_rolled());
    assert!(!calls.filtered(&[true, false, false]).has_rolled());
}

#[test]
fn extracting_forgets_the_names_of_other_rows() {
    let calls = table(&[("a", 1), ("b", 2), ("c", 3)]).extracted(&[false, true, true]);
    assert_eq!(models(&calls), ["b", "c"]);
    assert_eq!(calls.dimensions[column::MODEL].len(), 3, "two, and the empty one");
}
