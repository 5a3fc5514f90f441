//! A plan as TOML, with the keys that `docs/techniques` lists.

use super::{list, quoted};
use crate::world::plan::{Condition, Helper, Kind, Move, Portion, Scope, Setting, Term};
use crate::world::table::Decimal;

pub(crate) fn text(plan: &[Setting], group_by: &[&str]) -> String {
    let columns = list(group_by.iter().map(|column| quoted(column)));
    let mut text = format!("group_by = {columns}\n");
    for setting in plan {
        text.extend(["[", setting.name(), "]\n", keys(setting).join("\n").as_str(), "\n"]);
    }
    text
}

fn keys(setting: &Setting) -> Vec<String> {
    match setting {
        Setting::RetryHygiene { max_attempts, max_wait_seconds, statuses } => {
            let mut keys = vec![
                format!("max_attempts = {max_attempts}"),
                format!("max_wait_seconds = {max_wait_seconds}"),
            ];
            let codes = statuses.iter().map(|codes| list(codes.iter().map(u16::to_string)));
            keys.extend(codes.map(|codes| format!("statuses = {codes}")));
            keys
        }
        Setting::SemanticCache { rate, scope, embedding } => {
            let mut keys = vec![number("rate", rate)];
            if let Some((model, tokens)) = embedding {
                keys.push(format!("embedding = {}", quoted(model)));
                keys.extend(tokens.map(|tokens| format!("embedding_tokens = {tokens}")));
            }
            scoped(keys, scope)
        }
        Setting::TrimRate { rate, scope } => scoped(vec![number("rate", rate)], scope),
        Setting::TrimTokens { tokens, scope } => scoped(vec![format!("tokens = {tokens}")], scope),
        Setting::ModelTiering { .. } => tiering(setting),
        Setting::FreeModels { scope, per_day, per_minute } => {
            let keys = vec![format!("per_day = {per_day}"), format!("per_minute = {per_minute}")];
            scoped(keys, scope)
        }
        Setting::ConciseOutput { rate, prompt_tokens, scope } => {
            scoped(vec![number("rate", rate), format!("prompt_tokens = {prompt_tokens}")], scope)
        }
        Setting::OutputCap { tokens, rerun, scope } => {
            let mut keys = vec![format!("tokens = {tokens}")];
            keys.extend(rerun.as_ref().map(|rerun| number("rerun", rerun)));
            scoped(keys, scope)
        }
        Setting::StructuredOutput { rate, schema, wrapper, scope } => {
            let tokens = format!("schema_tokens = {schema}\nwrapper_tokens = {wrapper}");
            scoped(vec![number("rate", rate), tokens], scope)
        }
        Setting::Batch { share, cache_hit, scope } => {
            let keys = [("share", share), ("cache_hit", cache_hit)].into_iter();
            let keys = keys.filter_map(|(name, rate)| Some(number(name, rate.as_ref()?)));
            scoped(keys.collect(), scope)
        }
        Setting::PromptCaching { hit, cacheable, is_long, scope } => {
            let mut keys = vec![number("hit", hit)];
            keys.push(format!("ttl = {}", quoted(if *is_long { "1h" } else { "5m" })));
            keys.extend(cacheable.as_ref().map(|portion| match portion {
                Portion::Share(share) => number("cacheable", share),
                Portion::Tokens(tokens) => format!("cacheable = {tokens}"),
            }));
            scoped(keys, scope)
        }
        Setting::ProviderDiscount { rate, by, scope } => {
            let keys = rate.iter().map(|rate| number("rate", rate)).collect();
            let mut keys = scoped(keys, scope);
            keys.extend(by.iter().map(term));
            keys
        }
    }
}

fn tiering(setting: &Setting) -> Vec<String> {
    let Setting::ModelTiering { rules, max_share, classifier, cascade, verbosity } = setting else {
        unreachable!("asked for tiering only");
    };
    let mut keys = Vec::new();
    keys.extend(max_share.as_ref().map(|share| number("max_share", share)));
    keys.extend(classifier.as_ref().map(|one| format!("classifier = {}", helper(one))));
    keys.extend(verbosity.as_ref().map(|factor| number("verbosity", factor)));
    if let Some((accept, judge)) = cascade {
        keys.push(format!("mode = \"cascade\"\n{}", number("accept", accept)));
        keys.extend(judge.as_ref().map(|one| format!("judge = {}", helper(one))));
    }
    for Move { to, scope, share } in rules {
        let mut rule = vec!["[[model_tiering.rule]]".to_owned(), format!("to = {}", quoted(to))];
        rule.extend(share.as_ref().map(|share| number("share", share)));
        keys.extend(scoped(rule, scope));
    }
    keys
}

fn helper(helper: &Helper) -> String {
    let Helper { model, input, output } = helper;
    let model = quoted(model);
    format!("{{ model = {model}, input_tokens = {input}, output_tokens = {output} }}")
}

fn term(term: &Term) -> String {
    let mut keys = vec!["[[provider_discount.by]]".to_owned(), number("rate", &term.rate)];
    keys.extend(term.model.as_ref().map(|model| format!("model = {}", quoted(model))));
    let tiers = term.tiers.as_ref();
    let tiers = tiers.map(|tiers| list(tiers.iter().map(|tier| quoted(tier.name()))));
    keys.extend(tiers.map(|tiers| format!("service_tiers = {tiers}")));
    let kinds = term.kinds.as_ref();
    let kinds = kinds.map(|kinds| list(kinds.iter().map(|kind: &Kind| quoted(kind.name()))));
    keys.extend(kinds.map(|kinds| format!("classes = {kinds}")));
    keys.join("\n")
}

fn number(name: &str, number: &Decimal) -> String {
    format!("{name} = {}", quoted(&number.0))
}

fn scoped(mut keys: Vec<String>, scope: &Scope) -> Vec<String> {
    if !scope.call_types.is_empty() {
        let types = list(scope.call_types.iter().map(|name| quoted(name)));
        keys.push(format!("call_types = {types}"));
    }
    keys.extend(scope.condition.as_ref().map(|one| format!("where = \"{}\"", sql(one))));
    keys
}

fn sql(condition: &Condition) -> String {
    match condition {
        Condition::Team(team) => format!("team = '{team}'"),
        Condition::NotTeam(team) => format!("NOT (team = '{team}')"),
        Condition::NoTeam => "team IS NULL".to_owned(),
        Condition::InputAbove(tokens) => format!("total_input_tokens > {tokens}"),
        Condition::OutputAtMost(tokens) => format!("output_tokens <= {tokens}"),
        Condition::Model(model) => format!("model = '{model}'"),
        Condition::Both(one, other) => format!("({} AND {})", sql(one), sql(other)),
        Condition::Either(one, other) => format!("({} OR {})", sql(one), sql(other)),
    }
}
