//! Patterns of `like` and `ilike`: `%` any run, `_` one character (a Unicode scalar), `\` makes the next
//! character plain. Takes time linear in the text: plain stretches are searched by memchr's two-way
//! search, stretches with `_` bit-parallel, 64 letters of the pattern a word. Never backtracks.
//!
//! `ilike` folds both sides letter by letter by `char::to_lowercase`.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memmem::Finder;

use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::LIKE_BYTES;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    stretches: Vec<Stretch>,
    /// Whether it starts, or ends, with `%`.
    open_start: bool,
    open_end: bool,
    folded: bool,
}

/// What stands between two `%`.
#[derive(Debug, Clone)]
enum Stretch {
    Plain(String, Box<Finder<'static>>),
    /// `None` is `_`.
    Letters(Vec<Option<char>>),
}

impl Pattern {
    /// Compiles a pattern; the error is `invalid_filter` or the limit's, without a pointer.
    pub fn new(text: &str, folded: bool) -> Result<Self> {
        LIKE_BYTES.check(text.len())?;
        let mut runs: Vec<Vec<Option<char>>> = vec![Vec::new()];
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            let Some(last) = runs.last_mut() else { break };
            match letter {
                '%' => runs.push(Vec::new()),
                '_' => last.push(None),
                '\\' => {
                    let plain = letters.next().ok_or_else(|| {
                        Error::new(Code::InvalidFilter, "the pattern ends with a lone `\\`")
                            .hint("write `\\\\` for a backslash")
                    })?;
                    push_letter(last, plain, folded);
                }
                plain => push_letter(last, plain, folded),
            }
        }
        let open_start = runs.len() > 1 && runs.first().is_some_and(Vec::is_empty);
        let open_end = runs.len() > 1 && runs.last().is_some_and(Vec::is_empty);
        let single = runs.len() == 1;
        let stretches = runs.into_iter().filter(|run| single || !run.is_empty()).map(Stretch::new).collect();
        Ok(Self { stretches, open_start, open_end, folded })
    }

    /// The plain text that everything it matches starts with; empty when there is none.
    #[must_use]
    pub fn start(&self) -> String {
        match self.stretches.first() {
            _ if self.open_start || self.folded => String::new(),
            Some(Stretch::Plain(text, _)) => text.clone(),
            Some(Stretch::Letters(letters)) => letters.iter().map_while(|letter| *letter).collect(),
            None => String::new(),
        }
    }

    /// The text that is looked for anywhere, and whether letters are folded, if the pattern is no more than `%text%`.
    #[must_use]
    pub fn contained(&self) -> Option<(&str, bool)> {
        match self.stretches.as_slice() {
            [Stretch::Plain(text, _)] if self.open_start && self.open_end => Some((text, self.folded)),
            _ => None,
        }
    }

    /// Whether the whole text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let folded = if self.folded { fold(text) } else { Cow::Borrowed(text) };
        let mut rest: &str = &folded;
        let mut stretches = self.stretches.as_slice();
        if !self.open_start && !self.open_end && stretches.len() == 1 {
            return stretches.first().is_some_and(|only| only.at_start(rest) == Some(rest.len()));
        }
        if !self.open_start
            && let Some((first, others)) = stretches.split_first()
        {
            let Some(len) = first.at_start(rest) else { return false };
            (rest, stretches) = (rest.get(len..).unwrap_or_default(), others);
        }
        let mut last = None;
        if !self.open_end
            && let Some((end, others)) = stretches.split_last()
        {
            (last, stretches) = (Some(end), others);
        }
        for stretch in stretches {
            let Some(end) = stretch.find_end(rest) else { return false };
            rest = rest.get(end..).unwrap_or_default();
        }
        last.is_none_or(|last| last.at_end(rest))
    }
}

fn push_letter(run: &mut Vec<Option<char>>, letter: char, folded: bool) {
    if folded { run.extend(letter.to_lowercase().map(Some)) } else { run.push(Some(letter)) }
}

fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
    }
}

impl Stretch {
    fn new(letters: Vec<Option<char>>) -> Self {
        match letters.iter().copied().collect::<Option<String>>() {
            Some(plain) => {
                let finder = Finder::new(plain.as_bytes()).into_owned();
                Self::Plain(plain, Box::new(finder))
            }
            None => Self::Letters(letters),
        }
    }

    /// How many bytes it takes at the start of the text.
    fn at_start(&self, text: &str) -> Option<usize> {
        match self {
            Self::Plain(plain, _) => text.starts_with(plain.as_str()).then_some(plain.len()),
            Self::Letters(letters) => {
                let mut rest = text.chars();
                for letter in letters {
                    let have = rest.next()?;
                    if letter.is_some_and(|letter| letter != have) {
                        return None;
                    }
                }
                Some(text.len() - rest.as_str().len())
            }
        }
    }

