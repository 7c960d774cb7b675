//! The values of one column of an answer for some rows, all of one type. Values that come one by one widen the type as
//! they need; parts of one column are made alike in the end, and nothing is lost on the way.

use std::borrow::Cow;

use crate::codec::json::write_string;
use crate::codec::scalar::{Number, Scalar};
use crate::codec::time::Instant;
use crate::query::fields::Typing;
use crate::schema::Kind;

/// Texts, one behind the other.
///
/// ```
/// use rekor_core::Texts;
///
/// let names = Texts { ends: vec![4, 7], bytes: b"AcmeZen".to_vec() };
/// assert_eq!((names.get(0), names.get(1)), ("Acme", "Zen"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// Where each ends.
    pub ends: Vec<usize>,
    /// Their bytes, UTF-8.
    pub bytes: Vec<u8>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn get_bytes(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
    }

    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        std::str::from_utf8(self.get_bytes(row)).unwrap_or_default()
    }
}

/// The greatest integer up to which doubles hold every one.
const EXACT: u128 = 1 << 53;

/// Values of one type; where a row has none stands any.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::Values;
///
/// let mut table = ws.table("query", r#"{"collection": "customers", "fields": ["data.name"]}"#)?;
/// match table.chunks.remove(0).remove(0).values {
///     Values::Texts(names) => assert_eq!(names.get(1), "Zen"),
///     other => panic!("names are texts, not {other:?}"),
/// }
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// No row has a value.
    Nulls,
    /// 1 for true.
    Bools(Vec<u8>),
    /// Integers.
    Ints(Vec<i64>),
    /// Integers of which some are beyond 2^63 - 1, and none is below 0.
    Wides(Vec<u64>),
    /// Numbers.
    Doubles(Vec<f64>),
    /// Times, in microseconds since 1970 (UTC).
    Micros(Vec<i64>),
    /// Texts.
    Texts(Texts),
    /// The JSON texts of values of several types, or of arrays and objects.
    Jsons(Texts),
}

/// Values of some rows.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// ws.call("upsert_record", r#"{"collection": "invoices", "id": "inv-4", "data": {"amount": 5}}"#)?;
/// let table = ws.table("query", r#"{"collection": "invoices", "fields": ["data.amount", "data.status"]}"#)?;
/// let [amount, status] = &table.chunks[0][..] else { panic!("a part for each column") };
/// assert_eq!((amount.rows, &amount.present), (4, &None)); // no amount is missing
/// assert_eq!(status.present, Some(vec![1, 1, 1, 0])); // `inv-4` has no status
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// How many rows there are.
    pub rows: usize,
    /// 1 for each row that has a value, 0 for null. None when none is null.
    pub present: Option<Vec<u8>>,
    /// The values.
    pub values: Values,
    /// Digits of a second that times were written with.
    pub(super) digits: u8,
}

impl Default for Part {
    fn default() -> Self {
        Self { rows: 0, present: None, values: Values::Nulls, digits: 0 }
    }
}

impl Part {
    pub(super) fn of(values: Values, rows: usize, present: Option<Vec<u8>>) -> Self {
        Self { rows, present: present.filter(|present| present.contains(&0)), values, digits: 0 }
    }

    /// Appends a value; `text` is the string as it is written, if it is one.
    pub(super) fn push(&mut self, value: &Scalar<'_>, text: Option<Cow<'_, str>>) {
        if value.is_null() {
            self.push_null();
            return;
        }
        self.widen_for(value, text.is_some());
        match (&mut self.values, value, text) {
            (Values::Bools(values), Scalar::Bool(value), _) => values.push(u8::from(*value)),
            (Values::Ints(values), Scalar::Number(Number::Integer(int)), _) => {
                values.push(i64::try_from(*int).unwrap_or_default());
            }
            (Values::Wides(values), Scalar::Number(Number::Integer(int)), _) => {
                values.push(u64::try_from(*int).unwrap_or_default());
            }
            (Values::Doubles(values), Scalar::Number(number), _) => values.push(number.to_double()),
            (Values::Texts(texts), _, Some(text)) => texts.push(&text),
            (Values::Jsons(texts), _, Some(text)) => texts.push(&quoted(&text)),
            (Values::Jsons(texts), value, None) => texts.push(&value.to_json()),
            (values, ..) => pad(values),
        }
        self.rows += 1;
        self.present.iter_mut().for_each(|present| present.push(1));
    }

    fn push_null(&mut self) {
        self.present.get_or_insert_with(|| vec![1; self.rows]).push(0);
        self.rows += 1;
        pad(&mut self.values);
    }

