//! Holds a snapshot of every workspace until the parent says something or is gone: `holding N`, then `held N`, each
//! with how many keys it reads.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use rekor_core::engine::redb::{Options, RedbEngine};
use rekor_core::engine::{Engine, View};

use crate::{hear, tell};

pub(crate) fn run(path: &Path) {
    let engine = RedbEngine::open(path, Options { read_only: true, ..Options::default() }).unwrap();
    let views: Vec<Arc<dyn View>> =
        engine.list().unwrap().into_iter().map(|ws| engine.view(ws).unwrap()).collect();
    tell(&format!("holding {}", keys(&views)));
    hear();
    tell(&format!("held {}", keys(&views)));
    drop(views);
    engine.close().unwrap();
}

fn keys(views: &[Arc<dyn View>]) -> u64 {
    let mut keys = 0;
    for view in views {
        view.scan_each(&[], &[0xFF], false, &mut |_, _, _| {
            keys += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    }
    keys
}
