//! Promotes a preview.

use std::path::Path;

use rekor_core::api::preview::Promote;

/// `promote STORE WORKSPACE PREVIEW`: tells `begin` and `done`.
pub(crate) fn run(store: &Path, rest: &[String]) {
    let store = crate::open(store);
    crate::tell("begin");
    let request = Promote {
        workspace: rest[0].clone(),
        from: rest[1].clone(),
        yes: true,
        allow_breaking: true,
        ..Promote::default()
    };
    store.run(&request).unwrap();
    crate::tell("done");
    store.close().unwrap();
}
