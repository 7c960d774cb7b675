//! The page of the command is run as it stands: every line of its blocks, in order, in one directory.

use std::fs;

use crate::sandbox::Sandbox;

#[test]
fn every_line_of_the_page_of_the_command_works() {
    let text = fs::read_to_string(crate::root().join("docs/cli.md")).unwrap();
    let blocks: Vec<&str> =
        text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 8, "the page has blocks");
    let sandbox = Sandbox::new();
    for block in blocks {
        sandbox.shell(&format!("set -euo pipefail\n{block}")).ok();
    }
}
