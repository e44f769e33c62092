//! How things arrive. Nothing here is trusted.
//!
//! Bytes come in through one door, are read as one of the formats, are cleaned, and go down to the index as drafts.
//! Refuses to read a calendar clock and to record anything but through `index::knowledge`.

// The one door to the network.
pub mod fetch;

// Bytes become drafts of entries; a stranger's text becomes ours.
pub mod clean;
pub mod formats;

// Where the bytes come from: one file a kind of source.
pub mod sources;

// Which sources there are to choose from: real vendors, and lists that are passed on.
pub mod catalogue;
pub mod exchange;
mod known;

// A vendor's web site, and the channels it has.
pub mod discover;

// What is wrong with a source beyond a status code.
pub mod health;

// What the house itself says: changes of keys, decisions and observations.
pub mod house;
pub mod ledger;

// One round over whatever is due, and the ways in for local files: an import, the drop folder.
pub mod import;
pub mod inbox;
pub mod round;
