//! placeholder
pub mod key;
