//! The progress bar of long work: on stderr, and only when that is a terminal.

use std::io::Read;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar that is gone when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Counts bytes, of so many where that is known.
    pub(crate) fn of_bytes(total: Option<u64>) -> Self {
        let (bar, template) = match total {
            Some(total) => {
                (ProgressBar::new(total), "{bar:30} {percent:>3}%  {bytes}/{total_bytes}  {msg}  {eta} left")
            }
            None => (ProgressBar::no_length(), "{spinner} {bytes}  {msg}"),
        };
        Self::with_template(bar, template)
    }

    /// Counts things of which nobody knows how many there are.
    pub(crate) fn of_records() -> Self {
        Self::with_template(ProgressBar::no_length(), "{spinner} {human_pos} records  {elapsed}")
    }

    /// Shows how far the work is.
    pub(crate) fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Reads through the bar, which shows how far that is.
    pub(crate) fn reading<R: Read>(&self, input: R) -> impl Read + use<R> {
        self.0.wrap_read(input)
    }

    /// Writes to stderr without breaking the bar.
    pub(crate) fn beside(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }

    /// Shows a few words beside the bar.
    pub(crate) fn say(&self, words: String) {
        self.0.set_message(words);
    }

    fn with_template(bar: ProgressBar, template: &str) -> Self {
        Self(match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
