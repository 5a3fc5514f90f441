//! All policies over one log: what each costs, and how much of what is possible it captures.

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;

use super::super::wording::percent;
use super::policy::Policy;
use super::prepare::Ground;
use super::rules::Lifetime;
use super::standing::{Standing, Sums};

/// The policies that can be followed, in the order of the table.
const FOLLOWED: [Policy; 4] =
    [Policy::SystemOnly, Policy::AutoLast, Policy::Replay, Policy::Selective];

/// A policy with a lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Variant {
    policy: Policy,
    /// Nothing where it has none, or several.
    lifetime: Option<Lifetime>,
}

impl Variant {
    fn lifetime(self) -> &'static str {
        match self.lifetime {
            None => "",
            Some(Lifetime::Long) => "1 h",
            Some(_) => "5 min",
        }
    }
}

/// What the log costs under each of them.
pub(super) struct Comparison {
    /// As it was billed, where the log shows caching.
    billed: Option<Standing>,
    off: Standing,
    oracle: Standing,
    followed: Vec<(Variant, Standing)>,
    is_automatic: bool,
    /// Whether blocks are known, of which breakpoints cannot read every one.
    has_blocks: bool,
}

impl Comparison {
    /// Replays all policies; nothing where no call has a price, or amounts are beyond 10¹¹ dollars.
    pub(super) fn of(ground: &Ground<'_>) -> Option<Self> {
        if ground.rows.is_empty() {
            return None;
        }
        let standing = |policy, lifetime| {
            // The log is compared under the same rule: all decide anew.
            let mut replay = ground.uniform(policy, lifetime);
            replay.decides_anew = true;
            ground.standing(Some(&replay))
        };
        let lifetimes: &[Lifetime] =
            if ground.has_long() { &[Lifetime::Short, Lifetime::Long] } else { &[Lifetime::Short] };
        let mut followed = Vec::new();
        if ground.is_counted() {
            let variant = Variant { policy: Policy::AsLogged, lifetime: None };
            followed.push((variant, standing(Policy::AsLogged, Lifetime::Short)?));
        }
        for policy in FOLLOWED {
            for lifetime in lifetimes {
                let variant = Variant { policy, lifetime: Some(*lifetime) };
                followed.push((variant, standing(policy, *lifetime)?));
            }
        }
        let oracle = if ground.is_counted() {
            let mut oracle = ground.replay(Policy::Oracle, ground.logged_lifetimes());
            oracle.decides_anew = true;
            ground.standing(Some(&oracle))?
        } else {
            standing(Policy::Oracle, Lifetime::Short)?
        };
        let billed = if ground.is_counted() { Some(ground.standing(None)?) } else { None };
        Some(Self {
            billed,
            off: standing(Policy::Off, Lifetime::Short)?,
            oracle,
            followed,
            is_automatic: ground.is_automatic(),
            has_blocks: ground.lineage.blocks.is_some(),
        })
    }

    /// The tables, with what is left out of them.
    pub(super) fn exhibits(&self, left_out: Option<&str>) -> Vec<Exhibit> {
        let mut whole = self
            .table("cache_policies", "Cache policies over this log", |standing| &standing.whole);
        for note in self.told() {
            whole.note(note);
        }
        whole.note(
            "saved is against the log without any cache; of possible is the part of what the oracle \
             saves, which knows the future and cannot be followed",
        );
        whole.note(
            "selective learns on the first half of the calls and caches only in the second; \
             cache_policies_second_half compares all policies there",
        );
        if self.has_blocks && !self.is_automatic {
            whole.note(
                "replay reads every block that repeats, which a few breakpoints cannot: it is left \
                 out of the choice",
            );
        }
        if self.is_automatic {
            whole.note("these providers cache by themselves: the policy is not yours to choose");
        }
        let mut second = self
            .table(
                "cache_policies_second_half",
                "Cache policies over the second half of this log",
                |standing| &standing.second_half,
            )
            .as_detail();
        for table in [&mut whole, &mut second] {
            if let Some(note) = left_out {
                table.note(note);
            }
        }
        vec![whole, second]
    }

