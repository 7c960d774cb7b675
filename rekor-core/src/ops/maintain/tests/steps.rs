//! What one step is allowed to do bounds it, and never keeps the steps after it from getting on.

use super::world::{World, batch, name, put, put_large};

#[test]
fn records_after_many_that_are_not_worth_a_seal_are_sealed_by_single_steps() {
    let world = World::new();
    for n in 0..30 {
        batch(&world.ws, n * 100..n * 100 + 20, 0);
        put(&world.ws, &name(n * 100), 5);
    }
    (0..20).for_each(|id| put(&world.ws, &format!("tail-{id:02}"), id));
    let covered = |world: &World| world.groups().iter().map(|group| group.rows).sum::<usize>();
    assert_eq!((covered(&world), world.keys(None)), (600, 50));
    let mut steps = 0;
    while world.ws.maintain().unwrap() {
        steps += 1;
        assert!(steps < 100, "it says for ever that it did something");
    }
    world.check();
    assert_eq!((covered(&world), world.keys(None)), (620, 30));
}

#[test]
fn a_collection_of_large_records_that_is_older_than_columns_becomes_tracked_all_the_same() {
    let world = World::new();
    (0..60).for_each(|id| put_large(&world.ws, &name(id), i64::from(id)));
    world.make_old();
    let steps = world.seal_all();
    assert!(world.is_tracked(), "after {steps} steps");
    assert_eq!(world.groups().iter().map(|group| group.rows).sum::<usize>(), 60);
}
