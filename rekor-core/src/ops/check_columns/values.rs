//! Compares values of columns with values of rows, and with what headers say of them. Knows nothing of where either is
//! stored.

use crate::codec::scalar::Number;
use crate::codec::time::Instant;
use crate::columns::column::{Column, Value, Values, power_of_ten, tag};
use crate::columns::dictionary::Entry;
use crate::columns::form::{Cell, Form, Head};
use crate::columns::leaf::Leaf;

/// Whether a column holds a value of a row, to the bit.
pub(super) fn holds(column: &Column, row: usize, leaf: &Leaf<'_>) -> bool {
    match (leaf, column.value(row)) {
        (Leaf::Bool(own), Value::Bool(held)) => *own == held,
        (Leaf::Int(own), Value::Number(held)) => Number::Integer((*own).into()) == held,
        (Leaf::Wide(own), Value::Number(held)) => Number::Integer((*own).into()) == held,
        (Leaf::Double(own), Value::Number(held)) => Number::from_double(*own) == Some(held),
        (Leaf::Text(own), Value::Entry(Entry::Text(held))) => *own == held,
        (Leaf::Text(own), Value::Time(units, digits)) => Instant::parse_spelled(own) == Some((units, digits)),
        (Leaf::Array(own), Value::Entry(Entry::Array(held))) => *own == held,
        (Leaf::Object, Value::Hidden) => is_object(column, row),
        (Leaf::Opaque, Value::Hidden) => !is_object(column, row),
        _ => false,
    }
}

fn is_object(column: &Column, row: usize) -> bool {
    match &column.values {
        Values::Constant(cell, _) => *cell == Cell::Object,
        Values::Tags(tags) | Values::Mixed { tags, .. } => tags.get(row) == Some(&tag::OBJECT),
        _ => false,
    }
}

/// Whether a column has as many nulls, and the least and greatest value, as its header says: by these a scan passes over
/// blocks. A code that stands for nothing counts as null, so it is found here too.
pub(super) fn keeps_bounds(head: &Head, column: &Column, rows: usize) -> bool {
    let (mut nulls, mut bounds) = (0_u32, None::<(Number, Number)>);
    for row in 0..rows {
        let number = match (column.value(row), &column.values) {
            (Value::Null, _) => {
                nulls += 1;
                continue;
            }
            (_, Values::Codes { base, offsets, .. }) => {
                Number::Integer(i128::from(*base) + i128::from(offsets.get(row)))
            }
            (Value::Number(number), _) => number,
            (Value::Time(units, _), _) => Number::Integer(units.into()),
            _ => continue,
        };
        bounds = Some(bounds.map_or((number, number), |(least, most)| (least.min(number), most.max(number))));
    }
    let told = match head.form {
        Form::Constant(_) | Form::Tags | Form::Mixed { .. } | Form::Ids => return head.nulls == nulls,
        Form::Ints { min, max } | Form::Times { min, max, .. } => Some((whole(min), whole(max))),
        Form::Codes { min, max, .. } => Some((whole(min.into()), whole(max.into()))),
        Form::Doubles { min, max } => Number::from_double(min).zip(Number::from_double(max)),
        Form::Decimals { min, max, digits } => {
            let divided = |bound: i64| Number::from_double(bound as f64 / power_of_ten(digits));
            divided(min).zip(divided(max))
        }
    };
    head.nulls == nulls && told.is_some() && told == bounds
}

fn whole(number: i64) -> Number {
    Number::Integer(number.into())
}
