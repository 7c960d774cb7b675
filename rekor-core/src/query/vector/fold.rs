//! Numbers for pairs of codes, in the order in which they are met: several group fields become one group number, and
//! the values of a group are told from those of another.

use hashbrown::HashMap;

use crate::query::vector::coder::{UNSET, has_unset};

/// Pairs that a table may have room for; beyond, they are looked up in a map.
const TABLE_MAX: usize = 1 << 20;

/// The pairs that were met.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pairs: Vec<(u32, u32)>,
    /// By the first code, shifted, and the second.
    table: Vec<u32>,
    shift: u32,
    /// In place of the table once it would be too large.
    map: Option<HashMap<(u32, u32), u32>>,
    numbers: Vec<u32>,
}

impl Fold {
    /// How many pairs there are.
    pub(super) const fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The pair of a number.
    pub(super) fn pair(&self, number: u32) -> (u32, u32) {
        self.pairs.get(number as usize).copied().unwrap_or((0, 0))
    }

    /// All pairs, by number.
    pub(super) fn pairs(&self) -> &[(u32, u32)] {
        &self.pairs
    }

    /// About how many bytes are held.
    pub(super) fn held(&self) -> usize {
        self.pairs.len() * 8 + self.table.len() * 4 + self.map.as_ref().map_or(0, |map| map.len() * 16)
    }

    /// Puts the number of each pair in place of its first code. The codes are below `firsts_end` and `seconds_end`.
    pub(super) fn fold(
        &mut self,
        firsts: &mut [u32],
        seconds: &[u32],
        firsts_end: usize,
        seconds_end: usize,
    ) {
        self.make_room(firsts_end, seconds_end);
        let Self { pairs, table, shift, map, numbers } = self;
        let mut push = |pair: (u32, u32)| {
            pairs.push(pair);
            u32::try_from(pairs.len() - 1).unwrap_or(UNSET)
        };
        if let Some(map) = map {
            for (first, second) in firsts.iter_mut().zip(seconds) {
                let pair = (*first, *second);
                *first = *map.entry(pair).or_insert_with(|| push(pair));
            }
            return;
        }
        // Nearly all pairs are known, so all are looked up before the new ones are numbered.
        let shift = *shift;
        let place = |first: u32, second: u32| ((first as usize) << shift) | second as usize;
        let pairs = firsts.iter().zip(seconds);
        numbers.clear();
        let known = table.as_slice();
        numbers
            .extend(pairs.map(|(first, second)| known.get(place(*first, *second)).copied().unwrap_or(UNSET)));
        if has_unset(numbers) {
            for (number, (first, second)) in numbers.iter_mut().zip(firsts.iter().zip(seconds)) {
                let Some(known) = table.get_mut(place(*first, *second)) else { continue };
                if *known == UNSET {
                    *known = push((*first, *second));
                }
                *number = *known;
            }
        }
        firsts.copy_from_slice(numbers);
    }

    fn make_room(&mut self, firsts: usize, seconds: usize) {
        let places = 1_usize << self.shift;
        if self.map.is_some() || (seconds <= places && firsts << self.shift <= self.table.len()) {
            return;
        }
        let places = places.max(seconds.next_power_of_two());
        let rows = (self.table.len() >> self.shift).max(firsts.next_power_of_two());
        let numbered = || self.pairs.iter().zip(0_u32..);
        if places.saturating_mul(rows) > TABLE_MAX {
            self.map = Some(numbered().map(|(pair, number)| (*pair, number)).collect());
            self.table = Vec::new();
            return;
        }
        let shift = places.trailing_zeros();
        let mut table = vec![UNSET; places * rows];
        for ((first, second), number) in numbered() {
            if let Some(place) = table.get_mut(((*first as usize) << shift) | *second as usize) {
                *place = number;
            }
        }
        (self.table, self.shift) = (table, shift);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_their_numbers_as_tables_grow_and_become_maps() {
        let mut fold = Fold::default();
        let mut known: Vec<(u32, u32)> = Vec::new();
        for (round, end) in [2_u32, 3, 9, 700, 3_000].into_iter().enumerate() {
            let seconds: Vec<u32> = (0..2_000_u32).map(|n| n * 7 % end).collect();
            let mut firsts: Vec<u32> = (0..2_000_u32).map(|n| n * 13 % (end + 1)).collect();
            let pairs: Vec<_> = firsts.iter().copied().zip(seconds.iter().copied()).collect();
            fold.fold(&mut firsts, &seconds, end as usize + 1, end as usize);
            for (number, pair) in firsts.iter().zip(pairs) {
                let at = known.iter().position(|have| *have == pair).unwrap_or_else(|| {
                    known.push(pair);
                    known.len() - 1
                });
                assert_eq!((*number as usize, fold.pair(*number)), (at, pair), "round {round}");
            }
        }
        assert!(fold.map.is_some() && fold.len() == known.len());
    }
}
