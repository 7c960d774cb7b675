//! What a crate is built from, as `cargo metadata` tells it.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;

/// The packages of the workspace and their dependencies on this machine's platform.
#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    /// `None` for a normal dependency, else `dev` or `build`.
    kind: Option<String>,
}

/// Asks cargo, without the network: what is built here is here.
pub(super) fn metadata() -> Metadata {
    let host = run("rustc", &["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let text = run(
        env!("CARGO"),
        &["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host],
    );
    serde_json::from_str(&text).unwrap()
}

fn run(program: &str, args: &[&str]) -> String {
    let answer = Command::new(program).args(args).current_dir(crate::root()).output().unwrap();
    assert!(answer.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&answer.stderr));
    String::from_utf8(answer.stdout).unwrap()
}

/// What the core must never see: networks, runtimes, the command line, calendars, the bindings.
const NEVER_LINKED: [&str; 19] = [
    "async-std",
    "async-trait",
    "chrono",
    "clap",
    "futures-executor",
    "h2",
    "hyper",
    "napi",
    "native-tls",
    "openssl",
    "openssl-sys",
    "pyo3",
    "reqwest",
    "rustls",
    "smol",
    "time",
    "tokio",
    "ureq",
    "isahc",
];

/// What builds C, which a machine with only a Rust toolchain cannot do.
const NEVER_BUILT_WITH: [&str; 4] = ["bindgen", "cc", "cmake", "pkg-config"];

/// Complains about each banned crate that `name` links or is built with.
pub(super) fn check(name: &str, metadata: &Metadata) -> Vec<String> {
    let linked = reach(name, metadata, &[None]);
    let built = reach(name, metadata, &[None, Some("build")]);
    assert!(linked.len() > 1, "{name} has no dependencies; is it the right name?");
    let linked = NEVER_LINKED.iter().filter(|banned| linked.contains(**banned));
    let built = NEVER_BUILT_WITH.iter().filter(|banned| built.contains(**banned));
    linked.chain(built).map(|banned| format!("{name} must not depend on {banned}")).collect()
}

/// The names of all packages that `name` leads to over dependencies of these kinds.
fn reach<'a>(name: &str, metadata: &'a Metadata, kinds: &[Option<&str>]) -> BTreeSet<&'a str> {
    let start = metadata.packages.iter().find(|package| package.name == name).unwrap();
    let mut seen = BTreeSet::from([start.id.as_str()]);
    let mut open = vec![start.id.as_str()];
    while let Some(id) = open.pop() {
        let Some(node) = metadata.resolve.nodes.iter().find(|node| node.id == id) else { continue };
        for edge in &node.deps {
            let counts = edge.dep_kinds.iter().any(|edge| kinds.contains(&edge.kind.as_deref()));
            if counts && seen.insert(&edge.pkg) {
                open.push(&edge.pkg);
            }
        }
    }
    metadata
        .packages
        .iter()
        .filter(|package| seen.contains(package.id.as_str()))
        .map(|p| p.name.as_str())
        .collect()
}

#[cfg(test)]
fn sample(name: &str, kind: &str) -> Metadata {
    let text = format!(
        r#"{{"packages": [
            {{"id": "1", "name": "core", "version": "1.0.0", "license": "MIT"}},
            {{"id": "2", "name": "middle", "version": "1.0.0", "license": "MIT"}},
            {{"id": "3", "name": "{name}", "version": "1.0.0", "license": null}}],
          "resolve": {{"nodes": [
            {{"id": "1", "deps": [{{"pkg": "2", "dep_kinds": [{{"kind": null}}]}}]}},
            {{"id": "2", "deps": [{{"pkg": "3", "dep_kinds": [{{"kind": {kind}}}]}}]}},
            {{"id": "3", "deps": []}}]}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_banned_dependency_is_found_at_any_depth() {
    assert_eq!(check("core", &sample("tokio", "null")).len(), 1);
    assert!(check("core", &sample("tokio", "\"dev\"")).is_empty());
    assert_eq!(check("core", &sample("cc", "\"build\"")).len(), 1);
    assert!(check("core", &sample("serde", "null")).is_empty());
}
