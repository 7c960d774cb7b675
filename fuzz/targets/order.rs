//! Bytes for `rekor_core::fuzz::order`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rekor_core::fuzz::order(bytes));
