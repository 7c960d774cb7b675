//! The bounds of aggregates, and totals that only exact sums get right.

use std::sync::Arc;

use super::totals::rows;
use super::world::{Dice, World};
use crate::api::query::Aggregate;
use crate::codec::scalar::{Number, Scalar};
use crate::columns::column::{Column, Values};
use crate::columns::dictionary::{Dictionary, Entry};
use crate::columns::ids::Ids;
use crate::columns::narrow::Narrow;
use crate::ground::error::{Code, Result};
use crate::ground::json::Json;
use crate::query::columns::Columns;
use crate::query::groups::Groups;
use crate::query::tuple::Slots;
use crate::query::vector::block::Block;
use crate::query::vector::selection::Selection;
use crate::query::vector::totals::VectorTotals;

type Rows = Result<Vec<Vec<Scalar<'static>>>>;

/// Totals of blocks that have a column for `data.a`, the first slot, and nothing else.
fn total(group_by: &[&str], function: &str, blocks: Vec<(usize, Column)>) -> Rows {
    let mut rows = None;
    World::roll(&mut Dice(1), |_, world| {
        let mut slots = world.slots();
        let request = Aggregate {
            group_by: group_by.iter().map(|name| (*name).to_owned()).collect(),
            aggregations: Some(Json::from_text(format!(
                r#"[{{"fn":"{function}","field":"data.a","alias":"t"}}]"#
            ))),
            ..Aggregate::default()
        };
        let columns = Columns::read(&request, world.shape(), &mut slots).unwrap();
        rows = Some(run(&columns, &slots, blocks));
    });
    rows.unwrap()
}

fn run(columns: &Columns, slots: &Slots<'_>, blocks: Vec<(usize, Column)>) -> Rows {
    let mut totals = VectorTotals::new(columns, slots);
    let mut by_rows = Groups::new(columns);
    let few = blocks.iter().map(|(rows, _)| rows).sum::<usize>() < 10_000;
    let ids = Ids::Uuids(Vec::new());
    for (rows, column) in blocks {
        let block = Block { rows, columns: &[Arc::new(column)], ids: &ids, slots };
        totals.add(&block, Selection::All)?;
        (0..rows).filter(|_| few).for_each(|row| by_rows.add(&block.tuple(row)).unwrap());
    }
    let rows = rows(totals.finish(Groups::new(columns))?)?;
    if few {
        assert_eq!(rows, super::totals::rows(by_rows)?);
    }
    Ok(rows)
}

/// All texts of numbers from `first` on, in a dictionary of their own.
fn texts(first: usize, count: usize) -> (usize, Column) {
    let texts: Vec<String> = (first..first + count).map(|n| n.to_string()).collect();
    let dictionary = Arc::new(Dictionary::of(texts.iter().map(|text| Entry::Text(text))));
    let offsets = Narrow::U32((1..=u32::try_from(count).unwrap()).collect());
    (count, Column { present: None, values: Values::Codes { base: 0, offsets, dictionary } })
}

#[test]
fn groups_are_counted_by_value_and_not_by_number() {
    let many = vec![texts(0, 60_000), texts(20_000, 60_000), texts(0, 50_000)];
    let rows = total(&["data.a"], "count", many).unwrap();
    assert_eq!(rows.len(), 80_000);
    let sum = rows.iter().map(|row| match row[1] {
        Scalar::Number(Number::Integer(count)) => count,
        _ => panic!("{row:?}"),
    });
    assert_eq!(sum.sum::<i128>(), 170_000);
    let distinct = total(&[], "count_distinct", vec![texts(0, 60_000), texts(20_000, 60_000)]).unwrap();
    assert_eq!(distinct, [[Scalar::Number(Number::Integer(80_000))]]);
}

#[test]
fn too_many_groups_are_refused_as_of_rows() {
    assert_eq!(total(&["data.a"], "count", vec![texts(0, 100_000)]).unwrap().len(), 100_000);
    let error = total(&["data.a"], "count", vec![texts(0, 60_000), texts(60_000, 40_001)]).unwrap_err();
    assert_eq!(error.code(), Code::QueryTooExpensive);
    assert_eq!(error.hint_text(), Some("narrow the filter, or group by fewer fields"));
}

#[test]
fn whole_doubles_are_summed_as_integers() {
    let large = 9_007_199_254_740_991_i64;
    let doubles =
        |values: &[f64]| (values.len(), Column { present: None, values: Values::Doubles(values.to_vec()) });
    let integer = |offset| {
        (1, Column { present: None, values: Values::Ints { base: large, offsets: Narrow::U8(vec![offset]) } })
    };
    let whole = vec![doubles(&[large as f64, 2.0, -1.0]), doubles(&[large as f64; 4_000]), integer(2)];
    let sum = i128::from(large) * 4_002 + 3;
    assert_eq!(total(&[], "sum", whole).unwrap(), [[Scalar::Number(Number::Integer(sum))]]);
    let broken = vec![integer(2), doubles(&[0.5, 0.5])];
    // Two halves are whole together and make no integer of the sum: it is rounded twice, as that of rows is.
    assert_eq!(total(&[], "sum", broken).unwrap(), [[Scalar::Number(Number::Integer(1 << 53))]]);
    let beyond = vec![doubles(&[9e18, 9e18, 1.0, 1.8e19])];
    let sum = 36_000_000_000_000_000_001;
    assert_eq!(total(&[], "sum", beyond).unwrap(), [[Scalar::Number(Number::Integer(sum))]]);
}
