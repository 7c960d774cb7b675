//! Runs of index entries that a test allows, as bytes of one encoded value. A span may hold more than the test
//! allows (long text is cut), never less; where it does, what it lets through is tested again on the row.

use crate::codec::keys::range;
use crate::codec::scalar::Scalar;
use crate::codec::scalar_key::{put_bound, put_index, put_text_start};
use crate::query::filter::{Comparison, Test};

/// The encoded values in `lo..hi`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) lo: Vec<u8>,
    pub(super) hi: Vec<u8>,
    /// Whether it is one value, whose encoding is `lo`.
    pub(super) point: bool,
}

/// The spans of a test, in order and apart; `None` when the test does not narrow an index.
pub(super) fn spans(test: &Test, place: usize, date_time: bool) -> Option<Vec<Span>> {
    let mut spans: Vec<Span> = match test {
        Test::In(values) => values.iter().map(|value| point(value, place)).collect(),
        Test::IsNull => vec![point(&Scalar::Null, place)],
        Test::Compare(comparison, bounds) => {
            bounds.iter().map(|bound| beyond(*comparison, bound, place)).collect()
        }
        // The text of an instant is not what its index entry is ordered by.
        Test::Like(pattern) if !date_time && !pattern.start().is_empty() => {
            let mut start = Vec::new();
            put_text_start(&mut start, &pattern.start(), place);
            let (lo, hi) = range(start);
            vec![Span { lo, hi, point: false }]
        }
        Test::Like(_) | Test::NotIn(_) | Test::IsNotNull | Test::Has { .. } => return None,
    };
    spans.sort_by(|a, b| a.lo.cmp(&b.lo));
    Some(spans)
}

/// Whether the spans of a test hold what the test allows and nothing else.
pub(super) fn is_exact(test: &Test, place: usize) -> bool {
    let (Test::In(values) | Test::Compare(_, values)) = test else { return matches!(test, Test::IsNull) };
    values.iter().all(|value| {
        let plain = !matches!(value, Scalar::Array(_) | Scalar::Object(_));
        plain && !put_index(&mut Vec::new(), value, place)
    })
}

/// Whether a value that passes cannot be null.
pub(super) const fn excludes_null(test: &Test) -> bool {
    !matches!(test, Test::NotIn(_) | Test::IsNull)
}

fn point(value: &Scalar<'_>, place: usize) -> Span {
    let mut key = Vec::new();
    put_index(&mut key, value, place);
    let (lo, hi) = range(key);
    Span { lo, hi, point: true }
}

fn beyond(comparison: Comparison, bound: &Scalar<'_>, place: usize) -> Span {
    let class = bound.class() as u8;
    let cut = put_index(&mut Vec::new(), bound, place);
    let at = |after: bool| {
        let mut key = Vec::new();
        put_bound(&mut key, bound, place, after);
        key
    };
    // What a cut text cannot be told from may lie on either side of it.
    let (lo, hi) = match comparison {
        Comparison::Gt => (at(!cut), vec![class + 1]),
        Comparison::Gte => (at(false), vec![class + 1]),
        Comparison::Lt => (vec![class], at(cut)),
        Comparison::Lte => (vec![class], at(true)),
    };
    Span { lo, hi, point: false }
}

/// What lies in both; each list is in order and apart.
pub(super) fn intersect(a: &[Span], b: &[Span]) -> Vec<Span> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut both = Vec::new();
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let (lo, hi) = (x.lo.clone().max(y.lo.clone()), x.hi.clone().min(y.hi.clone()));
        if lo < hi {
            both.push(Span { lo, hi, point: x.point || y.point });
        }
        if x.hi < y.hi {
            a.next()
        } else {
            b.next()
        };
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: i128) -> Scalar<'static> {
        Scalar::Number(crate::codec::scalar::Number::Integer(n))
    }

    #[test]
    fn spans_meet_in_what_both_allow() {
        let above = spans(&Test::Compare(Comparison::Gte, vec![number(2)]), 256, false).unwrap();
        let below = spans(&Test::Compare(Comparison::Lt, vec![number(4)]), 256, false).unwrap();
        let among = spans(&Test::In((1..6).map(number).collect()), 256, false).unwrap();
        let both = intersect(&intersect(&above, &below), &among);
        assert_eq!(both, [point(&number(2), 256), point(&number(3), 256)]);
        assert!(intersect(&above, &spans(&Test::IsNull, 256, false).unwrap()).is_empty());
    }

    #[test]
    fn only_whole_values_make_exact_spans() {
        let text = |bytes: usize| Scalar::Text("x".repeat(bytes).into());
        for (test, exact) in [
            (Test::IsNull, true),
            (Test::IsNotNull, false),
            (Test::NotIn(vec![number(1)]), false),
            (Test::In(vec![number(1), text(256)]), true),
            (Test::In(vec![number(1), text(257)]), false),
            (Test::In(vec![Scalar::Array("[]".into())]), false),
            (Test::Compare(Comparison::Lt, vec![text(256)]), true),
            (Test::Compare(Comparison::Gte, vec![text(257)]), false),
        ] {
            assert_eq!(is_exact(&test, 256), exact, "{test:?}");
        }
    }
}
