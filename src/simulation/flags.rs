//! Flags laid over a plan: which settings they replace, and what errors call them.

use toml::{Table, Value};

use super::plan_error::PlanError;
use crate::techniques::SEMANTIC_REPLAY_KEYS;

/// The settings that flags can give, each with its flag.
const FLAGS: &[(&str, &str, &str)] = &[
    ("prompt_caching", "hit", "--cache-hit"),
    ("prompt_caching", "policy", "--cache"),
    ("prompt_caching", "ttl", "--cache-ttl"),
    ("prompt_caching", "cacheable", "--cacheable"),
    ("prompt_caching", "hit_prob", "--cache-hit-prob"),
    ("semantic_cache", "rate", "--semantic-cache"),
    ("semantic_cache", "level", "--semantic-level"),
    ("semantic_cache", "threshold", "--semantic-threshold"),
    ("semantic_cache", "ttl", "--semantic-ttl"),
    ("context_trimming", "rate", "--trim"),
    ("context_trimming", "tokens", "--trim"),
    ("context_trimming", "turns", "--trim"),
    ("context_trimming", "summarize", "--trim"),
    ("model_tiering", "", "--tier"),
    ("model_tiering", "share", "--tier"),
    ("model_tiering", "to", "--tier"),
    ("model_tiering", "rule", "--tier"),
    ("model_tiering", "preset", "--tier"),
    ("free_models", "where", "--free-models"),
    ("output_cap", "tokens", "--output-cap"),
    ("concise_output", "rate", "--concise"),
    ("concise_output", "preset", "--concise"),
    ("structured_output", "rate", "--structured"),
    ("batch", "", "--batch"),
    ("batch", "policy", "--batch"),
    ("batch", "deadline", "--batch-deadline"),
    ("batch", "share", "--batch"),
    ("batch", "call_types", "--batch"),
    ("retry_hygiene", "", "--retries"),
    ("parallelism", "", "--parallel"),
    ("provider_discount", "rate", "--discount"),
    ("context_trimming", "", "--trim"),
];

/// Settings of which a plan gives only one group: giving one drops the others.
const ALTERNATIVES: &[(&str, &[&str], &[&str])] = &[
    ("semantic_cache", &["rate"], SEMANTIC_REPLAY_KEYS),
    ("model_tiering", &["preset"], &["rule", "share", "to", "provider", "where", "call_types"]),
    ("model_tiering", &["to", "rule"], &["preset", "small", "light", "middle", "big"]),
    ("concise_output", &["rate"], &["preset", "by"]),
    ("prompt_caching", &["policy"], &["hit"]),
    ("context_trimming", &["rate"], &["tokens", "turns", "chunk", "summarize", "every"]),
    ("context_trimming", &["tokens"], &["turns", "chunk", "summarize", "every"]),
    ("model_tiering", &["rule"], &["share", "to", "provider", "where", "call_types"]),
    ("batch", &["share"], &["call_types"]),
    ("batch", &["policy"], &["share", "call_types"]),
];

/// What is no technique, with its flag.
const APART: [(&str, &str); 3] =
    [("spend_cap", "--spend-cap"), ("self_host", "--self-host"), ("fine_tune", "--fine-tune")];

/// What errors call a plan with flags laid over it, where no single flag is to blame.
pub(super) const NAME: &str = "flags";

/// Lays the settings of flags over a technique's table. Where both say how, the flags do.
pub(super) fn overlay(technique: &str, known: &mut Table, flags: Table) {
    for (_, one, other) in ALTERNATIVES.iter().filter(|(name, _, _)| *name == technique) {
        for (given, rival) in [(one, other), (other, one)] {
            if given.iter().any(|key| flags.contains_key(*key)) {
                rival.iter().for_each(|key| drop(known.remove(*key)));
            }
        }
    }
    known.extend(flags);
}

/// Reads a batch share that is no number as what it must mean: the name of call types, such as
/// `2fa`.
pub(super) fn without_odd_shares(flags: &mut Table) {
    let Some(Value::Table(batch)) = flags.get_mut("batch") else { return };
    let Some(Value::String(text)) = batch.get("share") else { return };
    if !text.contains(|one: char| one.is_alphabetic()) {
        return;
    }
    let types = text.split(',').map(|name| Value::String(name.trim().to_owned())).collect();
    batch.remove("share");
    batch.insert("call_types".to_owned(), Value::Array(types));
}

