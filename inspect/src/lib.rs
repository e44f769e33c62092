//! Bytes are read into facts.
//!
//! No network, no clock, no store: everything comes in as bytes (or a file to read) and limits, and leaves as
//! plain values. What is read here was written by strangers and may deceive; this crate reports what the bytes
//! say and never judges whom to believe.
//!
//! In the order data meets them:

// How much of anything we are willing to read, and archives opened under it.
pub mod container;
pub mod limits;

// Who made it: keys and their fingerprints, what a signature is worth, what a digest matches.
pub mod digest;
pub mod key;
mod openpgp;
pub mod signature;

// What people write for programs: commands, units, statements, and values that programs start from. Parsed, never run.
pub mod defaults;
pub mod shell;
pub mod sql;
mod tokens;
pub mod unit;

// What a package is, and what is found in it: the families of checks, and the report.
pub mod check;
pub mod finding;
pub mod inspection;
mod licence;
pub mod package;
pub mod reading;

// Two versions of one product held against each other: what is kept of their files, and what differs.
pub mod comparison;
pub mod kept;
