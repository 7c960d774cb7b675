//! The name that somebody probably meant. Never suggests a name that is not similar.

/// Names longer than this are not compared: what is that long was not mistyped by a letter or two.
const NAME_CHARS_MAX: usize = 100;

/// The candidate most similar to `name`, when one is similar enough to be what was meant.
///
/// For `amout` among `status` and `amount` that is `amount`; for `zzz` there is none.
pub fn nearest<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    if wanted.len() > NAME_CHARS_MAX {
        return None;
    }
    let allowed = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(wanted.len()) <= allowed)
        .map(|candidate| (distance(&wanted, candidate), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, removed, changed or swapped with their neighbour.
fn distance(wanted: &[char], candidate: &str) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    let mut last = None;
    for (line, letter) in candidate.chars().flat_map(char::to_lowercase).enumerate() {
        let mut next = vec![line + 1];
        let mut left = line + 1;
        for (column, &other) in wanted.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&row, column) + usize::from(letter != other);
            let mut best = changed.min(left + 1).min(at(&row, column + 1) + 1);
            let swapped = column > 0 && wanted.get(column - 1) == Some(&letter) && last == Some(other);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
            left = best;
        }
        before = std::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row.last().copied().unwrap_or(0)
}