    /// Makes room for a value of a type that the part does not have yet.
    fn widen_for(&mut self, value: &Scalar<'_>, is_text: bool) {
        let none = || Values::Nulls;
        let wanted = match value {
            _ if is_text => Values::Texts(Texts::default()),
            Scalar::Bool(_) => Values::Bools(Vec::new()),
            Scalar::Number(Number::Integer(int)) if i64::try_from(*int).is_ok() => Values::Ints(Vec::new()),
            Scalar::Number(Number::Integer(_)) => Values::Wides(Vec::new()),
            Scalar::Number(_) => Values::Doubles(Vec::new()),
            Scalar::Null => none(),
            _ => Values::Jsons(Texts::default()),
        };
        let fits = |target| match (target, value) {
            (Rank::Wides, Scalar::Number(Number::Integer(int))) => *int >= 0 && !self.has_negative(),
            (Rank::Doubles, Scalar::Number(Number::Integer(int))) => {
                int.unsigned_abs() <= EXACT && self.is_exact()
            }
            _ => self.is_exact(),
        };
        let target = joined(self.rank(), rank_of(&wanted), fits);
        self.make(target);
    }

    pub(super) const fn rank(&self) -> Rank {
        rank_of(&self.values)
    }

    /// Whether an integer is below 0.
    pub(super) fn has_negative(&self) -> bool {
        matches!(&self.values, Values::Ints(ints) if ints.iter().any(|int| *int < 0))
    }

    /// Whether doubles hold all its integers.
    pub(super) fn is_exact(&self) -> bool {
        match &self.values {
            Values::Ints(ints) => ints.iter().all(|int| u128::from(int.unsigned_abs()) <= EXACT),
            Values::Wides(_) => false,
            _ => true,
        }
    }

    /// Makes it one of a type that holds all its values.
    pub(super) fn make(&mut self, target: Rank) {
        if self.rank() == target {
            return;
        }
        let rows = self.rows;
        self.values = match (std::mem::replace(&mut self.values, Values::Nulls), target) {
            (Values::Nulls, target) => {
                self.present = (rows > 0).then(|| vec![0; rows]);
                zeros(target, rows)
            }
            (Values::Ints(ints), Rank::Wides) => {
                Values::Wides(ints.into_iter().map(|int| u64::try_from(int).unwrap_or_default()).collect())
            }
            (Values::Ints(ints), Rank::Doubles) => {
                Values::Doubles(ints.into_iter().map(|int| int as f64).collect())
            }
            (Values::Texts(texts), Rank::Micros) => {
                Values::Micros((0..rows).map(|row| micros(texts.get(row)).unwrap_or_default()).collect())
            }
            (values, _) => {
                let mut texts = Texts::default();
                for row in 0..rows {
                    let is_there = self.present.as_ref().is_none_or(|present| present.get(row) == Some(&1));
                    texts.push(&if is_there { json_of(&values, row) } else { String::new() });
                }
                Values::Jsons(texts)
            }
        };
    }

    /// Whether every text is an instant that microseconds hold.
    pub(super) fn is_micros(&self) -> bool {
        match &self.values {
            Values::Nulls | Values::Micros(_) => true,
            Values::Texts(texts) => (0..self.rows).all(|row| {
                self.present.as_ref().is_some_and(|present| present.get(row) == Some(&0))
                    || micros(texts.get(row)).is_some()
            }),
            _ => false,
        }
    }

    /// Makes times the texts again that they were.
    pub(super) fn spell(&mut self) {
        let Values::Micros(times) = &self.values else { return };
        let mut texts = Texts::default();
        times.iter().for_each(|time| texts.push(&Instant::from_units(*time, 6).spelled(self.digits)));
        self.values = Values::Texts(texts);
    }

    /// The rows of these places, in this order.
    pub(super) fn take(parts: &[&Self], places: &[(u32, u32)]) -> Self {
        let pick = |place: &(u32, u32)| Some((*parts.get(place.0 as usize)?, place.1 as usize));
        let present = parts.iter().any(|part| part.present.is_some()).then(|| {
            let is_there = |(part, row): (&Self, usize)| match &part.present {
                Some(present) => present.get(row).copied().unwrap_or(0),
                None => 1,
            };
            places.iter().map(|place| pick(place).map_or(0, is_there)).collect::<Vec<u8>>()
        });
        macro_rules! gathered {
            ($variant:ident) => {
                Values::$variant(
                    places
                        .iter()
                        .map(|place| match pick(place) {
                            Some((Part { values: Values::$variant(values), .. }, row)) => {
                                values.get(row).copied().unwrap_or_default()
                            }
                            _ => Default::default(),
                        })
                        .collect(),
                )
            };
        }
        let texts = || {
            let mut texts = Texts::default();
            for place in places {
                texts.push(match pick(place) {
                    Some((Part { values: Values::Texts(texts) | Values::Jsons(texts), .. }, row)) => {
                        texts.get(row)
                    }
                    _ => "",
                });
            }
            texts
        };
        let values = match parts.first().map_or(Rank::Nulls, |part| part.rank()) {
            Rank::Nulls => Values::Nulls,
            Rank::Bools => gathered!(Bools),
            Rank::Ints => gathered!(Ints),
            Rank::Wides => gathered!(Wides),
            Rank::Doubles => gathered!(Doubles),
            Rank::Micros => gathered!(Micros),
            Rank::Texts => Values::Texts(texts()),
            Rank::Jsons => Values::Jsons(texts()),
        };
        Self::of(values, places.len(), present)
    }
}

