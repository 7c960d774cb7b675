//! Group numbers: what the values of the group fields of a row come to.

use hashbrown::HashMap;

use crate::codec::scalar::Scalar;
use crate::ground::error::Result;
use crate::query::vector::coder::Coder;
use crate::query::vector::fold::Fold;
use crate::query::vector::taken::Key;

/// The groups that were met, from 0 on. Several numbers may be one group, as codes may be one value.
#[derive(Debug)]
pub(super) struct Numbering {
    first: Coder,
    /// Each field after the first: its values, and the numbers of all fields up to it.
    others: Vec<(Coder, Fold)>,
    codes: Vec<u32>,
}

impl Numbering {
    /// No groups yet; none if there are no group fields.
    pub(super) fn new(mut coders: impl Iterator<Item = Coder>) -> Option<Self> {
        let first = coders.next()?;
        Some(Self {
            first,
            others: coders.map(|coder| (coder, Fold::default())).collect(),
            codes: Vec::new(),
        })
    }

    /// How many numbers were given.
    pub(super) fn len(&self) -> usize {
        self.others.last().map_or(self.first.len(), |(_, fold)| fold.len())
    }

    /// About how many bytes are held.
    pub(super) fn held(&self) -> usize {
        self.first.held() + self.others.iter().map(|(coder, fold)| coder.held() + fold.held()).sum::<usize>()
    }

    /// Writes the group number of every row; `keys` have the values of each field.
    pub(super) fn number(&mut self, keys: &[Key<'_>], rows: usize, out: &mut Vec<u32>) -> Result<()> {
        let Some((values, others)) = keys.split_first() else { return Ok(()) };
        self.first.encode_key(values, rows, out)?;
        let mut end = self.first.len();
        for ((coder, fold), values) in self.others.iter_mut().zip(others) {
            coder.encode_key(values, rows, &mut self.codes)?;
            fold.fold(out, &self.codes, end, coder.len());
            end = fold.len();
        }
        Ok(())
    }

    /// Takes the groups of another in; answers the number here of each number there.
    pub(super) fn adopt(&mut self, other: Self) -> Vec<u32> {
        let mut numbers = self.first.adopt(other.first).into_codes();
        let mut end = self.first.len();
        for ((coder, fold), (other_coder, other_fold)) in self.others.iter_mut().zip(other.others) {
            let codes = coder.adopt(other_coder);
            let pairs = other_fold.pairs().iter();
            let (mut firsts, seconds): (Vec<u32>, Vec<u32>) = pairs
                .map(|(first, second)| {
                    (numbers.get(*first as usize).copied().unwrap_or(0), codes.code(*second))
                })
                .unzip();
            fold.fold(&mut firsts, &seconds, end, coder.len());
            (numbers, end) = (firsts, fold.len());
        }
        numbers
    }

    /// Whether each number surely is another group.
    pub(super) fn is_canonical(&self) -> bool {
        self.first.is_canonical() && self.others.iter().all(|(coder, _)| coder.is_canonical())
    }

    /// For each number the first of all with the same values; none where more than texts of several
    /// dictionaries may be the same.
    pub(super) fn unify(&self) -> Option<Vec<u32>> {
        let of = |same: &[u32], number: u32| same.get(number as usize).copied().unwrap_or(number);
        let mut same = self.first.unify()?;
        for (coder, fold) in &self.others {
            let codes = coder.unify()?;
            let mut firsts = HashMap::with_capacity(fold.len());
            let pairs = fold.pairs().iter().map(|(before, code)| (of(&same, *before), of(&codes, *code)));
            same = pairs.zip(0_u32..).map(|(pair, number)| *firsts.entry(pair).or_insert(number)).collect();
        }
        Some(same)
    }

    /// Appends the values of a group.
    pub(super) fn put_values<'n>(&'n self, mut number: u32, values: &mut Vec<Scalar<'n>>) {
        let start = values.len();
        for (coder, fold) in self.others.iter().rev() {
            let (before, code) = fold.pair(number);
            values.push(coder.scalar(coder.atom(code)));
            number = before;
        }
        values.push(self.first.scalar(self.first.atom(number)));
        values.get_mut(start..).unwrap_or_default().reverse();
    }
}
