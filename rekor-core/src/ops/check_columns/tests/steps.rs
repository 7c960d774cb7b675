//! Steps of maintenance in a collection that is older than columns, where what no group covers stands in rows alone.

use super::*;
use crate::ctx::dirt::after;
use crate::ops::maintain::seal;

/// Records of the collection, more than one step seals.
const MANY: usize = 200;

fn untracked() -> Workspace {
    let ws = workspace();
    (0..MANY).for_each(|n| upsert(&ws, &format!("r{n:03}"), &data(n)));
    forget(&ws);
    assert_eq!(problems(&ws), [""; 0]);
    ws
}

fn is_tracked(ws: &Workspace) -> bool {
    ws.session().read(|ctx| ctx.collection_row("things")).unwrap().unwrap().tracked
}

fn seal_from(ws: &Workspace, first: &str, last: &str) {
    assert!(seal(ws.session(), NUMBER, &id(first), &after(&id(last))).unwrap());
}

#[test]
fn a_stretch_that_another_process_sealed_a_part_of_meanwhile_loses_no_record() {
    for (first, last) in [("r100", "r110"), ("r060", "r070"), ("r000", "r010"), ("r064", "r080")] {
        let ws = untracked();
        seal_from(&ws, first, last);
        assert_eq!(problems(&ws), [""; 0]);
        // The other one saw no group when it looked for something to do.
        seal_from(&ws, "r000", "r199");
        assert_eq!(problems(&ws), [""; 0], "{first} to {last}");
        maintain(&ws);
        assert!(is_tracked(&ws));
        assert_eq!(problems(&ws), [""; 0]);
    }
}

#[test]
fn so_does_one_of_which_several_parts_were_sealed() {
    let ws = untracked();
    for (first, last) in [("r000", "r003"), ("r020", "r030"), ("r060", "r070"), ("r150", "r155")] {
        seal_from(&ws, first, last);
    }
    (0..MANY).step_by(3).for_each(|n| upsert(&ws, &format!("r{n:03}"), &data(n + 1)));
    seal_from(&ws, "r000", "r199");
    assert_eq!(problems(&ws), [""; 0]);
    maintain(&ws);
    assert!(is_tracked(&ws));
    assert_eq!(problems(&ws), [""; 0]);
}

#[test]
fn small_groups_with_much_between_them_do_not_keep_it_from_being_sealed() {
    let ws = untracked();
    seal_from(&ws, "r000", "r003");
    seal_from(&ws, "r190", "r194");
    maintain(&ws);
    assert!(is_tracked(&ws));
    assert_eq!(problems(&ws), [""; 0]);
}

#[test]
fn a_group_that_has_become_empty_takes_more_records_in_than_one_step_seals() {
    let ws = workspace();
    (0..20).for_each(|n| upsert(&ws, &format!("r{:03}", n * 10), &data(n)));
    maintain(&ws);
    for n in 0..20 {
        ws.call("delete_record", &format!(r#"{{"collection":"things","id":"r{:03}"}}"#, n * 10)).unwrap();
    }
    maintain(&ws);
    assert!(groups(&ws).iter().all(|group| group.rows == 0) && !groups(&ws).is_empty());
    (0..MANY).for_each(|n| upsert(&ws, &format!("r{n:03}"), &data(n)));
    maintain(&ws);
    assert_eq!(groups(&ws).iter().map(|group| group.rows).sum::<usize>(), MANY);
    assert_eq!(problems(&ws), [""; 0]);
}
