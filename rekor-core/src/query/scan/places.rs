//! Where the fields that a query looks at stand in the groups of its collection. A field of a group is a column, nothing, or
//! something put together: the elements of arrays stand in the column of the array.

use std::collections::HashMap;
use std::sync::Arc;

use crate::codec::pick::{element_number, elements};
use crate::codec::scalar::Number;
use crate::columns::column::{Column, Value, Values, tag};
use crate::columns::dictionary::{Dictionary, Entry};
use crate::columns::draft::Coder as _;
use crate::columns::form::{Cell, Form};
use crate::columns::group::Group;
use crate::columns::leaf::Leaf;
use crate::columns::paths::{CREATED, EXTERNAL_ID, EXTERNAL_SOURCE, Paths, UPDATED, VERSION};
use crate::columns::reader::Columns;
use crate::columns::texts::Texts;
use crate::ground::error::Result;
use crate::query::fields::Field;
use crate::query::tuple::Slots;
use crate::query::vector::mask::HeadOf;

/// The places of all fields of a query.
pub(super) struct Places {
    /// The table, with the paths of the query in it, stored or not.
    pub(super) paths: Arc<Paths>,
    /// Whether the table is as it is stored.
    pub(super) is_stored: bool,
    slots: Vec<Place>,
}

/// The place of one field.
pub(super) enum Place {
    /// The ids have a block of their own.
    Id,
    /// A field of the record itself.
    Own(u32),
    /// A path below `data`: the numbers along it, and its keys.
    Data(Vec<u32>, Vec<String>),
}

impl Places {
    pub(super) fn new(slots: &Slots<'_>, stored: &Arc<Paths>) -> Self {
        let fields: Vec<&Field> = (0..slots.count()).filter_map(|slot| Some(&slots.field(slot)?.0)).collect();
        let mut paths = Arc::clone(stored);
        for field in &fields {
            if let Field::Data(path) = field
                && paths.trail(path).len() < path.len()
            {
                Arc::make_mut(&mut paths).ensure(path);
            }
        }
        let place = |field: &&Field| match field {
            Field::Id => Place::Id,
            Field::ExternalId => Place::Own(EXTERNAL_ID),
            Field::ExternalSource => Place::Own(EXTERNAL_SOURCE),
            Field::Version => Place::Own(VERSION),
            Field::CreatedAt => Place::Own(CREATED),
            Field::UpdatedAt => Place::Own(UPDATED),
            Field::Data(path) => Place::Data(paths.trail(path), path.clone()),
        };
        let slots = fields.iter().map(place).collect();
        let is_stored = Arc::ptr_eq(&paths, stored);
        Self { paths, is_stored, slots }
    }

    /// The numbers of all paths that matter to the query, in ascending order.
    pub(super) fn wanted(&self) -> Vec<u32> {
        let numbers = self.slots.iter().flat_map(|place| match place {
            Place::Id => &[],
            Place::Own(path) => std::slice::from_ref(path),
            Place::Data(trail, _) => trail.as_slice(),
        });
        let mut wanted: Vec<u32> = numbers.copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// The places, by slot.
    pub(super) fn slots(&self) -> &[Place] {
        &self.slots
    }

    /// What the header of a group tells of a slot.
    pub(super) fn head<'g>(
        &self,
        columns: &Columns<'_>,
        group: &'g Group,
        slot: usize,
        dictionaries: &'g Dictionaries,
    ) -> HeadOf<'g> {
        let own = match self.slots.get(slot) {
            Some(Place::Own(path)) => *path,
            Some(Place::Data(trail, _)) => match trail.split_last() {
                Some((own, before)) if !is_put_together(columns, group, before) => *own,
                _ => return HeadOf::Unknown,
            },
            _ => return HeadOf::Unknown,
        };
        match group.place(own).and_then(|place| group.heads.get(place)) {
            Some(head) => {
                let epoch = head.dictionary_epoch();
                let dictionary = epoch.and_then(|epoch| dictionaries.by_name.get(&(own, epoch)));
                HeadOf::Head { head, dictionary }
            }
            None if group.is_partial => HeadOf::Unknown,
            None => HeadOf::Absent,
        }
    }

    /// The column of a slot.
    pub(super) fn column(&self, columns: &Columns<'_>, group: &Group, slot: usize) -> Result<Arc<Column>> {
        let at = |path: u32| group.place(path).map(|place| columns.column(group, place)).transpose();
        let (trail, path) = match self.slots.get(slot) {
            Some(Place::Own(path)) => return Ok(at(*path)?.unwrap_or_else(null)),
            Some(Place::Data(trail, path)) => (trail, path),
            _ => return Ok(null()),
        };
        let Some((own, before)) = trail.split_last() else { return Ok(null()) };
        let is_unknown = |path: &u32| group.is_partial && group.place(*path).is_none();
        if trail.iter().any(is_unknown) {
            return Ok(Arc::new(Column {
                present: None,
                values: Values::Constant(Cell::Opaque, Arc::new(Dictionary::empty())),
            }));
        }
        let own = at(*own)?.unwrap_or_else(null);
        if !is_put_together(columns, group, before) {
            return Ok(own);
        }
        let mut holders = Vec::new();
        for (depth, path_number) in (1..).zip(before) {
            if let Some(column) = at(*path_number)? {
                holders.push((column, path.get(depth..).unwrap_or_default()));
            }
        }
        put_together(&own, &holders, group.rows)
    }
}

