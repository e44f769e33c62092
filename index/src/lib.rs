//! placeholder

pub mod mention;
pub mod query;
pub mod severity;
