//! The texts of one column that is in memory only, numbered as they come.

use std::collections::HashMap;

use crate::columns::dictionary::{Dictionary, Entry};
use crate::columns::draft::Coder;

/// The epoch of codes whose dictionary is nowhere but in their column.
const NOWHERE: u32 = u32::MAX;

/// Texts and arrays, each once.
#[derive(Debug, Default)]
pub struct Texts {
    codes: HashMap<(u8, Box<str>), u32>,
    entries: Vec<(u8, Box<str>)>,
}

impl Texts {
    /// What the codes stand for.
    #[must_use]
    pub fn dictionary(&self) -> Dictionary {
        Dictionary::of(self.entries.iter().map(|(class, text)| Entry::of_parts(*class, text)))
    }
}

impl Coder for Texts {
    fn code(&mut self, entry: Entry<'_>) -> u32 {
        let (class, text) = entry.parts();
        let next = u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX);
        *self.codes.entry((class, text.into())).or_insert_with(|| {
            self.entries.push((class, text.into()));
            next
        })
    }

    fn epoch(&self) -> u32 {
        NOWHERE
    }
}
