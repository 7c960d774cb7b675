//! A dirty record as filters and totals see it: the scalars of its entry, the row left alone.

use std::borrow::Cow;

use crate::codec::id::Id;
use crate::codec::scalar::{Number, Scalar};
use crate::codec::time::{Instant, text_from_ms};
use crate::columns::dirty::Scalars;
use crate::columns::leaf::Leaf;
use crate::columns::paths::Paths;
use crate::ground::error::Result;
use crate::query::fields::Field;
use crate::query::scan::places::{Place, Places, element_leaf};
use crate::query::tuple::{Slots, Tuple, meta_text};

/// Which slots a path of a dirty record matters to; made once for a query.
pub(super) struct Interests {
    /// By number of the path.
    by_path: Vec<Vec<Interest>>,
    slots: usize,
}

#[derive(Clone)]
enum Interest {
    /// It is the slot's value.
    Own(usize),
    /// It may be an array with the slot's value in it: the keys that follow.
    Holds(usize, Vec<String>),
}

/// A dirty record.
pub(super) struct DirtyTuple<'d> {
    pub(super) id: &'d Id,
    scalars: &'d Scalars<'d>,
    found: Vec<Option<Leaf<'d>>>,
    slots: &'d Slots<'d>,
}

impl Interests {
    pub(super) fn new(places: &Places) -> Self {
        let mut made = Self { by_path: Vec::new(), slots: places.slots().len() };
        for (slot, place) in places.slots().iter().enumerate() {
            let Place::Data(trail, path) = place else { continue };
            for (depth, number) in (1..).zip(trail) {
                let interest = match path.get(depth..) {
                    None | Some([]) => Interest::Own(slot),
                    Some(rest) => Interest::Holds(slot, rest.to_vec()),
                };
                let at = *number as usize;
                if made.by_path.len() <= at {
                    made.by_path.resize(at + 1, Vec::new());
                }
                made.by_path.get_mut(at).into_iter().for_each(|interests| interests.push(interest.clone()));
            }
        }
        made
    }

    /// The tuple of an entry; none when the row must be read.
    pub(super) fn tuple<'d>(
        &self,
        id: &'d Id,
        scalars: &'d Scalars<'d>,
        paths: &Paths,
        slots: &'d Slots<'d>,
    ) -> Result<Option<DirtyTuple<'d>>> {
        let mut found: Vec<Option<Leaf<'d>>> = vec![None; self.slots];
        let mut is_hidden = false;
        let wants =
            |path: u32| self.by_path.get(path as usize).is_some_and(|interests| !interests.is_empty());
        scalars.each(paths, wants, |path, leaf| {
            for interest in self.by_path.get(path as usize).into_iter().flatten() {
                match (interest, &leaf) {
                    (Interest::Own(_), Leaf::Object | Leaf::Opaque) | (Interest::Holds(..), Leaf::Opaque) => {
                        is_hidden = true;
                    }
                    (Interest::Own(slot), leaf) => set(&mut found, *slot, Some(leaf.clone())),
                    (Interest::Holds(slot, keys), Leaf::Array(Cow::Borrowed(stored))) => {
                        if let Some(element) = element_leaf(stored, keys)? {
                            is_hidden |= matches!(element, Leaf::Opaque | Leaf::Object);
                            set(&mut found, *slot, Some(element));
                        }
                    }
                    (Interest::Holds(..), _) => {}
                }
            }
            Ok(())
        })?;
        Ok((!is_hidden).then_some(DirtyTuple { id, scalars, found, slots }))
    }
}

fn set<T>(places: &mut [T], at: usize, value: T) {
    if let Some(place) = places.get_mut(at) {
        *place = value;
    }
}

impl Tuple for DirtyTuple<'_> {
    fn value(&self, slot: usize) -> Result<Scalar<'_>> {
        let Some((field, typing)) = self.slots.field(slot) else { return Ok(Scalar::Null) };
        Ok(match field {
            Field::Data(_) => match self.found.get(slot).and_then(Option::as_ref) {
                None | Some(Leaf::Object | Leaf::Opaque) => Scalar::Null,
                Some(Leaf::Bool(value)) => Scalar::Bool(*value),
                Some(Leaf::Int(int)) => Scalar::Number(Number::Integer((*int).into())),
                Some(Leaf::Wide(wide)) => Scalar::Number(Number::Integer((*wide).into())),
                Some(Leaf::Double(double)) => Scalar::Number(Number::Double(*double)),
                Some(Leaf::Text(text)) => Scalar::of_text(Cow::Borrowed(text), typing.date_time),
                Some(Leaf::Array(text)) => Scalar::Array(Cow::Borrowed(text)),
            },
            Field::Id => Scalar::Id(Cow::Borrowed(self.id)),
            Field::ExternalId => meta_text(self.scalars.external_id),
            Field::ExternalSource => meta_text(self.scalars.external_source),
            Field::Version => Scalar::Number(Number::Integer(self.scalars.version.into())),
            Field::CreatedAt => Scalar::Instant(Instant::from_ms(self.scalars.created_ms)),
            Field::UpdatedAt => Scalar::Instant(Instant::from_ms(self.scalars.updated_ms)),
        })
    }

    fn text(&self, slot: usize) -> Result<Option<Cow<'_, str>>> {
        let Some((field, _)) = self.slots.field(slot) else { return Ok(None) };
        Ok(match field {
            Field::Data(_) => match self.found.get(slot).and_then(Option::as_ref) {
                Some(Leaf::Text(text)) => Some(Cow::Borrowed(text)),
                _ => None,
            },
            Field::Id => Some(Cow::Owned(self.id.to_string())),
            Field::ExternalId => self.scalars.external_id.map(Cow::Borrowed),
            Field::ExternalSource => self.scalars.external_source.map(Cow::Borrowed),
            Field::Version => None,
            Field::CreatedAt => Some(Cow::Owned(text_from_ms(self.scalars.created_ms))),
            Field::UpdatedAt => Some(Cow::Owned(text_from_ms(self.scalars.updated_ms))),
        })
    }
}
