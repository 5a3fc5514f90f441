//! Guesses over small logs.

use super::*;

fn of(text: &str) -> Guess {
    guess_sample(text.as_bytes(), true).expect("records")
}

/// What is taken, and what is stated.
fn check(text: &str, flags: &str) {
    let guess = of(text);
    let found = guess.proposal.and_then(|proposal| proposal.flags());
    assert_eq!(found.unwrap_or_default(), flags, "{:#?}", guess.findings);
}

#[test]
fn fields_are_known_by_words_of_their_names() {
    check(
        "{\"llm\":{\"name\":\"gpt-4o\"},\"use\":{\"promptTok\":9,\"replyTok\":2},\"at\":1790000000123}\n",
        "--map time=at,model=llm.name,input_tokens=use.promptTok,output_tokens=use.replyTok",
    );
    check(
        "Modell;Token Eingabe;Token Ausgabe;Kosten\nclaude-opus-4;1.204;88;0,0123\n",
        "--map 'model=Modell,input_tokens=Token Eingabe,output_tokens=Token Ausgabe,\
         cost_usd=Kosten,decimal_comma=true'",
    );
}

#[test]
fn the_total_shows_what_is_inside_what() {
    let record = |input, cached, output, thought, total| {
        format!(
            "{{\"m\":\"o3\",\"tok_in\":{input},\"tok_in_cached\":{cached},\"tok_out\":{output},\
             \"tok_out_thinking\":{thought},\"tok_all\":{total}}}\n"
        )
    };
    let map = "--map model=m,input_tokens=tok_in,cache_read_tokens=tok_in_cached,\
               output_tokens=tok_out,reasoning_tokens=tok_out_thinking,";
    for (total, cache, reasoning) in [(0, true, true), (1, false, true), (2, true, false)] {
        let sum = |input: u64, cached, output: u64, thought| {
            input
                + output
                + if total == 1 { cached } else { 0 }
                + if total == 2 { thought } else { 0 }
        };
        let text = record(100, 40, 20, 5, sum(100, 40, 20, 5))
            + &record(200, 0, 30, 6, sum(200, 0, 30, 6));
        let said = format!("input_includes_cache={cache},output_includes_reasoning={reasoning}");
        check(&text, &format!("{map}{said}"));
    }
}

#[test]
fn a_cache_larger_than_the_input_is_beside_it() {
    let text = "model,in_tok,out_tok,cache_tok\ngpt-4o,10,5,400\n";
    check(
        text,
        "--map model=model,input_tokens=in_tok,cache_read_tokens=cache_tok,output_tokens=out_tok,\
         input_includes_cache=false",
    );
    assert!(of(text).doubts.is_empty());
}

#[test]
fn two_columns_for_one_field_are_told() {
    let guess = of("model,tok_in,tok_prompt,tok_out\ngpt-4o,10,11,5\n");
    assert_eq!(guess.findings[2].role, Role::Alternative("input_tokens"));
    assert!(guess.doubts[0].contains("`tok_in` and `tok_prompt` fit input_tokens"), "{guess:?}");
    // Where a total adds up with one of them, that one it is.
    let guess =
        of("model,tok_in,tok_prompt,tok_out,tok_total\ngpt-4o,10,11,5,16\ngpt-4o,1,2,3,5\n");
    assert_eq!(guess.findings[2].role, Role::Taken("input_tokens"));
    assert!(guess.doubts.is_empty(), "{:?}", guess.doubts);
}

#[test]
fn a_count_without_a_name_is_found_by_the_total() {
    let guess = of("model,tok_in,x,tok_total\ngpt-4o,10,5,15\ngpt-4o,1,2,3\n");
    assert_eq!(guess.findings[2].role, Role::Taken("output_tokens"));
    // Both without a name: nothing says which is which.
    let guess = of("model,a,b,tok_total\ngpt-4o,10,5,15\ngpt-4o,1,2,3\n");
    assert_eq!(
        (guess.missing.as_slice(), guess.proposal),
        (&["input_tokens", "output_tokens"][..], None)
    );
    assert!(guess.doubts[0].contains("nothing says which"), "{:?}", guess.doubts);
}

#[test]
fn nothing_is_made_up() {
    for text in ["a,b\n1,2\n", "{\"prompt\":\"x\",\"answer\":\"y\"}\n", "model,words_in\nx,1\n"] {
        assert_eq!(of(text).proposal, None, "{text}");
    }
    assert_eq!(guess_sample(b"hello\n", true), None);
}

#[test]
fn a_log_without_a_model_asks_for_one() {
    let guess = of("tok_in,tok_out\n10,5\n");
    assert_eq!(guess.missing, ["model"]);
    let flags = guess.proposal.and_then(|proposal| proposal.flags()).expect("counts are there");
    assert_eq!(flags, "--map input_tokens=tok_in,output_tokens=tok_out --assume-model MODEL");
}

#[test]
fn no_text_of_a_prompt_gets_out() {
    let line = "{\"prompt\":\"secret words\",\"q\":\"hush\",\"model\":\"gpt-4o\",\"n\":{\"tok_in\":1,\
                \"tok_out\":2},\"messages\":[{\"content\":\"secret\"}]}\n";
    let guess = of(&line.repeat(6));
    let shown = format!("{guess:?}");
    assert!(!shown.contains("secret") && !shown.contains("hush"), "{shown}");
}

