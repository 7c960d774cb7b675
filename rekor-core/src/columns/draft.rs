//! One column of a group in the making: takes the scalars of a path row by row, then picks the form that holds them
//! all, the tightest first. Never changes a value: what no form holds exactly is kept as it is, with its tag.

use crate::codec::time::Instant;
use crate::columns::column::{encode, power_of_ten};
use crate::columns::dictionary::Entry;
use crate::columns::form::{Cell, Form, Head};
use crate::columns::leaf::Leaf;
use crate::columns::narrow::Narrow;

/// Integers that a double holds exactly lie within this.
const EXACT: i64 = 1 << 53;
/// Digits after the point that are tried before doubles are kept as they are.
const DECIMALS_MAX: u8 = 6;

/// Numbers texts for a column.
pub trait Coder {
    /// The code of a text or an array.
    fn code(&mut self, entry: Entry<'_>) -> u32;
    /// The epoch that its codes belong to.
    fn epoch(&self) -> u32;
}

/// Numbers no texts, for a column that has none.
pub struct NoTexts;

impl Coder for NoTexts {
    fn code(&mut self, _: Entry<'_>) -> u32 {
        0
    }

    fn epoch(&self) -> u32 {
        0
    }
}

/// The values of one path, of the rows that have one.
#[derive(Debug, Default)]
pub struct Draft<'t> {
    values: Vec<(u32, Leaf<'t>)>,
}

/// What classes of values there are.
#[derive(Default)]
struct Census {
    plain: bool,
    ints: bool,
    inexact: bool,
    wide: bool,
    doubles: bool,
    texts: bool,
}

impl<'t> Draft<'t> {
    /// Takes the value of a row, which stands after all rows before.
    pub fn push(&mut self, row: u32, leaf: Leaf<'t>) {
        self.values.push((row, leaf));
    }

    /// How many rows have a value.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no row has one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether codes are needed.
    #[must_use]
    pub fn has_texts(&self) -> bool {
        self.values.iter().any(|(_, leaf)| matches!(leaf, Leaf::Text(_) | Leaf::Array(_)))
    }

    /// The head and the block of the column; its checksum is still to be filled in.
    pub fn finish(&self, path: u32, rows: usize, coder: &mut dyn Coder) -> (Head, Option<Vec<u8>>) {
        let nulls = u32::try_from(rows - self.values.len()).unwrap_or(u32::MAX);
        let head = |form| Head { path, form, nulls, sum: 0, epoch: 0 };
        if let Some(cell) = self.constant(rows, coder) {
            let epoch = if matches!(cell, Cell::Code(_)) { coder.epoch() } else { 0 };
            return (Head { epoch, ..head(Form::Constant(cell)) }, None);
        }
        let present: Option<Vec<bool>> = (nulls > 0).then(|| {
            let mut present = vec![false; rows];
            self.values.iter().for_each(|(row, _)| set(&mut present, *row, true));
            present
        });
        let census = self.census();
        let only = |this: bool| {
            this && [census.plain, census.ints, census.wide, census.doubles, census.texts]
                .iter()
                .filter(|is| **is)
                .count()
                == 1
        };
        if only(census.plain) {
            let mut tags = vec![0; rows];
            self.values.iter().for_each(|(row, leaf)| set(&mut tags, *row, cell_of(leaf, coder).bits().0));
            return (head(Form::Tags), Some(encode(None, |out| out.extend_from_slice(&tags))));
        }
        if only(census.ints) {
            let ints = self
                .values
                .iter()
                .map(|(row, leaf)| (*row, if let Leaf::Int(int) = leaf { *int } else { 0 }));
            let (min, max, block) = integers(present.as_deref(), rows, ints);
            return (head(Form::Ints { min, max }), Some(block));
        }
        if only(census.texts) {
            if let Some((times, digits)) = self.times() {
                let (min, max, block) = integers(present.as_deref(), rows, times.into_iter());
                return (head(Form::Times { min, max, digits }), Some(block));
            }
            return self.codes(rows, coder, head);
        }
        if census.doubles && !census.plain && !census.wide && !census.texts && !census.inexact {
            return self.doubles(rows, present.as_deref(), head);
        }
        let (mut tags, mut bits) = (vec![0; rows], vec![0; rows]);
        for (row, leaf) in &self.values {
            let (tag, payload) = cell_of(leaf, coder).bits();
            set(&mut tags, *row, tag);
            set(&mut bits, *row, payload);
        }
        let block = encode(None, |out| {
            out.extend_from_slice(&tags);
            bits.iter().for_each(|bits| out.extend_from_slice(&bits.to_le_bytes()));
        });
        (head(Form::Mixed { epoch: coder.epoch() }), Some(block))
    }

