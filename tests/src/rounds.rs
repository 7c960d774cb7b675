//! What a process that is to be killed imports round by round, so that the test knows what must be stored after each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Keys that there are.
const KEYS: u64 = 5_000;

/// The keys that a round writes: about a third of all that there are by then, so that some are new and some change.
pub fn keys(round: u64) -> impl Iterator<Item = u64> {
    let grown = (1_500 + 150 * round).min(KEYS);
    (0..grown).filter(move |key| (key.wrapping_mul(0x9E37_79B9).wrapping_add(round * 7)) % 3 == 0)
}

/// What a round makes of a key: a number and a text.
#[must_use]
pub fn value(key: u64, round: u64) -> (u64, String) {
    (key * 3 + round, format!("s{}", (key + round) % 11))
}

/// The file that a round imports: one commit.
#[must_use]
pub fn lines(round: u64) -> String {
    let mut text = String::new();
    for key in keys(round) {
        let (n, s) = value(key, round);
        let _ = writeln!(text, r#"{{"key":"k{key}","n":{n},"s":"{s}","round":{round}}}"#);
    }
    text
}

/// What is stored once so many rounds are done: by key, what each was made by the last round that wrote it.
#[must_use]
pub fn stored(rounds: u64) -> BTreeMap<u64, (u64, String)> {
    let mut stored = BTreeMap::new();
    for round in 0..rounds {
        stored.extend(keys(round).map(|key| (key, value(key, round))));
    }
    stored
}
