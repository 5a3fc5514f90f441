//! models.dev: `api.json` with all providers, one provider of it, or the TOML file of one model.
//!
//! Dollars per million tokens. `tiers` reprice the whole request by the length of the prompt;
//! `context_over_200k` is their older form. Prices have no dates: they hold now.

use std::collections::BTreeMap;

use crate::units::TokenClass;
use crate::usage::ServiceTier;

use super::draft::{Draft, Model, Notes, Period, Prices, Rates, lane_named};
use super::error::ImportProblem;
use super::hours::is_day;
use super::left_out::LeftOutReason;
use super::names::seller;
use super::number::count;
use super::tree::Node;
use super::{Given, ImportFormat, Reader};

pub(super) const READER: Reader = Reader { format: ImportFormat::ModelsDev, recognises, read };

/// Keys of `cost`, and the class they price.
const CLASSES: [(&str, TokenClass); 7] = [
    ("cache_read", TokenClass::CacheRead),
    ("cache_write", TokenClass::CacheWrite5m),
    ("input", TokenClass::Input),
    ("input_audio", TokenClass::AudioInput),
    ("output", TokenClass::Output),
    ("output_audio", TokenClass::AudioOutput),
    ("reasoning", TokenClass::Reasoning),
];

/// The limit that the name `context_over_200k` states.
const OVER_200K: u64 = 200_000;

fn recognises(node: &Node) -> bool {
    is_model(node) || providers(node).is_some()
}

/// The file of one model; its id is the path of the file.
fn is_model(node: &Node) -> bool {
    let has = |key| node.get(key).and_then(Node::table).is_some();
    let is_model = node.get("base_model").is_some() || has("limit") || has("modalities");
    (has("cost") || is_model) && !has("models")
}

/// Providers by id.
fn providers(node: &Node) -> Option<Vec<(&str, &Node)>> {
    let has_models = |node: &Node| node.get("models").and_then(Node::table).is_some();
    if let (true, Some(id)) = (has_models(node), node.get("id").and_then(Node::text)) {
        return Some(vec![(id, node)]);
    }
    let all = node.get("providers").unwrap_or(node).table()?;
    let providers: Vec<_> = all.iter().filter(|(_, one)| has_models(one)).collect();
    let providers = providers.into_iter().map(|(id, one)| (&**id, one)).collect::<Vec<_>>();
    (!providers.is_empty()).then_some(providers)
}

fn read(node: &Node, given: &Given, draft: &mut Draft) -> Result<(), ImportProblem> {
    if is_model(node) {
        let (provider, id) = named_by_path(given.file);
        let provider = given.provider.or(provider).ok_or(ImportProblem::NoProvider)?;
        read_model(provider, id, None, node, draft);
        return Ok(());
    }
    for (provider, node) in providers(node).unwrap_or_default() {
        let page = node.get("doc").and_then(Node::text);
        for (id, model) in node.get("models").and_then(Node::table).into_iter().flatten() {
            read_model(provider, id, page, model, draft);
        }
    }
    Ok(())
}

/// Provider and id from `providers/acme/models/maker/acme-1.toml`; without such a path the name of
/// the file is the id.
fn named_by_path(file: &str) -> (Option<&str>, &str) {
    let path = file.rsplit_once('.').map_or(file, |(path, _)| path);
    if let Some((before, id)) = path.split_once("/models/") {
        let provider = before.rsplit_once('/').map_or(before, |(_, provider)| provider);
        return (Some(provider).filter(|provider| !provider.is_empty()), id);
    }
    (None, path.rsplit_once(['/', '\\']).map_or(path, |(_, id)| id))
}