    fn census(&self) -> Census {
        let mut census = Census::default();
        for (_, leaf) in &self.values {
            match leaf {
                Leaf::Bool(_) | Leaf::Object | Leaf::Opaque => census.plain = true,
                Leaf::Int(int) => {
                    census.ints = true;
                    census.inexact |= !(-EXACT..=EXACT).contains(int);
                }
                Leaf::Wide(_) => census.wide = true,
                Leaf::Double(_) => census.doubles = true,
                Leaf::Text(_) | Leaf::Array(_) => census.texts = true,
            }
        }
        census
    }

    /// The value of every row, if they are all the same.
    fn constant(&self, rows: usize, coder: &mut dyn Coder) -> Option<Cell> {
        let (_, first) = self.values.first()?;
        let same = self.values.len() == rows && self.values.iter().all(|(_, leaf)| leaf == first);
        // A time is spelled in its block, which then needs no dictionary; one value for all is small in any case.
        same.then(|| cell_of(first, coder))
    }

    /// Every value as a time, if all are spelled alike.
    fn times(&self) -> Option<(Vec<(u32, i64)>, u8)> {
        let mut alike = None;
        let times = self.values.iter().map(|(row, leaf)| {
            let Leaf::Text(text) = leaf else { return None };
            let (units, digits) = Instant::parse_spelled(text)?;
            (*alike.get_or_insert(digits) == digits).then_some((*row, units))
        });
        let times = times.collect::<Option<Vec<_>>>()?;
        Some((times, alike?))
    }

    fn codes(
        &self,
        rows: usize,
        coder: &mut dyn Coder,
        head: impl Fn(Form) -> Head,
    ) -> (Head, Option<Vec<u8>>) {
        let mut codes = vec![0_u32; rows];
        let (mut min, mut max) = (u32::MAX, 0);
        for (row, leaf) in &self.values {
            if let Cell::Code(code) = cell_of(leaf, coder) {
                (min, max) = (min.min(code), max.max(code));
                set(&mut codes, *row, code);
            }
        }
        let base = min - 1;
        let width = Narrow::width_for((max - base).into());
        let block = encode(None, |out| {
            out.push(width);
            Narrow::put(out, width, codes.iter().map(|code| code.saturating_sub(base).into()));
        });
        (head(Form::Codes { min, max, epoch: coder.epoch() }), Some(block))
    }

    fn doubles(
        &self,
        rows: usize,
        present: Option<&[bool]>,
        head: impl Fn(Form) -> Head,
    ) -> (Head, Option<Vec<u8>>) {
        let doubles = || {
            self.values.iter().map(|(row, leaf)| match leaf {
                Leaf::Int(int) => (*row, *int as f64),
                Leaf::Double(double) => (*row, *double),
                _ => (*row, 0.0),
            })
        };
        if let Some((digits, multiplied)) = decimals(doubles()) {
            let (min, max, block) = integers(present, rows, multiplied.into_iter());
            return (head(Form::Decimals { min, max, digits }), Some(block));
        }
        let (mut words, mut min, mut max) = (vec![0_u64; rows], f64::INFINITY, f64::NEG_INFINITY);
        for (row, double) in doubles() {
            (min, max) = (min.min(double), max.max(double));
            set(&mut words, row, double.to_bits());
        }
        let block =
            encode(present, |out| words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes())));
        (head(Form::Doubles { min, max }), Some(block))
    }
}

fn set<T>(values: &mut [T], row: u32, value: T) {
    if let Some(place) = values.get_mut(row as usize) {
        *place = value;
    }
}

fn cell_of(leaf: &Leaf<'_>, coder: &mut dyn Coder) -> Cell {
    match leaf {
        Leaf::Bool(value) => Cell::Bool(*value),
        Leaf::Int(int) => Cell::Int(*int),
        Leaf::Wide(wide) => Cell::Wide(*wide),
        Leaf::Double(double) => Cell::Double(*double),
        Leaf::Text(text) => Cell::Code(coder.code(Entry::Text(text))),
        Leaf::Array(text) => Cell::Code(coder.code(Entry::Array(text))),
        Leaf::Object => Cell::Object,
        Leaf::Opaque => Cell::Opaque,
    }
}

/// The head and the block of a column of times in milliseconds since 1970, one for each row.
pub fn times(path: u32, times_ms: &[u64]) -> (Head, Vec<u8>) {
    let times = (0..).zip(times_ms).map(|(row, ms)| (row, i64::try_from(*ms).unwrap_or(i64::MAX)));
    let (min, max, block) = integers(None, times_ms.len(), times);
    (Head { path, form: Form::Times { min, max, digits: 3 }, nulls: 0, sum: 0, epoch: 0 }, block)
}

