//! Keys over time: where each was seen, what changed about it, what people decided, and what will become of it.
//!
//! Pure; facts come from `inspect::key`, and what was verified between two keys is told by whoever verified it. Refuses to
//! trust a key: a pin is a person's, by name, with a reason, and can be undone.

pub mod change;
pub mod continuity;
pub mod forecast;
pub mod judged;
pub mod pin;
pub mod script;
pub mod sighting;
pub mod state;
pub mod view;

/// Short name of the source under which the house itself says what changed and what was decided, so that it is searched and
/// watched like anything else. What it says is no evidence about a key.
pub const HOUSE: &str = "ledger";