    fn at_end(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain, _) => text.ends_with(plain.as_str()),
            Self::Letters(letters) => {
                let mut rest = text.chars().rev();
                letters
                    .iter()
                    .rev()
                    .all(|letter| rest.next().is_some_and(|have| letter.is_none_or(|letter| letter == have)))
            }
        }
    }

    /// Where its first occurrence ends.
    fn find_end(&self, text: &str) -> Option<usize> {
        match self {
            Self::Plain(plain, finder) => finder.find(text.as_bytes()).map(|at| at + plain.len()),
            Self::Letters(letters) => shift_and(letters, text),
        }
    }
}

/// The shift-and search: bit `i` of the state says that the last `i + 1` letters of the text fit the pattern.
fn shift_and(letters: &[Option<char>], text: &str) -> Option<usize> {
    let words = letters.len().div_ceil(64);
    let mut any = vec![0_u64; words];
    for (at, _) in letters.iter().enumerate().filter(|(_, letter)| letter.is_none()) {
        set(&mut any, at);
    }
    let mut masks: HashMap<char, Vec<u64>> = HashMap::new();
    for (at, letter) in letters.iter().enumerate() {
        if let Some(letter) = letter {
            set(masks.entry(*letter).or_insert_with(|| any.clone()), at);
        }
    }
    let goal = letters.len().checked_sub(1)?;
    let mut state = vec![0_u64; words];
    for (at, letter) in text.char_indices() {
        let mask = masks.get(&letter).unwrap_or(&any);
        let mut carry = 1;
        for (word, mask) in state.iter_mut().zip(mask) {
            let out = *word >> 63;
            *word = (*word << 1 | carry) & mask;
            carry = out;
        }
        if state.get(goal / 64).is_some_and(|word| word >> (goal % 64) & 1 == 1) {
            return Some(at + letter.len_utf8());
        }
    }
    None
}

fn set(words: &mut [u64], bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, letter by letter.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some(('_', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((letter, rest)) => text.first() == Some(letter) && naive(rest, &text[1..]),
        }
    }

    #[test]
    fn patterns_mean_what_the_definition_says() {
        let letters = ['a', 'b', 'é', '%', '_'];
        let mut state = 7_u64;
        let mut word = |of: usize, len_max: u64| -> Vec<char> {
            let mut next = |n: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % n
            };
            (0..next(len_max)).map(|_| letters[usize::try_from(next(of as u64)).unwrap()]).collect()
        };
        for _ in 0..20_000 {
            let (pattern, text) = (word(5, 8), word(3, 10));
            let spelled: String = pattern.iter().collect();
            let got = Pattern::new(&spelled, false).unwrap().matches(&text.iter().collect::<String>());
            assert_eq!(got, naive(&pattern, &text), "{spelled} {text:?}");
        }
    }

    #[test]
    fn escapes_folding_and_starts() {
        let like = |pattern: &str, text: &str| Pattern::new(pattern, false).unwrap().matches(text);
        assert!(like(r"100\%", "100%") && !like(r"100\%", "1000") && like(r"\\%", r"\x") && like("", ""));
        assert!(like("%", "") && !like("_", "") && like("_", "😀") && !like("", "a"));
        let ilike = |pattern: &str, text: &str| Pattern::new(pattern, true).unwrap().matches(text);
        assert!(ilike("ÄRGER%", "ärgerlich") && ilike("%acme%", "The ACME Corp") && !ilike("a", "b"));
        assert_eq!(Pattern::new("abc%d", false).unwrap().start(), "abc");
        assert_eq!(Pattern::new("a_c", false).unwrap().start(), "a");
        assert_eq!(Pattern::new("%a", false).unwrap().start(), "");
        assert!(Pattern::new("a\\", false).is_err());
        assert!(
            Pattern::new(&"a".repeat(1_024), false).is_ok()
                && Pattern::new(&"a".repeat(1_025), false).is_err()
        );
    }

    #[test]
    fn long_patterns_of_single_letters_are_found() {
        let pattern = format!("%{}b%", "a_".repeat(100));
        let text = format!("{}b{}", "aa".repeat(5_000), "c".repeat(10));
        assert!(Pattern::new(&pattern, false).unwrap().matches(&text));
        assert!(!Pattern::new(&pattern, false).unwrap().matches(&"a".repeat(100_000)));
    }
}