/// The least, the greatest and the block of some integers.
fn integers(
    present: Option<&[bool]>,
    rows: usize,
    values: impl Iterator<Item = (u32, i64)> + Clone,
) -> (i64, i64, Vec<u8>) {
    let min = values.clone().map(|(_, value)| value).min().unwrap_or(0);
    let max = values.clone().map(|(_, value)| value).max().unwrap_or(0);
    let mut offsets = vec![0_u64; rows];
    values.for_each(|(row, value)| set(&mut offsets, row, min.abs_diff(value)));
    let width = Narrow::width_for(min.abs_diff(max));
    let block = encode(present, |out| {
        out.push(width);
        Narrow::put(out, width, offsets.into_iter());
    });
    (min, max, block)
}

/// The doubles as integers times a power of ten, if each comes back to the bit.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn decimals(doubles: impl Iterator<Item = (u32, f64)>) -> Option<(u8, Vec<(u32, i64)>)> {
    let doubles: Vec<(u32, f64)> = doubles.collect();
    let multiply = |double: f64, digits: u8| {
        let scale = power_of_ten(digits);
        let product = (double * scale).round();
        let exact = product.abs() < EXACT as f64 && product / scale == double;
        exact.then_some(product as i64)
    };
    let mut digits = 1;
    for (_, double) in &doubles {
        while multiply(*double, digits).is_none() {
            digits += 1;
            if digits > DECIMALS_MAX {
                return None;
            }
        }
    }
    let all = doubles.iter().map(|(row, double)| Some((*row, multiply(*double, digits)?)));
    Some((digits, all.collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::columns::column::Column;
    use crate::columns::dictionary::Dictionary;

    #[derive(Default)]
    struct Texts(Vec<(u8, String)>);

    impl Coder for Texts {
        fn code(&mut self, entry: Entry<'_>) -> u32 {
            let (class, text) = entry.parts();
            let entry = (class, text.to_owned());
            let at = self.0.iter().position(|have| *have == entry).unwrap_or_else(|| {
                self.0.push(entry);
                self.0.len() - 1
            });
            u32::try_from(at + 1).unwrap()
        }

        fn epoch(&self) -> u32 {
            0
        }
    }

    /// What a column gives back, as stored JSON, and the name of its form.
    fn store(values: &[&str]) -> (Vec<String>, String) {
        let mut draft = Draft::default();
        for (row, stored) in (0..).zip(values) {
            if let Some(leaf) = Leaf::read(stored).unwrap() {
                draft.push(row, leaf);
            }
        }
        let mut texts = Texts::default();
        let (head, block) = draft.finish(9, values.len(), &mut texts);
        let entries = texts.0.iter().map(|(class, text)| {
            if *class == 0 { Entry::Text(text.as_str()) } else { Entry::Array(text.as_str()) }
        });
        let dictionary = Arc::new(Dictionary::of(entries));
        let block = block.unwrap_or_default();
        let column = Column::decode(&head, values.len(), &block, dictionary.clone()).unwrap();
        if head.has_block() {
            assert!(Column::decode(&head, values.len() + 9, &block, dictionary).is_err());
        }
        let show = |row| column.value(row).scalar(false).map_or("hidden".into(), |scalar| scalar.to_json());
        let form = format!("{:?}", head.form);
        let name: String = form.chars().take_while(|c| c.is_alphabetic()).collect();
        ((0..values.len()).map(show).collect(), name)
    }

    #[test]
    fn values_come_back_from_the_tightest_form() {
        let t = "\"2026-01-01T00:00:00Z\"";
        let cases: [(&[&str], &str); 14] = [
            (&["1", "1"], "Constant"),
            (&["\"a\"", "\"a\""], "Constant"),
            (&["true", "null", "false"], "Tags"),
            (&["-9223372036854775808", "9223372036854775807", "null"], "Ints"),
            (&["7", "null", "7"], "Ints"),
            (&[t, "\"1999-12-31T23:59:59Z\"", "null"], "Times"),
            (&[t, "\"2026-01-01T00:00:00.5Z\""], "Codes"),
            (&["1.25", "null", "3"], "Decimals"),
            (&["0.1", "1e300"], "Doubles"),
            (&["0.1", "0.30000000000000004", "9007199254740992"], "Doubles"),
            (&["0.5", "9007199254740993"], "Mixed"),
            (&["\"a\"", "null", "[1,2]", "\"[1,2]\""], "Codes"),
            (&["1", "\"a\"", "true", "null", "18446744073709551615", "2.5"], "Mixed"),
            (&["18446744073709551615", "3"], "Mixed"),
        ];
        for (values, form) in cases {
            let (back, name) = store(values);
            assert_eq!(
                (back.iter().map(String::as_str).collect::<Vec<_>>(), name.as_str()),
                (values.to_vec(), form)
            );
        }
        assert_eq!(
            store(&["{}", "null", "[[1]]"]),
            (vec!["hidden".into(), "null".into(), "hidden".into()], "Tags".into())
        );
    }
}
