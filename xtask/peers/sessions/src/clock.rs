//! How a duration is taken.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Returns the microseconds of a call: the best of many short runs, so that others' work on the
/// machine does not count.
pub(crate) fn time<T>(mut call: impl FnMut() -> T) -> f64 {
    let started = Instant::now();
    let mut calls = 0_u32;
    while started.elapsed() < Duration::from_millis(20) {
        black_box(call());
        calls += 1;
    }
    // Runs of about a millisecond.
    let batch = (calls / 20).max(1);
    let mut best = f64::INFINITY;
    for _ in 0..300 {
        let started = Instant::now();
        for _ in 0..batch {
            black_box(call());
        }
        best = best.min(started.elapsed().as_secs_f64() * 1e6 / f64::from(batch));
    }
    best
}
