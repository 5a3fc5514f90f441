//! The fast way must say exactly what the full parser says, for any record.

use proptest::prelude::*;

use super::super::walk::walk;
use super::*;

fn paths() -> Paths {
    let mut paths = Paths::new(false);
    for (slot, path) in (0..).zip(["model", "usage.input", "usage.details.cached", "time"]) {
        paths.add(path, Target { slot, rank: 0 });
    }
    paths
}

fn slow(record: &str) -> Option<Vec<String>> {
    let mut values = Values::new(4);
    walk(record, &paths(), &mut values).ok()?;
    Some((0..4).map(|slot| values.raw(slot).to_owned()).collect())
}

/// What the layout of `first` reads in `second`; nothing when it does not match.
fn fast(first: &str, second: &str) -> Option<Vec<String>> {
    let mut layouts = Layouts::default();
    layouts.learn(first, &paths());
    let mut values = Values::new(4);
    let matched = layouts.read(second, &mut values) == Some(second.len());
    matched.then(|| (0..4).map(|slot| values.raw(slot).to_owned()).collect())
}

/// Records that were looked at twice counted as two misses, and an odd number of them is never one in
/// sixteen: nothing was learnt any more.
#[test]
fn one_record_in_sixteen_is_learnt_however_often_it_was_looked_at() {
    let (paths, mut layouts) = (paths(), Layouts::default());
    for number in 0..2 * PATIENCE {
        // What is no scalar is never learnt.
        let record = r#"{"model":{}}"#;
        for _ in 0..=u32::from(number > 0) {
            assert_eq!(layouts.read(record, &mut Values::new(4)), None);
        }
        layouts.learn(record, &paths);
    }
    let record = r#"{"model":"m","time":1}"#;
    let is_learnt = (0..RETRY_EVERY).any(|_| {
        layouts.learn(record, &paths);
        layouts.read(record, &mut Values::new(4)).is_some()
    });
    assert!(is_learnt);
}

#[test]
fn a_record_of_the_same_layout_is_read() {
    let first = r#"{"model":"a","usage":{"input":1,"details":{"cached":0}},"x":["t",null]}"#;
    let second = r#"{"model":"bb","usage":{"input":23,"details":{"cached":4}},"x":["\"\n",true]}"#;
    let second = &second.replace('\n', "\\n");
    assert_eq!(fast(first, second), slow(second));
    assert!(fast(first, second).is_some());
}

/// A place says what is open around it, so texts of several records may be chained.
#[test]
fn keys_may_be_left_out_in_combinations_never_seen() {
    let mut layouts = Layouts::default();
    let learnt = [
        r#"{"time":1,"model":"a","usage":{"input":1,"details":{"cached":2}},"z":0}"#,
        r#"{"model":"a","usage":{"details":{"cached":2}}}"#,
        r#"{"time":1,"usage":{"input":1},"model":"a"}"#,
    ];
    for record in learnt {
        layouts.learn(record, &paths());
    }
    let fresh = r#"{"time":7,"model":"b","usage":{"details":{"cached":9}},"z":4}"#;
    let mut values = Values::new(4);
    assert_eq!(layouts.read(fresh, &mut values), Some(fresh.len()));
    let found: Vec<_> = (0..4).map(|slot| values.raw(slot).to_owned()).collect();
    assert_eq!(Some(found), slow(fresh));
    // An object that is closed twice was never learnt, whatever is chained.
    let torn = r#"{"time":7,"model":"b","usage":{"details":{"cached":9}}},"z":4}"#;
    assert_eq!(layouts.read(torn, &mut Values::new(4)), None);
}

#[test]
fn whatever_differs_is_left_to_the_parser() {
    let first = r#"{"model":"a","usage":{"input":1}}"#;
    for second in [
        r#"{"model":"a","usage":{"input":1} }"#,
        r#"{"model":"a","usage":{"input":01}}"#,
        r#"{"model":"a","usage":{"input":1.}}"#,
        r#"{"model":"a","usage":{"input":[1]}}"#,
        r#"{"model":"a	b","usage":{"input":1}}"#,
        r#"{"model":"a\q","usage":{"input":1}}"#,
        r#"{"model":"a","usage":{"output":1}}"#,
        r#"{"model":"a","usage":{"input":1}"#,
        r#"{"model":"a","usage":{"input":}}"#,
        "",
    ] {
        assert_eq!(fast(first, second), None, "{second}");
    }
}

#[test]
fn a_wanted_value_that_is_no_scalar_is_not_learnt() {
    assert_eq!(fast(r#"{"model":["a"]}"#, r#"{"model":["a"]}"#), None);
    assert_eq!(fast(r#"{"model":{"a":1}}"#, r#"{"model":{"a":1}}"#), None);
}

#[test]
fn plain_text_ends_at_the_first_special_byte() {
    for length in 0..40 {
        for special in [b'"', b'\\', 0x1f, 0x00] {
            let mut bytes = vec![0xc3; length];
            bytes.push(special);
            bytes.extend_from_slice(b"\"\\rest");
            assert_eq!(plain_end(&bytes, 0), length);
        }
    }
}

/// Scalars, valid and nearly so.
fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[0-9]{1,4}(\\.[0-9]{0,3})?([eE][+-]?[0-9]{0,2})?",
        "\"[a-zé\\\\\"/ u0-9\t]{0,12}\"",
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("tru".to_owned()),
        Just("{}".to_owned()),
    ]
}

/// A record with some of the keys, in one of two orders, with values valid and nearly so.
fn record() -> impl Strategy<Value = String> {
    let parts = proptest::array::uniform5(proptest::option::of(scalar()));
    (parts, any::<bool>(), "[ ]?").prop_map(|(parts, reversed, space)| {
        let [time, input, cached, model, listed] = parts;
        let pair =
            |key: &str, value: Option<String>| value.map(|value| format!("\"{key}\":{value}"));
        let join = |pairs: Vec<Option<String>>| {
            pairs.into_iter().flatten().collect::<Vec<_>>().join(&format!(",{space}"))
        };
        let details = pair("cached", cached).map(|cached| format!("{{{cached}}}"));
        let usage = join(vec![pair("input", input), pair("details", details)]);
        let list = listed.map(|value| format!("[{value},{{\"model\":{value}}}]"));
        let mut pairs = vec![
            pair("time", time),
            pair("usage", Some(format!("{{{usage}}}"))),
            pair("x", list),
            pair("model", model),
        ];
        if reversed {
            pairs.reverse();
        }
        format!("{{{}}}", join(pairs))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_fast_way_agrees_with_the_parser(records in prop::collection::vec(record(), 2..8)) {
        let (last, learnt) = records.split_last().expect("at least two");
        let mut layouts = Layouts::default();
        for record in learnt {
            if slow(record).is_some() {
                layouts.learn(record, &paths());
            }
        }
        let mut values = Values::new(4);
        if layouts.read(last, &mut values) == Some(last.len()) {
            let read: Vec<_> = (0..4).map(|slot| values.raw(slot).to_owned()).collect();
            prop_assert_eq!(Some(read), slow(last));
        }
    }
}

/// Lists in lists once took the whole stack.
#[test]
fn records_nested_very_deep_are_read_but_not_learnt() {
    let depth = 200_000;
    let deep = format!(
        "{{\"model\":\"a\",\"x\":{}{},\"usage\":{{\"input\":1}}}}",
        "[".repeat(depth),
        "]".repeat(depth)
    );
    assert_eq!(fast(&deep, &deep), None);
    assert_eq!(slow(&deep).expect("valid")[..2], ["\"a\"".to_owned(), "1".to_owned()]);
}
