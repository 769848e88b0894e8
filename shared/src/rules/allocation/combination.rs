//! Which documents together are the amount: a bounded search that says when it saw everything.
//!
//! Documents are tried from the largest on; a branch ends when what is left of the list cannot reach the rest of the
//! amount. Credit notes take part with their negative amounts. The search ends with the second answer, since two are as
//! ambiguous as a hundred.

/// A search.
pub(super) struct Search<'a> {
    amounts: &'a [i64],
    /// From each place on: the sum of positive and of negative amounts.
    reach: Vec<(i64, i64)>,
    parts_max: usize,
    steps_max: u32,
    steps: u32,
    chosen: Vec<usize>,
    found: Vec<Vec<usize>>,
}

/// What came of it.
pub(super) struct Answer {
    /// At most two combinations, by place.
    pub found: Vec<Vec<usize>>,
    /// Whether every combination of the allowed size was seen, or enough of them to call it ambiguous.
    pub complete: bool,
    /// How many steps it took.
    pub steps: u32,
}

impl<'a> Search<'a> {
    /// Amounts should come largest first: the search is the same in any order, but ends sooner.
    pub fn new(amounts: &'a [i64], parts_max: u8, steps_max: u32) -> Self {
        let mut reach = vec![(0_i64, 0_i64)];
        for amount in amounts.iter().rev() {
            let (up, down) = reach.last().copied().unwrap_or_default();
            reach.push((up.saturating_add((*amount).max(0)), down.saturating_add((*amount).min(0))));
        }
        reach.reverse();
        let (steps, chosen, found) = (0, Vec::new(), Vec::new());
        Self { amounts, reach, parts_max: usize::from(parts_max), steps_max, steps, chosen, found }
    }

    /// Searches combinations that add up to the target exactly.
    pub fn run(mut self, target: i64) -> Answer {
        self.descend(0, target);
        let complete = self.steps < self.steps_max || self.found.len() > 1;
        Answer { found: self.found, complete, steps: self.steps }
    }

    fn descend(&mut self, from: usize, rest: i64) {
        if rest == 0 && !self.chosen.is_empty() {
            self.found.push(self.chosen.clone());
            // More documents could still add up to nothing: an invoice and its credit note.
        }
        for place in from..self.amounts.len() {
            if self.chosen.len() >= self.parts_max || self.found.len() > 1 || self.steps >= self.steps_max {
                return;
            }
            let reachable = self.reach.get(place).is_some_and(|(up, down)| (*down..=*up).contains(&rest));
            let Some(amount) = self.amounts.get(place).copied().filter(|_| reachable) else { return };
            self.steps = self.steps.saturating_add(1);
            self.chosen.push(place);
            self.descend(place.saturating_add(1), rest.saturating_sub(amount));
            self.chosen.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every subset, by its bits.
    fn by_force(amounts: &[i64], target: i64, parts_max: u32) -> usize {
        (1_u32..1 << amounts.len())
            .filter(|bits| bits.count_ones() <= parts_max)
            .filter(|bits| {
                let chosen = amounts.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
                chosen.map(|(_, amount)| amount).sum::<i64>() == target
            })
            .count()
    }

    proptest! {
        #[test]
        fn finds_what_brute_force_finds(
            mut amounts in prop::collection::vec(-20_i64..60, 0..9),
            target in 1_i64..120,
            parts_max in 1_u8..6,
        ) {
            amounts.sort_by(|a, b| b.cmp(a));
            let answer = Search::new(&amounts, parts_max, 1_000_000).run(target);
            prop_assert!(answer.complete);
            prop_assert_eq!(answer.found.len(), by_force(&amounts, target, u32::from(parts_max)).min(2));
            for choice in answer.found {
                prop_assert_eq!(choice.iter().map(|place| amounts[*place]).sum::<i64>(), target);
            }
        }
    }

    #[test]
    fn says_when_it_ended_early() {
        let amounts: Vec<i64> = (0..60).map(|number| 1_000_003 + number * 2).collect();
        let answer = Search::new(&amounts, 16, 1_000).run(8_000_001);
        assert!(!answer.complete && answer.found.len() < 2);
    }
}
