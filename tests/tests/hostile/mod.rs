//! Input, files and disks that mean harm: a clear error, no panic, nothing lost.

mod damage;
mod disks;
mod inputs;
mod json;
