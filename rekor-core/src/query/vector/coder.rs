//! Turns the values of columns into small whole numbers, so that groups are told apart, and distinct values counted, by
//! array places. Two codes may stand for equal values where only their keys would tell: texts of two dictionaries, say.
//! Who needs one code for each value merges by key in the end.

mod encode;

use std::sync::Arc;

use hashbrown::HashMap;

use crate::codec::id::Id;
use crate::codec::scalar::{Number, Scalar};
use crate::columns::column::Value;
use crate::columns::dictionary::Dictionary;
use crate::query::vector::atom::Atom;
use crate::query::vector::window::Window;

/// No code.
pub(super) const UNSET: u32 = u32::MAX;

/// The first kind of word that is a time: one for each number of digits.
const TIMES: u8 = 2;

/// The values of one slot that were seen, each with a code from 0 on.
#[derive(Debug)]
pub(super) struct Coder {
    date_time: bool,
    atoms: Vec<Atom>,
    null: u32,
    no: u32,
    yes: u32,
    memos: Vec<Memo>,
    integers: HashMap<i64, u32>,
    /// In front of `integers`, where they lie close together.
    window: Window,
    /// Other numbers and times, by kind and bits.
    words: HashMap<(u8, u64), u32>,
    ids: Vec<Id>,
}

/// The codes of the entries of one dictionary.
#[derive(Debug)]
struct Memo {
    dictionary: Arc<Dictionary>,
    /// By the dictionary's own code.
    codes: Vec<u32>,
}

impl Coder {
    /// No codes yet. Whether strings that read as instants are instants decides which times are equal.
    pub(super) fn new(date_time: bool) -> Self {
        Self {
            date_time,
            atoms: Vec::new(),
            null: UNSET,
            no: UNSET,
            yes: UNSET,
            memos: Vec::new(),
            integers: HashMap::new(),
            window: Window::default(),
            words: HashMap::new(),
            ids: Vec::new(),
        }
    }

    /// How many codes were given.
    pub(super) const fn len(&self) -> usize {
        self.atoms.len()
    }

    /// About how many bytes are held.
    pub(super) fn held(&self) -> usize {
        let words = self.integers.len() * 16 + self.words.len() * 32;
        let codes: usize = self.memos.iter().map(|memo| memo.codes.len() * 4).sum();
        self.atoms.len() * size_of::<Atom>() + words + codes + self.window.held() + self.ids.len() * 32
    }

    /// What a code stands for.
    pub(super) fn atom(&self, code: u32) -> Atom {
        self.atoms.get(code as usize).copied().unwrap_or(Atom::Null)
    }

