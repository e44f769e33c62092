//! What the machine says of this process.

use std::path::Path;

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// The most memory that this process has held so far, in MB of 10^6 bytes (`VmHWM` of Linux); 0 where unknown.
pub(crate) fn peak_memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    let kib: f64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0.0);
    kib * 1024.0 / 1e6
}

/// The size of the files below a folder whose names fit, in MB.
pub(crate) fn folder_mb(folder: &Path, fits: fn(&str) -> bool) -> f64 {
    let mut bytes = 0.0;
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes += folder_mb(&entry.path(), fits) * 1e6,
            Ok(metadata) if fits(&entry.file_name().to_string_lossy()) => bytes += metadata.len() as f64,
            _ => {}
        }
    }
    bytes / 1e6
}

/// The value below which a share of the sorted values lies.
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get(((last as f64) * share).round() as usize).copied().unwrap_or(0.0)
}
