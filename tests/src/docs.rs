//! Renders the documents that list a table of rekor-core, so that they never say anything else
//! than the code does.

use std::fmt::Write as _;

use rekor_core::ground::error::{Code, Kind};
use rekor_core::ground::limits;

use crate::bindings::{self, node, python};

/// What the first lines of every made file say, in whatever a comment is there.
pub const MADE_BY: &str = "Made by `cargo run -p rekor-tests --bin gen-docs`.";

/// One document: where it lies below the root of the repository, and its text.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path below the root.
    pub path: &'static str,
    /// The whole text.
    pub text: String,
}

/// Every document that is made from a table.
#[must_use]
pub fn all() -> Vec<Document> {
    let surface = bindings::surface();
    let mut documents = vec![
        Document { path: "docs/errors.md", text: errors() },
        Document { path: "docs/limits.md", text: limits() },
        Document { path: "rekor-py/python/rekor/_operations.py", text: python::operations(&surface, false) },
        Document { path: "rekor-py/python/rekor/_operations.pyi", text: python::operations(&surface, true) },
        Document { path: "rekor-py/python/rekor/types.py", text: python::types(&surface) },
    ];
    documents.extend(node::files());
    documents
}

fn errors() -> String {
    let mut text = format!(
        "# Errors\n\n<!-- {MADE_BY} Change the table in the code. -->\n\n\
         A **code** is permanent: it is never renamed or reused. It tells the caller what to do differently. A **kind**\n\
         groups codes and decides the exit code of the command. Every error says what is wrong in plain words, carries a\n\
         JSON pointer where one value of the input is at fault, and a hint with the next step wherever there is one. An\n\
         error means that nothing changed, save `commit_unknown`, which says so.\n"
    );
    for kind in Kind::ALL {
        let _ = write!(
            text,
            "\n## `{}`: exit code {}\n\n| code | HTTP | meaning |\n|---|---|---|\n",
            kind.name(),
            kind.exit_code()
        );
        for code in Code::ALL.iter().filter(|code| code.kind() == kind) {
            let _ = writeln!(text, "| `{}` | {} | {} |", code.name(), code.http_status(), cell(code.doc()));
        }
    }
    text
}

fn limits() -> String {
    let mut text = format!(
        "# Limits\n\n<!-- {MADE_BY} Change the table in the code. -->\n\n\
         What equals a limit is allowed; what is beyond it is refused with the code in the last column. The error names\n\
         the limit and the value.\n\n\
         | limit | at most | of | error |\n|---|---|---|---|\n"
    );
    for limit in limits::ALL {
        let _ = writeln!(
            text,
            "| `{}` | {} {} | {} | `{}` |",
            limit.name,
            grouped(limit.max),
            limit.unit,
            cell(limit.doc),
            limit.code.name()
        );
    }
    text
}

/// A text as the cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A number with a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
