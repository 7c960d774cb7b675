//! What can be said of a value from its schema alone: its kinds, and how statements combine. Never claims more
//! than is certain.

use serde_json::Value;

/// A kind of JSON value, as schemas name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` and `false`
    Boolean,
    /// Numbers without a fraction.
    Integer,
    /// All numbers.
    Number,
    /// Strings.
    String,
    /// Arrays.
    Array,
    /// Objects.
    Object,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Null, Self::Boolean, Self::Integer, Self::Number, Self::String, Self::Array, Self::Object];

    /// The name in a schema.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Null => 1,
            Self::Boolean => 2,
            Self::Integer => 4,
            Self::Number => 4 + 8,
            Self::String => 16,
            Self::Array => 32,
            Self::Object => 64,
        }
    }
}

/// A set of kinds: those that a value may be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Every kind: the schema does not say.
    pub const ANY: Self = Self(127);
    pub(super) const NONE: Self = Self(0);

    /// The set of one kind.
    #[must_use]
    pub const fn one(kind: Kind) -> Self {
        Self(kind.bits())
    }

    /// Whether values of `kind` are allowed; for `Number` whether those with a fraction are.
    #[must_use]
    pub const fn allows(self, kind: Kind) -> bool {
        self.0 & kind.bits() == kind.bits()
    }

    /// Whether every value that is not null is of `kind`, integers counting as numbers.
    #[must_use]
    pub const fn only(self, kind: Kind) -> bool {
        let present = self.0 & !Kind::Null.bits();
        present != 0 && present & !kind.bits() == 0
    }

    /// Whether the schema says nothing of the kind.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.0 == Self::ANY.0
    }

    /// Whether an array or an object is allowed.
    #[must_use]
    pub const fn allows_nested(self) -> bool {
        self.allows(Kind::Array) || self.allows(Kind::Object)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What the keywords `type`, `enum` and `const` of one schema object say.
    pub(super) fn of_schema(schema: &serde_json::Map<String, Value>) -> Self {
        let named = |name: &Value| {
            let kind = Kind::ALL.into_iter().find(|kind| Some(kind.name()) == name.as_str());
            kind.map_or(Self::NONE, Self::one)
        };
        let union = |sets: &mut dyn Iterator<Item = Self>| sets.fold(Self::NONE, Self::or);
        let mut kinds = match schema.get("type") {
            Some(Value::Array(names)) => union(&mut names.iter().map(named)),
            Some(name) => named(name),
            None => Self::ANY,
        };
        if let Some(Value::Array(values)) = schema.get("enum") {
            kinds = kinds.and(union(&mut values.iter().map(Self::of_value)));
        }
        if let Some(value) = schema.get("const") {
            kinds = kinds.and(Self::of_value(value));
        }
        kinds
    }

    fn of_value(value: &Value) -> Self {
        Self::one(match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) if number.as_f64().is_some_and(|n| n.fract() == 0.0) => Kind::Integer,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        })
    }
}

/// What a schema declares of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The kinds that its values may be of.
    pub kinds: Kinds,
    /// Whether its strings are instants (`format: date-time`).
    pub date_time: bool,
}

/// What one schema says of the value at a path under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There can be no such value.
    Impossible,
    /// It is declared.
    Known(Declared),
    /// Nothing is said.
    Open,
}

impl Outcome {
    /// Both schemas hold.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Impossible, _) | (_, Self::Impossible) => Self::Impossible,
            (Self::Open, said) | (said, Self::Open) => said,
            (Self::Known(a), Self::Known(b)) => {
                let kinds = a.kinds.and(b.kinds);
                if kinds == Kinds::NONE {
                    return Self::Impossible;
                }
                Self::Known(Declared { kinds, date_time: a.date_time || b.date_time })
            }
        }
    }

    /// One of the schemas holds.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Impossible, said) | (said, Self::Impossible) => said,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Known(a), Self::Known(b)) => {
                // A branch without strings, as the null of a nullable instant, does not speak of formats.
                let speaks = |side: Declared| side.date_time || !side.kinds.allows(Kind::String);
                let date_time = (a.date_time || b.date_time) && speaks(a) && speaks(b);
                Self::Known(Declared { kinds: a.kinds.or(b.kinds), date_time })
            }
        }
    }
}
