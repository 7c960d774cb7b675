//! Tokens as a user of the command meets them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox, write};

/// Makes a token and answers its text.
fn made(sandbox: &Sandbox, args: &[&str]) -> String {
    let answer = sandbox.rekor(&[&["tokens", "create", "-o", "json"], args].concat()).json();
    answer["token"].as_str().unwrap().to_owned()
}

/// Runs a command with a token.
fn with(sandbox: &Sandbox, token: &str, line: &str) -> Answer {
    sandbox.shell(&format!("REKOR_TOKEN={token} rekor -o json {line}"))
}

fn code(answer: &Answer) -> Value {
    answer.error()["code"].clone()
}

const NOTE: &str = "records upsert notes --data '{}'";
const SCHEMA: &str = r#"collections upsert notes --schema '{"title":"t"}'"#;

#[test]
fn a_token_is_shown_once_signs_what_it_writes_and_ends_when_it_is_revoked() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let token = made(&sandbox, &["--name", "tidy-bot", "--role", "agent"]);
    let (id, secret) = token.strip_prefix("rekor_").unwrap().split_once('_').unwrap();
    assert!(secret.len() >= 32, "{secret}");
    with(&sandbox, &token, NOTE).ok();
    let changes = sandbox.rekor(&["changes", "-o", "json"]).ok().out;
    let newest: Value = serde_json::from_str(changes.lines().last().unwrap()).unwrap();
    assert_eq!(newest["actor"], json!({ "role": "agent", "name": "tidy-bot" }));
    with(&sandbox, &token, &format!("{NOTE} --actor mop")).ok();
    let list = sandbox.rekor(&["tokens", "list", "-o", "json"]).ok().out;
    assert!(list.contains(id) && list.contains("tidy-bot") && !list.contains(secret), "{list}");
    assert!(!list.contains("sha256") && !list.contains("\"token\""), "{list}");
    for file in sandbox.files() {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", file.display());
    }
    assert!(!changes.contains(secret) && sandbox.rekor(&["changes"]).ok().out.contains("\"tidy-bot/mop\""));
    sandbox.rekor(&["tokens", "revoke", id]).ok();
    assert_eq!(code(&with(&sandbox, &token, "query notes")), "unauthorized");
    assert_eq!(code(&sandbox.rekor(&["tokens", "revoke", id, "-o", "json"])), "not_found");
    assert_eq!(sandbox.rekor(&["tokens", "list", "-o", "json"]).json()["data"], json!([]));
}

#[test]
fn the_lesser_of_role_and_token_holds() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let token = |role: &str| made(&sandbox, &["--name", "t", "--role", role]);
    let (operator, agent, reader) = (token("operator"), token("agent"), token("reader"));
    with(&sandbox, &operator, SCHEMA).ok();
    for (token, args, refusal) in [
        (&operator, "--role agent", "preview_required"),
        (&operator, "--role reader", "read_only"),
        (&agent, "", "preview_required"),
        (&agent, "--role operator", "preview_required"),
        (&reader, "--role agent", "read_only"),
    ] {
        let answer = with(&sandbox, token, &format!("{SCHEMA} {args}"));
        assert_eq!(code(&answer), refusal, "{}", answer.line);
    }
    // Of this command `--role` is the token's, so only REKOR_ROLE makes it an agent's.
    let answer = sandbox.shell("REKOR_ROLE=agent rekor tokens create --name n --role reader -o json");
    let error = answer.error();
    assert_eq!(error["code"], "human_only");
    assert!(
        error["hint"].as_str().unwrap().contains("rekor tokens create --name 'n' --role reader"),
        "{error}"
    );
    assert_eq!(code(&with(&sandbox, &agent, "tokens create --name n --role reader")), "human_only");
}

#[test]
fn in_a_protected_store_a_token_has_its_own_role() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let operator = made(&sandbox, &["--name", "admin", "--role", "operator"]);
    sandbox.shell("rekor protect --passphrase-fd 3 3<<<'correct horse'").ok();
    with(&sandbox, &operator, SCHEMA).ok();
    let make = "rekor tokens create --name n --role agent -o json";
    assert_eq!(code(&sandbox.shell(make)), "human_only");
    let agent = sandbox.shell(&format!("{make} --passphrase-fd 3 3<<<'correct horse'")).json();
    assert_eq!(code(&with(&sandbox, agent["token"].as_str().unwrap(), SCHEMA)), "preview_required");
    let protect = with(&sandbox, &operator, "protect --remove --passphrase-fd 3 3<<<'correct horse'");
    assert_eq!(code(&protect), "unauthorized");
}

