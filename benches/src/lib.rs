//! What the benchmarks share: histories to fold, and the bare loop to measure against.