    /// The value of an atom.
    pub(super) fn scalar(&self, atom: Atom) -> Scalar<'_> {
        let value = match atom {
            Atom::Null => Value::Null,
            Atom::Bool(value) => Value::Bool(value),
            Atom::Int(int) => Value::Number(Number::Integer(int.into())),
            Atom::Wide(wide) => Value::Number(Number::Integer(wide.into())),
            Atom::Double(double) => Number::from_double(double).map_or(Value::Null, Value::Number),
            Atom::Time(units, digits) => Value::Time(units, digits),
            Atom::Code(memo, code) => {
                let entry = self.memos.get(memo as usize).and_then(|memo| memo.dictionary.entry(code));
                entry.map_or(Value::Null, Value::Entry)
            }
            Atom::Id(at) => {
                let id = self.ids.get(at as usize);
                return id.map_or(Scalar::Null, |id| Scalar::Id(std::borrow::Cow::Borrowed(id)));
            }
        };
        value.scalar(self.date_time).unwrap_or(Scalar::Null)
    }

    /// The dictionary of an atom that is a code.
    pub(super) fn dictionary(&self, memo: u32) -> Option<&Arc<Dictionary>> {
        self.memos.get(memo as usize).map(|memo| &memo.dictionary)
    }

    /// Whether each code surely stands for another value.
    pub(super) fn is_canonical(&self) -> bool {
        let texts = self.memos.iter().filter(|memo| !memo.dictionary.is_empty()).count();
        let strings = texts + usize::from(self.words.keys().any(|(kind, _)| *kind >= TIMES));
        // Texts of a date-time field may be one instant; those of two dictionaries, or times, one text. Ids are
        // not told apart at all.
        self.ids.is_empty() && (texts == 0 || (strings == 1 && !self.date_time))
    }

    /// For each code the first of all codes of the same value: the same text has a code for each dictionary.
    /// None where more than texts may be the same.
    pub(super) fn unify(&self) -> Option<Vec<u32>> {
        let times = || self.words.keys().any(|(kind, _)| *kind >= TIMES);
        if self.date_time || !self.ids.is_empty() || times() {
            return None;
        }
        let mut counts = vec![0_usize; self.memos.len()];
        for atom in &self.atoms {
            if let Atom::Code(memo, _) = atom {
                counts.get_mut(*memo as usize).into_iter().for_each(|count| *count += 1);
            }
        }
        // Those of the largest are looked up among all others: the fewer are the ones to be remembered.
        let largest = counts.iter().zip(0_u32..).max().map(|(_, memo)| memo);
        let codes = |of_largest: bool| {
            self.atoms.iter().zip(0_u32..).filter_map(move |(atom, code)| match atom {
                Atom::Code(memo, own) if (Some(*memo) == largest) == of_largest => {
                    Some((self.dictionary(*memo)?.entry(*own)?, code))
                }
                _ => None,
            })
        };
        let mut firsts = HashMap::new();
        for (entry, code) in codes(false) {
            firsts.entry(entry).or_insert(code);
        }
        let mut same: Vec<u32> = self.atoms.iter().zip(0..).map(|(_, code)| code).collect();
        let mut set = |code: u32, first: u32| {
            same.get_mut(code as usize).into_iter().for_each(|same| *same = first);
        };
        for (entry, code) in codes(true) {
            if let Some(first) = firsts.get_mut(&entry) {
                *first = code.min(*first);
                set(code, *first);
            }
        }
        for (entry, code) in codes(false) {
            set(code, firsts.get(&entry).copied().unwrap_or(code));
        }
        Some(same)
    }

    /// Whether strings that read as instants are instants.
    pub(super) const fn date_time(&self) -> bool {
        self.date_time
    }

    /// The number of a dictionary here.
    pub(super) fn memo(&mut self, dictionary: &Arc<Dictionary>) -> u32 {
        let len = dictionary.len() as usize + 1;
        let known = self
            .memos
            .iter()
            .position(|memo| memo.dictionary.extends(dictionary) || dictionary.extends(&memo.dictionary));
        let at = known.unwrap_or_else(|| {
            self.memos.push(Memo { dictionary: Arc::clone(dictionary), codes: Vec::new() });
            self.memos.len() - 1
        });
        if let Some(memo) = self.memos.get_mut(at)
            && memo.codes.len() < len
        {
            memo.dictionary = Arc::clone(dictionary);
            memo.codes.resize(len, UNSET);
            if let Some(null) = memo.codes.first_mut() {
                *null = self.null;
            }
        }
        u32::try_from(at).unwrap_or(UNSET)
    }

    /// The code of a value, a new one if need be.
    pub(super) fn code_of(&mut self, atom: Atom) -> u32 {
        let next = u32::try_from(self.atoms.len()).unwrap_or(UNSET);
        let place = match atom {
            Atom::Null => &mut self.null,
            Atom::Bool(false) => &mut self.no,
            Atom::Bool(true) => &mut self.yes,
            Atom::Int(int) => self.integers.entry(int).or_insert(UNSET),
            Atom::Wide(wide) => self.words.entry((0, wide)).or_insert(UNSET),
            Atom::Double(double) => self.words.entry((1, double.to_bits())).or_insert(UNSET),
            Atom::Time(units, digits) => {
                let word = (TIMES + digits, units.cast_unsigned());
                let plain = if self.date_time { atom.plain() } else { atom };
                if plain != atom {
                    return match self.words.get(&word) {
                        Some(code) => *code,
                        None => {
                            let code = self.code_of(plain);
                            self.words.insert(word, code);
                            code
                        }
                    };
                }
                self.words.entry(word).or_insert(UNSET)
            }
            Atom::Code(memo, code) => {
                let codes = self.memos.get_mut(memo as usize).map(|memo| &mut memo.codes);
                match codes.and_then(|codes| codes.get_mut(code as usize)) {
                    Some(place) if code > 0 => place,
                    // What no code stands for is null, as in a row.
                    _ => return self.code_of(Atom::Null),
                }
            }
            // Ids are met once each.
            Atom::Id(_) => {
                self.atoms.push(atom);
                return next;
            }
        };
        if *place == UNSET {
            *place = next;
            self.atoms.push(atom);
            if atom == Atom::Null {
                let nulls = self.memos.iter_mut().filter_map(|memo| memo.codes.first_mut());
                nulls.for_each(|null| *null = next);
            }
            return next;
        }
        *place
    }

    /// An id as an atom.
    pub(super) fn atom_of_id(&mut self, id: Id) -> Atom {
        self.ids.push(id);
        Atom::Id(u32::try_from(self.ids.len() - 1).unwrap_or(UNSET))
    }

    /// Takes all values of another coder in.
    pub(super) fn adopt(&mut self, mut other: Self) -> Adopted {
        let memos = other.memos.iter().map(|memo| self.memo(&memo.dictionary)).collect();
        let ids = u32::try_from(self.ids.len()).unwrap_or(UNSET);
        self.ids.append(&mut other.ids);
        let mut adopted = Adopted { memos, ids, codes: Vec::new() };
        adopted.codes = other.atoms.iter().map(|atom| self.code_of(adopted.atom(*atom))).collect();
        adopted
    }
}

/// How what another coder knew is known to the one that adopted it.
pub(super) struct Adopted {
    memos: Vec<u32>,
    ids: u32,
    codes: Vec<u32>,
}

impl Adopted {
    /// An atom of the other.
    pub(super) fn atom(&self, atom: Atom) -> Atom {
        match atom {
            Atom::Code(memo, code) => Atom::Code(self.memos.get(memo as usize).copied().unwrap_or(0), code),
            Atom::Id(at) => Atom::Id(at.saturating_add(self.ids)),
            atom => atom,
        }
    }

    /// The code here of each code of the other.
    pub(super) fn into_codes(self) -> Vec<u32> {
        self.codes
    }

    /// A code of the other.
    pub(super) fn code(&self, code: u32) -> u32 {
        self.codes.get(code as usize).copied().unwrap_or(0)
    }
}

/// Whether any code is none.
pub(super) fn has_unset(codes: &[u32]) -> bool {
    codes.iter().fold(false, |any, code| any | (*code == UNSET))
}
