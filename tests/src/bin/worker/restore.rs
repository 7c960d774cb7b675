//! Restores a backup: `ready`, then `done`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::{open, tell};

pub(crate) fn run(path: &Path, words: &[String]) {
    let store = open(path);
    let mut input = BufReader::new(File::open(&words[0]).unwrap());
    tell("ready");
    store.restore(&mut input, &words[1]).unwrap();
    store.close().unwrap();
    tell("done");
}
