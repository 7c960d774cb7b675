//! The different values of each group.

use crate::columns::column::{Column, Values};
use crate::columns::narrow::Narrow;
use crate::ground::error::Result;
use crate::query::distinct::{Distinct, Kind};
use crate::query::vector::atom::Atom;
use crate::query::vector::coder::Coder;
use crate::query::vector::fold::Fold;
use crate::query::vector::gather::{gather, valued};
use crate::query::vector::pile::{Pile, PileKind};
use crate::query::vector::taken::Taken;

/// The values that were met, and which groups have them.
#[derive(Debug)]
pub(super) struct Members {
    coder: Coder,
    /// Groups and codes; unused as long as there is but one group.
    fold: Fold,
    codes: Vec<u32>,
    pairs: Vec<u32>,
    /// Values of the one group that are too many, or lie too far apart, to be given codes.
    piles: Vec<Pile>,
}

impl Members {
    /// No values yet.
    pub(super) fn new(coder: Coder) -> Self {
        Self { coder, fold: Fold::default(), codes: Vec::new(), pairs: Vec::new(), piles: Vec::new() }
    }

    /// About how many bytes are held.
    pub(super) fn held(&self) -> usize {
        let piles: usize = self.piles.iter().map(Pile::held).sum();
        self.coder.held() + self.fold.held() + piles
    }

    fn pile(&mut self, kind: PileKind, words: impl Iterator<Item = u64>) {
        let at = self.piles.iter().position(|pile| pile.kind() == kind).unwrap_or_else(|| {
            self.piles.push(Pile::new(kind));
            self.piles.len() - 1
        });
        if let Some(pile) = self.piles.get_mut(at) {
            pile.add(words);
        }
    }

    /// Piles up values that a coder would look up in a map one by one; answers whether that was done.
    fn pile_up(&mut self, column: &Column, rows: usize) -> bool {
        let mut kept = Vec::new();
        match &column.values {
            Values::Ints { offsets: Narrow::U8(_) | Narrow::U16(_), .. } => return false,
            Values::Ints { .. } | Values::Times { .. } | Values::Doubles(_) => {}
            _ => return false,
        }
        match &gather(column, valued(column, rows, &mut kept)).values {
            Values::Ints { base, offsets } => {
                let words = (0..offsets.len()).map(|row| base.wrapping_add_unsigned(offsets.get(row)));
                self.pile(PileKind::Integers, words.map(i64::cast_unsigned));
            }
            Values::Times { base, offsets, digits } => {
                let words = (0..offsets.len()).map(|row| base.wrapping_add_unsigned(offsets.get(row)));
                self.pile(PileKind::Times(*digits), words.map(i64::cast_unsigned));
            }
            // Zero is one value.
            Values::Doubles(doubles) => {
                self.pile(PileKind::Doubles, doubles.iter().map(|double| (double + 0.0).to_bits()));
            }
            _ => {}
        }
        true
    }

    /// Takes in the values of rows, each for the group of its row, or all for the one group.
    pub(super) fn add(
        &mut self,
        taken: &Taken<'_>,
        rows: usize,
        numbers: Option<&[u32]>,
        groups: usize,
    ) -> Result<()> {
        if let (Taken::Column(column), None) = (taken, numbers)
            && self.pile_up(column, rows)
        {
            return Ok(());
        }
        self.coder.encode_taken(taken, rows, &mut self.codes)?;
        if let Some(numbers) = numbers {
            self.pairs.clear();
            self.pairs.extend_from_slice(numbers);
            self.fold.fold(&mut self.pairs, &self.codes, groups, self.coder.len());
        }
        Ok(())
    }

    /// Takes in the values of another, whose groups have these numbers here.
    pub(super) fn merge(&mut self, other: Self, numbers: &[u32], groups: usize) {
        other.piles.into_iter().for_each(|pile| self.pile(pile.kind(), pile.into_words()));
        let codes = self.coder.adopt(other.coder);
        let pairs = other.fold.pairs().iter();
        let (mut firsts, seconds): (Vec<u32>, Vec<u32>) = pairs
            .map(|(group, code)| (numbers.get(*group as usize).copied().unwrap_or(0), codes.code(*code)))
            .unzip();
        self.fold.fold(&mut firsts, &seconds, groups, self.coder.len());
    }

    /// The values of each group; the one group without numbers has all.
    pub(super) fn into_sets(mut self, grouped: bool, groups: usize) -> Vec<Distinct> {
        if !grouped {
            let piles = std::mem::take(&mut self.piles);
            let mut set = self.set((0..self.coder.len()).map(|code| u32::try_from(code).unwrap_or(0)));
            let date_time = self.coder.date_time();
            piles.into_iter().for_each(|pile| self.fill(&mut set, pile.into_atoms(date_time)));
            return vec![set];
        }
        let mut pairs = self.fold.pairs().to_vec();
        pairs.sort_unstable();
        let mut sets = Vec::with_capacity(groups);
        sets.resize_with(groups, Distinct::default);
        for own in pairs.chunk_by(|a, b| a.0 == b.0) {
            let group = own.first().and_then(|(group, _)| sets.get_mut(*group as usize));
            if let Some(set) = group {
                *set = self.set(own.iter().map(|(_, code)| *code));
            }
        }
        sets
    }

    fn set(&self, codes: impl Iterator<Item = u32>) -> Distinct {
        let mut set = Distinct::default();
        self.fill(&mut set, codes.map(|code| self.coder.atom(code)));
        set
    }

    /// Puts atoms, each different, into a set.
    fn fill(&self, set: &mut Distinct, atoms: impl Iterator<Item = Atom>) {
        let (mut integers, mut doubles) = (Vec::new(), Vec::new());
        let mut times: [Vec<u64>; 10] = Default::default();
        let mut texts: Vec<(u32, Vec<u64>)> = Vec::new();
        let date_time = self.coder.date_time();
        for atom in atoms {
            match atom {
                Atom::Null => {}
                Atom::Int(int) => integers.push(int.cast_unsigned()),
                Atom::Double(double) => doubles.push(double.to_bits()),
                Atom::Time(units, digits) if digits < 10 => {
                    let times = times.get_mut(usize::from(digits)).into_iter();
                    times.for_each(|times| times.push(units.cast_unsigned()));
                }
                Atom::Code(memo, code) if !date_time => {
                    match texts.iter_mut().find(|(have, _)| *have == memo) {
                        Some((_, codes)) => codes.push(code.into()),
                        None => texts.push((memo, vec![code.into()])),
                    }
                }
                atom => {
                    set.add(&self.coder.scalar(atom));
                }
            }
        }
        let texts = texts.into_iter();
        let texts = texts
            .filter_map(|(memo, codes)| Some((Kind::Texts(self.coder.dictionary(memo)?.clone()), codes)));
        let times = (0..).zip(times).map(|(digits, units)| {
            (if date_time { Kind::Instants(digits) } else { Kind::Times(digits) }, units)
        });
        let numbers = [(Kind::Integers, integers), (Kind::Doubles, doubles)];
        for (kind, words) in numbers.into_iter().chain(times).chain(texts) {
            if !words.is_empty() {
                set.add_words(kind, words);
            }
        }
    }
}
