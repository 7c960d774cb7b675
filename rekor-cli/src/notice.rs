//! What is said on stderr beside the answer: plain lines for people, one JSON object a line where a program
//! reads. Nothing is said there that the program finds in the answer itself.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use rekor_core::ground::json::Json;

/// Whether a program reads stderr. A process has one stderr, so this is its property.
static FOR_PROGRAMS: AtomicBool = AtomicBool::new(false);

/// From now on, stderr is read by a program: each line is a JSON object.
pub(crate) fn speak_json() {
    FOR_PROGRAMS.store(true, Ordering::Relaxed);
}

/// Whether a program reads stderr.
pub(crate) fn is_json() -> bool {
    FOR_PROGRAMS.load(Ordering::Relaxed)
}

/// Says something worth knowing.
pub(crate) fn note(text: &str) {
    if is_json() { line(&object("note", text)) } else { line(text) }
}

/// Warns.
pub(crate) fn warn(text: &str) {
    if is_json() {
        line(&object("warning", text))
    } else {
        line(&format!("\x1b[1;33mwarning:\x1b[0m {text}"))
    }
}

/// Writes to stderr as it is. A stderr that is gone is nobody's loss.
pub(crate) fn line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// An object with one text, which keeps none of the colours that it has for people.
fn object(name: &str, text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    Json::from_value(&serde_json::json!({ name: plain })).text().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_an_object_without_colours() {
        assert_eq!(object("note", "\x1b[2ma \"b\"\nc\x1b[0m"), r#"{"note":"a \"b\"\nc"}"#);
    }
}
