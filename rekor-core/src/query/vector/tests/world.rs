//! Random groups: each slot in any of its forms, with a header that tells the truth.

use std::sync::Arc;

use super::columns::{column, head, times};
use crate::codec::id::Id;
use crate::codec::scalar::Number;
use crate::codec::time::Instant;
use crate::columns::column::{Column, Value, Values};
use crate::columns::dictionary::Dictionary;
use crate::columns::form::{Cell, Form, Head};
use crate::columns::ids::{Ids, key_of};
use crate::query::tuple::{Names as _, Slots};
use crate::query::vector::block::Block;
use crate::query::vector::mask::HeadOf;
use crate::schema::Shape;

/// SplitMix64.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.word() % sides as u64).unwrap()
    }

    pub(super) fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())].clone()
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }
}

/// The fields by slot. The second and the last are date-times.
pub(super) const FIELDS: [&str; 5] = ["data.a", "data.when", "data.text", "id", "created_at"];
const SCHEMA: &str =
    r#"{"properties":{"when":{"type":"string","format":"date-time"},"text":{"type":"string"}}}"#;

pub(super) const TEXTS: [&str; 16] = [
    "",
    "a",
    "ab",
    "Ab",
    "é",
    "open",
    "closed",
    "a long text that goes on for a while",
    "5",
    "1.5",
    "2026",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T01:00:00+01:00",
    "1999-12-31T23:59:59.5Z",
    "\u{0}",
];
pub(super) const ARRAYS: [&str; 4] = ["[]", "[1,\"a\"]", "[1,null]", "[\"open\",\"2026-01-01T00:00:00Z\"]"];
const LIKES: [&str; 7] = ["%", "a%", "%o%", "_", "2026-%", "%00Z", "\u{e9}"];
pub(super) const INTS: [i64; 14] =
    [0, 1, -1, 5, 7, 255, 256, 2026, 1 << 40, (1 << 53) - 1, (1 << 53) + 1, i64::MAX - 1, i64::MAX, i64::MIN];
pub(super) const DOUBLES: [f64; 15] = [
    0.0,
    1.0,
    1.5,
    -2.5,
    0.1,
    5.0,
    2026.0,
    1e-300,
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    9.3e18,
    1e19,
    2e19,
    1e300,
    -1e300,
];

pub(super) struct World {
    shape: Shape,
    pub(super) groups: Vec<Group>,
}

pub(super) struct Group {
    columns: Vec<Arc<Column>>,
    heads: Vec<Head>,
    ids: Ids,
    rows: usize,
}

impl World {
    /// Rolls a world of up to three groups and hands it on.
    pub(super) fn roll(dice: &mut Dice, each: impl FnOnce(&mut Dice, &Self)) {
        let mut dictionaries: Vec<Vec<Arc<Dictionary>>> = FIELDS.iter().map(|_| Vec::new()).collect();
        let groups = (0..=dice.roll(3)).map(|_| Group::roll(dice, &mut dictionaries)).collect();
        each(dice, &Self { shape: Shape::of(SCHEMA, &|_| None).unwrap(), groups });
    }

