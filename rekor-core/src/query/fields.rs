//! The fields that queries name: the record's own and paths below `data`. A name that the schema says cannot
//! exist is refused with the nearest one, so that it never quietly finds nothing.
//!
//! Dots go down; `\.` is a dot in a key and `\\` a backslash; a segment that is a number is an element of an
//! array, or an object's key of that name.

use crate::codec::id::shorten;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::schema::{Declared, Field as Seen, Kind, Kinds, Shape, nearest};

pub use crate::query::project::project;

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    /// `id`
    Id,
    /// `external_id`
    ExternalId,
    /// `external_source`
    ExternalSource,
    /// `version`
    Version,
    /// `created_at`
    CreatedAt,
    /// `updated_at`
    UpdatedAt,
    /// A path below `data`; the empty one is `data` itself, which only a projection takes.
    Data(Vec<String>),
}

const META: [(&str, Field); 6] = [
    ("id", Field::Id),
    ("external_id", Field::ExternalId),
    ("external_source", Field::ExternalSource),
    ("version", Field::Version),
    ("created_at", Field::CreatedAt),
    ("updated_at", Field::UpdatedAt),
];

/// How values of a field, and values compared with it, are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Typing {
    /// The types that the schema allows; none when it says nothing of the field.
    pub kinds: Option<Kinds>,
    /// Whether strings that read as instants are instants.
    pub date_time: bool,
    /// Whether its strings are record ids, with their order.
    pub id: bool,
}

impl Typing {
    /// A field that holds numbers.
    #[must_use]
    pub fn number() -> Self {
        Self { kinds: Some(Kinds::one(Kind::Number)), ..Self::default() }
    }

    fn declared(declared: Declared) -> Self {
        // A property without a type is as good as not declared.
        let kinds = (!declared.kinds.is_any()).then_some(declared.kinds);
        Self { kinds, date_time: declared.date_time, id: false }
    }
}

impl Field {
    /// Reads the name of a field that can be compared; the error has `pointer`.
    pub fn parse(name: &str, shape: &Shape, pointer: &str) -> Result<(Self, Typing)> {
        let (field, typing) = Self::parse_shown(name, &|path| look_up(shape, path), pointer)?;
        if field == Self::Data(Vec::new()) {
            let error = Error::new(Code::UnknownField, "`data` is the whole document, not a value in it");
            return Err(error.at(pointer).hint("name a path below it, such as `data.status`"));
        }
        Ok((field, typing))
    }

    /// Reads the name of a field that can be shown: `data` itself too.
    fn parse_shown(name: &str, look_up: &dyn Fn(&[String]) -> Seen, pointer: &str) -> Result<(Self, Typing)> {
        if let Some((_, field)) = META.iter().find(|(meta, _)| *meta == name) {
            return Ok((field.clone(), field.meta_typing()));
        }
        let segments = segments(name);
        let (root, path) = segments.split_first().ok_or_else(|| unknown(name, pointer))?;
        if root != "data" {
            return Err(unknown(name, pointer).hint(meant(name, look_up(&segments))));
        }
        if path.len() > limits::NESTING.len() || path.iter().any(String::is_empty) {
            return Err(unknown(name, pointer)
                .hint("a path is keys with dots between them, `\\.` for a dot in a key"));
        }
        let typing = match look_up(path) {
            Seen::Known(declared) => Typing::declared(declared),
            Seen::Open => Typing::default(),
            Seen::Impossible { nearest } => {
                let error = unknown(name, pointer);
                return Err(match nearest {
                    Some(nearest) => error.hint(format!("data.{nearest}")),
                    None => error.hint("see the collection's schema for its fields"),
                });
            }
        };
        Ok((Self::Data(path.to_vec()), typing))
    }

    fn meta_typing(&self) -> Typing {
        let (kind, date_time) = match self {
            Self::Version => (Kind::Integer, false),
            Self::CreatedAt | Self::UpdatedAt => (Kind::String, true),
            _ => (Kind::String, false),
        };
        Typing { kinds: Some(Kinds::one(kind)), date_time, id: *self == Self::Id }
    }

