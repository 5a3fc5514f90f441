//! What labels say about the quality of answers by another model.
//!
//! A pair is a call with a label for its own answer (`quality` from 0 to 1, or `accepted`) and one
//! for the answer of the other model (`label_model`). The paired difference is tested against a
//! margin, with errors that allow for pairs of one conversation being alike; after *Adding Error
//! Bars to Evals* (arXiv 2411.00640, November 2024).

use hashbrown::HashMap;

use super::branch::Branch;
use super::conversations;
use super::facts::{Facts, Scene};
use super::rehoming::Rehoming;
use super::settings::is_true;
use super::wording::grouped;
use crate::exhibits::{Cell, Exhibit};
use crate::units::{Excess, Factor, Rate, Usd, parse_decimal};
use crate::usage::{Row, column};

/// The column that says which calls another model may take.
pub(super) const ELIGIBLE: &str = "eligible";

/// The columns of labels: of the logged answer, the better one first, and of the other model's.
const QUALITY: &str = "quality";
const ACCEPTED: &str = "accepted";
const OTHER: &str = "label_model";

/// Labels are counted in millionths.
const WHOLE: i128 = 1_000_000;

/// One-sided 95 % of the normal distribution, in thousandths.
const Z: i128 = 1_645;

/// `(1.645 + 0.842)^2`, for a power of 80 %, in hundredths.
const POWER: i128 = 618;

/// Fewer conversations than this say little about their spread.
const FEW: usize = 30;

/// The columns that are used where a log has them.
pub(super) fn columns() -> Vec<String> {
    [QUALITY, ACCEPTED, OTHER, ELIGIBLE, conversations::COLUMN].map(ToOwned::to_owned).to_vec()
}

/// One call with labels for both answers.
#[derive(Clone, Copy)]
struct Pair {
    cluster: usize,
    logged: i128,
    other: i128,
}

/// What pairs of labels say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Findings {
    pairs: i128,
    clusters: usize,
    /// Mean label of the logged answers and of the others, in millionths.
    logged: i128,
    other: i128,
    /// Mean difference, its standard error, and its lower bound at 95 %, in millionths.
    difference: i128,
    error: i128,
    lower: i128,
    /// How many pairs a margin takes.
    needed: i128,
}

/// A label: a number, or `true` and `false`.
fn label(text: &str) -> Option<i128> {
    if text.is_empty() {
        return None;
    }
    let number = parse_decimal(text.trim(), 6, Excess::Round).ok();
    let within = number.filter(|number| (0..=WHOLE).contains(number));
    let word = ["true", "yes", "false", "no"].iter().any(|word| word.eq_ignore_ascii_case(text));
    within.or_else(|| word.then(|| if is_true(text) { WHOLE } else { 0 }))
}

/// Quality of the calls that another model takes, as far as labels tell.
pub(super) struct Labels {
    findings: Findings,
    margin: Rate,
    exhibit: Exhibit,
}

impl Labels {
    /// Reads the labels of the calls that would move; nothing where there are no pairs.
    pub(super) fn of(rehoming: &Rehoming, facts: &Facts<'_>, margin: Rate) -> Option<Self> {
        let place =
            |name: &str| facts.calls.dimensions.position(name).filter(|_| facts.has_values(name));
        let (own, other) = (place(QUALITY).or_else(|| place(ACCEPTED))?, place(OTHER)?);
        let session = place(conversations::COLUMN);
        let mut clusters: HashMap<(bool, usize), usize> = HashMap::new();
        let mut pairs = Vec::new();
        let mut costs = [Usd::ZERO; 2];
        for (row, model) in facts.modelled_rows() {
            let Some(to) = rehoming.destination(row).filter(|to| to.target != model) else {
                continue;
            };
            let labels = [own, other].map(|place| label(facts.calls.name(place, row)));
            let [Some(logged), Some(other)] = labels else { continue };
            let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
            let branch = Branch::logged(facts.calls.call(row), model);
            let Ok(moved) = rehoming.on_target(&branch, to.target, &scene) else { continue };
            let (Ok(before), Ok(after)) = (scene.cost(&branch), scene.cost(&moved)) else {
                continue;
            };
            costs = [costs[0] + before, costs[1] + after];
            let next = clusters.len();
            let cluster = *clusters.entry(cluster_of(facts, session, row)).or_insert(next);
            pairs.push(Pair { cluster, logged, other });
        }
        let findings = Findings::of(&pairs, margin)?;
        let exhibit = exhibit(&findings, &pairs, costs);
        Some(Self { findings, margin, exhibit })
    }

