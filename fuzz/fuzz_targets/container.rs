//! Archives of every kind, as a walk meets them: ZIP, 7z, tar, ar, cpio, RPM, what compresses them, and one within another.
#![no_main]

use std::ops::ControlFlow;

use inspect::container::walk_bytes;
use inspect::limits::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { bytes_total: 8 << 20, bytes_each: 1 << 20, members: 1_000, ..Limits::for_package() };
    // What is wrong with the bytes is part of the answer; only a panic, a hang or a flood of memory is a fault.
    let _ = walk_bytes("x", bytes, &limits, &mut |_| ControlFlow::Continue(()));
});
