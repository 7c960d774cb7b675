//! Random columns of every form, each with the header that a sealed one would have.

use std::sync::Arc;

use super::world::{ARRAYS, DOUBLES, Dice, INTS, TEXTS, time};
use crate::codec::scalar::Number;
use crate::columns::column::{Column, Values, tag};
use crate::columns::dictionary::{Chunk, Dictionary, Entry};
use crate::columns::form::{Cell, Form, Head};
use crate::columns::narrow::Narrow;

pub(super) const fn head(form: Form, nulls: u32) -> Head {
    Head { path: 1, form, nulls, sum: 0, epoch: 1 }
}

/// A dictionary that was there, one that goes on from it, or a new one.
fn dictionary_of(dice: &mut Dice, known: &mut Vec<Arc<Dictionary>>) -> Arc<Dictionary> {
    if !known.is_empty() && dice.one_in(2) {
        return dice.pick(known);
    }
    let mut made = if known.is_empty() || dice.one_in(2) {
        Dictionary::default()
    } else {
        Dictionary::clone(&known[known.len() - 1])
    };
    let mut have: Vec<String> = made.entries().map(|entry| format!("{entry:?}")).collect();
    for _ in 0..=dice.roll(3) {
        let mut added = Vec::new();
        for _ in 0..=dice.roll(8) {
            let entry = if dice.one_in(8) {
                Entry::Array(dice.pick(&ARRAYS))
            } else {
                Entry::Text(dice.pick(&TEXTS))
            };
            if !have.contains(&format!("{entry:?}")) {
                have.push(format!("{entry:?}"));
                added.push(entry);
            }
        }
        if !added.is_empty() {
            let sum = u32::try_from(dice.roll(1 << 30)).unwrap() + 1;
            made = made.with(Chunk::new(made.len() + 1, added), sum).unwrap();
        }
    }
    known.push(Arc::new(made));
    Arc::clone(&known[known.len() - 1])
}

fn present(dice: &mut Dice, rows: usize) -> Vec<u8> {
    let none_in = dice.pick(&[0, 0, 2, 5]);
    let mut present: Vec<u8> = (0..rows).map(|_| u8::from(none_in == 0 || !dice.one_in(none_in))).collect();
    // A column without a value is a constant.
    let some = dice.roll(rows);
    present[some] = 1;
    present
}

fn nulls(present: &[u8]) -> u32 {
    u32::try_from(present.iter().filter(|present| **present == 0).count()).unwrap()
}

fn narrow(dice: &mut Dice, offsets: Vec<u64>) -> Narrow {
    let max = offsets.iter().max().copied().unwrap_or(0);
    let least = if max < 1 << 8 {
        0
    } else if max < 1 << 16 {
        1
    } else if max < 1 << 32 {
        2
    } else {
        3
    };
    match least + dice.roll(4 - least) {
        0 => Narrow::U8(offsets.into_iter().map(|n| u8::try_from(n).unwrap()).collect()),
        1 => Narrow::U16(offsets.into_iter().map(|n| u16::try_from(n).unwrap()).collect()),
        2 => Narrow::U32(offsets.into_iter().map(|n| u32::try_from(n).unwrap()).collect()),
        _ => Narrow::U64(offsets),
    }
}

/// Whole numbers as distances from the least.
fn whole(dice: &mut Dice, values: &[i64], present: &[u8]) -> (i64, i64, Narrow) {
    let there = || values.iter().zip(present).filter(|(_, present)| **present == 1).map(|(value, _)| *value);
    let (min, max) = (there().min().unwrap(), there().max().unwrap());
    let offset = |value: &i64| u64::try_from(i128::from(*value) - i128::from(min)).unwrap_or(0);
    let offsets = values.iter().zip(present).map(|(v, p)| if *p == 1 { offset(v) } else { 0 }).collect();
    (min, max, narrow(dice, offsets))
}

fn spread(present: Vec<u8>) -> Option<Vec<u8>> {
    present.contains(&0).then_some(present)
}

pub(super) fn times(dice: &mut Dice, rows: usize, digits: u8, given: Option<Vec<u8>>) -> (Column, Head) {
    let present = given.unwrap_or_else(|| vec![1; rows]);
    let values: Vec<i64> = (0..rows).map(|_| time(dice, digits)).collect();
    let (min, max, offsets) = whole(dice, &values, &present);
    let head = head(Form::Times { min, max, digits }, nulls(&present));
    (Column { present: spread(present), values: Values::Times { base: min, offsets, digits } }, head)
}