#[test]
fn the_total_of_one_side_is_its_count() {
    check(
        "model,total_tok_in,compl_tok\ngpt-4o,10,5\n",
        "--map model=model,input_tokens=total_tok_in,output_tokens=compl_tok",
    );
    let guess = of("model,tok_in,tok_out,tok_elsewhere\ngpt-4o,10,5,3\n");
    let reasons: Vec<&str> = guess.findings.iter().map(|found| found.reason.as_str()).collect();
    assert_eq!(reasons.last(), Some(&"tokens, but not which"));
}

#[test]
fn numbers_are_known_with_commas_between_their_digits() {
    check(
        "model,tok in,tok out,cost (USD)\ngpt-4o,\"1,234\",5,\"$1,000.25\"\ngpt-4o,12,7,$0.1\n",
        "--map 'model=model,input_tokens=tok in,output_tokens=tok out,cost_usd=cost (USD)'",
    );
}

#[test]
fn a_sum_of_the_counts_is_a_total_whatever_its_name() {
    let map = "--map model=llm,input_tokens=tok_in,cache_read_tokens=kept,output_tokens=tok_out,";
    for name in ["total", "summe", "tot", "sum", "sum_size", "x"] {
        let header = format!("llm,tok_in,kept_cached,tok_out,{name}\n");
        let map = map.replace("=kept", "=kept_cached");
        let inside = format!("{header}gpt-4o,1000,600,500,1500\ngpt-4o,4000,0,700,4700\n");
        check(&inside, &format!("{map}input_includes_cache=true"));
        assert_eq!(of(&inside).findings[4].role, Role::Total);
        assert!(of(&inside).doubts.is_empty(), "{:?}", of(&inside).doubts);
        let beside = format!("{header}gpt-4o,1000,600,500,2100\ngpt-4o,4000,0,700,4700\n");
        check(&beside, &format!("{map}input_includes_cache=false"));
    }
    // Anything may have a total.
    let guess = of("model,a,b,total\ngpt-4o,10,5,15\ngpt-4o,1,2,3\n");
    assert!(guess.doubts.is_empty(), "{:?}", guess.doubts);
}

#[test]
fn a_name_may_say_that_a_count_is_part_of_another() {
    for name in ["of_which_cached", "davon_cache"] {
        let guess = of(&format!("llm,tok_in,{name},tok_out\ngpt-4o,1000,600,500\n"));
        assert!(guess.doubts.is_empty(), "{:?}", guess.doubts);
        let proposal = guess.proposal.expect("counts");
        assert_eq!(proposal.statements, [("input_includes_cache", "true".to_owned())]);
    }
}

#[test]
fn the_total_of_an_object_is_all_of_that_side() {
    let line = |total, hit| {
        format!(
            "{{\"m\":\"gpt-4o\",\"usage\":{{\"in\":{{\"total\":{total},\"hit\":{hit}}},\
             \"out\":100}}}}\n"
        )
    };
    let text = line(1000, 400) + &line(2000, 1500);
    check(
        &text,
        "--map model=m,input_tokens=usage.in.total,cache_read_tokens=usage.in.hit,\
         output_tokens=usage.out,input_includes_cache=true",
    );
    assert!(of(&text).doubts.is_empty(), "{:?}", of(&text).doubts);
}

#[test]
fn what_is_cached_is_never_the_input() {
    let text = "{\"m\":\"gpt-4o\",\"cache\":{\"input\":7},\"u\":{\"out\":5}}\n";
    let guess = of(text);
    assert_eq!(guess.missing, ["input_tokens"]);
    assert_eq!(guess.proposal, None);
}

#[test]
fn two_columns_that_could_be_anything_are_no_totals() {
    let guess = of("model,toks up,toks down\ngpt-4o,10,5\n");
    assert!(guess.doubts.is_empty(), "{:?}", guess.doubts);
}

#[test]
fn thousands_and_running_totals_are_not_taken_for_counts() {
    for (names, why) in [
        (["input_kilotokens", "output_kilotokens"], "it counts in thousands"),
        (["in_k", "out_k"], "it counts in thousands"),
        (["input millions of tokens", "output millions of tokens"], "it counts in millions"),
        (["cumulative_input_tokens", "cumulative_output_tokens"], "a running total"),
        (["running.input_tokens", "running.output_tokens"], "a running total"),
    ] {
        let guess = of(&format!("model,{}\ngpt-4o,12,3\ngpt-4o,22,4\n", names.join(",")));
        assert_eq!(guess.proposal, None, "{names:?}");
        assert_eq!(guess.doubts.len(), 2, "{:?}", guess.doubts);
        assert!(guess.doubts[0].contains(why), "{:?}", guess.doubts);
    }
}

#[test]
fn one_record_is_enough_where_a_name_says_total() {
    let text = "m,tok_in,tok_in_cached,tok_out,tok_all\no3,1000,900,100,1100\n";
    let map = "--map model=m,input_tokens=tok_in,cache_read_tokens=tok_in_cached,";
    check(text, &format!("{map}output_tokens=tok_out,input_includes_cache=true"));
    assert!(of(text).doubts.is_empty(), "{:?}", of(text).doubts);
}
