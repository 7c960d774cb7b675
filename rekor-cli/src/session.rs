//! What a command works with: the store it opens, the printer of its answer, the question it may ask.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, IsTerminal, Write};

use rekor_core::api::call::CallOptions;
use rekor_core::{Code, Error, Json, Named, OpenOptions, Request, Store, StoreRequest, Workspace};

use crate::args::Global;
use crate::command::protect::nobody;
use crate::failure::{Failure, Result};
use crate::notice::{note, warn};
use crate::output::{Printer, Rows};
use crate::secret::{self, Passphrases, Secret};
use crate::settings;

/// Cache of a command that writes; and of one that reads and ends, which meets each page once: memory that is used again
/// is cheaper than memory that is new.
const WRITE_CACHE_BYTES: usize = 64 << 20;
const READ_CACHE_BYTES: usize = 1 << 20;

/// Whoever makes the last of so many commits looks what maintenance there is to do.
const MAINTENANCE_COMMITS: u64 = 16;

/// Whether a command changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only looks.
    Read,
    /// It may write.
    Write,
}

/// One run of the command line.
pub(crate) struct Session {
    global: Global,
    /// Where the answer goes.
    pub(crate) out: Printer,
    /// The store, from its first use until the command has printed.
    store: RefCell<Option<(Access, Store)>>,
    /// The workspace that was opened to write, and its newest commit then.
    written: RefCell<Option<(Workspace, u64)>>,
    /// Where passphrases come from, and the one that has unlocked the store.
    pub(crate) passphrases: Passphrases,
    passphrase: RefCell<Option<Secret>>,
    /// Whether `--role` is not that of the command.
    leaves_role_flag: Cell<bool>,
}

impl Session {
    pub(crate) fn new(global: Global) -> Self {
        let out = Printer::new(global.output);
        let passphrases = Passphrases::new(global.passphrase_fd);
        Self {
            global,
            out,
            store: RefCell::default(),
            written: RefCell::default(),
            passphrases,
            passphrase: RefCell::default(),
            leaves_role_flag: Cell::default(),
        }
    }

    /// Reads from the workspace.
    pub(crate) fn read<R: Request>(&self, request: &R) -> Result<R::Answer> {
        self.workspace(Access::Read, |workspace| Ok(workspace.run(request)?))
    }

    /// Writes to the workspace, and prints the answer as one thing.
    pub(crate) fn write<R: Request + Named>(&self, kind: Rows, request: &R) -> Result<()> {
        let answer = self.workspace(Access::Write, |ws| Ok(ws.run_with(request, &self.options())?))?;
        self.show(&answer, || self.out.one(kind, &answer))
    }

    /// Writes to the workspace, and prints the list under `key` of the answer.
    pub(crate) fn write_list<R: Request + Named>(&self, kind: Rows, key: &str, request: &R) -> Result<()> {
        let answer = self.workspace(Access::Write, |ws| Ok(ws.run_with(request, &self.options())?))?;
        self.show(&answer, || self.out.list(kind, key, &answer))
    }

    /// Runs a request of the store itself.
    pub(crate) fn run<R: StoreRequest>(&self, access: Access, request: &R) -> Result<R::Answer> {
        self.store(access, |store| Ok(store.run(request)?))
    }

    /// Runs a request of the store itself that writes, and prints the answer as one thing.
    pub(crate) fn write_store<R: StoreRequest + Named>(&self, kind: Rows, request: &R) -> Result<()> {
        let answer = self.run_store(request)?;
        self.show(&answer, || self.out.one(kind, &answer))
    }

    /// The run that `--run` names.
    pub(crate) fn named_run(&self) -> Option<String> {
        settings::given(self.global.run.as_ref())
    }

    /// Runs a request of the store itself that writes.
    pub(crate) fn run_store<R: StoreRequest + Named>(&self, request: &R) -> Result<Json> {
        self.store(Access::Write, |store| Ok(store.run_with(request, &self.options())?))
    }

    /// Says something to the person at the terminal before a question.
    pub(crate) fn say(&self, text: &str) {
        let _ = write!(anstream::stderr(), "{text}");
    }

    /// Whether nothing is to be written.
    pub(crate) const fn is_dry_run(&self) -> bool {
        self.global.dry_run
    }