    /// The figures.
    pub(super) fn exhibit(&self) -> Exhibit {
        self.exhibit.clone()
    }

    /// The statement, and what would make it firmer.
    pub(super) fn sentences(&self) -> Vec<String> {
        let Findings { pairs, clusters, difference, lower, needed, .. } = self.findings;
        let margin = i128::from(self.margin.parts() / 1_000);
        let verdict = if lower >= -margin {
            "not worse by more than the margin"
        } else {
            "not shown to be no worse"
        };
        let mut said = vec![format!(
            "quality: measured on {pairs} pairs of labels: {} points, at least {} at 95 % (margin \
             {} points): {verdict}",
            points(difference),
            points(lower),
            points(margin).trim_start_matches('+')
        )];
        if lower < -margin || needed > pairs {
            let needed = u64::try_from(needed).unwrap_or(u64::MAX);
            said.push(format!("a margin of that size takes about {} pairs", grouped(needed)));
        }
        if clusters < FEW {
            said.push(format!(
                "the labels come from {clusters} conversations: too few to know how much those differ"
            ));
        }
        said
    }
}

/// Calls of one conversation are alike; any other call stands alone.
fn cluster_of(facts: &Facts<'_>, session: Option<usize>, row: Row) -> (bool, usize) {
    let session = session.map(|place| facts.calls.symbol(place, row));
    match session.filter(|session| !session.is_empty()) {
        Some(session) => (true, session.index()),
        None => (false, row),
    }
}

impl Findings {
    fn of(pairs: &[Pair], margin: Rate) -> Option<Self> {
        let clusters = pairs.iter().map(|pair| pair.cluster + 1).max()?;
        let count = i128::try_from(pairs.len()).ok()?;
        let groups = i128::try_from(clusters).ok().filter(|groups| *groups > 1)?;
        let sum: i128 = pairs.iter().map(|pair| pair.other - pair.logged).sum();
        let mut residuals = vec![0_i128; clusters];
        let mut squares = 0_i128;
        for pair in pairs {
            let difference = pair.other - pair.logged;
            squares += difference * difference;
            residuals[pair.cluster] += difference * count - sum;
        }
        let spread = residuals
            .iter()
            .try_fold(0_i128, |sum, one| sum.checked_add(one.checked_mul(*one)?))?;
        // Var = G / (G - 1) * sum of squared sums of residuals / n^2; the residuals above are n times
        // as large. The root is rounded up, so that the bound is never too good.
        let variance = spread.checked_mul(groups)? / (groups - 1);
        let error = (variance.isqrt() + 1).div_euclid(count * count) + 1;
        let error = if spread == 0 { 0 } else { error };
        let difference = sum.div_euclid(count);
        let margin = i128::from(margin.parts() / 1_000).max(1);
        let needed = POWER * squares / count / 100;
        Some(Self {
            pairs: count,
            clusters,
            logged: pairs.iter().map(|pair| pair.logged).sum::<i128>() / count,
            other: pairs.iter().map(|pair| pair.other).sum::<i128>() / count,
            difference,
            error,
            lower: difference - (Z * error + 999) / 1_000,
            needed: (needed + margin * margin - 1) / (margin * margin),
        })
    }
}