/// The type of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Nulls,
    Bools,
    Ints,
    Wides,
    Doubles,
    Micros,
    Texts,
    Jsons,
}

impl Rank {
    /// The type of a column without a value, as its schema declares it.
    pub(super) fn declared(typing: Typing) -> Self {
        let only = |kind| typing.kinds.is_some_and(|kinds| kinds.only(kind));
        match () {
            () if typing.date_time => Self::Micros,
            () if only(Kind::Boolean) => Self::Bools,
            () if only(Kind::Integer) => Self::Ints,
            () if only(Kind::Number) => Self::Doubles,
            () => Self::Texts,
        }
    }
}

const fn rank_of(values: &Values) -> Rank {
    match values {
        Values::Nulls => Rank::Nulls,
        Values::Bools(_) => Rank::Bools,
        Values::Ints(_) => Rank::Ints,
        Values::Wides(_) => Rank::Wides,
        Values::Doubles(_) => Rank::Doubles,
        Values::Micros(_) => Rank::Micros,
        Values::Texts(_) => Rank::Texts,
        Values::Jsons(_) => Rank::Jsons,
    }
}

/// The type that holds the values of both, which is that of JSON where the one that numbers have in common does not fit all.
pub(super) fn joined(a: Rank, b: Rank, fits: impl Fn(Rank) -> bool) -> Rank {
    let number = match (a, b) {
        (a, b) if a == b => return a,
        (Rank::Nulls, other) | (other, Rank::Nulls) => return other,
        (Rank::Ints, Rank::Wides) | (Rank::Wides, Rank::Ints) => Rank::Wides,
        (Rank::Ints | Rank::Wides | Rank::Doubles, Rank::Ints | Rank::Wides | Rank::Doubles) => Rank::Doubles,
        _ => return Rank::Jsons,
    };
    if fits(number) { number } else { Rank::Jsons }
}

fn pad(values: &mut Values) {
    match values {
        Values::Nulls => {}
        Values::Bools(values) => values.push(0),
        Values::Ints(values) | Values::Micros(values) => values.push(0),
        Values::Wides(values) => values.push(0),
        Values::Doubles(values) => values.push(0.0),
        Values::Texts(texts) | Values::Jsons(texts) => texts.push(""),
    }
}

fn zeros(rank: Rank, rows: usize) -> Values {
    let texts = || Texts { ends: vec![0; rows], bytes: Vec::new() };
    match rank {
        Rank::Nulls => Values::Nulls,
        Rank::Bools => Values::Bools(vec![0; rows]),
        Rank::Ints => Values::Ints(vec![0; rows]),
        Rank::Wides => Values::Wides(vec![0; rows]),
        Rank::Doubles => Values::Doubles(vec![0.0; rows]),
        Rank::Micros => Values::Micros(vec![0; rows]),
        Rank::Texts => Values::Texts(texts()),
        Rank::Jsons => Values::Jsons(texts()),
    }
}

fn json_of(values: &Values, row: usize) -> String {
    let number = |number: Option<Number>| number.map_or(String::new(), |n| Scalar::Number(n).to_json());
    match values {
        Values::Nulls | Values::Micros(_) => String::new(),
        Values::Bools(values) => (values.get(row) == Some(&1)).to_string(),
        Values::Ints(values) => number(values.get(row).map(|int| Number::Integer((*int).into()))),
        Values::Wides(values) => number(values.get(row).map(|wide| Number::Integer((*wide).into()))),
        Values::Doubles(values) => number(values.get(row).and_then(|double| Number::from_double(*double))),
        Values::Texts(texts) => quoted(texts.get(row)),
        Values::Jsons(texts) => texts.get(row).to_owned(),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(text, &mut out);
    out
}

/// The microseconds of an instant that has no finer digits.
fn micros(text: &str) -> Option<i64> {
    Instant::parse(text)?.to_micros()
}
