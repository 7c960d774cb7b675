//! The name that a caller probably meant, for hints. Never changes what a request does.

/// The candidate that is fewest edits away, if it is near enough to be meant.
pub(super) fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted: Vec<char> = name.chars().take(64).flat_map(char::to_lowercase).collect();
    let bound = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (edits(&wanted, candidate), candidate))
        .filter(|(edits, _)| *edits <= bound)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or changed.
fn edits(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (at, letter) in to.chars().enumerate() {
        let mut corner = at;
        let mut left = at + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for (above, have) in row.iter().skip(1).zip(from) {
            let changed = corner + usize::from(*have != letter);
            left = changed.min(left + 1).min(above + 1);
            next.push(left);
            corner = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let ops = ["eq", "neq", "gt", "not_in", "is_null", "ilike"];
        assert_eq!(nearest("isnull", ops), Some("is_null"));
        assert_eq!(nearest("like", ops), Some("ilike"));
        assert_eq!(nearest("regex", ops), None);
        assert_eq!(edits(&['a', 'b'], "ab"), 0);
        assert_eq!(edits(&[], "abc"), 3);
    }
}