    /// Refuses an idempotency key where none is taken.
    pub(crate) fn without_key(&self, what: &str) -> Result<()> {
        match &self.global.idempotency_key {
            None => Ok(()),
            Some(_) => Err(Error::new(Code::InvalidRequest, format!("{what} takes no idempotency key"))
                .at("/idempotency_key")
                .into()),
        }
    }

    fn options(&self) -> CallOptions {
        CallOptions { idempotency_key: self.global.idempotency_key.clone(), dry_run: self.global.dry_run }
    }

    /// Prints an answer, or what would have changed.
    fn show(&self, answer: &Json, print: impl FnOnce() -> Result<()>) -> Result<()> {
        if !self.global.dry_run {
            return print();
        }
        self.out.list(Rows::Changes, "changes", answer)?;
        self.note_dry_run();
        Ok(())
    }

    /// Says that nothing was written, if it was not.
    pub(crate) fn note_dry_run(&self) {
        if self.global.dry_run {
            note("dry run: nothing was written");
        }
    }

    /// Works in the workspace: the one named, else the only one.
    pub(crate) fn workspace<T>(
        &self,
        access: Access,
        mut work: impl FnMut(&Workspace) -> Result<T>,
    ) -> Result<T> {
        self.store(access, |store| {
            let workspace = match settings::given(self.global.workspace.as_ref()) {
                Some(id) => store.workspace(&id).map_err(|error| match error.pointer() {
                    None => error.at("/workspace"),
                    Some(_) => error,
                })?,
                None => store.only_workspace()?,
            };
            if access == Access::Write && self.written.borrow().is_none() {
                self.written.replace(Some((workspace.clone(), workspace.seq()?)));
            }
            work(&workspace)
        })
    }

    /// Whether the caller has agreed to what is destroyed.
    pub(crate) fn yes(&self) -> bool {
        self.global.yes
    }

