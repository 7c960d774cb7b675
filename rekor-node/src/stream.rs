//! An import whose lines come from Node while it runs: one import, so that its line numbers and its answer are those of the whole.

use std::io::{self, BufRead, Cursor, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use napi_derive::napi;
use rekor_core::{Code, Error, Result};

use crate::work::{Answer, Output, encode, start};

/// Texts that wait to be read; beyond this the sender waits.
const TEXTS_WAITING_MAX: usize = 2;

/// An import that waits for lines.
#[napi]
pub struct ImportStream {
    texts: Mutex<Option<SyncSender<String>>>,
    import: Mutex<Option<JoinHandle<Result<Output>>>>,
}

impl ImportStream {
    /// Begins an import on a thread of its own.
    pub(crate) fn begin(
        import: impl FnOnce(&mut (dyn BufRead + Send)) -> Result<Output> + Send + 'static,
    ) -> Self {
        let (send, receive) = sync_channel(TEXTS_WAITING_MAX);
        let import = thread::spawn(move || import(&mut Lines { receive, text: Cursor::default() }));
        Self { texts: Mutex::new(Some(send)), import: Mutex::new(Some(import)) }
    }
}

#[napi]
impl ImportStream {
    /// Hands lines over; false when the import has ended and takes no more.
    #[napi]
    pub fn push(&self, promise: bool, text: String) -> napi::Result<Answer> {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        start(promise, move || encode(&texts.is_some_and(|texts| texts.send(text).is_ok())))
    }

    /// Says that there are no more lines, waits for the import and answers what it answers.
    #[napi]
    pub fn finish(&self, promise: bool) -> napi::Result<Answer> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let import = self.import.lock().unwrap_or_else(PoisonError::into_inner).take();
        start(promise, move || {
            let outcome = import.map(JoinHandle::join).and_then(std::result::Result::ok);
            outcome
                .unwrap_or_else(|| Err(Error::new(Code::Internal, "the import ended in an unforeseen way")))
        })
    }
}

/// The texts as one input.
struct Lines {
    receive: Receiver<String>,
    text: Cursor<String>,
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.text.position() >= self.text.get_ref().len() as u64 {
            let Ok(text) = self.receive.recv() else { return Ok(&[]) };
            self.text = Cursor::new(text);
        }
        self.text.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.text.consume(count);
    }
}

impl Read for Lines {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}
