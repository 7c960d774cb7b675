//! What a test says of every code of a dictionary, so that each distinct text is looked at once and rows by code.

use std::sync::Arc;

use hashbrown::HashSet;

use crate::codec::scalar::Scalar;
use crate::columns::column::Value;
use crate::columns::dictionary::{Chunk, Dictionary, Entry};
use crate::ground::error::{Error, Result};
use crate::query::filter::Test;
use crate::query::vector::contains::Contains;

/// Entries from which on two threads share the work.
const SHARED_FROM: u32 = 100_000;
/// Codes of which one sum is kept.
const STRIDE: usize = 4_096;

/// The verdict of one test on each code.
#[derive(Debug)]
pub(super) struct Accept {
    /// Whose codes these are.
    pub(super) dictionary: Arc<Dictionary>,
    /// 1 for each code that passes, from 0 on, which is null.
    pub(super) table: Vec<u8>,
    /// What the codes but null come to.
    pub(super) shape: CodeShape,
    /// How many codes pass before each multiple of the stride.
    sums: Vec<u32>,
}

/// What a table comes to, null left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodeShape {
    /// No code passes.
    None,
    /// Every code passes.
    All,
    /// This one passes.
    One(u32),
    /// All pass but this one.
    AllBut(u32),
    /// Some pass: see the table.
    Some,
}

impl Accept {
    /// Puts every entry of a dictionary to a test; `null` is what the test says of null.
    pub(super) fn new(
        test: &Test,
        date_time: bool,
        null: bool,
        dictionary: &Arc<Dictionary>,
    ) -> Result<Self> {
        let judge = EntryJudge::new(test, date_time);
        let mut table = vec![0; dictionary.len() as usize + 1];
        if let Some((first, rest)) = table.split_first_mut() {
            *first = u8::from(null);
            judge.judge_all(dictionary, rest)?;
        }
        let (mut sums, mut sum) = (vec![0], 0);
        for codes in table.chunks(STRIDE) {
            sum += u32::try_from(super::offset::count(codes)).unwrap_or(0);
            sums.push(sum);
        }
        let shape = shape_of(&table, sum - u32::from(null));
        Ok(Self { dictionary: Arc::clone(dictionary), table, shape, sums })
    }

    /// How many codes from `low` to `high` pass.
    pub(super) fn passing(&self, low: u32, high: u32) -> u32 {
        self.before(high as usize + 1).saturating_sub(self.before(low as usize))
    }

    fn before(&self, code: usize) -> u32 {
        let whole = code / STRIDE;
        let rest = self.table.get(whole * STRIDE..code.min(self.table.len())).unwrap_or_default();
        let sum = self.sums.get(whole).or(self.sums.last()).copied().unwrap_or(0);
        sum + u32::try_from(super::offset::count(rest)).unwrap_or(0)
    }

    /// What the test says of a code.
    pub(super) fn passes(&self, code: u64) -> u8 {
        usize::try_from(code).ok().and_then(|code| self.table.get(code)).copied().unwrap_or(0)
    }
}

fn shape_of(table: &[u8], passing: u32) -> CodeShape {
    let codes = table.get(1..).unwrap_or_default();
    let place = |mark| memchr::memchr(mark, codes).and_then(|at| u32::try_from(at + 1).ok());
    match (passing, codes.len() as u64 - u64::from(passing)) {
        (0, _) => CodeShape::None,
        (_, 0) => CodeShape::All,
        (1, _) => place(1).map_or(CodeShape::None, CodeShape::One),
        (_, 1) => place(0).map_or(CodeShape::All, CodeShape::AllBut),
        _ => CodeShape::Some,
    }
}

/// How one test judges entries.
struct EntryJudge<'f> {
    test: &'f Test,
    date_time: bool,
    wanted: Option<Wanted<'f>>,
}

