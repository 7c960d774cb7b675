//! The kernels of queries over column blocks: filters become masks of bytes, group fields become codes, totals become
//! arrays. Pure loops over slices; never reads a store, and never decides what equal or greater means: that is
//! `scalar` and `matcher`, to which every kernel must agree.

pub(super) mod accept;
pub(super) mod block;
mod interval;
mod judge;
pub(super) mod mask;
mod offset;
pub(super) mod selection;
#[cfg(test)]
mod tests;
pub(super) mod totals;
