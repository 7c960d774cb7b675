//! The npm package's native half.