/// Millionths as percentage points to one decimal, with their sign.
fn points(millionths: i128) -> String {
    let tenths = (millionths.abs() + 500) / 1_000;
    let sign = if millionths < 0 && tenths > 0 { "-" } else { "+" };
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

fn exhibit(found: &Findings, pairs: &[Pair], costs: [Usd; 2]) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "tiering_quality",
        "Quality where calls have labels for both models",
        &[
            ("answers", "answers by"),
            ("pairs", "pairs"),
            ("mean_label", "mean label"),
            ("cost_usd", "cost"),
            ("cost_per_accepted_usd", "per accepted result"),
        ],
    );
    let sums = [
        pairs.iter().map(|pair| pair.logged).sum::<i128>(),
        pairs.iter().map(|pair| pair.other).sum::<i128>(),
    ];
    let means = [found.logged, found.other];
    for (place, name) in ["the logged model", "the target"].into_iter().enumerate() {
        let whole = u64::try_from(WHOLE).expect("positive");
        let mean = u64::try_from(means[place]).ok().and_then(|mean| Factor::of_counts(mean, whole));
        // Cost over the sum of labels, which are millionths.
        let scaled = costs[place].atto().checked_mul(WHOLE);
        let each = scaled.and_then(|scaled| scaled.checked_div(sums[place])).map(Usd::from_atto);
        exhibit.push([
            Cell::text(name),
            Cell::Count(pairs.len() as u64),
            mean.map_or(Cell::Missing, Cell::Factor),
            Cell::Usd(costs[place]),
            Cell::usd_or_missing(each),
        ]);
    }
    exhibit.note(format!(
        "The mean difference is {} points with a standard error of {} over {} conversations.",
        points(found.difference),
        points(found.error).trim_start_matches('+'),
        found.clusters
    ));
    exhibit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(pairs: &[(usize, i128, i128)]) -> Findings {
        let pair = |(cluster, logged, other): &(usize, i128, i128)| Pair {
            cluster: *cluster,
            logged: logged * WHOLE,
            other: other * WHOLE,
        };
        let pairs: Vec<_> = pairs.iter().map(pair).collect();
        Findings::of(&pairs, Rate::parse("0.02").expect("a rate")).expect("findings")
    }

    #[test]
    fn a_bound_is_the_mean_less_1_645_errors() {
        // 100 calls on their own, 10 of them worse: variance .1 x .9 x 100/99, error .030151.
        let pairs: Vec<_> = (0..100).map(|at| (at, 1, i128::from(at >= 10))).collect();
        let found = findings(&pairs);
        assert_eq!((found.difference, found.logged, found.other), (-100_000, WHOLE, 900_000));
        assert!((30_151..=30_153).contains(&found.error), "{found:?}");
        assert!((-149_601..=-149_597).contains(&found.lower), "{found:?}");
    }

    #[test]
    fn pairs_of_one_conversation_count_as_alike() {
        let apart: Vec<_> = (0..100).map(|at| (at, 1, i128::from(at >= 10))).collect();
        let alike: Vec<_> = apart.iter().map(|(at, one, two)| (at / 10, *one, *two)).collect();
        // One of ten conversations is all worse: variance .09 / 9, error .1.
        assert!((100_000..=100_002).contains(&findings(&alike).error));
        assert!(findings(&apart).error < findings(&alike).error);
    }

    #[test]
    fn a_margin_of_two_points_takes_2318_pairs_where_15_percent_differ() {
        let pairs: Vec<_> = (0..200)
            .map(|at| (at, i128::from(at >= 30), i128::from(at >= 30 || at % 2 == 0)))
            .collect();
        // 15 of 200 differ: half of the published example.
        assert_eq!(findings(&pairs).needed, 1_159);
        let pairs: Vec<_> = (0..20).map(|at| (at, 1, i128::from(at >= 3))).collect();
        assert_eq!(findings(&pairs).needed, 2_318);
    }

    #[test]
    fn labels_are_numbers_up_to_one_or_words() {
        for (text, expected) in [
            ("0.5", Some(500_000)),
            ("1", Some(WHOLE)),
            ("true", Some(WHOLE)),
            ("False", Some(0)),
            ("", None),
            ("7", None),
            ("good", None),
        ] {
            assert_eq!(label(text), expected, "{text}");
        }
    }

    #[test]
    fn one_conversation_says_nothing_about_others() {
        let pairs = [Pair { cluster: 0, logged: 0, other: WHOLE }];
        assert_eq!(Findings::of(&pairs, Rate::parse("0.02").expect("a rate")), None);
    }
}
