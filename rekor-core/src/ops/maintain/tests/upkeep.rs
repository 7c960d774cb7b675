//! What groups cover never shrinks, what is retired goes, and a collection that is older than columns gets them step by step.

use super::world::{World, batch, delete, import, name, put};
use crate::codec::column_keys::ColumnKey;
use crate::ops::maintain::{Round, step};

/// Whether the ids of each span are still covered, without a gap.
#[track_caller]
fn covers(world: &World, before: &[(Vec<u8>, Vec<u8>)]) {
    let now = world.coverage();
    for (lo, end) in before {
        let mut at = lo;
        for (from, to) in &now {
            if from <= at && at < to {
                at = to;
            }
        }
        assert!(at >= end, "{lo:?} to {end:?} was covered, now {now:?}");
    }
}

#[test]
fn a_group_of_which_all_records_are_deleted_still_covers_their_ids() {
    let world = World::new();
    batch(&world.ws, 0..16, 0);
    batch(&world.ws, 100..116, 0);
    let before = world.coverage();
    (0..16).for_each(|id| delete(&world.ws, &name(id)));
    world.seal_all();
    covers(&world, &before);
    assert_eq!((world.groups().iter().map(|group| group.rows).sum::<usize>(), world.keys(None)), (16, 0));
    (100..116).for_each(|id| delete(&world.ws, &name(id)));
    world.seal_all();
    covers(&world, &before);
    assert_eq!((world.groups().len(), world.groups()[0].rows), (1, 0));
    (50..60).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    world.check();
    world.seal_all();
    covers(&world, &before);
    assert_eq!((world.groups()[0].rows, world.keys(None)), (10, 0));
}

#[test]
fn a_group_into_whose_ids_many_records_came_is_split_in_steps_and_covers_what_it_did() {
    for race in [false, true] {
        let world = World::new();
        batch(&world.ws, (0..16).map(|n| n * 100), 0);
        world.check();
        let before = world.coverage();
        // Into both ends, so that the first step cannot take all of them.
        (1..90).chain(1_410..1_490).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
        delete(&world.ws, &name(1_200));
        world.check();
        if race {
            world.race(|other| {
                put(other, &name(20), 20_000);
                delete(other, &name(1_300));
                put(other, &name(1_450), 21_000);
                put(other, &name(1_451), 22_000);
                delete(other, &name(1_451));
            });
        }
        assert!(world.seal_all() >= 3);
        covers(&world, &before);
        assert!(world.groups().iter().all(|group| group.rows <= 24));
    }
}

#[test]
fn small_groups_side_by_side_become_one() {
    let world = World::new();
    (0..8).for_each(|n| batch(&world.ws, n * 10..n * 10 + 4, 0));
    let before = world.coverage();
    assert_eq!(before.len(), 8);
    put(&world.ws, &name(5), 5);
    world.race(|other| {
        delete(other, &name(1));
        put(other, &name(6), 6);
    });
    world.seal_all();
    covers(&world, &before);
    assert!(world.groups().len() <= 3, "{}", world.groups().len());
}

#[test]
fn a_tail_longer_than_a_step_is_sealed_whole() {
    let world = World::new();
    (0..150).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    world.seal_all();
    assert_eq!(world.groups().iter().map(|group| group.rows).sum::<usize>(), 150);
    assert_eq!(world.keys(None), 0);
}

#[test]
fn what_a_deleted_collection_leaves_of_columns_is_swept_and_its_successor_keeps_its_own() {
    let world = World::new();
    batch(&world.ws, 0..40, 0);
    (0..9).for_each(|id| put(&world.ws, &format!("x{id}"), 1));
    let number = world.number();
    world.ws.call("delete_collection", r#"{"collection":"c","with_records":true}"#).unwrap();
    world.make_collection();
    assert_ne!(world.number(), number);
    world.check();
    batch(&world.ws, 0..8, 70);
    put(&world.ws, &name(3), 73);
    world.check();
    let (groups, entries) = (world.groups().len(), 1);
    assert!(world.keys(Some(ColumnKey::Group)) > groups && world.keys(None) > entries);
    while world.keys(None) > entries || world.keys(Some(ColumnKey::Chunk)) > 2 {
        assert!(step(world.ws.session(), &mut Round::default()).unwrap(), "it is not all swept");
        world.check();
    }
    assert_eq!(world.keys(Some(ColumnKey::Group)), groups);
    world.seal_all();
}

#[test]
fn a_collection_that_is_older_than_columns_is_answered_right_at_every_step_until_it_is_tracked() {
    let world = World::new();
    import(&world.ws, 0..90);
    (0..30).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    world.make_old();
    world.check();
    assert_eq!((world.way(), world.is_tracked()), ("row_scan".to_owned(), false));
    assert!(
        step(world.ws.session(), &mut Round::default()).unwrap(),
        "others learn that they must leave entries"
    );
    let (mut round, mut steps) = (Round::default(), 0_u32);
    while !world.is_tracked() {
        world.check();
        let n = steps;
        // There is always something to do about small groups that are written to, so now and then nobody does.
        if n % 4 != 3 {
            world.race(move |other| {
                put(other, &name(n % 15), 1_000 + i64::from(n));
                put(other, &format!("new-{n}"), i64::from(n));
                if n < 12 {
                    delete(other, &name(29 - n));
                }
            });
        }
        step(world.ws.session(), &mut round).unwrap();
        steps += 1;
        assert!(steps < 100, "it never becomes tracked");
    }
    assert!(steps > 3);
    world.check();
    world.seal_all();
    assert_eq!(world.way(), "column_scan");
}

#[test]
fn records_written_in_a_collection_older_than_columns_are_answered_right_before_anything_is_sealed() {
    let world = World::new();
    (0..40).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    world.make_old();
    put(&world.ws, &name(3), 103);
    delete(&world.ws, &name(4));
    world.check();
    batch(&world.ws, 100..120, 0);
    world.check();
    assert_eq!((world.is_tracked(), world.way()), (false, "column_scan".to_owned()));
    batch(&world.ws, 30..60, 0);
    world.check();
    world.seal_all();
    assert!(world.is_tracked());
}
