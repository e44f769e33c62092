//! Keys over time: how what is known of a key now differs from what was known before.
//!
//! Pure; facts come from `inspect::key`, and what was verified between two keys is told by whoever verified it.

pub mod state;
