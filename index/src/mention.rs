//! placeholder
use serde::{Deserialize, Serialize};
/// x
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// x
    pub kind: Kind,
    /// x
    pub value: String,
    /// x
    pub start: u32,
    /// x
    pub end: u32,
}
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// x
    Advisory,
    /// x
    Version,
    /// x
    Fingerprint,
    /// x
    KeyId,
    /// x
    FileHash,
    /// x
    Host,
    /// x
    Unit,
}
