//! Totals of blocks against totals of rows: by any group fields, of any selection, by two workers.

use super::seeds;
use super::world::{Dice, FIELDS, World};
use crate::api::query::Aggregate;
use crate::codec::scalar::Scalar;
use crate::ground::error::{Error, Result};
use crate::ground::json::Json;
use crate::query::columns::Columns;
use crate::query::groups::Groups;
use crate::query::tuple::Slots;
use crate::query::vector::selection::Selection;
use crate::query::vector::totals::VectorTotals;

const WORLDS: u64 = 1_500;
const QUERIES: usize = 12;

#[test]
fn totals_are_those_of_rows() {
    let mut sums = 0;
    for seed in seeds(WORLDS) {
        World::roll(&mut Dice(seed), |dice, world| {
            for query in 0..QUERIES {
                let mut slots = world.slots();
                let request = request(dice);
                let columns = Columns::read(&request, world.shape(), &mut slots).unwrap();
                let at =
                    format!("seed {seed} query {query} {:?} {:?}", request.group_by, request.aggregations);
                let (wanted, got) = run(dice, world, &columns, &slots);
                match (wanted, got) {
                    (Ok(mut wanted), Ok(mut got)) => {
                        let groups = columns.groups();
                        wanted.sort_by(|a, b| a[..groups].cmp(&b[..groups]));
                        got.sort_by(|a, b| a[..groups].cmp(&b[..groups]));
                        assert_eq!(wanted.len(), got.len(), "{at}\n{wanted:?}\n{got:?}");
                        for (want, have) in wanted.iter().flatten().zip(got.iter().flatten()) {
                            assert!(near(want, have), "{want:?} {have:?} {at}\n{wanted:?}\n{got:?}");
                        }
                        sums += wanted.len();
                    }
                    (Err(wanted), Err(got)) => assert_eq!(text(&wanted), text(&got), "{at}"),
                    (wanted, got) => panic!("{wanted:?}\n{got:?}\n{at}"),
                }
            }
        });
    }
    assert!(sums > 10_000 || option_env!("REKOR_VECTOR_SEED").is_some());
}

fn text(error: &Error) -> String {
    format!("{:?} {error}", error.code())
}

/// Sums of doubles may differ in what was rounded last; beside 1e300, in all that is smaller.
fn near(a: &Scalar<'_>, b: &Scalar<'_>) -> bool {
    match (a, b) {
        (Scalar::Number(a), Scalar::Number(b)) if a != b => {
            let (a, b) = (a.to_double(), b.to_double());
            (a - b).abs() <= a.abs() * 1e-15 || (a.abs() < 1e290 && a.abs() > 1e270)
        }
        _ => a == b,
    }
}

fn request(dice: &mut Dice) -> Aggregate {
    const FUNCTIONS: [&str; 6] = ["count", "sum", "avg", "min", "max", "count_distinct"];
    let mut group_by: Vec<String> = Vec::new();
    for _ in 0..dice.roll(4) {
        let name = dice.pick(&FIELDS).to_owned();
        if !group_by.contains(&name) {
            group_by.push(name);
        }
    }
    let totals: Vec<String> = (0..=dice.roll(4))
        .map(|n| {
            let function = dice.pick(&FUNCTIONS);
            let field = if function == "count" && dice.one_in(2) {
                String::new()
            } else {
                format!(r#","field":"{}""#, dice.pick(&FIELDS))
            };
            format!(r#"{{"fn":"{function}"{field},"alias":"t{n}"}}"#)
        })
        .collect();
    Aggregate {
        group_by,
        aggregations: Some(Json::from_text(format!("[{}]", totals.join(",")))),
        ..Aggregate::default()
    }
}

pub(super) type Rows = Result<Vec<Vec<Scalar<'static>>>>;

pub(super) fn rows(groups: Groups<'_>) -> Rows {
    let rows = groups.finish()?;
    let owned = |row| rows.row(row).iter().map(|value| value.clone().into_owned()).collect();
    Ok((0..rows.len).map(owned).collect())
}

/// The totals of the same rows, row by row and by blocks.
fn run(dice: &mut Dice, world: &World, columns: &Columns, slots: &Slots<'_>) -> (Rows, Rows) {
    let mut wanted = Groups::new(columns);
    let mut rest = Groups::new(columns);
    let mut workers = [VectorTotals::new(columns, slots), VectorTotals::new(columns, slots)];
    for group in &world.groups {
        let block = group.block(slots);
        let some = if dice.one_in(2) { 1 } else { 3 };
        let mut mask: Vec<u8> = (0..block.rows).map(|_| u8::from(some == 1 || !dice.one_in(some))).collect();
        (0..block.rows).filter(|row| group.is_hidden(*row)).for_each(|row| mask[row] = 0);
        for row in (0..block.rows).filter(|row| mask[*row] == 1) {
            wanted.add(&block.tuple(row)).unwrap();
        }
        // As rows that were changed since the group was sealed are.
        if dice.one_in(3) {
            for (row, mark) in mask.iter_mut().enumerate().filter(|(_, mark)| **mark == 1) {
                if dice.one_in(4) {
                    *mark = 0;
                    rest.add(&block.tuple(row)).unwrap();
                }
            }
        }
        let mut rows = Vec::new();
        let selection = Selection::of(&mask, &mut rows);
        workers[dice.roll(2)].add(&block, selection).unwrap();
    }
    let [mut one, other] = workers;
    let mut apart = None;
    if dice.one_in(4) {
        rest = apart.insert(other).finish(rest).unwrap();
    } else {
        one.merge(other).unwrap();
    }
    (rows(wanted), rows(one.finish(rest).unwrap()))
}
