//! What a protected store opens as, and what it takes to change that.

use super::super::OpenOptions;
use crate::Store;
use crate::api::list::Role;
use crate::api::token::CreateToken;
use crate::api::workspace::{CreateWorkspace, DeleteWorkspace};
use crate::ground::error::Code;

const FIRST: &str = "correct horse";
const SECOND: &str = "battery staple";

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(dir.path().join("store"), OpenOptions::default()).unwrap()
}

#[test]
fn a_protected_store_opens_as_an_agents_until_it_is_unlocked() {
    let dir = tempfile::tempdir().unwrap();
    let before = open(&dir);
    assert!(!before.is_protected().unwrap() && !before.is_locked());
    before.protect(FIRST, None).unwrap();
    let store = open(&dir);
    assert!(store.is_protected().unwrap() && store.is_locked());
    store.run(&CreateWorkspace { id: "w".into(), ..CreateWorkspace::default() }).unwrap();
    let delete = DeleteWorkspace { id: "w".into(), with_previews: false, yes: true };
    assert_eq!(store.run(&delete).unwrap_err().code(), Code::HumanOnly);
    assert_eq!(store.unlock("wrong horse").err().unwrap().code(), Code::Unauthorized);
    let operator = store.unlock(FIRST).unwrap();
    assert!(!operator.is_locked());
    operator.run(&delete).unwrap();
}

#[test]
fn a_role_that_was_lowered_on_purpose_stays_low() {
    let dir = tempfile::tempdir().unwrap();
    open(&dir).protect(FIRST, None).unwrap();
    let store = open(&dir);
    assert_eq!(store.as_agent("a").unlock(FIRST).unwrap().actor().role, Role::Agent);
    assert_eq!(store.as_reader().unlock(FIRST).unwrap().actor().role, Role::Reader);
    assert!(!store.as_agent("a").is_locked());
    let error = store.as_agent("a").protect(SECOND, Some(FIRST)).unwrap_err();
    assert_eq!(error.code(), Code::HumanOnly);
    assert!(error.hint_text().unwrap().contains("rekor protect"));
}

#[test]
fn changing_and_removing_take_the_current_passphrase() {
    let dir = tempfile::tempdir().unwrap();
    let before = open(&dir);
    before.protect(FIRST, None).unwrap();
    // A handle that is an operator's without the passphrase is asked for it all the same.
    for (handle, current) in [(&before, None), (&before, Some(SECOND)), (&open(&dir), None)] {
        assert_eq!(handle.protect(SECOND, current).unwrap_err().code(), Code::Unauthorized);
    }
    assert_eq!(before.unprotect(SECOND).unwrap_err().code(), Code::Unauthorized);
    open(&dir).protect(SECOND, Some(FIRST)).unwrap();
    assert_eq!(open(&dir).unlock(FIRST).err().unwrap().code(), Code::Unauthorized);
    assert!(open(&dir).unprotect(SECOND).unwrap());
    assert!(!open(&dir).unprotect(SECOND).unwrap());
    assert_eq!(open(&dir).actor().role, Role::Operator);
    assert_eq!(before.protect("short", None).unwrap_err().pointer(), Some("/passphrase"));
}

#[test]
fn a_token_has_its_own_role_in_a_protected_store_and_does_not_change_the_passphrase() {
    let dir = tempfile::tempdir().unwrap();
    let before = open(&dir);
    let made = before.run(&CreateToken::new("admin", Role::Operator)).unwrap();
    before.protect(FIRST, None).unwrap();
    let store = open(&dir);
    let admin = store.with_token(&made.text).unwrap();
    assert_eq!((admin.actor().role, admin.is_locked()), (Role::Operator, false));
    assert_eq!(store.as_agent("a").with_token(&made.text).unwrap().actor().role, Role::Agent);
    assert_eq!(admin.protect(SECOND, Some(FIRST)).unwrap_err().code(), Code::Unauthorized);
    assert_eq!(admin.unprotect(FIRST).unwrap_err().code(), Code::Unauthorized);
    let agent = admin.run(&CreateToken::new("agent", Role::Agent)).unwrap();
    let agent = store.with_token(&agent.text).unwrap();
    assert_eq!(agent.unlock(FIRST).unwrap().actor().role, Role::Agent);
}
