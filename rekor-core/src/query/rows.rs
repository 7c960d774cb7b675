//! The rows of an aggregate's answer and their order.

use std::cmp::Ordering;

use crate::codec::scalar::{Number, Scalar};
use crate::query::order::{Order, Part};

/// Rows of values, one row after the other: a list for each row would cost more than all else that it takes.
pub(super) struct Rows<'r> {
    /// Values in a row.
    pub(super) width: usize,
    /// How many rows there are.
    pub(super) len: usize,
    /// All values.
    pub(super) values: Vec<Scalar<'r>>,
}

impl<'r> Rows<'r> {
    /// The values of a row.
    pub(super) fn row(&self, at: usize) -> &[Scalar<'r>] {
        self.values.get(at * self.width..(at + 1) * self.width).unwrap_or_default()
    }

    /// Puts some of the rows in the order asked for; ties, and all rows when nothing is asked, by the group's own values,
    /// which are the first `groups`. Only the first `wanted` need stand in order.
    pub(super) fn sort(&self, rows: Vec<usize>, order: &Order, groups: usize, wanted: usize) -> Vec<usize> {
        let first = order.parts.first().copied().unwrap_or(Part { slot: 0, descending: false });
        let ranks = self.ranks(&rows, first.slot);
        let mut ranked: Vec<(u64, usize)> = ranks.into_iter().zip(rows).collect();
        let compare = |(rank, a): &(u64, usize), (other, b): &(u64, usize)| {
            let ranked = rank.cmp(other);
            if ranked.is_ne() {
                return if first.descending { ranked.reverse() } else { ranked };
            }
            self.compare(*a, *b, order, groups)
        };
        // No two groups have the same values, so an unstable sort gives one order.
        let head = if wanted > 0 && wanted < ranked.len() {
            ranked.select_nth_unstable_by(wanted - 1, compare).0.len() + 1
        } else {
            ranked.len()
        };
        if let Some(head) = ranked.get_mut(..head) {
            head.sort_unstable_by(compare);
        }
        ranked.into_iter().map(|(_, row)| row).collect()
    }

    fn compare(&self, a: usize, b: usize, order: &Order, groups: usize) -> Ordering {
        let (a, b) = (self.row(a), self.row(b));
        for part in &order.parts {
            let compared = a.get(part.slot).cmp(&b.get(part.slot));
            if compared.is_ne() {
                return if part.descending { compared.reverse() } else { compared };
            }
        }
        a.iter().take(groups).cmp(b.iter().take(groups))
    }

    /// A number for each row, which is never greater than that of a row whose value is greater: texts by the eight
    /// bytes after what all begin with, numbers by the nearest double. All 0 when values of several kinds are met.
    fn ranks(&self, rows: &[usize], slot: usize) -> Vec<u64> {
        let values = || rows.iter().map(|row| self.row(*row).get(slot));
        let text = |value: Option<&'_ Scalar<'r>>| match value {
            Some(Scalar::Text(text)) => Some(text.len()),
            _ => None,
        };
        if values().all(|value| text(value).is_some()) {
            let texts = || {
                values().filter_map(|value| {
                    if let Some(Scalar::Text(text)) = value { Some(text.as_bytes()) } else { None }
                })
            };
            let start = common(texts());
            return texts().map(|text| word(text.get(start..).unwrap_or_default())).collect();
        }
        let ranks = values()
            .map(|value| if let Some(Scalar::Number(number)) = value { Some(rank(*number)) } else { None });
        ranks.collect::<Option<_>>().unwrap_or_else(|| vec![0; rows.len()])
    }
}

/// How many bytes all texts begin with in common.
fn common<'t>(mut texts: impl Iterator<Item = &'t [u8]>) -> usize {
    let first = texts.next().unwrap_or_default();
    texts.fold(first.len(), |common, text| {
        let same = first.iter().zip(text).take(common).position(|(a, b)| a != b);
        same.unwrap_or_else(|| common.min(text.len()))
    })
}

/// The first eight bytes as a number; what is missing counts as 0, which is before all.
fn word(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text).for_each(|(byte, text)| *byte = *text);
    u64::from_be_bytes(bytes)
}

/// The nearest double as a number of the same order.
fn rank(number: Number) -> u64 {
    const SIGN: u64 = 1 << 63;
    // Both zeros are one.
    let bits = (number.to_double() + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::scalar::ladder;

    #[test]
    fn rows_stand_in_the_one_order() {
        let order = |slot, descending| Order { parts: vec![Part { slot, descending }] };
        let sorted = |values: Vec<Scalar<'static>>, order: &Order| -> Vec<Scalar<'static>> {
            let rows = Rows { width: 1, len: values.len(), values };
            let all = rows.sort((0..rows.len).collect(), order, 1, rows.len);
            all.into_iter().map(|row| rows.row(row)[0].clone()).collect()
        };
        let ladder = ladder();
        let of = |keep: &dyn Fn(&Scalar<'_>) -> bool| {
            ladder.iter().filter(|value| keep(value)).cloned().collect::<Vec<_>>()
        };
        let texts =
            ["prefix", "prefix\0", "prefix0", "prefix00000000", "prefix00000001", "prefix1", "prefiy"];
        for wanted in [
            ladder.clone(),
            of(&|value| matches!(value, Scalar::Number(_))),
            of(&|value| matches!(value, Scalar::Text(_))),
            texts.into_iter().map(|text| Scalar::Text(text.into())).collect(),
        ] {
            let mut turned: Vec<_> = wanted.iter().rev().cloned().collect();
            assert_eq!(sorted(turned.clone(), &order(0, false)), wanted);
            assert_eq!(sorted(turned.clone(), &Order::default()), wanted);
            turned.rotate_left(3);
            let descending = sorted(turned, &order(0, true));
            assert_eq!(descending, wanted.iter().rev().cloned().collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_rows_are_enough() {
        let values = (0..90).map(|n| Scalar::Number(Number::Integer(n * 37 % 90))).collect();
        let rows = Rows { width: 1, len: 90, values };
        let all = rows.sort((0..90).collect(), &Order::default(), 1, 90);
        let some = rows.sort((0..90).collect(), &Order::default(), 1, 7);
        assert_eq!(some[..7], all[..7]);
    }
}