#[test]
fn a_token_reaches_what_it_names() {
    let sandbox = Sandbox::with(&[("notes", "{}"), ("tasks", "{}")]);
    sandbox.rekor(&["workspaces", "create", "books"]).ok();
    let limits = ["--workspaces", "ops", "--collections", "notes", "--environments", "production"];
    let token = made(&sandbox, &[&["--name", "t", "--role", "agent"][..], &limits].concat());
    let list = with(&sandbox, &token, "workspaces list").json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    // The only workspace that it reaches need not be named.
    with(&sandbox, &token, NOTE).ok();
    let error = with(&sandbox, &token, "query notes -w books").error();
    assert_eq!((&error["code"], &error["pointer"]), (&json!("unauthorized"), &json!("/workspace")));
    let batch = r#"batch --operations '[{"type":"upsert_record","collection":"tasks","data":{}}]'"#;
    write(&sandbox.path("lines"), "{}\n");
    for (line, pointer) in [
        ("query tasks", "/collection"),
        ("records upsert tasks --data '{}'", "/collection"),
        ("records import tasks --file lines", "/collection"),
        ("records import notes --file lines --link a=b:tasks", "/links/0"),
        ("relationships upsert --type t --source notes/a --target tasks/a", "/target_collection"),
        (batch, "/operations/0/collection"),
    ] {
        let error = with(&sandbox, &token, line).error();
        assert_eq!((&error["code"], &error["pointer"]), (&json!("unauthorized"), &json!(pointer)), "{line}");
    }
    let export = |name: &str| sandbox.shell(&format!("REKOR_TOKEN={token} rekor records export {name}")).code;
    assert_eq!((export("notes"), export("tasks")), (0, 5));
    for line in ["check", "compact"] {
        assert_eq!(code(&with(&sandbox, &token, line)), "unauthorized", "{line}");
    }
    let preview = made(&sandbox, &["--name", "t", "--role", "agent", "--environments", "preview"]);
    assert_eq!(code(&with(&sandbox, &preview, "query notes -w ops")), "unauthorized");
}

#[test]
fn a_token_makes_only_narrower_ones() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let admin = made(&sandbox, &["--name", "admin", "--role", "operator", "--workspaces", "ops"]);
    let create = |args: &str| with(&sandbox, &admin, &format!("tokens create --name n --role agent {args}"));
    assert_eq!(create("--workspaces ops").json()["workspaces"], json!(["ops"]));
    for args in ["", "--workspaces books", "--workspaces ops,books"] {
        let error = create(args).error();
        assert_eq!(
            (&error["code"], &error["pointer"]),
            (&json!("unauthorized"), &json!("/workspaces")),
            "{args}"
        );
        assert!(error["hint"].as_str().unwrap().contains("--workspaces ops"), "{error}");
    }
    for (args, pointer) in [
        ("--workspaces 'No!'", "/workspaces/0"),
        ("--workspaces ''", "/workspaces"),
        ("--workspaces ops --collections 1", "/collections/0"),
        ("--workspaces ops --expires-at 2020-01-01T00:00:00Z", "/expires_at"),
    ] {
        assert_eq!(create(args).error()["pointer"], pointer, "{args}");
    }
    assert_eq!(with(&sandbox, &admin, "tokens list").json()["data"].as_array().unwrap().len(), 2);
}

#[test]
fn a_token_comes_from_a_file_that_others_should_not_read() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let token = made(&sandbox, &["--name", "t", "--role", "reader"]);
    let (path, open_to) = (sandbox.path("token"), |mode: u32| fs::Permissions::from_mode(mode));
    write(&path, format!("{token}\n"));
    fs::set_permissions(&path, open_to(0o600)).unwrap();
    let read = sandbox.rekor(&["query", "notes", "--token-file", "token"]).ok();
    assert!(!read.err.contains("warning"), "{}", read.err);
    fs::set_permissions(&path, open_to(0o644)).unwrap();
    let read = sandbox.rekor(&["query", "notes", "--token-file", "token"]).ok();
    assert!(read.err.contains("chmod 600") && !read.err.contains(&token), "{}", read.err);
    // The file comes before the variable.
    let line = format!("REKOR_TOKEN=rekor_x rekor {NOTE} --token-file token -o json");
    assert_eq!(code(&sandbox.shell(&line)), "read_only");
    for bad in ["rekor_x", "rekor_000000000000_00000000000000000000000000000000"] {
        assert_eq!(code(&with(&sandbox, bad, "query notes")), "unauthorized");
    }
    let error = sandbox.rekor(&["query", "notes", "--token-file", "absent", "-o", "json"]).error();
    assert_eq!((&error["code"], &error["pointer"]), (&json!("invalid_request"), &json!("/token_file")));
}