fn read_model(provider: &str, id: &str, page: Option<&str>, node: &Node, draft: &mut Draft) {
    let seller = seller(provider);
    let mut notes = Notes::new(draft, seller, id);
    let mut period = Period::default();
    if let Some(cost) = node.get("cost") {
        period.rates = read_cost("cost", cost, &mut notes);
    }
    let experimental = node.get("experimental").and_then(|node| node.get("modes"));
    for (name, mode) in experimental.and_then(Node::table).into_iter().flatten() {
        read_mode(name, mode, &mut period, &mut notes);
    }
    let day = node.get("deprecation_date").and_then(Node::text);
    let day = day.filter(|day| is_day(day));
    let context = node.get("limit").and_then(|limit| limit.get("context"));
    let context = context.and_then(Node::number).and_then(count);
    let model = Model {
        entry: id.to_owned(),
        page: page.filter(|page| !page.is_empty()).map(str::to_owned),
        // A limit of zero stands for an unknown one.
        context_window: context.filter(|tokens| *tokens > 0),
        retired: day.map(str::to_owned),
        periods: vec![period],
        ..Model::default()
    };
    draft.add(seller, provider, id, model);
}

/// A way of calling the model that has prices of its own; what the request says names the lane.
fn read_mode(name: &str, mode: &Node, period: &mut Period, notes: &mut Notes) {
    let Some(cost) = mode.get("cost") else { return };
    let place = format!("experimental.modes.{name}.cost");
    let body = mode.get("body").or_else(|| mode.get("provider")?.get("body"));
    let said = |key| body.and_then(|body| body.get(key)).and_then(Node::text);
    let lane = said("service_tier").or_else(|| said("speed")).unwrap_or(name);
    let Some(lane) = lane_named(lane) else {
        return notes.leave(&place, cost, LeftOutReason::UnknownLane);
    };
    if period.lanes.contains_key(&lane) || lane == ServiceTier::Standard {
        return notes.leave(&place, cost, LeftOutReason::UnknownCondition);
    }
    let rates = read_cost(&place, cost, notes);
    period.lanes.insert(lane, rates);
}

fn read_cost(place: &str, cost: &Node, notes: &mut Notes) -> Rates {
    let mut bands = BTreeMap::new();
    let tiers = cost.get("tiers").and_then(Node::list).unwrap_or_default();
    for tier in tiers {
        let place = format!("{place}.tiers");
        match limit(tier) {
            Some(above) => drop(bands.insert(above, read_prices(&place, tier, notes))),
            None => notes.leave(&place, tier, LeftOutReason::UnknownCondition),
        }
    }
    // Both forms are there for readers of the older one; the newer one knows the true limit.
    if let Some(over) = cost.get("context_over_200k").filter(|_| tiers.is_empty()) {
        let place = format!("{place}.context_over_200k");
        bands.insert(OVER_200K, read_prices(&place, over, notes));
    }
    Rates { prices: read_prices(place, cost, notes), bands }
}

/// The prompt beyond which a tier holds: `tier.size`, or `context.min` in older files.
fn limit(tier: &Node) -> Option<u64> {
    if let Some(context) = tier.get("context") {
        return count(context.get("min")?.number()?);
    }
    let tier = tier.get("tier")?;
    let by_context = tier.get("type").is_none_or(|kind| kind.text() == Some("context"));
    count(tier.get("size")?.number()?).filter(|_| by_context)
}

fn read_prices(place: &str, cost: &Node, notes: &mut Notes) -> Prices {
    let mut prices = Prices::default();
    for (key, value) in cost.table().into_iter().flatten() {
        let field = format!("{place}.{key}");
        let known = CLASSES.iter().find(|(name, _)| name == key);
        match (known, &**key) {
            (Some((_, class)), _) => prices[*class] = notes.price(&field, value, 0),
            (None, "tiers" | "tier" | "context" | "context_over_200k") => {}
            (None, other) if other.starts_with("per_") => {
                notes.leave(&field, value, LeftOutReason::OtherUnit);
            }
            (None, _) => notes.leave(&field, value, LeftOutReason::UnknownKey),
        }
    }
    prices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_file_names_provider_and_model() {
        let check = |file, provider, id| assert_eq!(named_by_path(file), (provider, id), "{file}");
        check("providers/acme/models/acme-1.5.toml", Some("acme"), "acme-1.5");
        check("acme/models/maker/large.toml", Some("acme"), "maker/large");
        check("acme-1.5.toml", None, "acme-1.5");
        check("some/where/acme-1.toml", None, "acme-1");
    }
}