    fn table(&self, name: &'static str, title: &str, part: impl Fn(&Standing) -> &Sums) -> Exhibit {
        let columns = [
            ("policy", "policy"),
            ("lifetime", "lifetime"),
            ("cost_usd", "cost"),
            ("saved_usd", "saved"),
            ("of_oracle_share", "of possible"),
            ("read_share", "input read"),
            ("read_tokens", "tokens read"),
            ("written_tokens", "written"),
        ];
        let mut table = Exhibit::new(name, title, &columns);
        let off = part(&self.off).cost.to_usd();
        let possible = off - part(&self.oracle).cost.to_usd();
        let mut push = |name: &str, lifetime: &str, sums: &Sums| {
            let cost = sums.cost.to_usd();
            let saved = off - cost;
            let captured = Cell::share_of(saved.atto(), possible.atto());
            table.push([
                Cell::text(name),
                if lifetime.is_empty() { Cell::Missing } else { Cell::text(lifetime) },
                Cell::Usd(cost),
                Cell::Usd(saved),
                captured,
                Cell::share_of(sums.read().get().into(), sums.input.get().into()),
                Cell::Tokens(sums.read()),
                Cell::Tokens(sums.written()),
            ]);
        };
        push(Policy::Off.name(), "", part(&self.off));
        if let Some(billed) = &self.billed {
            push("as billed", "", part(billed));
        }
        for (variant, standing) in &self.followed {
            push(variant.policy.name(), variant.lifetime(), part(standing));
        }
        push(Policy::Oracle.name(), "best", part(&self.oracle));
        let place = self.best().map(|(place, _)| place + 1 + usize::from(self.billed.is_some()));
        table.highlight = place;
        table
    }

    /// The cheapest policy that can be followed, judged on the second half, with its place; nothing
    /// when not caching is cheaper.
    fn best(&self) -> Option<(usize, Variant)> {
        let followed = self.followed.iter().enumerate();
        let choices = followed.filter(|(_, (variant, _))| match variant.policy {
            Policy::AsLogged => false,
            Policy::Replay => self.is_automatic || !self.has_blocks,
            _ => true,
        });
        let best = choices.min_by_key(|(_, (_, standing))| standing.second_half.cost)?;
        let (place, (variant, standing)) = best;
        (standing.second_half.cost < self.off.second_half.cost).then_some((place, *variant))
    }

    /// What follows, in a sentence or two.
    pub(super) fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        let cost = |standing: &Standing| standing.second_half.cost.to_usd();
        let possible = cost(&self.off) - cost(&self.oracle);
        let captured = |standing: &Standing| rate_of(cost(&self.off) - cost(standing), possible);
        match self.best() {
            Some((place, variant)) => {
                let share = captured(&self.followed[place].1);
                told.push(format!(
                    "of these policies `{}` with a lifetime of {} is the cheapest on the second half \
                     of the calls: it saves {share} of what caching could ever save there",
                    variant.policy.name(),
                    variant.lifetime(),
                ));
            }
            None => told.push(
                "do not cache this: on the second half of the calls every policy costs at least as \
                 much as none"
                    .to_owned(),
            ),
        }
        if let Some(billed) = &self.billed {
            told.push(format!("as billed, the log captures {} of it", captured(billed)));
        }
        told
    }
}

/// A part of an amount in percent.
fn rate_of(part: Usd, whole: Usd) -> String {
    if part < Usd::ZERO {
        return "less than nothing".to_owned();
    }
    let scaled = part.atto().checked_mul(1_000_000).and_then(|it| it.checked_div(whole.atto()));
    let parts = scaled.and_then(|parts| u64::try_from(parts).ok());
    let rate =
        parts.and_then(|parts| crate::units::Rate::of_counts(parts.min(1_000_000), 1_000_000));
    rate.map_or_else(|| "none".to_owned(), percent)
}
