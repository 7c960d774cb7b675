//! What filters, sorts and aggregates look at: numbered slots with a value each, wherever it comes from. A
//! stored row, a group of an aggregate and, later, a column block are all read through [`Tuple`], so that each
//! rule is written once.

use std::borrow::Cow;

use crate::codec::id::Id;
use crate::codec::pick::Picker;
use crate::codec::row::RecordRow;
use crate::codec::scalar::{Scalar, text_of};
use crate::codec::time::{Instant, text_from_ms};
use crate::ground::error::Result;
use crate::query::fields::{Field, Typing};
use crate::schema::Shape;

/// Something with a value in each slot.
pub trait Tuple {
    /// The value, null when there is none.
    fn value(&self, slot: usize) -> Result<Scalar<'_>>;

    /// The string as it is written, if the value is one: an instant too, whatever it is compared as.
    fn text(&self, slot: usize) -> Result<Option<Cow<'_, str>>>;
}

/// Gives names their slots.
pub trait Names {
    /// The slot of a name and how its values are read; the error has `pointer`.
    fn slot(&mut self, name: &str, pointer: &str) -> Result<Named>;
}

/// A name that was found.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// Where the value is.
    pub slot: usize,
    /// How it is read.
    pub typing: Typing,
    /// How its elements are read when it is an array.
    pub element: Typing,
}

/// The fields of records that one query looks at.
pub struct Slots<'s> {
    shape: &'s Shape,
    fields: Vec<(Field, Typing)>,
    /// The names that were asked for: a range names its field twice and a sort again.
    named: Vec<(Box<str>, Named)>,
}

impl<'s> Slots<'s> {
    /// No fields yet.
    #[must_use]
    pub const fn new(shape: &'s Shape) -> Self {
        Self { shape, fields: Vec::new(), named: Vec::new() }
    }

    /// The slot of a field, a new one if need be.
    pub fn add(&mut self, field: Field, typing: Typing) -> usize {
        if let Some(slot) = self.find(&field) {
            return slot;
        }
        self.fields.push((field, typing));
        self.fields.len() - 1
    }

    /// The slot of a field that is looked at.
    #[must_use]
    pub fn find(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|(have, _)| have == field)
    }

    /// The field of a slot and how it is read.
    #[must_use]
    pub fn field(&self, slot: usize) -> Option<&(Field, Typing)> {
        self.fields.get(slot)
    }

    /// How many slots there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.fields.len()
    }

    /// Compiles the paths below `data`.
    #[must_use]
    pub fn picker(&self) -> Picker {
        Picker::new(self.fields.iter().enumerate().filter_map(|(slot, (field, _))| match field {
            Field::Data(path) => Some((slot, path.as_slice())),
            _ => None,
        }))
    }
}

impl Names for Slots<'_> {
    fn slot(&mut self, name: &str, pointer: &str) -> Result<Named> {
        if let Some((_, known)) = self.named.iter().find(|(known, _)| **known == *name) {
            return Ok(*known);
        }
        let (field, typing) = Field::parse(name, self.shape, pointer)?;
        let element = field.element_typing(self.shape);
        let named = Named { slot: self.add(field, typing), typing, element };
        self.named.push((name.into(), named));
        Ok(named)
    }
}

/// A record under examination.
pub struct Candidate<'r> {
    /// Its id.
    pub id: &'r Id,
    /// Its row.
    pub row: RecordRow<'r>,
    /// The stored text of each slot that is a path below `data`; none if the visitor wants no values.
    pub found: &'r [Option<&'r str>],
    /// What the slots mean.
    pub slots: &'r Slots<'r>,
    /// Whether it stands after all records before it, in the order asked for, and before all that come.
    pub in_order: bool,
}

impl Tuple for Candidate<'_> {
    fn value(&self, slot: usize) -> Result<Scalar<'_>> {
        let Some((field, typing)) = self.slots.field(slot) else { return Ok(Scalar::Null) };
        Ok(match field {
            Field::Data(_) => match self.found.get(slot).copied().flatten() {
                Some(stored) => Scalar::read(stored, typing.date_time)?,
                None => Scalar::Null,
            },
            Field::Id => Scalar::Id(Cow::Borrowed(self.id)),
            Field::ExternalId => meta_text(self.row.external_id),
            Field::ExternalSource => meta_text(self.row.external_source),
            Field::Version => Scalar::Number(crate::codec::scalar::Number::Integer(self.row.version.into())),
            Field::CreatedAt => Scalar::Instant(Instant::from_ms(self.row.created_ms)),
            Field::UpdatedAt => Scalar::Instant(Instant::from_ms(self.row.updated_ms)),
        })
    }

    fn text(&self, slot: usize) -> Result<Option<Cow<'_, str>>> {
        let Some((field, _)) = self.slots.field(slot) else { return Ok(None) };
        Ok(match field {
            Field::Data(_) => match self.found.get(slot).copied().flatten() {
                Some(stored) if stored.starts_with('"') => Some(text_of(stored)?),
                _ => None,
            },
            Field::Id => Some(Cow::Owned(self.id.to_string())),
            Field::ExternalId => self.row.external_id.map(Cow::Borrowed),
            Field::ExternalSource => self.row.external_source.map(Cow::Borrowed),
            Field::Version => None,
            Field::CreatedAt => Some(Cow::Owned(text_from_ms(self.row.created_ms))),
            Field::UpdatedAt => Some(Cow::Owned(text_from_ms(self.row.updated_ms))),
        })
    }
}

pub(super) fn meta_text(text: Option<&str>) -> Scalar<'_> {
    text.map_or(Scalar::Null, |text| Scalar::Text(Cow::Borrowed(text)))
}
