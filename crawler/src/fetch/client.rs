//! The HTTP clients behind the door, one for each reach.
//!
//! A client is built so that nothing is decided behind our back: no proxy from the environment, no redirects of its
//! own, no cookies, no referrer, names resolved only through [`VettedNames`]. TLS uses ring, and the system's roots.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use reqwest::Client;
use rustls::crypto::{CryptoProvider, ring};

use super::Politeness;
use super::address::Reach;
use super::resolve::VettedNames;

/// Builds the client whose connections may go as far as `reach`.
///
/// # Errors
/// If the user agent is no header text, or the system's root certificates cannot be loaded.
pub(super) fn client(politeness: &Politeness, reach: Reach) -> anyhow::Result<Client> {
    if CryptoProvider::get_default().is_none() {
        // Whoever else installs one in the same instant is welcome to; any will do.
        drop(ring::default_provider().install_default());
    }
    // A connection is kept for the next request to its host, and no longer: rounds ask thousands of hosts.
    let kept =
        politeness.host_interval.saturating_mul(2).clamp(Duration::from_secs(2), Duration::from_secs(10));
    Client::builder()
        .user_agent(&politeness.user_agent)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(Arc::new(VettedNames { reach }))
        .connect_timeout(politeness.connect_timeout)
        .pool_idle_timeout(kept)
        .pool_max_idle_per_host(politeness.host_connections)
        .build()
        .context("failed to prepare for HTTP requests")
}
