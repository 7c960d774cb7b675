//! All tests of rekor from outside, in one binary: each module is one subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints how to replay it"
)]

mod docs;
mod documents;
mod doors;
mod formats;
mod hostile;
mod oracle;
mod pages;
mod processes;
mod sandbox;
mod tidy;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