/// The texts and arrays that equality looks for, and what it says when it finds one.
struct Wanted<'f> {
    one: Option<(bool, &'f [u8])>,
    many: HashSet<(bool, &'f [u8])>,
    found: u8,
}

impl<'f> EntryJudge<'f> {
    fn new(test: &'f Test, date_time: bool) -> Self {
        let wanted = match test {
            // The texts of date-times are equal as instants.
            _ if date_time => None,
            Test::In(values) => Some(Wanted::new(values, 1)),
            Test::NotIn(values) => Some(Wanted::new(values, 0)),
            _ => None,
        };
        Self { test, date_time, wanted }
    }

    /// Judges all entries of a dictionary, on two threads if there are many.
    fn judge_all(&self, dictionary: &Dictionary, out: &mut [u8]) -> Result<()> {
        let chunks = dictionary.chunks();
        let middle = chunks.partition_point(|chunk| chunk.first <= dictionary.len() / 2);
        if dictionary.len() < SHARED_FROM || middle == 0 || middle == chunks.len() {
            return self.judge_chunks(chunks, out);
        }
        let (early, late) = chunks.split_at(middle);
        let at = late.first().map_or(out.len(), |chunk| chunk.first as usize - 1);
        let Some((early_out, late_out)) = out.split_at_mut_checked(at) else { return Ok(()) };
        std::thread::scope(|scope| {
            let other = scope.spawn(|| self.judge_chunks(late, late_out));
            let own = self.judge_chunks(early, early_out);
            own.and(other.join().unwrap_or_else(|_| Err(broken())))
        })
    }

    fn judge_chunks(&self, chunks: &[Arc<Chunk>], mut out: &mut [u8]) -> Result<()> {
        for chunk in chunks {
            let Some((own, rest)) = out.split_at_mut_checked(chunk.len() as usize) else { return Ok(()) };
            out = rest;
            match &self.wanted {
                Some(wanted) => wanted.judge(chunk, own),
                None => self.judge_each(chunk, own)?,
            }
        }
        Ok(())
    }

    fn judge_each(&self, chunk: &Chunk, out: &mut [u8]) -> Result<()> {
        if let (Test::Compare(comparison, bounds), false) = (self.test, self.date_time) {
            for (out, entry) in out.iter_mut().zip(chunk.entries()) {
                *out = u8::from(bounds.iter().any(|bound| match (entry, bound) {
                    (Entry::Text(text), Scalar::Text(bound)) | (Entry::Array(text), Scalar::Array(bound)) => {
                        comparison.holds(text.cmp(bound))
                    }
                    _ => false,
                }));
            }
            return Ok(());
        }
        if let Test::Like(pattern) = self.test
            && Contains::of(pattern).is_some_and(|contains| contains.judge(chunk, out))
        {
            return Ok(());
        }
        for (out, entry) in out.iter_mut().zip(chunk.entries()) {
            *out = u8::from(match (self.test, entry) {
                (Test::Like(pattern), Entry::Text(text)) => pattern.matches(text),
                _ => match Value::Entry(entry).scalar(self.date_time) {
                    Some(value) => self.test.passes(&value)?,
                    None => false,
                },
            });
        }
        Ok(())
    }
}

impl<'f> Wanted<'f> {
    fn new(values: &'f [Scalar<'static>], found: u8) -> Self {
        let texts = values.iter().filter_map(|value| match value {
            Scalar::Text(text) => Some((false, text.as_bytes())),
            Scalar::Array(text) => Some((true, text.as_bytes())),
            _ => None,
        });
        let many: HashSet<_> = texts.collect();
        let one = if many.len() == 1 { many.iter().next().copied() } else { None };
        Self { one, many, found }
    }

    fn judge(&self, chunk: &Chunk, out: &mut [u8]) {
        let (ends, texts, arrays) = chunk.parts();
        out.fill(1 - self.found);
        match self.one {
            _ if self.many.is_empty() => {}
            Some((array, wanted)) => {
                let marks = |out: &mut u8, at: usize| {
                    if arrays.get(at).copied().unwrap_or(false) == array {
                        *out = self.found;
                    }
                };
                find(ends, texts, wanted, out, marks);
            }
            None => {
                let mut start = 0;
                for (at, (out, end)) in out.iter_mut().zip(ends).enumerate() {
                    let text = texts.get(start..*end as usize).unwrap_or_default();
                    start = *end as usize;
                    if self.many.contains(&(arrays.get(at).copied().unwrap_or(false), text)) {
                        *out = self.found;
                    }
                }
            }
        }
    }
}

/// Calls `found` for each text that is the one wanted. Its length and last bytes rule out nearly all others, in line;
/// the ends of texts differ where their starts, as of numbered names, are often the same.
fn find(ends: &[u32], texts: &[u8], wanted: &[u8], out: &mut [u8], found: impl Fn(&mut u8, usize)) {
    let tail = wanted.last_chunk::<8>().map(|tail| u64::from_le_bytes(*tail));
    let mut start = 0_u32;
    for (at, (out, end)) in out.iter_mut().zip(ends).enumerate() {
        let len = end.wrapping_sub(start) as usize;
        let from = start as usize;
        start = *end;
        if len != wanted.len() {
            continue;
        }
        let text = texts.get(from..*end as usize).unwrap_or_default();
        let same_tail =
            tail.is_none() || text.last_chunk::<8>().map(|tail| u64::from_le_bytes(*tail)) == tail;
        if same_tail && text == wanted {
            found(out, at);
        }
    }
}

fn broken() -> Error {
    super::block::internal("a thread of a query broke off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_dictionaries_are_judged_as_small_ones() {
        let texts: Vec<String> = (0..250_000).map(|n| format!("name {n}")).collect();
        let mut dictionary = Dictionary::default();
        for part in texts.chunks(10_000) {
            let chunk = Chunk::new(dictionary.len() + 1, part.iter().map(|text| Entry::Text(text)));
            dictionary = dictionary.with(chunk, dictionary.len()).unwrap();
        }
        let dictionary = Arc::new(dictionary);
        let text = |n: usize| Scalar::Text(texts[n].clone().into());
        let one = Accept::new(&Test::In(vec![text(200_000)]), false, false, &dictionary).unwrap();
        assert_eq!((one.shape, one.passing(1, 250_000)), (CodeShape::One(200_001), 1));
        assert_eq!((one.passing(1, 200_000), one.passing(200_001, 200_001)), (0, 1));
        let mut some = vec![text(7), text(99_999), text(100_000)];
        some.sort();
        let others = Accept::new(&Test::NotIn(some.clone()), false, true, &dictionary).unwrap();
        let bound = Accept::new(&Test::In(some.clone()), true, true, &dictionary).unwrap();
        for code in 1..=dictionary.len() {
            let Some(Entry::Text(entry)) = dictionary.entry(code) else { panic!() };
            let wanted = some.contains(&Scalar::Text(entry.into()));
            assert_eq!(
                (others.passes(code.into()), bound.passes(code.into())),
                (u8::from(!wanted), u8::from(wanted))
            );
        }
        assert_eq!(
            (others.passes(0), others.passing(1, 100_000), others.shape),
            (1, 99_998, CodeShape::Some)
        );
        assert_eq!((others.passing(0, u32::MAX), bound.passes(1 << 40)), (249_998, 0));
    }
}
