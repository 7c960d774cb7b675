//! Promotions and rollbacks: production's collections made what a preview's are, or what they were. What is to be done is a
//! plan that people and programs read first; it is carried out in one commit, or not at all.

mod apply;
mod base;
mod difference;
mod facts;
mod list;
mod plan;
mod rollback;

pub use apply::{Consent, carry_out};
pub use base::{Base, store_base};
pub use difference::{Preview, of_preview};
pub use list::promotions;
pub use plan::Proposal;
pub use rollback::of_rollback;
