//! Protected stores as a user of the command meets them.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const PROTECT: &str = "rekor protect --passphrase-fd 3 3<<<'correct horse'";
const SCHEMA: &str = r#"rekor collections upsert notes --schema '{"title":"t"}'"#;

fn protected() -> Sandbox {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    sandbox.shell(PROTECT).ok();
    sandbox
}

fn refused(sandbox: &Sandbox, line: &str) -> Value {
    sandbox.shell(&format!("rekor() {{ command rekor -o json \"$@\"; }}; {line}")).error()
}

#[test]
fn off_a_terminal_a_protected_store_is_an_agents_and_says_how_to_give_the_passphrase() {
    let sandbox = protected();
    sandbox.shell("rekor records upsert notes --data '{}' && rekor query notes").ok();
    let error = refused(&sandbox, SCHEMA);
    assert_eq!(error["code"], "preview_required");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("create-preview") && hint.contains("--passphrase-fd"), "{hint}");
    let error = refused(&sandbox, "rekor workspaces delete ops --yes");
    assert_eq!(error["code"], "human_only");
    assert!(error["hint"].as_str().unwrap().contains("--passphrase-fd"), "{error}");
    // A role that was lowered on purpose is not raised by a passphrase, and is not told of one.
    let error = refused(&sandbox, &format!("{SCHEMA} --role agent --passphrase-fd 3 3<<<'correct horse'"));
    assert_eq!(error["code"], "preview_required");
    assert!(!error["hint"].as_str().unwrap().contains("--passphrase-fd"), "{error}");
}

#[test]
fn the_passphrase_on_a_file_descriptor_makes_an_operator() {
    let sandbox = protected();
    sandbox.shell(&format!("{SCHEMA} --passphrase-fd 3 3<<<'correct horse'")).ok();
    sandbox.shell(&format!("{SCHEMA} --passphrase-fd 0 <<<'correct horse'")).ok();
    let error = refused(&sandbox, &format!("{SCHEMA} --passphrase-fd 3 3<<<'wrong horse'"));
    assert_eq!(
        (&error["code"], &error["message"]),
        (&json!("unauthorized"), &json!("the passphrase is wrong"))
    );
    for line in ["rekor query notes --passphrase-fd 7", "rekor query notes --passphrase-fd 3 3</dev/null"] {
        let error = refused(&sandbox, line);
        assert_eq!(
            (&error["code"], &error["pointer"]),
            (&json!("invalid_request"), &json!("/passphrase_fd"))
        );
    }
}

#[test]
fn at_a_terminal_a_person_is_asked_once_when_it_matters() {
    let sandbox = protected();
    let asked = |line: &str, keys: &str| {
        let out = sandbox.terminal(&format!("{line}; echo code $?"), keys).ok().out;
        (out.matches("passphrase of the store: ").count(), out)
    };
    let (times, out) = asked("rekor query notes", "");
    assert!(times == 0 && out.contains("code 0"), "{out}");
    let (times, out) = asked(SCHEMA, "correct horse\n");
    assert!(times == 1 && out.contains("code 0"), "{out}");
    let (times, out) = asked("rekor collections delete notes", "y\nwrong horse\n");
    assert!(times == 1 && out.contains("the passphrase is wrong") && out.contains("code 5"), "{out}");
    let (times, out) = asked(&format!("{SCHEMA} --role agent"), "correct horse\n");
    assert!(times == 0 && out.contains("preview_required"), "{out}");
    // The question comes first, and is not asked again.
    let (times, out) = asked("rekor workspaces delete ops", "y\ncorrect horse\n");
    assert!(times == 1 && out.contains("code 0") && out.matches("delete workspace").count() == 1, "{out}");
}

#[test]
fn a_new_passphrase_is_typed_twice_and_changed_only_with_the_current_one() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let protect = |args: &str, keys: &str| {
        sandbox.terminal(&format!("rekor protect {args}; echo code $?"), keys).ok().out
    };
    assert!(protect("", "correct horse\ncorrect house\n").contains("the two passphrases are not the same"));
    assert!(protect("", "short\nshort\n").contains("at least 8 characters"));
    sandbox.shell(SCHEMA).ok();
    assert!(protect("", "correct horse\ncorrect horse\n").contains("code 0"));
    assert_eq!(refused(&sandbox, SCHEMA)["code"], "preview_required");
    assert!(protect("", "wrong horse\n").contains("the passphrase is wrong"));
    assert!(protect("", "correct horse\nbattery staple\nbattery staple\n").contains("code 0"));
    let error = refused(&sandbox, "rekor protect --remove --passphrase-fd 3 3<<<'correct horse'");
    assert_eq!(error["code"], "unauthorized");
    let error = refused(&sandbox, "rekor protect --remove");
    assert_eq!((&error["code"], &error["pointer"]), (&json!("unauthorized"), &json!("/passphrase_fd")));
    // Both are lines of one file descriptor.
    sandbox.shell("rekor protect --passphrase-fd 3 3<<<$'battery staple\\nthird time lucky'").ok();
    assert_eq!(refused(&sandbox, "rekor protect --role agent")["code"], "human_only");
    let answer =
        sandbox.shell("rekor protect --remove -o json --passphrase-fd 3 3<<<'third time lucky'").json();
    assert_eq!(answer, json!({ "protected": false, "changed": true }));
    assert_eq!(sandbox.shell("rekor protect --remove -o json").json()["changed"], false);
    sandbox.shell(SCHEMA).ok();
}

#[test]
fn a_passphrase_is_in_no_file_of_the_store() {
    let sandbox = protected();
    sandbox.shell(&format!("{SCHEMA} --passphrase-fd 3 3<<<'correct horse'")).ok();
    for file in sandbox.files() {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(13).any(|window| window == b"correct horse"), "{}", file.display());
    }
}