    /// Asks at a terminal before something is destroyed, unless `--yes`. Answers whether a person has agreed; off a terminal
    /// nobody has.
    pub(crate) fn confirm(&self, question: &str) -> Result<bool> {
        if !self.can_ask() {
            return Ok(self.global.yes || self.global.dry_run);
        }
        let _ = write!(anstream::stderr(), "\x1b[1m{question}\x1b[0m [y/N] ");
        let mut answer = String::new();
        let _ = io::stdin().lock().read_line(&mut answer);
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(true),
            _ => Err(Failure::Declined),
        }
    }

    /// Does what may need a person's word: without it first, and again when a person at the terminal has given it.
    pub(crate) fn with_word(&self, question: &str, mut work: impl FnMut(bool) -> Result<()>) -> Result<()> {
        match work(false) {
            Err(Failure::Error(error)) if error.code() == Code::HumanOnly && self.can_ask() => {
                let yes = self.confirm(question)?;
                work(yes)
            }
            outcome => outcome,
        }
    }

    /// Asks at a terminal before a file is replaced, unless `--yes`; off a terminal it is refused.
    pub(crate) fn confirm_replacing(&self, flag: &str, name: &str) -> Result<()> {
        let held = std::fs::metadata(name).is_ok_and(|about| about.is_file() && about.len() > 0);
        if !held || self.can_ask() {
            if held {
                self.confirm(&format!("replace `{name}`?"))?;
            }
            return Ok(());
        }
        if self.global.yes {
            return Ok(());
        }
        Err(Error::new(Code::AlreadyExists, format!("`{name}` exists and is not empty"))
            .at(format!("/{flag}"))
            .hint("name another file, or pass --yes to replace what it holds")
            .into())
    }

    /// Whether a person is there to answer.
    pub(crate) fn can_ask(&self) -> bool {
        !self.global.yes && !self.global.dry_run && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Ends the run: a command that wrote does a step of maintenance, now that it has printed, and the store is closed.
    pub(crate) fn end(&self) {
        let Some((_, store)) = self.store.take() else { return };
        // Commands of several commits may step over the last of a run, so it is not the number itself that counts.
        let run = |seq: u64| seq / MAINTENANCE_COMMITS;
        if let Some((workspace, before)) = self.written.take()
            && workspace.seq().is_ok_and(|seq| run(seq) > run(before))
        {
            // What is left undone only makes queries slower, and the next command tries again.
            let _ = workspace.maintain();
        }
        // What was committed stays, so a fault in closing does not make a failure of a success.
        if let Err(error) = store.close() {
            warn(&format!("the store did not close cleanly: {}", error.message()));
        }
    }

    /// Works with the store itself. Where the passphrase is all that is missing, a person is asked for it, and `work` done again.
    pub(crate) fn store<T>(&self, access: Access, mut work: impl FnMut(&Store) -> Result<T>) -> Result<T> {
        let mut place = self.store.borrow_mut();
        if place.as_ref().is_some_and(|(opened, _)| *opened != access)
            && let Some((_, other)) = place.take()
        {
            other.close()?;
        }
        if place.is_none() {
            *place = Some((access, self.open(access)?));
        }
        let Some((_, store)) = place.as_mut() else {
            return Err(Error::new(Code::Internal, "the store is not open").into());
        };
        match work(store) {
            Err(Failure::Error(error)) if store.is_locked() && is_left_to_people(&error) => {
                let Some(typed) = self.passphrases.next("passphrase of the store")? else {
                    return Err(off_terminal(error).into());
                };
                *store = self.unlock(store, typed)?;
                work(store)
            }
            done => done,
        }
    }

    /// The passphrase that the store is protected with, as it was given, or typed now.
    pub(crate) fn current_passphrase(&self) -> Result<Secret> {
        if let Some(given) = &*self.passphrase.borrow() {
            return Ok(given.clone());
        }
        Ok(self.passphrases.next("current passphrase")?.ok_or_else(nobody)?)
    }

    /// From now on `--role` is not that of the command: `REKOR_ROLE` alone is.
    pub(crate) fn leave_role_flag(&self) {
        self.leaves_role_flag.set(true);
    }

    fn unlock(&self, store: &Store, passphrase: Secret) -> Result<Store> {
        let unlocked = store.unlock(&passphrase)?;
        self.passphrase.replace(Some(passphrase));
        Ok(unlocked)
    }

    fn open(&self, access: Access) -> Result<Store> {
        let path = settings::store_path(&self.global)?;
        let options = |read_only| OpenOptions {
            exclusive: self.global.exclusive,
            read_only,
            cache_bytes: if access == Access::Read { READ_CACHE_BYTES } else { WRITE_CACHE_BYTES },
            busy_timeout_ms: self.global.busy_timeout,
            maintenance: false,
        };
        let opened = match Store::open(&path, options(access == Access::Read)) {
            // A store is made on first use, also when that use is a read.
            Err(error) if access == Access::Read && error.code() == Code::NotFound => {
                Store::open(&path, options(false))?
            }
            opened => opened?,
        };
        self.admit(&opened)
    }

    /// The handle of whoever runs the command: by role, and by token or passphrase where there is one.
    fn admit(&self, opened: &Store) -> Result<Store> {
        let mut actor = settings::actor(&self.global);
        if self.leaves_role_flag.get() {
            actor.role = settings::role_in_environment()?;
        }
        if let Some(token) = secret::token(&self.global)? {
            // The name of the token, unless one was given for the command.
            actor.name = settings::given(self.global.actor.as_ref()).unwrap_or_default();
            return Ok(opened.with_actor(actor).with_token(&token)?);
        }
        let store = opened.with_actor(actor);
        let known = self.passphrase.borrow().clone();
        match known {
            _ if !store.is_locked() => Ok(store),
            Some(passphrase) => self.unlock(&store, passphrase),
            None if !self.passphrases.are_given() => Ok(store),
            None => match self.passphrases.next("")? {
                Some(passphrase) => self.unlock(&store, passphrase),
                None => Ok(store),
            },
        }
    }
}

/// Whether a command was refused since it is left to people.
fn is_left_to_people(error: &Error) -> bool {
    matches!(error.code(), Code::HumanOnly | Code::PreviewRequired)
}

/// What is refused for want of a passphrase that nobody can be asked for.
fn off_terminal(error: Error) -> Error {
    let hint = error.hint_text().unwrap_or_default().to_owned();
    let way = "the store is protected: a person passes its passphrase with `--passphrase-fd 3 3<file`";
    error.hint(if hint.is_empty() { way.to_owned() } else { format!("{hint}\n{way}") })
}
