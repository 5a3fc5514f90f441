//! The mean over all orders of what a player adds, by subsets.

/// The most players: 5,040 orders, and 128 costs.
pub(super) const MOST_PLAYERS: usize = 7;

/// How many orders players have.
pub(super) fn orders(players: usize) -> i128 {
    (1..=players)
        .fold(1, |product, one| product * i128::try_from(one).expect("there are few players"))
}

/// In how many orders exactly the players of a set of `size` come before one of `players`.
fn weight(size: usize, players: usize) -> i128 {
    orders(size) * orders(players - size - 1)
}

/// The pairs of sets without and with a player, and in how many orders it makes this step.
pub(super) fn steps(player: usize, players: usize) -> impl Iterator<Item = (usize, usize, i128)> {
    let own = 1_usize << player;
    (0..1_usize << players).filter(move |set| set & own == 0).map(move |set| {
        let size = usize::try_from(set.count_ones()).expect("few players");
        (set, set | own, weight(size, players))
    })
}

/// What a player adds, summed over all orders; `cost` has the cost of each set of players. Nothing
/// when it does not fit.
pub(super) fn summed(cost: &dyn Fn(usize) -> i128, player: usize, players: usize) -> Option<i128> {
    steps(player, players).try_fold(0_i128, |sum, (without, with, weight)| {
        let step = cost(with).checked_sub(cost(without))?;
        sum.checked_add(step.checked_mul(weight)?)
    })
}

/// Cuts numerators to whole numbers that add up to `total`: those that lose most are raised. `total`
/// must be within as many units of the sum as there are numerators.
pub(super) fn apportioned(numerators: &[i128], denominator: i128, total: i128) -> Vec<i128> {
    let mut whole: Vec<i128> = numerators.iter().map(|one| one.div_euclid(denominator)).collect();
    let mut places: Vec<usize> = (0..numerators.len()).collect();
    places.sort_by_key(|place| {
        (std::cmp::Reverse(numerators[*place].rem_euclid(denominator)), *place)
    });
    let missing = total - whole.iter().sum::<i128>();
    let missing = usize::try_from(missing).unwrap_or(0);
    for place in places.into_iter().take(missing) {
        whole[place] += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_counted_once() {
        for players in 1..=MOST_PLAYERS {
            for player in 0..players {
                let counted: i128 = steps(player, players).map(|(_, _, weight)| weight).sum();
                assert_eq!(counted, orders(players));
            }
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        assert_eq!(apportioned(&[10, 10, 10], 3, 10), [4, 3, 3]);
        assert_eq!(apportioned(&[-10, 10, 9], 3, 3), [-3, 3, 3]);
    }
}