/// A column of any form.
pub(super) fn column(dice: &mut Dice, rows: usize, known: &mut Vec<Arc<Dictionary>>) -> (Column, Head) {
    let dictionary = dictionary_of(dice, known);
    let present = present(dice, rows);
    match dice.roll(9) {
        0 => {
            let cell = cell(dice, &dictionary);
            let head = head(Form::Constant(cell), if cell == Cell::Null { 1 } else { 0 });
            (Column { present: None, values: Values::Constant(cell, dictionary) }, head)
        }
        1 => {
            let kinds = if dice.one_in(3) { 4 } else { 3 };
            let tags =
                (0..rows).map(|_| dice.pick(&[tag::NULL, tag::FALSE, tag::TRUE, tag::OBJECT][..kinds]));
            let tags: Vec<u8> = tags.collect();
            let nulls = tags.iter().filter(|tag| **tag == tag::NULL).count();
            let head = head(Form::Tags, u32::try_from(nulls).unwrap());
            (Column { present: None, values: Values::Tags(tags) }, head)
        }
        2 => {
            let near = dice.pick(&INTS);
            let small = dice.one_in(2);
            let values: Vec<i64> = (0..rows)
                .map(|_| if small { near.saturating_add(dice.roll(9) as i64 - 4) } else { dice.pick(&INTS) })
                .collect();
            let (min, max, offsets) = whole(dice, &values, &present);
            let head = head(Form::Ints { min, max }, nulls(&present));
            (Column { present: spread(present), values: Values::Ints { base: min, offsets } }, head)
        }
        3 => {
            let digits = dice.pick(&[0, 1, 3, 9]);
            times(dice, rows, digits, Some(present))
        }
        4 => doubles(dice, rows, present),
        5 | 6 if !dictionary.is_empty() => codes(dice, &dictionary, &present),
        _ => {
            let cells: Vec<Cell> = (0..rows).map(|_| cell(dice, &dictionary)).collect();
            let nulls = cells.iter().filter(|cell| **cell == Cell::Null).count();
            let (tags, bits) = cells.into_iter().map(parts).unzip();
            let head = head(Form::Mixed { epoch: 1 }, u32::try_from(nulls).unwrap());
            (Column { present: None, values: Values::Mixed { tags, bits, dictionary } }, head)
        }
    }
}

fn doubles(dice: &mut Dice, rows: usize, present: Vec<u8>) -> (Column, Head) {
    let decimals = dice.one_in(2);
    // Beside the largest nothing else can be told in a sum.
    let pool = if dice.one_in(4) { &DOUBLES[..] } else { &DOUBLES[..10] };
    let values: Vec<f64> = (0..rows)
        .map(|_| if decimals { dice.roll(2_000) as f64 / 100.0 - 5.0 } else { dice.pick(pool) })
        .collect();
    let there = || values.iter().zip(&present).filter(|(_, present)| **present == 1).map(|(value, _)| *value);
    let (min, max) = (there().fold(f64::MAX, f64::min), there().fold(f64::MIN, f64::max));
    let head = head(Form::Doubles { min, max }, nulls(&present));
    (Column { present: spread(present), values: Values::Doubles(values) }, head)
}

fn codes(dice: &mut Dice, dictionary: &Arc<Dictionary>, present: &[u8]) -> (Column, Head) {
    let few = if dice.one_in(2) { 2 } else { dictionary.len() as usize };
    let codes: Vec<u64> = present
        .iter()
        .map(|present| u64::from(*present) * (1 + dice.roll(few.min(dictionary.len() as usize)) as u64))
        .collect();
    let min = codes.iter().filter(|code| **code > 0).min().copied().unwrap();
    let max = codes.iter().max().copied().unwrap();
    let offsets = codes.iter().map(|code| if *code == 0 { 0 } else { code - min + 1 }).collect();
    let (min, max) = (u32::try_from(min).unwrap(), u32::try_from(max).unwrap());
    let head = head(Form::Codes { min, max, epoch: 1 }, nulls(present));
    let offsets = narrow(dice, offsets);
    let values = Values::Codes { base: min - 1, offsets, dictionary: Arc::clone(dictionary) };
    (Column { present: None, values }, head)
}

fn cell(dice: &mut Dice, dictionary: &Dictionary) -> Cell {
    match dice.roll(40) {
        0 => Cell::Object,
        1 => Cell::Opaque,
        2..=6 => Cell::Null,
        7..=9 => Cell::Bool(dice.one_in(2)),
        10..=16 => Cell::Int(dice.pick(&INTS)),
        17 => Cell::Wide(u64::MAX),
        18..=24 => match Number::from_double(dice.pick(&DOUBLES[..10])).unwrap() {
            Number::Double(double) => Cell::Double(double),
            Number::Integer(integer) => i64::try_from(integer).map_or(Cell::Wide(1 << 63), Cell::Int),
        },
        _ if dictionary.is_empty() => Cell::Null,
        _ => Cell::Code(u32::try_from(1 + dice.roll(dictionary.len() as usize)).unwrap()),
    }
}

fn parts(cell: Cell) -> (u8, u64) {
    match cell {
        Cell::Null => (tag::NULL, 0),
        Cell::Bool(value) => (if value { tag::TRUE } else { tag::FALSE }, 0),
        Cell::Int(int) => (tag::INT, int.cast_unsigned()),
        Cell::Wide(wide) => (tag::WIDE, wide),
        Cell::Double(double) => (tag::DOUBLE, double.to_bits()),
        Cell::Code(code) => (tag::CODE, code.into()),
        Cell::Object => (tag::OBJECT, 0),
        Cell::Opaque => (tag::OPAQUE, 0),
    }
}