/// An error about the merged plan as one about the flag that caused it. `text` is the merged plan.
pub(super) fn blame(error: PlanError, text: &str, flags: &Table) -> PlanError {
    let PlanError::BadSetting { place, name, message, .. } = error else {
        return renamed(error);
    };
    let line = place.line.and_then(|line| text.lines().nth(line.checked_sub(1)?));
    let key = line.and_then(|line| line.split_once(" = ")).map(|(key, _)| key.trim());
    let given = |key: &str| match flags.get(&name) {
        Some(Value::Table(table)) => key.is_empty() || table.contains_key(key),
        _ => false,
    };
    let named = FLAGS.iter().filter(|(technique, key, _)| *technique == name && given(key));
    let apart = APART.iter().find(|(key, _)| *key == name && flags.contains_key(&name));
    if let Some((_, flag)) = apart {
        return PlanError::BadFlag { flag, message };
    }
    let exact = named.clone().find(|(_, known, _)| Some(*known) == key);
    match exact.or_else(|| named.clone().next()) {
        Some((_, _, flag)) => PlanError::BadFlag { flag, message },
        None => renamed(PlanError::BadSetting { place, name, message, corrected: None }),
    }
}

/// Lines of the text in between mean nothing to the reader.
fn renamed(mut error: PlanError) -> PlanError {
    if let PlanError::Syntax { place, .. }
    | PlanError::UnknownTechnique { place, .. }
    | PlanError::UnknownSetting { place, .. }
    | PlanError::BadSetting { place, .. } = &mut error
    {
        NAME.clone_into(&mut place.name);
        place.line = None;
    }
    error
}

#[cfg(test)]
mod tests {
    use crate::simulation::Plan;

    fn merged(file: &str, flags: &str) -> Result<Plan, String> {
        let plan = Plan::parse("plan.toml", file).expect("a plan");
        plan.merge(flags.parse().expect("TOML")).map_err(|error| error.to_string())
    }

    fn check_wins(file: &str, flags: &str) {
        let (both, alone) = (merged(file, flags), merged("", flags));
        let settings = |plan: Result<Plan, String>| {
            let plan = plan.expect("a plan");
            plan.techniques().map(|one| format!("{one:?}")).collect::<Vec<_>>()
        };
        assert_eq!(settings(both), settings(alone), "{file}\n{flags}");
    }

    fn check_refused(flags: &str, expected: &str) {
        let message = merged("", flags).expect_err("refused");
        assert!(message.starts_with(expected), "{message}\nexpected: {expected}");
    }

    #[test]
    fn a_flag_drops_the_alternatives_the_file_gives() {
        check_wins("[context_trimming]\ntokens = 8000", "[context_trimming]\nrate = \"0.2\"");
        check_wins("[context_trimming]\nrate = \"0.2\"", "[context_trimming]\ntokens = 8000");
        let rules = "[[model_tiering.rule]]\nto = \"a\"\nwhere = \"input_tokens < 5\"";
        let share = "[model_tiering]\nshare = \"0.5\"\nto = \"b\"";
        check_wins(rules, share);
        check_wins(share, rules);
        check_wins("[batch]\ncall_types = [\"report\"]", "[batch]\nshare = \"0.5\"");
        check_wins("[batch]\nshare = \"0.5\"", "[batch]\ncall_types = [\"report\"]");
        let replay = "[semantic_cache]\nlevel = \"exact\"\nverify = \"0.01\"";
        check_wins(replay, "[semantic_cache]\nrate = \"0.2\"");
        check_wins("[semantic_cache]\nrate = \"0.2\"", replay);
        check_wins("[batch]\npolicy = \"auto\"", "[batch]\ncall_types = [\"report\"]");
        check_wins("[batch]\nshare = \"0.5\"", "[batch]\npolicy = \"auto\"");
    }

    #[test]
    fn an_error_names_the_flag_and_not_the_plan() {
        check_refused("[prompt_caching]\nhit = \"95\"", "--cache-hit: `95` is not a rate");
        check_refused("[prompt_caching]\nttl = \"2h\"\nhit = \"0.9\"", "--cache-ttl: unknown");
        check_refused("[prompt_caching]\nttl = \"1h\"", "--cache-ttl: give the `hit` rate");
        check_refused("[context_trimming]\nrate = \"x\"", "--trim: `x` is not a rate");
        check_refused("[model_tiering]\nshare = \"2\"\nto = \"m\"", "--tier: `2` is not a rate");
        check_refused("[output_cap]\ntokens = 0", "--output-cap: an answer has at least 1");
        check_refused("[batch]\nshare = \"7\"", "--batch: `7` is not a rate");
        check_refused("[provider_discount]\nrate = \"1.5\"", "--discount: `1.5` is not a rate");
        check_refused(
            "[[spend_cap]]\nby = \"all\"\namount = \"x\"\nper = \"day\"",
            "--spend-cap: `x` is no amount",
        );
    }

    #[test]
    fn a_call_type_that_starts_with_a_digit_is_no_share() {
        check_wins("", "[batch]\nshare = \"2fa, report\"");
        let plan = merged("", "[batch]\nshare = \"2fa, report\"").expect("a plan");
        let settings = format!("{:?}", plan.techniques().next());
        assert!(settings.contains("\"2fa\", \"report\""), "{settings}");
    }
}
