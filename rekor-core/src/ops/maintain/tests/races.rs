//! Somebody writes, deletes or seals between the view of a step and its commit.

use super::world::{World, batch, delete, name, put};
use crate::codec::column_keys::ColumnKey;
use crate::ops::maintain::{Round, step};

/// Records that nothing covers yet, one commit each.
fn tail(count: u32) -> World {
    let world = World::new();
    (0..count).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    world.check();
    world
}

fn one_step(world: &World) -> bool {
    let done = step(world.ws.session(), &mut Round::default()).unwrap();
    assert!(world.has_raced(), "nobody came in between");
    world.check();
    done
}

#[test]
fn a_write_between_the_view_of_a_seal_and_its_commit_is_not_hidden() {
    let world = tail(10);
    world.race(|other| {
        put(other, &name(3), 103);
        put(other, "r00004-between", 104);
        put(other, "r99999-after", 105);
    });
    assert!(one_step(&world), "writers of records are not in its way");
    assert_eq!((world.groups().len(), world.keys(None)), (1, 3));
    assert_eq!(world.groups()[0].rows, 10);
    world.seal_all();
}

#[test]
fn a_record_deleted_between_the_view_of_a_seal_and_its_commit_does_not_come_back() {
    let world = tail(10);
    world.race(|other| {
        delete(other, &name(0));
        delete(other, &name(9));
        delete(other, &name(5));
        put(other, &name(5), 205);
    });
    assert!(one_step(&world));
    assert_eq!((world.groups()[0].rows, world.keys(None)), (10, 3));
    world.seal_all();
    assert_eq!((world.groups()[0].rows, world.keys(None)), (8, 0));
}

#[test]
fn of_two_seals_of_the_same_ids_from_different_views_one_loses_and_nothing_comes_back() {
    let world = tail(10);
    world.race(|other| {
        delete(other, &name(2));
        put(other, &name(7), 307);
        assert!(step(other.session(), &mut Round::default()).unwrap());
        put(other, &name(8), 308);
    });
    assert!(!one_step(&world), "the other was first");
    assert_eq!((world.groups().len(), world.groups()[0].rows, world.keys(None)), (1, 9, 1));
    world.seal_all();
}

#[test]
fn of_two_that_seal_a_group_anew_the_one_with_the_older_view_loses() {
    let world = World::new();
    batch(&world.ws, 0..16, 0);
    (0..3).for_each(|id| put(&world.ws, &name(id), 400));
    let before = world.groups()[0].as_of;
    world.race(|other| {
        delete(other, &name(4));
        assert!(step(other.session(), &mut Round::default()).unwrap());
    });
    assert!(!one_step(&world));
    assert!(world.groups()[0].as_of > before);
    assert_eq!((world.groups()[0].rows, world.keys(None)), (15, 0));
}

#[test]
fn of_two_seals_that_give_codes_to_new_texts_one_loses() {
    let world = World::new();
    batch(&world.ws, 0..16, 0);
    batch(&world.ws, 100..116, 0);
    (0..4).for_each(|id| put(&world.ws, &name(id), 500 + i64::from(id)));
    (100..104).for_each(|id| put(&world.ws, &name(id), 600 + i64::from(id)));
    world.race(|other| {
        // The second group only: the first stays as it is, so that the dictionary alone stands in the way.
        let mut round = Round::default();
        put(other, &name(200), 700);
        batch(other, 300..316, 800);
        while step(other.session(), &mut round).unwrap() {}
    });
    assert!(!one_step(&world));
    world.seal_all();
    assert_eq!(world.keys(None), 1, "the one that is in no group");
}

#[test]
fn an_entry_that_is_written_again_before_it_is_removed_stays() {
    let world = World::new();
    put(&world.ws, &name(5), 5);
    delete(&world.ws, &name(5));
    batch(&world.ws, 0..16, 0);
    assert_eq!((world.groups().len(), world.keys(None)), (1, 1), "the group has overtaken the entry");
    world.check();
    world.race(|other| delete(other, &name(5)));
    assert!(one_step(&world));
    assert_eq!(world.keys(None), 1, "it says that the record is gone");
    world.race(|other| put(other, &name(5), 905));
    assert!(one_step(&world), "the group is sealed anew");
    assert_eq!((world.groups()[0].rows, world.keys(None)), (15, 1));
    world.seal_all();
    assert_eq!((world.groups()[0].rows, world.keys(None)), (16, 0));
}

#[test]
fn an_entry_that_a_group_has_overtaken_is_removed_and_changes_nothing() {
    let world = World::new();
    put(&world.ws, &name(5), 5);
    delete(&world.ws, &name(5));
    batch(&world.ws, 0..16, 0);
    assert!(step(world.ws.session(), &mut Round::default()).unwrap());
    world.check();
    assert_eq!((world.groups()[0].rows, world.keys(None)), (16, 0));
    assert!(!step(world.ws.session(), &mut Round::default()).unwrap(), "there is nothing left to do");
}

#[test]
fn a_collection_deleted_between_the_view_of_a_seal_and_its_commit_leaves_nothing() {
    let world = tail(10);
    world.race(|other| {
        other.call("delete_collection", r#"{"collection":"c","with_records":true}"#).unwrap();
    });
    assert!(!step(world.ws.session(), &mut Round::default()).unwrap());
    assert!(world.has_raced());
    while step(world.ws.session(), &mut Round::default()).unwrap() {}
    let kinds = ColumnKey::ALL.map(Some).into_iter().chain([None]);
    assert!(kinds.map(|kind| world.keys(kind)).all(|keys| keys == 0));
}
