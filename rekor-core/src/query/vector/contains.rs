//! `%text%` over a whole chunk of a dictionary at once: one search through all its texts, which stand one after the
//! other, in place of one search a text.

use memchr::memmem::Finder;

use crate::columns::dictionary::Chunk;
use crate::query::like::Pattern;

/// A text that is looked for anywhere in others.
pub(super) struct Contains<'p> {
    finder: Finder<'p>,
    folded: bool,
}

impl<'p> Contains<'p> {
    /// The search that a pattern comes to, if it is no more than that.
    pub(super) fn of(pattern: &'p Pattern) -> Option<Self> {
        let (needle, folded) = pattern.contained()?;
        Some(Self { finder: Finder::new(needle.as_bytes()), folded })
    }

    /// Writes 1 for each text of the chunk that has it, and 0 for all others; `false` when the chunk must be looked at
    /// text by text: folding may change how long a text is, unless it is ASCII.
    pub(super) fn judge(&self, chunk: &Chunk, out: &mut [u8]) -> bool {
        let (ends, texts, arrays) = chunk.parts();
        if !self.folded {
            self.mark(texts, ends, arrays, out);
        } else if texts.is_ascii() {
            self.mark(&texts.to_ascii_lowercase(), ends, arrays, out);
        } else {
            return false;
        }
        true
    }

    fn mark(&self, texts: &[u8], ends: &[u32], arrays: &[bool], out: &mut [u8]) {
        out.fill(0);
        let (mut from, mut at) = (0, 0);
        while let Some(found) = texts.get(from..).and_then(|rest| self.finder.find(rest)) {
            let start = from + found;
            let past = |end: &u32| *end as usize <= start;
            at += ends.get(at..).map_or(0, |rest| rest.iter().take_while(|end| past(end)).count());
            let Some(end) = ends.get(at).map(|end| *end as usize) else { return };
            if start + self.finder.needle().len() > end {
                // It begins in one text and ends in another.
                from = start + 1;
                continue;
            }
            if let (Some(mark), false) = (out.get_mut(at), arrays.get(at).copied().unwrap_or(false)) {
                *mark = 1;
            }
            from = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::dictionary::Entry;

    #[test]
    fn every_text_is_judged_as_if_alone() {
        let texts = ["xab", "cab", "", "a", "b", "ab", "ABc", "ababab", "b", "äab"];
        for (pattern, folded) in [("%ab%", false), ("%AB%", true), ("%b%", false), ("%ä%", false)] {
            let pattern = Pattern::new(pattern, folded).unwrap();
            let contains = Contains::of(&pattern).unwrap();
            for texts in [&texts[..], &texts[..9]] {
                let chunk =
                    Chunk::new(1, texts.iter().map(|text| Entry::Text(text)).chain([Entry::Array("ab")]));
                let mut out = vec![9; texts.len() + 1];
                if contains.judge(&chunk, &mut out) {
                    let wanted = texts.iter().map(|text| u8::from(pattern.matches(text))).chain([0]);
                    assert_eq!(out, wanted.collect::<Vec<_>>());
                } else {
                    assert!(folded && texts.len() == 10);
                }
            }
        }
        for other in ["ab%", "%ab", "%a_b%", "%a%b%", "%", "%%"] {
            assert!(Contains::of(&Pattern::new(other, false).unwrap()).is_none(), "{other}");
        }
    }
}
