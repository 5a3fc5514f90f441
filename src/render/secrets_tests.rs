//! Texts that look like keys, and names that only look like them at first sight.

use super::*;

fn check(text: &str, expected: &[(&str, Kind)]) {
    let found = find(text, true, true);
    let found: Vec<_> = found.into_iter().map(|(range, kind)| (&text[range], kind)).collect();
    assert_eq!(found, expected, "{text}");
}

/// Made up, in the shapes that providers document; put together here, so that no scanner of
/// repositories takes them for real.
fn keys() -> Vec<String> {
    let random = "Ab3xQ9w2Er45Ty67UiPa0sDf8GhJ1kLz";
    let long = format!("{random}{random}");
    vec![
        format!("sk-{random}"),
        format!("sk-ant-api03-{long}-{random}AA"),
        format!("sk-proj-{long}"),
        "sk-Ab3-x9_Qw12Er-5Ty67Ui".to_owned(),
        format!("AKIA{}", "IOSFODNN7EXAMPLE"),
        format!("AIza{random}abc"),
        format!("ghp_{random}abcd"),
        format!("github_pat_{long}"),
        format!("xoxb-{}-{random}", "123456789012"),
        format!("glpat-{}", &random[..20]),
        format!("hf_{random}"),
        format!("gsk_{long}"),
        format!("eyJ{random}.eyJ{random}.{random}"),
        random.to_owned(),
        format!("{random}-{random}"),
        "q7w8e9r0t1y2u3i4o5p6a7s8d9f0g1h2".to_owned(),
    ]
}

#[test]
fn keys_are_found_wherever_they_stand() {
    for key in keys() {
        check(&key, &[(&key, Kind::Key)]);
        check(&format!("team {key}, and \"{key}\""), &[(&key, Kind::Key), (&key, Kind::Key)]);
        check(&format!("user={key}: dear"), &[(&key, Kind::Key)]);
        check(&format!("/logs/{key}/usage.jsonl"), &[(&key, Kind::Key)]);
    }
}

#[test]
fn tokens_behind_a_word_and_passwords_in_addresses_are_found() {
    check("Authorization: Bearer abcdef123456", &[("abcdef123456", Kind::Key)]);
    check("https://me:hunter2@host.example/v1", &[("hunter2", Kind::Key)]);
    check("bearer of good news", &[]);
    check("https://host.example:8080/v1", &[]);
}

#[test]
fn addresses_are_found_whole() {
    let check_one = |text: &str, address: &str| check(text, &[(address, Kind::Email)]);
    check_one("anna.b+test@mail.example.com", "anna.b+test@mail.example.com");
    check_one("by anna@example.com.", "anna@example.com");
    check_one("mailto:jörg@müller.example", "jörg@müller.example");
    check_one("logs/anna@example.com/usage.jsonl", "anna@example.com");
    check_one("o'brien@example.com", "o'brien@example.com");
    check_one("'anna@example.com'", "anna@example.com");
    check_one("by=anna%40example.com&n=1", "anna%40example.com");
    check_one("anna\u{ff20}example.com", "anna\u{ff20}example.com");
    check_one("anna@example.xn--p1ai", "anna@example.xn--p1ai");
    check_one("anna@example.com2026", "anna@example.com");
    check_one("anna@example.com.2026", "anna@example.com");
    check_one("7anna@example.com-", "7anna@example.com");
    check("a@b.example;c@d.example", &[("a@b.example", Kind::Email), ("c@d.example", Kind::Email)]);
}

/// The end of an address that a key stood before was once left as it was.
#[test]
fn an_address_behind_a_key_is_found() {
    let key = &keys()[0];
    check(&format!("{key}:a@b.example"), &[(key, Kind::Key), ("a@b.example", Kind::Email)]);
    check(&format!("{key}.a@b.example"), &[(key, Kind::Key), (".a@b.example", Kind::Email)]);
}

#[test]
fn keys_without_a_mark_are_found() {
    let aws = format!("{}/{}", "Ab3xQ9w2Er45Ty67UiPa+0s", "Df8GhJ1kLzQ2w3E4");
    check(&aws, &[(&aws, Kind::Key)]);
    check(&format!("key={aws} "), &[(&aws, Kind::Key)]);
    let zhipu = format!("{}.{}", "0123456789abcdef0123456789abcdef", "Ab3xQ9w2Er45Ty67");
    check(&zhipu, &[(&zhipu, Kind::Key)]);
}

#[test]
fn hashes_are_told_apart_from_keys() {
    let commit = "9fceb02d0ae598e95dc970b74767f19372d61af8";
    check(commit, &[(commit, Kind::Hash)]);
    check(&format!("sha256:{commit}"), &[(commit, Kind::Hash)]);
}

#[test]
fn ids_models_and_names_stay() {
    for name in [
        "",
        "550e8400-e29b-41d4-a716-446655440000",
        "msg_01XFDUDYJgAACzvnptvVoYELAb3xQ9w2",
        "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcTAb3",
        "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "user_2Ab3xQ9w2Er45Ty67UiPa0sDf8Gh",
        "Models/Llama4/Instruct/Maverick17B128E/A",
        "gpt@2024.05preview",
        "claude-sonnet-4-5-20250929",
        "claude-3-5-sonnet-v2@20241022",
        "text-bison@001",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "accounts/fireworks/models/llama-v3p1-405b-instruct-long-context",
        "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
        "Qwen2-5-Coder-32B-Instruct-GPTQ-Int4-Preview",
        "ft:gpt-4o-mini-2024-07-18:acme:support:AbCd1234",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
        "sk-learn-classification-service",
        "risk-assessment-of-2026-quarter-3",
        "task-force-1234567890-abcdefghij",
        "customer_support_escalation_workflow_2026",
        "-home-anna-projects-MyApp2-Backend-Service3-v2",
        "12345678901234567890123456789012345678",
        "key-81b0d2c4f7",
        "email-3f9a2c81d0",
        "9fceb02d0a…",
        "模型-模型-模型-模型-模型-模型-模型",
    ] {
        check(name, &[]);
    }
}
