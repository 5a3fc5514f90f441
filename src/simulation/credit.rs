//! Who takes from whom, as tables: the four numbers of each technique, and what pairs do together.

use crate::exhibits::{Cell, Exhibit};

use super::attribution::Attribution;
use super::outcome::TechniqueOutcome;

/// The four numbers of each technique side by side.
pub(super) fn four_numbers(techniques: &[TechniqueOutcome]) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "attribution",
        "Who saves what",
        &[
            ("technique", ""),
            ("standalone_usd", "alone"),
            ("ladder_usd", "in this order"),
            ("last_in_usd", "after all others"),
            ("fair_share_usd", "fair share"),
        ],
    )
    .as_detail();
    for one in techniques {
        exhibit.push([
            Cell::text(one.label),
            Cell::Usd(one.standalone),
            Cell::Usd(one.ladder),
            Cell::Usd(one.last_in),
            Cell::Usd(one.fair_share),
        ]);
    }
    exhibit.note("the second and the fourth column add up to what is saved together, exactly");
    exhibit.note("a fair share is the saving averaged over all orders (Shapley value)");
    let dropped = techniques.iter().filter(|one| one.last_in.atto() < 0);
    for one in dropped {
        exhibit.note(format!("{}: the others save more without it; drop it", one.label));
    }
    exhibit
}

/// What each pair saves together beyond what both save alone: its Harsanyi dividend. Pairs that
/// have nothing to do with each other are left out.
pub(super) fn synergies(attribution: &Attribution, labels: &[&'static str]) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "synergies",
        "What pairs save together beyond what both save alone",
        &[("techniques", ""), ("synergy_usd", "more or less")],
    )
    .as_detail();
    for (second, two) in labels.iter().enumerate() {
        for (first, one) in labels.iter().enumerate().take(second) {
            let amount = attribution.synergy(first, second);
            if !amount.is_zero() {
                exhibit.push([Cell::Text(format!("{one} + {two}")), Cell::Usd(amount)]);
            }
        }
    }
    exhibit.rows.sort_by_key(|row| match row[1] {
        Cell::Usd(amount) => amount,
        _ => crate::units::Usd::ZERO,
    });
    let beyond = attribution.beyond_pairs();
    exhibit.push([Cell::text("three and more together"), Cell::Usd(beyond)]);
    exhibit.note("negative: they save the same dollars, so that adding them up claims too much");
    exhibit
}
