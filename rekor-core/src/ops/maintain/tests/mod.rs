//! Why a scan of columns is right (`ctx/dirt.rs`), each sentence forced on the engine in memory. Groups have 16 records here.

mod imports;
mod races;
mod racing;
mod steps;
mod upkeep;
mod world;
