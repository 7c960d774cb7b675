//! Several processes on one store at the same time.

mod backup;
mod columns;
mod compact;
mod handles;
mod kill;
mod races;
mod tighten;
