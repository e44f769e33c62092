//! The one door: record things, ask questions.
