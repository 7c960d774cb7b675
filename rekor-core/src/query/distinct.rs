//! How many values differ from each other. Rows bring values one by one, which are kept as their index forms, equal as
//! values are; columns bring whole sets of machine words, each different, of which no key is made unless another set
//! may hold the same value.

use std::sync::Arc;

use hashbrown::HashSet;

use crate::codec::scalar::{Number, Scalar};
use crate::codec::scalar_key::{put_index, text_place};
use crate::columns::column::Value;
use crate::columns::dictionary::Dictionary;

/// Values, each counted once.
#[derive(Debug, Default)]
pub struct Distinct {
    keys: HashSet<Box<[u8]>>,
    runs: Vec<Run>,
}

/// Different words of one kind.
#[derive(Debug)]
struct Run {
    kind: Kind,
    words: Vec<u64>,
}

/// What words stand for.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Integers of 64 bits.
    Integers,
    /// The bits of doubles that are no such integers.
    Doubles,
    /// Times by their text: units of so many digits of a second.
    Times(u8),
    /// Instants, in the fewest digits that say them.
    Instants(u8),
    /// Codes of a dictionary; never of a field of date-times, where two texts may be one instant.
    Texts(Arc<Dictionary>),
}

impl Kind {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integers, Self::Integers) | (Self::Doubles, Self::Doubles) => true,
            (Self::Times(a), Self::Times(b)) | (Self::Instants(a), Self::Instants(b)) => a == b,
            (Self::Texts(a), Self::Texts(b)) => a.extends(b) || b.extends(a),
            _ => false,
        }
    }

    /// Whether it holds strings: one string may stand in two sets.
    const fn holds_strings(&self) -> bool {
        matches!(self, Self::Texts(_) | Self::Times(_))
    }

    fn scalar(&self, word: u64) -> Scalar<'_> {
        let (value, date_time) = match self {
            Self::Integers => (Value::Number(Number::Integer(word.cast_signed().into())), false),
            Self::Doubles => (Value::Number(Number::Double(f64::from_bits(word))), false),
            Self::Times(digits) => (Value::Time(word.cast_signed(), *digits), false),
            Self::Instants(digits) => (Value::Time(word.cast_signed(), *digits), true),
            Self::Texts(dictionary) => {
                let entry = u32::try_from(word).ok().and_then(|code| dictionary.entry(code));
                (entry.map_or(Value::Null, Value::Entry), false)
            }
        };
        value.scalar(date_time).unwrap_or(Scalar::Null)
    }
}

impl Distinct {
    /// Counts a value; answers how many bytes more are held.
    pub(super) fn add(&mut self, value: &Scalar<'_>) -> usize {
        let mut key = Vec::with_capacity(32);
        put_index(&mut key, value, text_place(1));
        let held = key.len() + 32;
        if self.keys.contains(key.as_slice()) {
            return 0;
        }
        self.keys.insert(key.into_boxed_slice());
        held
    }

    /// Counts different values of one kind; answers how many bytes more are held.
    pub(super) fn add_words(&mut self, kind: Kind, mut words: Vec<u64>) -> usize {
        let before = self.held();
        match self.runs.iter_mut().find(|run| run.kind.is_same(&kind)) {
            Some(run) => {
                run.words.append(&mut words);
                run.words.sort_unstable();
                run.words.dedup();
                if let (Kind::Texts(have), Kind::Texts(other)) = (&run.kind, &kind)
                    && other.len() > have.len()
                {
                    run.kind = kind;
                }
            }
            None => self.runs.push(Run { kind, words }),
        }
        self.held().saturating_sub(before)
    }

    /// Counts what another has counted; answers how many bytes more are held.
    pub(super) fn merge(&mut self, other: Self) -> usize {
        let runs = other.runs.into_iter().map(|run| self.add_words(run.kind, run.words));
        let mut held = runs.sum();
        for key in other.keys {
            let len = key.len() + 32;
            if self.keys.insert(key) {
                held += len;
            }
        }
        held
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        let words: usize = self.runs.iter().map(|run| run.words.len() * 8).sum();
        words + self.keys.iter().map(|key| key.len() + 32).sum::<usize>()
    }

    /// How many values there are.
    pub(super) fn count(mut self) -> u64 {
        let (mut strings, mut runs): (Vec<_>, Vec<_>) =
            self.runs.into_iter().partition(|run| run.kind.holds_strings());
        if strings.iter().any(|run| matches!(run.kind, Kind::Texts(_))) {
            // The largest stays as it is, and the others become keys to compare it with.
            strings.sort_by_key(|run| run.words.len());
            runs.extend(strings.pop());
            let mut key = Vec::new();
            for (run, word) in strings.iter().flat_map(|run| run.words.iter().map(move |word| (run, *word))) {
                key.clear();
                put_index(&mut key, &run.kind.scalar(word), text_place(1));
                if !self.keys.contains(key.as_slice()) {
                    self.keys.insert(key.as_slice().into());
                }
            }
        } else {
            runs.append(&mut strings);
        }
        self.keys.len() as u64 + runs.iter().map(|run| run.new_to(&self.keys)).sum::<u64>()
    }
}

impl Run {
    /// How many of its values are not among these.
    fn new_to(&self, keys: &HashSet<Box<[u8]>>) -> u64 {
        if keys.is_empty() {
            return self.words.len() as u64;
        }
        let mut key = Vec::new();
        let new = self.words.iter().filter(|word| {
            key.clear();
            put_index(&mut key, &self.kind.scalar(**word), text_place(1));
            !keys.contains(key.as_slice())
        });
        new.count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::dictionary::Entry;

    #[test]
    fn a_value_counts_once_wherever_it_comes_from() {
        let texts = |texts: &[&'static str]| {
            Kind::Texts(Arc::new(Dictionary::of(texts.iter().map(|text| Entry::Text(text)))))
        };
        let (one, two) = (texts(&["a", "b", "1970-01-01T00:00:01Z"]), texts(&["b", "c"]));
        let mut all = Distinct::default();
        all.add_words(one.clone(), vec![1, 2, 3]);
        all.add_words(Kind::Times(0), vec![1, 2]);
        all.add_words(Kind::Integers, vec![5, 6]);
        let mut more = Distinct::default();
        more.add_words(two, vec![1, 2]);
        more.add_words(one, vec![1, 2]);
        more.add_words(Kind::Integers, vec![6, 7]);
        more.add_words(Kind::Doubles, vec![1.5_f64.to_bits()]);
        assert_eq!(more.add(&Scalar::Text("a".into())), 1 + 1 + 2 + 32);
        assert_eq!(more.add(&Scalar::Text("a".into())), 0);
        more.add(&Scalar::Number(Number::Integer(5)));
        all.merge(more);
        // a b c, the two times, 5 6 7, 1.5
        assert_eq!(all.count(), 9);
    }
}
