//! The different values of each group.

use crate::ground::error::Result;
use crate::query::distinct::{Distinct, Kind};
use crate::query::vector::atom::Atom;
use crate::query::vector::coder::Coder;
use crate::query::vector::fold::Fold;
use crate::query::vector::taken::Taken;

/// The values that were met, and which groups have them.
#[derive(Debug)]
pub(super) struct Members {
    coder: Coder,
    /// Groups and codes; unused as long as there is but one group.
    fold: Fold,
    codes: Vec<u32>,
    pairs: Vec<u32>,
}

impl Members {
    /// No values yet.
    pub(super) fn new(coder: Coder) -> Self {
        Self { coder, fold: Fold::default(), codes: Vec::new(), pairs: Vec::new() }
    }

    /// About how many bytes are held.
    pub(super) fn held(&self) -> usize {
        self.coder.held() + self.fold.held()
    }

    /// Takes in the values of rows, each for the group of its row, or all for the one group.
    pub(super) fn add(
        &mut self,
        taken: &Taken<'_>,
        rows: usize,
        numbers: Option<&[u32]>,
        groups: usize,
    ) -> Result<()> {
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
        let codes = self.coder.adopt(other.coder);
        let pairs = other.fold.pairs().iter();
        let (mut firsts, seconds): (Vec<u32>, Vec<u32>) = pairs
            .map(|(group, code)| (numbers.get(*group as usize).copied().unwrap_or(0), codes.code(*code)))
            .unzip();
        self.fold.fold(&mut firsts, &seconds, groups, self.coder.len());
    }

    /// The values of each group; the one group without numbers has all.
    pub(super) fn into_sets(self, grouped: bool, groups: usize) -> Vec<Distinct> {
        if !grouped {
            return vec![self.set((0..self.coder.len()).map(|code| u32::try_from(code).unwrap_or(0)))];
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
        let (mut integers, mut doubles) = (Vec::new(), Vec::new());
        let mut times: [Vec<u64>; 10] = Default::default();
        let mut texts: Vec<(u32, Vec<u64>)> = Vec::new();
        let date_time = self.coder.date_time();
        for code in codes {
            match self.coder.atom(code) {
                Atom::Null => {}
                Atom::Int(int) => integers.push(int.cast_unsigned()),
                Atom::Double(double) => doubles.push(double.to_bits()),
                Atom::Time(units, digits) if digits < 10 => {
                    times
                        .get_mut(usize::from(digits))
                        .into_iter()
                        .for_each(|t| t.push(units.cast_unsigned()));
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
        let texts = texts
            .into_iter()
            .filter_map(|(memo, codes)| Some((Kind::Texts(self.coder.dictionary(memo)?.clone()), codes)));
        let times = (0..).zip(times).map(|(digits, units)| {
            (if date_time { Kind::Instants(digits) } else { Kind::Times(digits) }, units)
        });
        let numbers = [(Kind::Integers, integers), (Kind::Doubles, doubles)];
        let words = numbers.into_iter().chain(times).chain(texts);
        words.filter(|(_, words)| !words.is_empty()).for_each(|(kind, words)| {
            set.add_words(kind, words);
        });
        set
    }
}
