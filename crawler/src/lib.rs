//! How things arrive. Nothing here is trusted.

pub mod fetch;
