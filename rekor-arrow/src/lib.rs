//! Answers of rekor as Apache Arrow.
