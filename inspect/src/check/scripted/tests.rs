//! What is said of scripts, from whole packages.
