//! Groups and totals at the door against sums made by hand.

use std::collections::BTreeMap;

use rekor_core::api::query::Aggregate;
use rekor_core::{Json, Workspace};
use serde_json::Value;

use super::generate::World;
use super::value::{Word, at};
use super::{COLLECTIONS, filled, filter};
use crate::sandbox::seed;

const AGGREGATIONS: &str = r#"[{"fn":"count","alias":"rows"},{"fn":"count","field":"data.m","alias":"some"},
    {"fn":"sum","field":"data.n","alias":"sum"},{"fn":"avg","field":"version","alias":"avg"},{"fn":"min","field":"data.m","alias":"min"},
    {"fn":"max","field":"data.m","alias":"max"},{"fn":"count_distinct","field":"data.s","alias":"kinds"}]"#;

/// The totals of one group; a sum as it is spelled, since sums have no bound.
#[derive(Debug, PartialEq)]
struct Totals {
    counts: [usize; 3],
    sum: String,
    /// The mean of the versions, in millionths.
    avg: Option<u64>,
    ends: [Word; 2],
}

/// The totals of one group, made by hand.
fn by_hand(world: &World, rows: &[&Value]) -> Totals {
    let words = |field: &str| {
        let mut words: Vec<Word> = rows.iter().map(|row| world.word(field, at(row, field))).collect();
        words.retain(|word| *word != Word::Null);
        words.sort();
        words
    };
    let (some, mut kinds) = (words("data.m"), words("data.s"));
    kinds.dedup();
    let versions: Vec<f64> = rows.iter().filter_map(|row| row["version"].as_f64()).collect();
    let sum: i128 = rows.iter().filter_map(|row| at(row, "data.n")).filter_map(integer).sum();
    Totals {
        counts: [rows.len(), some.len(), kinds.len()],
        sum: sum.to_string(),
        avg: millionths(versions.iter().sum::<f64>() / versions.len() as f64),
        ends: [some.first(), some.last()].map(|word| word.cloned().unwrap_or(Word::Null)),
    }
}

/// A mean of small numbers; none of no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "versions are small")]
fn millionths(mean: f64) -> Option<u64> {
    mean.is_finite().then(|| (mean * 1e6).round() as u64)
}

fn integer(value: &Value) -> Option<i128> {
    value.as_u64().map(i128::from).or_else(|| value.as_i64().map(i128::from))
}

/// The groups as they are answered, by the words of their keys, the totals as `by_hand` shows them.
fn answered(ws: &Workspace, world: &World, request: &Aggregate) -> BTreeMap<Vec<Word>, Totals> {
    let answer = ws.run(request).unwrap_or_else(|error| panic!("{request:?}\n{error}"));
    let groups = request.group_by.len();
    let value = |json: &Json| serde_json::from_str::<Value>(json.text()).unwrap();
    let count = |json: &Json| usize::try_from(value(json).as_u64().unwrap()).unwrap();
    let grouped = answer.rows.iter().map(|row| {
        let keys = request.group_by.iter().zip(row);
        let key = keys.map(|(field, json)| world.word(field, Some(&value(json)))).collect();
        let [rows, some, sum, avg, min, max, kinds] = &row[groups..] else { panic!("{row:?}") };
        let totals = Totals {
            counts: [rows, some, kinds].map(count),
            sum: sum.text().to_owned(),
            avg: value(avg).as_f64().and_then(millionths),
            ends: [min, max].map(|json| Word::of(Some(&value(json)), false)),
        };
        (key, totals)
    });
    grouped.collect()
}

/// Asks for random totals of these collections, which hold the same.
pub(super) fn check(rng: &mut fastrand::Rng, ws: &Workspace, world: &World, collections: &[&str]) {
    let filter = world.filter(rng, 2);
    let mut fields = ["data.s", "data.b", "data.d", "data.n", "data.none", "version"].map(ToOwned::to_owned);
    rng.shuffle(&mut fields);
    let group_by = fields[..rng.usize(..3)].to_vec();
    let mut groups: BTreeMap<Vec<Word>, Vec<&Value>> = BTreeMap::new();
    if group_by.is_empty() {
        groups.insert(Vec::new(), Vec::new());
    }
    for record in world.records.iter().filter(|record| filter::passes(&filter, record, world)) {
        let key = group_by.iter().map(|field| world.word(field, at(record, field))).collect();
        groups.entry(key).or_default().push(record);
    }
    let due: BTreeMap<Vec<Word>, Totals> =
        groups.into_iter().map(|(key, rows)| (key, by_hand(world, &rows))).collect();
    for collection in collections {
        let request = Aggregate {
            collection: (*collection).to_owned(),
            aggregations: Some(Json::from_text(AGGREGATIONS)),
            group_by: group_by.clone(),
            filter: Some(Json::from_value(&filter)),
            ..Aggregate::default()
        };
        assert_eq!(answered(ws, world, &request), due, "{request:?}\n{}", world.schema(true));
    }
}

#[test]
fn random_totals_are_those_made_by_hand_with_indexes_and_without() {
    let mut rng = fastrand::Rng::with_seed(seed());
    for size in [0, 30, 200] {
        let world = World::random_with_integers(&mut rng, size);
        filled(&world).ops(|ws| (0..25).for_each(|_| check(&mut rng, ws, &world, &COLLECTIONS)));
    }
}
