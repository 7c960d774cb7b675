//! Different words, found by sorting: for values that are so many, or lie so far apart, that a map would miss the
//! processor's caches for each.

use crate::query::vector::atom::Atom;

/// Words by which a pile may grow, beside doubling, before it is sorted again.
const GROWTH: usize = 1 << 16;

/// Words of one kind.
#[derive(Debug)]
pub(super) struct Pile {
    kind: PileKind,
    words: Vec<u64>,
    /// How many were left when they were last sorted.
    different: usize,
}

/// What the words of a pile are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PileKind {
    /// Integers of 64 bits.
    Integers,
    /// The bits of doubles, whole ones among them.
    Doubles,
    /// Units of so many digits of a second.
    Times(u8),
}

impl Pile {
    /// Nothing yet.
    pub(super) const fn new(kind: PileKind) -> Self {
        Self { kind, words: Vec::new(), different: 0 }
    }

    /// What its words are.
    pub(super) const fn kind(&self) -> PileKind {
        self.kind
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.words.len() * 8
    }

    /// Adds words, and drops repeats whenever there are about twice as many as were different.
    pub(super) fn add(&mut self, words: impl Iterator<Item = u64>) {
        self.words.extend(words);
        if self.words.len() > 2 * self.different + GROWTH {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.words.sort_unstable();
        self.words.dedup();
        self.different = self.words.len();
    }

    /// The words, some of them more than once.
    pub(super) fn into_words(self) -> impl Iterator<Item = u64> {
        self.words.into_iter()
    }

    /// The values, each once, and in its one form.
    pub(super) fn into_atoms(mut self, date_time: bool) -> impl Iterator<Item = Atom> {
        self.settle();
        let kind = self.kind;
        self.words.into_iter().map(move |word| match kind {
            PileKind::Integers => Atom::Int(word.cast_signed()),
            PileKind::Doubles => Atom::of_double(f64::from_bits(word)),
            PileKind::Times(digits) if date_time => Atom::Time(word.cast_signed(), digits).plain(),
            PileKind::Times(digits) => Atom::Time(word.cast_signed(), digits),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_dropped_as_a_pile_grows() {
        let mut pile = Pile::new(PileKind::Integers);
        for _ in 0..10 {
            pile.add(0..30_000);
            assert!(pile.held() < 8 * (2 * 30_000 + GROWTH + 30_000));
        }
        assert_eq!(pile.into_atoms(false).count(), 30_000);
    }
}
