//! Several processes on one store at the same time.

mod columns;
mod handles;
mod kill;
mod races;
mod tighten;