    /// How the elements are read when the field is an array.
    #[must_use]
    pub fn element_typing(&self, shape: &Shape) -> Typing {
        let Self::Data(path) = self else { return Typing::default() };
        let mut path = path.clone();
        path.push("0".to_owned());
        match look_up(shape, &path) {
            Seen::Known(declared) => Typing::declared(declared),
            _ => Typing::default(),
        }
    }
}

fn look_up(shape: &Shape, path: &[String]) -> Seen {
    shape.field(path)
}

/// The fields that a projection names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub(super) Vec<Field>);

impl Fields {
    /// Whether the whole record is shown.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads the fields that a projection of a collection's records names.
pub fn check(names: &[String], shape: &Shape) -> Result<Fields> {
    read(names, |path| look_up(shape, path))
}

/// Reads the fields that a projection of records of several collections names.
pub fn parse(names: &[String]) -> Result<Fields> {
    read(names, |_| Seen::Open)
}

fn read(names: &[String], look_up: impl Fn(&[String]) -> Seen) -> Result<Fields> {
    let fields = names.iter().enumerate();
    let fields = fields.map(|(at, name)| Ok(Field::parse_shown(name, &look_up, &format!("/fields/{at}"))?.0));
    Ok(Fields(fields.collect::<Result<_>>()?))
}

/// Splits a path at its dots.
fn segments(name: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(last) = segments.last_mut() else { break };
        match letter {
            '\\' if matches!(letters.peek(), Some('.' | '\\')) => last.extend(letters.next()),
            '.' => segments.push(String::new()),
            other => last.push(other),
        }
    }
    segments
}

fn unknown(name: &str, pointer: &str) -> Error {
    Error::new(Code::UnknownField, format!("there is no field `{}`", shorten(name))).at(pointer)
}

/// What a name that starts with neither `data` nor a field of records was probably meant to be.
fn meant(name: &str, seen: Seen) -> String {
    if matches!(seen, Seen::Known(_)) {
        return format!("data.{name}");
    }
    if let Some(meta) = nearest(name, META.iter().map(|(meta, _)| *meta)) {
        return meta.to_owned();
    }
    match seen {
        Seen::Impossible { nearest: Some(near) } => format!("data.{near}"),
        Seen::Impossible { nearest: None } => "fields of the document start with `data.`".to_owned(),
        _ => format!("data.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(schema: &str) -> Shape {
        Shape::of(schema, &|_| None).unwrap()
    }

    fn data(path: &[&str]) -> Field {
        Field::Data(path.iter().map(|s| (*s).to_owned()).collect())
    }

    #[test]
    fn names_are_read() {
        let shape = shape("{}");
        let read = |name: &str| Field::parse(name, &shape, "/f").map(|(field, _)| field);
        assert_eq!(read("data.tags.0").unwrap(), data(&["tags", "0"]));
        assert_eq!(read(r"data.a\.b.c\\.d\e").unwrap(), data(&["a.b", r"c\", r"d\e"]));
        assert_eq!(read("created_at").unwrap(), Field::CreatedAt);
        for (bad, hint) in [("status", "data.status"), ("create_at", "created_at"), ("version.x", "version")]
        {
            let error = read(bad).unwrap_err();
            assert_eq!((error.code(), error.pointer()), (Code::UnknownField, Some("/f")));
            assert_eq!(error.hint_text(), Some(hint));
        }
        for bad in ["", "data", "data.", "data..a", &format!("data{}", ".a".repeat(65))] {
            assert_eq!(read(bad).unwrap_err().code(), Code::UnknownField, "{bad}");
        }
        assert_eq!(check(&["data".to_owned()], &shape).unwrap(), Fields(vec![data(&[])]));
    }

    #[test]
    fn impossible_fields_are_refused_with_the_nearest() {
        let shape = shape(r#"{"properties":{"status":{"type":"string"}},"additionalProperties":false}"#);
        for bad in ["data.statu", "statu", "status"] {
            let error = Field::parse(bad, &shape, "").unwrap_err();
            assert_eq!(error.hint_text(), Some("data.status"), "{bad}");
        }
        assert!(Field::parse("data.status", &shape, "").is_ok());
    }
}
