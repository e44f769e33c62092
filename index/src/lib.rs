//! What is known: the nouns, the durable record of them, and the full-text index over that record.
//!
//! Refuses to open a connection or to read a clock: whatever arrives is handed over by the crawler, and `now` is an
//! argument. The noun modules import neither the store nor the search engine.

// What is written down: one noun a file.
pub mod canary;
pub mod decision;
mod disagreement;
pub mod enrichment;
pub mod entry;
pub mod evidence;
pub mod health;
pub mod keys;
pub mod mention;
pub mod notice;
pub mod package;
pub mod product;
pub mod revision;
pub mod room;
pub mod severity;
pub mod source;
pub mod text;
pub mod vendor;
pub mod verdict;
pub mod version;
pub mod words;

// Who wants to know, what is new for them, and what has still to be sent.
pub mod digest;
pub mod outbox;
pub mod subscription;

// What is so here, and what of a package it contradicts.
pub mod collision;
pub mod estate;

// What is asked, and what is answered.
pub mod answer;
pub mod brief;
pub mod link;
pub mod query;
pub mod upgrade;

// The one door, the record behind it, and the index derived from the record.
pub mod knowledge;
pub mod prepare;
mod search;
mod store;
