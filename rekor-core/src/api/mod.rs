//! Requests and answers: plain types without behaviour. A request struct is the operation; its doc
//! comments are the help text of every surface.

pub mod batch;
pub mod call;
pub mod collection;
pub mod history;
pub mod list;
pub mod preview;
pub mod query;
pub mod record;
pub mod relationship;
#[cfg(feature = "schemas")]
mod shapes;
pub mod stats;
pub mod token;
pub mod transfer;
pub mod undo;
pub mod workspace;
