//! Which requests have the same blocks, and how far.

use crate::usage::text_blocks_of;

use super::text_blocks;

/// How many characters the blocks have that two requests begin with.
fn shared(one: [&str; 3], other: [&str; 3]) -> u64 {
    let [one, other] =
        [one, other].map(|[tools, system, prompt]| text_blocks(tools, system, prompt));
    let both = text_blocks_of(&one).zip(text_blocks_of(&other));
    both.take_while(|(one, other)| one == other).map(|((_, count), _)| count).sum()
}

fn lengths(prompt: &str) -> Vec<u64> {
    text_blocks_of(&text_blocks("", "", prompt)).map(|(_, count)| count).collect()
}

#[test]
fn a_text_is_cut_every_256_characters() {
    assert!(lengths("").is_empty());
    assert_eq!(lengths("short"), [5]);
    assert_eq!(lengths(&"ä".repeat(600)), [256, 256, 88]);
}

#[test]
fn messages_end_blocks_and_their_role_is_part_of_them() {
    let messages = r#"[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]"#;
    assert_eq!(lengths(messages), [4, 8, 4, 2]);
    let said = |role| format!(r#"[{{"role":"{role}","content":"hi"}}]"#);
    assert_eq!(shared(["", "", &said("user")], ["", "", &said("assistant")]), 0);
}

#[test]
fn what_stands_first_is_shared_first() {
    let tools = r#"[{"name":"search"}]"#;
    let one = [tools, "be brief", r#"[{"role":"user","content":"hi"}]"#];
    let other = [tools, "be brief", r#"[{"role":"user","content":"ho"}]"#];
    assert_eq!(shared(one, other), 17 + 8 + 4);
    assert_eq!(shared(one, ["[]", "be brief", one[2]]), 0);
    assert_eq!(shared(one, [tools, "be long", one[2]]), 17);
}

/// A client moves its breakpoint to the newest message, and writes a single text as it likes.
#[test]
fn breakpoints_and_the_form_of_a_text_change_nothing() {
    let marked = r#"[{"role":"user","content":[
        {"type":"text","text":"one","cache_control":{"type":"ephemeral"}}]}]"#;
    let plain = r#"[{"role":"user","content":"one"},{"role":"assistant","content":"two"}]"#;
    assert_eq!(shared(["", "", marked], ["", "", plain]), 4 + 3);
    let system = r#"[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}}]"#;
    assert_eq!(shared(["", system, ""], ["", "be brief", ""]), 8);
}

#[test]
fn a_picture_counts_by_what_it_is_and_not_by_its_data() {
    let picture = |byte: &str| {
        let data = byte.repeat(100_000);
        format!(
            r#"[{{"role":"user","content":[{{"type":"image","source":{{"data":"{data}"}}}}]}}]"#
        )
    };
    let total: u64 = lengths(&picture("A")).iter().sum();
    assert!(total < 4_100, "{total}");
    let [one, other] = ["A", "B"].map(picture);
    assert_eq!(shared(["", "", &one], ["", "", &one]), total);
    assert!(shared(["", "", &one], ["", "", &other]) < 100);
}

#[test]
fn a_request_in_one_column_is_taken_apart() {
    let request = r#"{"messages":[{"role":"user","content":"hi"}],"system":"be brief",
        "temperature":1}"#;
    let parts = ["", "be brief", r#"[{"role":"user","content":"hi"}]"#];
    assert_eq!(shared(["", "", request], parts), 8 + 4 + 2);
}