    pub(super) const fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(super) fn slots(&self) -> Slots<'_> {
        let mut slots = Slots::new(&self.shape);
        for name in FIELDS {
            slots.slot(name, "").unwrap();
        }
        slots
    }

    /// A random filter as JSON.
    pub(super) fn filter(&self, dice: &mut Dice, depth: usize) -> String {
        let list = |dice: &mut Dice| {
            let parts: Vec<_> = (0..dice.roll(4)).map(|_| self.filter(dice, depth + 1)).collect();
            parts.join(",")
        };
        match dice.roll(8) {
            0 if depth < 3 => format!(r#"{{"and":[{}]}}"#, list(dice)),
            1 if depth < 3 => format!(r#"{{"or":[{}]}}"#, list(dice)),
            2 if depth < 3 => format!(r#"{{"not":{}}}"#, self.filter(dice, depth + 1)),
            _ => test(dice),
        }
    }
}

fn test(dice: &mut Dice) -> String {
    const OPS: [&str; 9] = ["eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "has"];
    let field = dice.pick(&FIELDS);
    match dice.roll(13) {
        0..=8 => {
            let op = dice.pick(&OPS);
            let mut value = || match field {
                "created_at" => format!("{:?}", Instant::from_units(time(dice, 3), 3).to_text()),
                "id" => quoted(if dice.one_in(2) { "b" } else { "01970000-0000-7000-8000-000000000001" }),
                _ => json(dice),
            };
            let value = match op {
                "in" | "not_in" => {
                    let first = value();
                    let more: Vec<_> = (0..5).map(|_| value()).collect();
                    let kept = dice.roll(6);
                    format!("[{first}{}]", more[..kept].iter().map(|v| format!(",{v}")).collect::<String>())
                }
                _ => value(),
            };
            format!(r#"{{"field":"{field}","op":"{op}","value":{value}}}"#)
        }
        9 | 10 => {
            let op = if dice.one_in(2) { "like" } else { "ilike" };
            format!(r#"{{"field":"{field}","op":"{op}","value":{}}}"#, quoted(dice.pick(&LIKES)))
        }
        11 => format!(r#"{{"field":"{field}","op":"is_null"}}"#),
        _ => format!(r#"{{"field":"{field}","op":"is_not_null"}}"#),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn json(dice: &mut Dice) -> String {
    match dice.roll(12) {
        0..=3 => quoted(dice.pick(&TEXTS)),
        4 | 5 => Number::Integer((dice.pick(&INTS)).into()).to_text(),
        6 | 7 => Number::from_double(dice.pick(&DOUBLES)).unwrap().to_text(),
        8 => dice.pick(&["true", "false"]).to_owned(),
        9 => u64::MAX.to_string(),
        10 => dice.pick(&ARRAYS).to_owned(),
        _ => quoted(&Instant::from_units(time(dice, 1), 1).spelled(1)),
    }
}

/// A time around the turn of 2026, in units.
pub(super) fn time(dice: &mut Dice, digits: u8) -> i64 {
    let second = 10_i64.pow(digits.into());
    let units =
        1_767_225_600 * second + i64::try_from(dice.roll(5)).unwrap() * dice.pick(&[1, second, -second]);
    if dice.one_in(20) { -units } else { units }
}

impl Group {
    fn roll(dice: &mut Dice, dictionaries: &mut [Vec<Arc<Dictionary>>]) -> Self {
        let rows = dice.pick(&[1, 3, 8, 17, 64]);
        let mut columns = Vec::new();
        for (slot, known) in dictionaries.iter_mut().enumerate() {
            columns.push(match slot {
                3 => (Column::null(), head(Form::Ids, 0)),
                4 => times(dice, rows, 3, None),
                _ => column(dice, rows, known),
            });
        }
        let mut keys: Vec<Vec<u8>> = (0..rows).map(|row| key_of(&id(row, dice.0))).collect();
        keys.sort();
        keys.dedup();
        let ids = Ids::of_keys(keys.iter().map(Vec::as_slice));
        let (columns, heads) = columns.into_iter().map(|(column, head)| (Arc::new(column), head)).unzip();
        Self { columns, heads, ids, rows }
    }

    pub(super) fn block<'b>(&'b self, slots: &'b Slots<'b>) -> Block<'b> {
        Block { rows: self.rows, columns: &self.columns, ids: &self.ids, slots }
    }

    pub(super) fn heads(&self, dice: &mut Dice) -> Vec<HeadOf<'_>> {
        let heads = self.heads.iter().zip(&self.columns).enumerate();
        heads
            .map(|(slot, (head, column))| match head.form {
                Form::Constant(Cell::Null) if slot != 3 && dice.one_in(2) => HeadOf::Absent,
                _ if dice.one_in(10) => HeadOf::Unknown,
                _ => HeadOf::Head { head, dictionary: dictionary(column).filter(|_| !dice.one_in(5)) },
            })
            .collect()
    }

    pub(super) fn dictionaries(&self) -> impl Iterator<Item = (usize, &Arc<Dictionary>)> {
        self.columns.iter().enumerate().filter_map(|(slot, column)| Some((slot, dictionary(column)?)))
    }

    pub(super) fn is_hidden(&self, row: usize) -> bool {
        self.columns.iter().any(|column| column.value(row) == Value::Hidden)
    }

    pub(super) fn row_text(&self, row: usize) -> String {
        self.columns.iter().map(|column| format!("{:?}\n", column.value(row))).collect()
    }
}

fn id(row: usize, salt: u64) -> Id {
    if salt.is_multiple_of(3) && row % 2 == 1 {
        return Id::trusted(&format!("b{}", if row == 1 { String::new() } else { row.to_string() }));
    }
    Id::Uuid(uuid::Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0000 + row as u128))
}

fn dictionary(column: &Column) -> Option<&Arc<Dictionary>> {
    match &column.values {
        Values::Constant(Cell::Code(_), dictionary)
        | Values::Codes { dictionary, .. }
        | Values::Mixed { dictionary, .. } => Some(dictionary),
        _ => None,
    }
}
