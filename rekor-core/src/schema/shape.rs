//! What a schema says of each path. A stand-in until the schema floor is merged.

use std::collections::BTreeMap;

/// A JSON type, as schemas name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`.
    Null,
    /// `boolean`.
    Boolean,
    /// `integer`.
    Integer,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `array`.
    Array,
    /// `object`.
    Object,
}

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(u8);

impl Kinds {
    /// Every type.
    pub const ALL: Self = Self(0x7F);

    /// The set of these.
    #[must_use]
    pub fn of(kinds: &[Kind]) -> Self {
        Self(kinds.iter().fold(0, |set, kind| set | 1 << *kind as u8))
    }

    /// Whether the type is in it.
    #[must_use]
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// What a schema declares of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The types that a value may have.
    pub kinds: Kinds,
    /// Whether strings are `format: date-time`.
    pub date_time: bool,
}

/// What a schema says of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// No value can stand there; the nearest path that can exist, dotted, without `data.`.
    Impossible {
        /// The nearest path.
        nearest: Option<String>,
    },
    /// The schema declares it.
    Known(Declared),
    /// The schema says nothing.
    Open,
}

/// The shape of a collection's data.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Declared paths.
    pub known: BTreeMap<Vec<String>, Declared>,
    /// Whether paths that are not declared cannot exist.
    pub closed: bool,
}

impl Shape {
    /// What the schema says of a path.
    #[must_use]
    pub fn field(&self, path: &[&str]) -> Field {
        match self.known.iter().find(|(known, _)| known.iter().map(String::as_str).eq(path.iter().copied())) {
            Some((_, declared)) => Field::Known(*declared),
            None if self.closed => {
                Field::Impossible { nearest: self.known.keys().next().map(|path| path.join(".")) }
            }
            None => Field::Open,
        }
    }
}
