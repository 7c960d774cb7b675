//! An empty directory with a store of its own, the `rekor` command and worker processes on it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::ground::error::Kind;
use rekor_core::{Json, OpenOptions, Store, Workspace};
use serde_json::Value;
use tempfile::TempDir;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

/// A directory that is empty but for what the tests put there; it goes when the test ends.
pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["bin", "home", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::os::unix::fs::symlink(WORKER, folder.path().join("bin/rekor")).unwrap();
        Self { folder }
    }

    /// One with the workspace `ops` and these collections.
    pub(crate) fn with(collections: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        let store = sandbox.open();
        store.run(&CreateWorkspace { id: "ops".into(), ..CreateWorkspace::default() }).unwrap();
        let ws = store.workspace("ops").unwrap();
        for (collection, schema) in collections {
            let schema = Some(Json::from_text(*schema));
            let collection = (*collection).to_owned();
            ws.run(&UpsertCollection { collection, schema, ..UpsertCollection::default() }).unwrap();
        }
        store.close().unwrap();
        sandbox
    }

    /// A path in the working directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// The directory of the store; nothing is there until something writes to it.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("store")
    }

    /// The files of the store that hold data, the catalog first.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = [self.store(), self.store().join("workspaces")]
            .iter()
            .flat_map(|dir| fs::read_dir(dir).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "redb"))
            .collect();
        files.sort_by_key(|path| path.components().count());
        files
    }

    pub(crate) fn open(&self) -> Store {
        let options =
            OpenOptions { busy_timeout_ms: 60_000, cache_bytes: 16 << 20, ..OpenOptions::default() };
        Store::open(self.store(), options).unwrap()
    }

    /// Works in `ops` within this process.
    pub(crate) fn ops<T>(&self, work: impl FnOnce(&Workspace) -> T) -> T {
        let store = self.open();
        let answer = work(&store.workspace("ops").unwrap());
        store.close().unwrap();
        answer
    }

    /// A program in the working directory, with nothing of this machine's settings.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let bin = self.folder.path().join("bin");
        command
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", bin.display()))
            .env("HOME", self.folder.path().join("home"))
            .env("REKOR_STORE", self.store())
            .current_dir(self.folder.path().join("work"))
            .stdin(Stdio::null());
        command
    }

    /// Runs `rekor` with these arguments.
    pub(crate) fn rekor(&self, args: &[&str]) -> Answer {
        let rekor = self.folder.path().join("bin/rekor");
        Answer::of(
            &format!("rekor {args:?}"),
            &self.command(rekor.to_str().unwrap()).args(args).output().unwrap(),
        )
    }

    /// Runs a line of bash.
    pub(crate) fn shell(&self, line: &str) -> Answer {
        Answer::of(line, &self.command("bash").args(["-c", line]).output().unwrap())
    }

    /// Runs a line of bash at a terminal of its own, where a person types `keys`. What it prints, on either output, is `out`.
    pub(crate) fn terminal(&self, line: &str, keys: &str) -> Answer {
        let typed = format!(
            "printf %s {} | script --quiet --return --command {} /dev/null",
            quoted(keys),
            quoted(line)
        );
        self.shell(&typed)
    }

    /// Whether a line of bash that is no command of ours succeeds.
    pub(crate) fn shell_any(&self, line: &str) -> bool {
        self.command("bash").args(["-c", line]).output().unwrap().status.success()
    }

    /// Starts a worker on the store.
    pub(crate) fn worker(&self, job: &str, args: &[&str]) -> Worker {
        let mut command = self.command(WORKER);
        command.arg(job).arg(self.store()).args(args);
        Worker::start(&mut command)
    }
}

/// A text as one word of bash.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What a command answered. That it did not panic and that its exit code is one of the table is checked.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) line: String,
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    fn of(line: &str, output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(!err.contains("panicked at"), "{line}\n{err}");
        let known = |code: i32| code == 0 || Kind::ALL.iter().any(|kind| i32::from(kind.exit_code()) == code);
        let code = output.status.code().filter(|code| known(*code) && *code != 70);
        let code = code.unwrap_or_else(|| panic!("{line}\n{:?}\n{err}", output.status));
        Self { line: line.to_owned(), code, out, err }
    }

    /// Asserts that the command succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}{}", self.line, self.out, self.err);
        self
    }

    /// The answer as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let answer = self.ok();
        serde_json::from_str(&answer.out)
            .unwrap_or_else(|error| panic!("{}\n{error}\n{}", answer.line, answer.out))
    }

    /// The error as JSON: it is complete, and its exit code is that of its kind.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        assert_ne!(self.code, 0, "{}\nshould have failed: {}", self.line, self.out);
        assert_eq!(self.out, "", "{}", self.line);
        let last = self.err.lines().next_back().unwrap_or_default();
        let envelope: Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{}\n{error}\n{}", self.line, self.err));
        let error = envelope["error"].clone();
        let code = rekor_core::Code::ALL.iter().find(|code| code.name() == error["code"]).unwrap();
        assert_eq!(error["kind"], code.kind().name(), "{}", self.line);
        assert_eq!(self.code, i32::from(code.kind().exit_code()), "{}", self.line);
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{error}");
        let pointer = error["pointer"].as_str();
        assert!(pointer.is_none_or(|pointer| pointer.starts_with('/')), "{}\n{error}", self.line);
        error
    }
}

/// A worker process that talks in lines. It is killed when the test lets go of it.
pub(crate) struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Worker {
    fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { input: child.stdin.take(), child, lines }
    }

    /// The next line that it tells, `None` when it has ended.
    pub(crate) fn next(&self) -> Option<String> {
        self.lines.recv().ok()
    }

    /// The next line, which must come.
    #[track_caller]
    pub(crate) fn hear(&self) -> String {
        self.next().expect("the worker ended early")
    }

    /// Whether it tells another line before this much time has passed; then the line.
    pub(crate) fn hear_within(&self, microseconds: u64) -> Option<String> {
        self.lines.recv_timeout(std::time::Duration::from_micros(microseconds)).ok()
    }

    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Asks for an operation and answers its JSON.
    #[track_caller]
    pub(crate) fn ask(&mut self, line: &str) -> Value {
        self.say(line);
        serde_json::from_str(&self.hear()).unwrap()
    }

    /// Ends it as a power cut does to a process, and answers what it still had told.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }

    /// Lets it end, which must be in order.
    #[track_caller]
    pub(crate) fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a file.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::write(path, bytes).unwrap();
}

/// The seed of a random test: `REKOR_SEED` to replay one, else a new one. It is printed, and shown when the test fails.
#[expect(clippy::disallowed_methods, reason = "a test is replayed by its seed")]
pub(crate) fn seed() -> u64 {
    let given = std::env::var("REKOR_SEED").ok().map(|text| text.parse().expect("REKOR_SEED is a number"));
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    println!("replay: REKOR_SEED={seed} cargo nextest run -p rekor-tests {name}");
    seed
}

/// How many rounds a random test does: `REKOR_ROUNDS`, else as many as fit between two commits.
#[expect(clippy::disallowed_methods, reason = "a random test is run longer by hand")]
pub(crate) fn rounds(usual: usize) -> usize {
    std::env::var("REKOR_ROUNDS").map_or(usual, |text| text.parse().expect("REKOR_ROUNDS is a number"))
}
