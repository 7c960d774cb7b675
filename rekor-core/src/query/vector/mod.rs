//! The kernels of queries over column blocks: filters become masks of bytes, group fields become codes, totals become
//! arrays. Pure loops over slices; never reads a store, and never decides what equal or greater means: that is
//! `scalar` and `matcher`, to which every kernel must agree.

mod accept;
mod atom;
pub(super) mod block;
mod coder;
mod contains;
mod counts;
mod double;
mod extremes;
mod fold;
mod gather;
mod interval;
mod judge;
pub(super) mod mask;
mod members;
mod numbering;
mod offset;
mod pile;
pub(super) mod selection;
mod state;
mod sums;
mod taken;
#[cfg(test)]
mod tests;
pub(super) mod totals;
mod window;
