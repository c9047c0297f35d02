//! CPU time and memory of a process, from `/proc`.

use std::fs;

use anyhow::{Context, Result};

/// Returns the CPU time, user and system, that a process and its children have used, in
/// microseconds.
pub(super) fn used(process: u32) -> Result<f64> {
    let mut nanoseconds = 0_u64;
    for id in with_children(process)? {
        // Threads and children may end between the listing and the reading.
        for task in fs::read_dir(format!("/proc/{id}/task"))
            .into_iter()
            .flatten()
        {
            let statistics = fs::read_to_string(task?.path().join("schedstat"));
            let first = statistics
                .ok()
                .and_then(|text| text.split(' ').next()?.parse().ok());
            nanoseconds += first.unwrap_or(0_u64);
        }
    }
    Ok(nanoseconds as f64 / 1e3)
}

/// Returns the resident memory of a process in KiB.
pub(super) fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let size = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    size.context("the system does not say how much memory the server has")
}

/// Returns a process and everything below it, as gunicorn's workers are.
fn with_children(process: u32) -> Result<Vec<u32>> {
    let mut family = vec![process];
    let mut next = 0;
    while let Some(&id) = family.get(next) {
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let children = children.unwrap_or_default();
        family.extend(
            children
                .split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
        next += 1;
    }
    Ok(family)
}
