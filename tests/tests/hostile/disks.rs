//! Disks that are full or may not be written. Root is held back by nothing but the file system itself, so root
//! mounts a small one; anybody else takes the permissions away and limits the size of files.

use crate::sandbox::{Answer, Sandbox, write};

/// A small file system of its own, for as long as this lives; only root can mount one.
struct Mount {
    path: String,
}

impl Mount {
    fn new(sandbox: &Sandbox, megabytes: u32) -> Option<Self> {
        let path = sandbox.path("mount").to_str().unwrap().to_owned();
        std::fs::create_dir(&path).unwrap();
        let mount = sandbox.shell_any(&format!("mount -t tmpfs -o size={megabytes}m tmpfs {path} 2>&1"));
        mount.then_some(Self { path })
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").args(["-l", &self.path]).status();
    }
}

fn populated(sandbox: &Sandbox, store: &str) {
    for line in [
        "workspaces create ops",
        "collections upsert items --schema {}",
        "records upsert items --id first --data {}",
    ] {
        let args: Vec<&str> = line.split(' ').chain(["--store", store]).collect();
        sandbox.rekor(&args).ok();
    }
}

/// Writes until an error comes, which must be `disk_full`; then what was acknowledged must be there.
fn fills_up(sandbox: &Sandbox, store: &str, prefix: &str) -> Answer {
    let data = format!(r#"{{"text":"{}"}}"#, "x".repeat(100_000));
    write(&sandbox.path("big.json"), data);
    for n in 0..400 {
        let answer = sandbox.shell(&format!(
            "{prefix} rekor --store {store} -o json records upsert items --id big{n} --data @big.json"
        ));
        if answer.code == 0 {
            continue;
        }
        assert_eq!(answer.error()["code"], "disk_full", "{}", answer.err);
        assert!(n > 0, "not even one record fits");
        for kept in ["first".to_owned(), format!("big{}", n - 1)] {
            let get =
                sandbox.shell(&format!("{prefix} rekor --store {store} -o json records get items {kept}"));
            assert_eq!(get.json()["id"], kept);
        }
        let lost = sandbox.shell(&format!("{prefix} rekor --store {store} -o json records get items big{n}"));
        assert_eq!(lost.error()["code"], "record_not_found", "an error means that nothing changed");
        return answer;
    }
    panic!("the disk never became full");
}

#[test]
fn a_full_disk_is_a_clear_error_and_nothing_is_lost() {
    let sandbox = Sandbox::new();
    if let Some(mount) = Mount::new(&sandbox, 6) {
        let store = format!("{}/store", mount.path);
        populated(&sandbox, &store);
        fills_up(&sandbox, &store, "");
        let report = sandbox.rekor(&["check", "--store", &store, "-o", "json"]).json();
        assert_eq!(report["problems_total"], 0);
    } else {
        println!("no mount here: the limit on the size of files stands for the full disk");
    }
    // The same by a limit on the size of files, which does not need root.
    let sandbox = Sandbox::new();
    let store = sandbox.store().to_str().unwrap().to_owned();
    populated(&sandbox, &store);
    fills_up(&sandbox, &store, "trap '' XFSZ; ulimit -f 2048;");
    let report = sandbox.rekor(&["check", "-o", "json"]).json();
    assert_eq!(report["problems_total"], 0);
    sandbox.rekor(&["records", "upsert", "items", "--data", "@big.json"]).ok();
}

#[test]
fn a_disk_that_is_full_from_the_start_makes_no_half_store() {
    let sandbox = Sandbox::new();
    let store = sandbox.store().to_str().unwrap().to_owned();
    let answer = sandbox.shell("trap '' XFSZ; ulimit -f 8; rekor -o json workspaces create ops");
    assert_eq!(answer.error()["code"], "disk_full", "{}", answer.err);
    populated(&sandbox, &store);
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], 1);
}

/// A store that cannot be written is read as ever, and each write is a clear error.
fn reads_and_refuses(sandbox: &Sandbox, store: &str, prefix: &str) {
    let run = |line: &str| sandbox.shell(&format!("{prefix} rekor --store {store} -o json {line}"));
    assert_eq!(run("records get items first").json()["id"], "first");
    assert_eq!(run("query items").json()["data"][0]["id"], "first");
    for line in [
        "records upsert items --data {}",
        "collections upsert more --schema {}",
        "workspaces create more",
        "workspaces delete ops --yes",
    ] {
        let error = run(line).error();
        assert!(["read_only", "storage_error"].contains(&error["code"].as_str().unwrap()), "{line}\n{error}");
    }
}

#[test]
fn a_store_on_a_read_only_disk_can_be_read_and_not_written() {
    let sandbox = Sandbox::new();
    let Some(mount) = Mount::new(&sandbox, 16) else {
        println!("no mount here: permissions stand for the read-only disk, in the test beside this one");
        return;
    };
    let store = format!("{}/store", mount.path);
    populated(&sandbox, &store);
    assert!(sandbox.shell_any(&format!("mount -o remount,ro {}", mount.path)));
    reads_and_refuses(&sandbox, &store, "");
    assert!(sandbox.shell_any(&format!("mount -o remount,rw {}", mount.path)));
    assert_eq!(sandbox.rekor(&["check", "--store", &store, "-o", "json"]).json()["records"], 1);
}

#[test]
fn a_store_without_permission_to_write_can_be_read_and_not_written() {
    let sandbox = Sandbox::new();
    let store = sandbox.store().to_str().unwrap().to_owned();
    populated(&sandbox, &store);
    // Root obeys permissions once it has given up what sets it above them.
    let is_root = sandbox.shell_any("test $(id -u) = 0");
    let prefix = if is_root { "setpriv --bounding-set=-all --inh-caps=-all" } else { "" };
    assert!(sandbox.shell_any(&format!("chmod -R a-w {store}")));
    reads_and_refuses(&sandbox, &store, prefix);
    assert!(sandbox.shell_any(&format!("chmod -R u+w {store}")));
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], 1);
}
