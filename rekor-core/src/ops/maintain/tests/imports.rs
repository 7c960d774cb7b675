//! Commits of many new records, which make groups of their own: what others write there meanwhile counts.

use super::world::{World, batch, delete, import, name, put};

fn evens(ids: std::ops::Range<u32>) -> impl Iterator<Item = u32> {
    ids.filter(|id| id % 2 == 0)
}

fn odds(ids: std::ops::Range<u32>) -> impl Iterator<Item = u32> {
    ids.filter(|id| id % 2 == 1)
}

#[test]
fn many_new_records_of_one_commit_are_a_group_at_once() {
    let world = World::new();
    batch(&world.ws, 0..16, 0);
    world.check();
    assert_eq!((world.groups().len(), world.keys(None), world.way()), (1, 0, "column_scan".to_owned()));
    import(&world.ws, 1_000..1_100);
    world.check();
    assert_eq!(world.keys(None), 0);
    assert_eq!(world.groups().iter().map(|group| group.rows).sum::<usize>(), 116);
}

#[test]
fn a_record_made_between_the_ids_of_a_commit_before_it_is_applied_counts() {
    let world = World::new();
    world.race(|other| {
        put(other, &name(5), 1_005);
        put(other, &name(7), 1_007);
        delete(other, &name(7));
    });
    batch(&world.ws, evens(0..20), 0);
    assert!(world.has_raced());
    world.check();
    assert_eq!((world.groups().len(), world.keys(None)), (1, 2), "it need not run again");
    world.seal_all();
    assert_eq!((world.groups()[0].rows, world.keys(None)), (11, 0));
}

#[test]
fn a_group_made_between_the_ids_of_a_commit_before_it_is_applied_is_not_overlapped() {
    let world = World::new();
    world.race(|other| batch(other, odds(0..20), 100));
    batch(&world.ws, evens(0..20), 0);
    assert!(world.has_raced());
    world.check();
    assert_eq!((world.groups().len(), world.keys(None)), (1, 10), "it ran again and left entries");
    world.seal_all();
    assert_eq!(world.keys(None), 1, "the one before the other's group");
}

#[test]
fn a_group_that_grows_into_the_ids_of_a_commit_before_it_is_applied_is_not_overlapped() {
    let world = World::new();
    batch(&world.ws, 0..5, 0);
    (6..10).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    world.race(|other| {
        (21..25).for_each(|id| put(other, &name(id), i64::from(id)));
        while other.maintain().unwrap() {}
    });
    batch(&world.ws, evens(10..30), 0);
    assert!(world.has_raced());
    world.check();
    world.seal_all();
}

#[test]
fn a_record_of_the_same_id_made_meanwhile_is_updated_and_not_made_twice() {
    let world = World::new();
    world.race(|other| {
        batch(other, 4..9, 50);
        delete(other, &name(6));
    });
    batch(&world.ws, 0..12, 0);
    assert!(world.has_raced());
    world.check();
    world.seal_all();
    assert_eq!(world.keys(None), 3, "those after the other's group");
}

#[test]
fn two_imports_of_the_same_external_ids_make_each_record_once() {
    let world = World::new();
    world.race(|other| import(other, 10..40));
    import(&world.ws, 0..30);
    assert!(world.has_raced());
    world.check();
    world.seal_all();
    let records: usize = world.groups().iter().map(|group| group.rows).sum();
    assert_eq!((records, world.keys(None)), (40, 0));
}

#[test]
fn an_import_into_ids_that_were_deleted_before_is_not_overruled_by_what_said_so() {
    let world = World::new();
    (0..8).for_each(|id| put(&world.ws, &name(id), i64::from(id)));
    (0..8).for_each(|id| delete(&world.ws, &name(id)));
    world.check();
    batch(&world.ws, 0..16, 40);
    world.check();
    assert_eq!((world.groups().len(), world.keys(None)), (1, 8));
    world.seal_all();
    assert_eq!(world.keys(None), 0);
}

#[test]
fn records_made_and_deleted_or_changed_in_one_commit_are_what_they_became() {
    let world = World::new();
    put(&world.ws, &name(50), 50);
    let upsert = |id: u32, n: i64| {
        format!(
            r#"{{"type":"upsert_record","collection":"c","id":"{}","data":{{"n":{n},"s":"s1","u":"u{n}"}}}}"#,
            name(id)
        )
    };
    let mut steps: Vec<String> = (40..48).map(|id| upsert(id, i64::from(id))).collect();
    steps.push(upsert(43, 143));
    steps.push(format!(r#"{{"type":"delete_record","collection":"c","id":"{}"}}"#, name(41)));
    steps.push(format!(r#"{{"type":"delete_record","collection":"c","id":"{}"}}"#, name(40)));
    steps.extend((60..64).map(|id| upsert(id, i64::from(id))));
    steps.push(upsert(50, 150));
    world.ws.call("batch", &format!(r#"{{"operations":[{}]}}"#, steps.join(","))).unwrap();
    world.check();
    world.seal_all();
}
