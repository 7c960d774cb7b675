//! Uses a store in a child that was forked with it open, then in the parent.
#![allow(unsafe_code, reason = "fork(2) has no safe form; the child runs one request and ends")]

use std::path::Path;

use rekor_core::api::record::UpsertRecord;
use rekor_core::{Json, Workspace};

use crate::{open, tell};

pub(crate) fn run(path: &Path) {
    let store = open(path);
    let ws = store.workspace("ops").unwrap();
    tell(&format!("before {}", put(&ws, "a")));
    // SAFETY: this process has one thread; the child calls nothing that another thread could hold.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork failed");
    if pid == 0 {
        tell(&format!("child {}", put(&ws, "b")));
        tell(&format!(
            "child opens again {}",
            store.workspace("ops").map_or_else(|e| e.code().to_string(), |_| "ok".into())
        ));
        drop(store);
        // SAFETY: ends the child without the parent's exit handlers.
        unsafe { libc::_exit(0) };
    }
    let mut status = 0;
    // SAFETY: `status` lives until the call returns.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    tell(&format!("child ended {status}"));
    tell(&format!("after {}", put(&ws, "c")));
    store.close().unwrap();
}

fn put(ws: &Workspace, id: &str) -> String {
    let record = UpsertRecord {
        collection: "items".into(),
        id: Some(id.to_owned()),
        data: Some(Json::from_text("{}")),
        ..UpsertRecord::default()
    };
    ws.run(&record).map_or_else(|error| error.code().to_string(), |_| "ok".to_owned())
}
