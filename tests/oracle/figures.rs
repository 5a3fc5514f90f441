//! Figures by name: what the naive engine expects beside what the program says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::naive::analyze::{Account, Sums};
use crate::naive::replay::{Outcome, apportioned};
use crate::number::{Q, decimal, shown, text, zero};
use crate::program::{output_of, text as said};
use crate::world::Class;

/// A figure as text.
pub(crate) struct Figure(String);

impl From<String> for Figure {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Figure {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<u64> for Figure {
    fn from(count: u64) -> Self {
        Self(count.to_string())
    }
}

impl From<llmcost::Usd> for Figure {
    fn from(amount: llmcost::Usd) -> Self {
        Self(amount.to_string())
    }
}

/// Figures by name, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures(pub(crate) BTreeMap<String, String>);

impl Figures {
    pub(crate) fn set(&mut self, name: impl Into<String>, figure: impl Into<Figure>) {
        let Figure(figure) = figure.into();
        self.0.insert(name.into(), figure);
    }

    fn money(&mut self, name: impl Into<String>, amount: &Q) {
        self.set(name, text(amount));
    }

    /// The figures in which two differ, one a line.
    pub(crate) fn differences(&self, found: &Self) -> Vec<String> {
        let names = self.0.keys().chain(found.0.keys());
        let names: std::collections::BTreeSet<_> = names.collect();
        let of = |figures: &Self, name: &String| figures.0.get(name).cloned().unwrap_or_default();
        let differing = names.into_iter().filter(|name| of(self, name) != of(found, name));
        differing
            .map(|name| format!("{name}: naive {} · program {}", of(self, name), of(found, name)))
            .collect()
    }

    pub(crate) fn account(&mut self, account: &Account) {
        self.set("lines", account.lines);
        self.set("records", account.records);
        self.set("duplicates", account.duplicates);
        self.set("skipped", account.skipped);
        self.set("blank", account.blank);
    }

    pub(crate) fn sums(&mut self, key: &str, sums: &Sums) {
        self.set(format!("{key} calls"), sums.calls);
        let classes = |figures: &mut Self, what: &str, tokens: &crate::world::log::Counts| {
            for class in Class::ALL {
                let count = tokens.get(&class).copied().unwrap_or(0);
                let count = if class == Class::Output { output_of(tokens) } else { count };
                figures.set(format!("{key} {what} {}", class.name()), count);
            }
        };
        classes(self, "tokens", &sums.tokens);
        classes(self, "unpriced", &sums.unpriced_tokens);
        self.set(format!("{key} searches"), sums.searches);
        self.set(format!("{key} file searches"), sums.file_searches);
        self.set(format!("{key} unpriced calls"), sums.unpriced);
        self.set(format!("{key} logged calls"), sums.logged.0);
        let logged = sums.logged.1.clone().unwrap_or_else(zero);
        self.money(format!("{key} logged cost"), &logged);
        // No cost is known of any call: that is not zero.
        let is_known = sums.cost.is_some() || sums.calls == 0;
        if is_known {
            self.money(format!("{key} cost"), &sums.cost.clone().unwrap_or_else(zero));
        } else {
            self.set(format!("{key} cost"), "null");
        }
    }

    pub(crate) fn outcome(&mut self, outcome: &Outcome) {
        // Those without a price among them.
        self.set("calls", outcome.calls + outcome.unpriced);
        self.set("unpriced calls", outcome.unpriced);
        let amounts = [
            ("baseline", outcome.baseline.clone()),
            ("projected", outcome.projected.clone()),
            ("saved", &outcome.baseline - &outcome.projected),
            ("saved low", outcome.saved_low.clone()),
            ("saved high", outcome.saved_high.clone()),
            ("claimed sum", outcome.claimed_sum.clone()),
        ];
        for (name, amount) in amounts {
            self.money(name, &amount);
        }
        let exact: Vec<Q> =
            outcome.players.iter().map(|player| player.fair_share.clone()).collect();
        let fair = apportioned(&exact, &(&outcome.baseline - &outcome.projected));
        for (player, fair) in outcome.players.iter().zip(fair) {
            let amounts = [
                ("standalone", &player.standalone),
                ("ladder", &player.ladder),
                ("remaining", &player.remaining),
                ("last in", &player.last_in),
                ("fair share", &fair),
                ("low", &player.low),
                ("high", &player.high),
            ];
            for (name, amount) in amounts {
                self.money(format!("{} {name}", player.name), amount);
            }
        }
        // Parts of a unit are shared out so that the groups add up.
        let after: Vec<Q> = outcome.groups.values().map(|(_, _, after)| after.clone()).collect();
        let after = apportioned(&after, &outcome.projected);
        for ((key, (calls, before, _)), after) in outcome.groups.iter().zip(after) {
            self.set(format!("{key} calls"), *calls);
            self.money(format!("{key} before"), &shown(before));
            self.money(format!("{key} after"), &after);
        }
    }
}

/// The account of lines in a report.
pub(crate) fn account(report: &Value, figures: &mut Figures) {
    for name in ["lines", "records", "duplicates", "skipped", "blank"] {
        figures.set(name, said(&report["input"][name]));
    }
}

/// The sums of a group, or of all, in a report.
pub(crate) fn sums(key: &str, group: &Value, figures: &mut Figures) {
    figures.set(format!("{key} calls"), said(&group["calls"]));
    for class in Class::ALL {
        let name = class.name();
        figures.set(format!("{key} tokens {name}"), said(&group["tokens"][name]));
        figures.set(format!("{key} unpriced {name}"), said(&group["unpriced"]["tokens"][name]));
    }
    figures.set(format!("{key} searches"), said(&group["searches"]));
    figures.set(format!("{key} file searches"), said(&group["file_searches"]));
    figures.set(format!("{key} unpriced calls"), said(&group["unpriced"]["calls"]));
    figures.set(format!("{key} logged calls"), said(&group["logged"]["calls"]));
    figures.set(format!("{key} logged cost"), said(&group["logged"]["cost_usd"]));
    figures.set(format!("{key} cost"), said(&group["cost_usd"]));
}

/// The figures of a simulation.
pub(crate) fn simulation(report: &Value) -> Figures {
    let mut figures = Figures::default();
    figures.set("calls", said(&report["calls"]));
    figures.set("unpriced calls", said(&report["unpriced"]["calls"]));
    for (name, key) in [
        ("baseline", "baseline_usd"),
        ("projected", "projected_usd"),
        ("saved", "saved_usd"),
        ("saved low", "saved_low_usd"),
        ("saved high", "saved_high_usd"),
        ("claimed sum", "claimed_sum_usd"),
    ] {
        figures.set(name, said(&report[key]));
    }
    for player in report["techniques"].as_array().expect("a list") {
        let name = said(&player["name"]);
        for (what, key) in [
            ("standalone", "standalone_usd"),
            ("ladder", "ladder_usd"),
            ("remaining", "remaining_usd"),
            ("last in", "last_in_usd"),
            ("fair share", "fair_share_usd"),
            ("low", "low_usd"),
            ("high", "high_usd"),
        ] {
            figures.set(format!("{name} {what}"), said(&player[key]));
        }
    }
    for group in report["groups"].as_array().expect("a list") {
        let key = said(&group["key"]["call_type"]);
        figures.set(format!("{key} calls"), said(&group["calls"]));
        figures.set(format!("{key} before"), said(&group["before_usd"]));
        figures.set(format!("{key} after"), said(&group["after_usd"]));
    }
    figures
}

/// Whether an amount of a report is a number at all.
pub(crate) fn amount(value: &Value) -> Option<Q> {
    value.as_str().map(decimal)
}
