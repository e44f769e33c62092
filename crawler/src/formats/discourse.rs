//! stub
use crate::formats::{Origin, Read, Unreadable};
/// x
///
/// # Errors
/// x
pub fn parse(_: &[u8], _: &Origin<'_>) -> Read {
    Err(Unreadable::new("not read here", "stub"))
}
