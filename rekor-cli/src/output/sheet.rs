//! Rows brought under common columns. Rows may lack columns that others have.

use std::collections::HashMap;

use crate::output::layout::{self, Field, Place, Rows};

/// A value in a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) number: bool,
}

/// Columns and rows, each row as long as there are columns.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// Lays out things under the columns that any of them has, in the order of their first appearance.
    pub(crate) fn of(rows: Rows, things: &[&str], brief: bool) -> Self {
        let laid: Vec<Vec<Field>> = things
            .iter()
            .enumerate()
            .map(|(index, text)| layout::lay_out(rows, index, text, brief))
            .collect();
        let mut order: Vec<(Place, String)> = Vec::new();
        let mut seen = HashMap::new();
        for field in laid.iter().flatten() {
            if seen.insert(field.name.clone(), 0).is_none() {
                order.push((field.place, field.name.clone()));
            }
        }
        order.sort_by_key(|(place, _)| *place);
        let columns: Vec<String> = order.into_iter().map(|(_, name)| name).collect();
        let at: HashMap<&str, usize> =
            columns.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let rows = laid.into_iter().map(|fields| align(fields, &at)).collect();
        Self { columns, rows }
    }
}

fn align(fields: Vec<Field>, at: &HashMap<&str, usize>) -> Vec<Cell> {
    let mut row = vec![Cell::default(); at.len()];
    for field in fields {
        if let Some(cell) = at.get(field.name.as_str()).and_then(|at| row.get_mut(*at)) {
            *cell = Cell { text: field.text, number: field.number };
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_other_fields_share_the_columns() {
        let things =
            [r#"{"id":"1","version":1,"data":{"a":1}}"#, r#"{"id":"2","version":2,"data":{"b":true}}"#];
        let sheet = Sheet::of(Rows::Records, &things, true);
        assert_eq!(sheet.columns, ["id", "a", "b", "version"]);
        let texts: Vec<Vec<&str>> =
            sheet.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!(texts, [["1", "1", "", "1"], ["2", "", "true", "2"]]);
    }
}