/// The dictionaries that the groups of a query name.
#[derive(Default)]
pub(super) struct Dictionaries {
    by_name: HashMap<(u32, u32), Arc<Dictionary>>,
}

impl Dictionaries {
    /// Reads the dictionaries of the columns of a slot, in all groups, each once.
    pub(super) fn read(
        &mut self,
        columns: &Columns<'_>,
        groups: &[Arc<Group>],
        place: &Place,
    ) -> Result<Vec<Arc<Dictionary>>> {
        let path = match place {
            Place::Id => return Ok(Vec::new()),
            Place::Own(path) => *path,
            Place::Data(trail, _) => match trail.last() {
                Some(path) => *path,
                None => return Ok(Vec::new()),
            },
        };
        let mut read = Vec::new();
        for group in groups {
            let head = group.place(path).and_then(|place| group.heads.get(place));
            if let Some(epoch) = head.and_then(|head| head.dictionary_epoch())
                && !self.by_name.contains_key(&(path, epoch))
            {
                let dictionary = columns.dictionary(path, epoch)?;
                self.by_name.insert((path, epoch), Arc::clone(&dictionary));
                read.push(dictionary);
            }
        }
        Ok(read)
    }
}

fn null() -> Arc<Column> {
    Arc::new(Column::null())
}

/// Whether values of a path may stand in the columns of what lies before it: in arrays, or in what only rows hold.
fn is_put_together(columns: &Columns<'_>, group: &Group, before: &[u32]) -> bool {
    before.iter().any(|path| {
        let Some(place) = group.place(*path) else { return false };
        match group.heads.get(place).map(|head| head.form) {
            Some(Form::Codes { .. } | Form::Mixed { .. } | Form::Constant(Cell::Code(_) | Cell::Opaque)) => {
                true
            }
            // Most are objects, which hold nothing themselves.
            Some(Form::Tags) => match columns.column(group, place).as_deref() {
                Ok(Column { values: Values::Tags(tags), .. }) => tags.contains(&tag::OPAQUE),
                _ => true,
            },
            _ => false,
        }
    })
}

/// The values of a path, of which some are elements of the arrays in `holders`: columns of what lies before it, each with the
/// keys that follow.
fn put_together(own: &Column, holders: &[(Arc<Column>, &[String])], rows: usize) -> Result<Arc<Column>> {
    let (mut tags, mut bits) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut texts = Texts::default();
    for row in 0..rows {
        let mut cell = match own.value(row) {
            Value::Null => Cell::Null,
            Value::Hidden => Cell::Opaque,
            value => cell_of(value, &mut texts),
        };
        for (holder, keys) in holders {
            if cell != Cell::Null {
                break;
            }
            cell = match holder.value(row) {
                Value::Entry(Entry::Array(stored)) => element(stored, keys, &mut texts)?,
                Value::Hidden if is_opaque(holder, row) => Cell::Opaque,
                _ => Cell::Null,
            };
        }
        let (tag, payload) = cell.bits();
        tags.push(tag);
        bits.push(payload);
    }
    Ok(Arc::new(Column {
        present: None,
        values: Values::Mixed { tags, bits, dictionary: Arc::new(texts.dictionary()) },
    }))
}

fn is_opaque(column: &Column, row: usize) -> bool {
    match &column.values {
        Values::Constant(cell, _) => *cell == Cell::Opaque,
        Values::Tags(tags) | Values::Mixed { tags, .. } => tags.get(row) == Some(&tag::OPAQUE),
        _ => false,
    }
}

/// The element of a stored array of scalars that one key names.
fn element(stored: &str, keys: &[String], texts: &mut Texts) -> Result<Cell> {
    Ok(match element_leaf(stored, keys)? {
        None => Cell::Null,
        Some(Leaf::Bool(value)) => Cell::Bool(value),
        Some(Leaf::Int(int)) => Cell::Int(int),
        Some(Leaf::Wide(wide)) => Cell::Wide(wide),
        Some(Leaf::Double(double)) => Cell::Double(double),
        Some(Leaf::Text(text)) => Cell::Code(texts.code(Entry::Text(&text))),
        Some(Leaf::Array(_) | Leaf::Object | Leaf::Opaque) => Cell::Opaque,
    })
}

/// The element that a path of keys names in a stored array of scalars.
pub(super) fn element_leaf<'t>(stored: &'t str, keys: &[String]) -> Result<Option<Leaf<'t>>> {
    let [key] = keys else { return Ok(None) };
    let found = element_number(key).and_then(|number| elements(stored).nth(number));
    match found {
        Some(found) => Leaf::read(found?),
        None => Ok(None),
    }
}

/// A value of a column, its text numbered anew.
fn cell_of(value: Value<'_>, texts: &mut Texts) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Hidden => Cell::Opaque,
        Value::Bool(value) => Cell::Bool(value),
        Value::Number(Number::Double(double)) => Cell::Double(double),
        Value::Number(Number::Integer(integer)) => match (i64::try_from(integer), u64::try_from(integer)) {
            (Ok(int), _) => Cell::Int(int),
            (_, Ok(wide)) => Cell::Wide(wide),
            _ => Cell::Opaque,
        },
        Value::Time(..) => value.text().map_or(Cell::Null, |text| Cell::Code(texts.code(Entry::Text(&text)))),
        Value::Entry(entry) => Cell::Code(texts.code(entry)),
    }
}
