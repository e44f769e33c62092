//! Release notes of Halvard Relay: an RSS 2.0 feed of summaries, and a page with the whole notes for each.

use jiff::Timestamp;

use crate::world::answer::{Body, HTML};
use crate::world::base::Bases;
use crate::world::halvard::FRAME;
use crate::world::moment;
use crate::world::page::escape;

/// The notes of one release.
#[derive(Clone, Debug)]
pub struct Release {
    /// Version, which is also the name of its page.
    pub version: String,
    /// Headline, plain text.
    pub title: String,
    /// When it was published.
    pub published: Timestamp,
    /// What the feed says, plain text.
    pub summary: String,
    /// What the page says, a fragment of HTML.
    pub notes: String,
}

/// The feed, as RSS 2.0.
pub(super) fn feed(releases: &[Release], bases: &Bases) -> String {
    let base = &bases.halvard;
    let items: String = releases.iter().map(|release| item(release, base)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n\
         <channel>\n<title>Halvard Relay release notes</title>\n<link>{base}/relay/releases</link>\n\
         <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{base}/relay/releases.rss\"/>\n\
         <description>What changed in Halvard Relay and Halvard Console</description>\n<language>en</language>\n\
         {items}</channel>\n</rss>\n"
    )
}

fn item(release: &Release, base: &str) -> String {
    let Release { version, title, published, summary, .. } = release;
    format!(
        "<item>\n<title>{}</title>\n<link>{base}/relay/releases/{version}</link>\n\
         <guid isPermaLink=\"false\">halvard-relay-{version}</guid>\n<pubDate>{}</pubDate>\n\
         <category>Halvard Relay</category>\n<description>{}</description>\n</item>\n",
        escape(title),
        moment::of_http(*published),
        escape(summary),
    )
}

/// The page of a release, or the list of all.
pub(super) fn page(releases: &[Release], path: &str) -> Option<Body> {
    if path == "/relay/releases" {
        let rows: String = releases
            .iter()
            .map(|release| {
                let Release { version, title, .. } = release;
                format!("<li><a href=\"/relay/releases/{version}\">{}</a></li>\n", escape(title))
            })
            .collect();
        let newest = releases.iter().map(|release| release.published).max()?;
        let main = format!("<h1>Release notes</h1>\n<ul>\n{rows}</ul>");
        return Some(Body::new(HTML, FRAME.page("Release notes", &main), newest));
    }
    let version = path.strip_prefix("/relay/releases/")?;
    let release = releases.iter().find(|release| release.version == version)?;
    let main = format!(
        "<article class=\"release\">\n<h1>{}</h1>\n<p class=\"meta\">Published on <time datetime=\"{}\">{}</time></p>\n\
         <p>{}</p>\n{}\n</article>",
        escape(&release.title),
        moment::of_machines(release.published),
        moment::of_people(release.published),
        escape(&release.summary),
        release.notes,
    );
    Some(Body::new(HTML, FRAME.page(&release.title, &main), release.published))
}

/// The notes that the world begins with, the newest first.
pub(super) fn all(now: Timestamp) -> Vec<Release> {
    let told = TOLD.iter().map(|(version, days, title, summary, notes)| Release {
        version: (*version).to_owned(),
        title: (*title).to_owned(),
        published: moment::days_before(now, *days),
        summary: (*summary).to_owned(),
        notes: (*notes).to_owned(),
    });
    told.collect()
}

/// Version, age in days, headline, summary, notes.
const TOLD: &[(&str, i64, &str, &str, &str)] = &[
    (
        "5.1.3",
        12,
        "Halvard Relay 5.1.3",
        "Security release. Closes CVE-2026-90412 in the frame decoder and corrects the queue depth shown by the console.",
        "<h2>Security</h2><p>The frame decoder accepted a length field that was larger than the frame. A sender could stop \
         the relay with one message. This is CVE-2026-90412; see advisory HSA-0114. All versions from 4.0.0 to 5.1.2 are \
         affected.</p><h2>Fixed</h2><ul><li>The console counted parked messages twice in the queue depth.</li><li>\
         <code>halvardctl drain</code> returned 0 although messages were left.</li></ul>",
    ),
    (
        "5.1.0",
        58,
        "Halvard Relay 5.1.0 changes how deliveries are retried",
        "A new retry policy is on by default: twelve attempts with growing pauses instead of three attempts five seconds apart.",
        "<h2>New retry policy</h2><p>Up to 5.0 the relay tried a delivery three times, five seconds apart, and then parked \
         the message. From 5.1.0 it tries twelve times. The pause starts at two seconds, doubles with each attempt up to \
         thirty minutes, and has twenty percent of jitter. A message can now be under way for more than three hours before \
         it is parked.</p><p>Receivers that are not idempotent will see more duplicates. Alarms that fire on parked messages \
         will fire later. To keep the former behaviour set <code>delivery.retry = \"fixed\"</code> in \
         <code>/etc/halvard/relay.toml</code> before the upgrade; the setting is read at start only.</p><h2>Also new</h2>\
         <ul><li><code>halvardctl retry --explain</code> prints when a message is tried next.</li><li>The metric \
         <code>relay_delivery_attempts</code> has a label for the policy.</li></ul>",
    ),
    (
        "5.0.2",
        79,
        "Halvard Relay 5.0.2",
        "Packages from this release on are signed with the new package key. No other change for operators.",
        "<h2>Packages</h2><p>From this release on, packages and archives are signed with the new package key. The former key \
         signs nothing any more. Details are in the announcement in the community forum.</p><h2>Fixed</h2><ul><li>A relay with \
         more than 512 routes needed minutes to start.</li><li>Log lines of the TLS listener named the wrong port.</li></ul>",
    ),
    (
        "5.0.0",
        150,
        "Halvard Relay 5.0.0 removes halvard-relayd.service",
        "The systemd unit halvard-relayd.service is gone; the relay now runs as halvard-relay.service with one instance a route group.",
        "<h2>Removed</h2><p>The unit <code>halvard-relayd.service</code>, deprecated since 4.2, is removed. The package installs \
         <code>halvard-relay.service</code> and the template <code>halvard-relay@.service</code>. The upgrade stops the old unit \
         and does not enable the new one. Scripts, monitors and drop-ins that name <code>halvard-relayd.service</code> must be \
         changed by hand; drop-ins below <code>/etc/systemd/system/halvard-relayd.service.d</code> are ignored.</p>\
         <h2>Changed</h2><ul><li>The service account is <code>halvard</code> instead of <code>relay</code>. Files below \
         <code>/var/lib/halvard</code> change owner during the upgrade.</li><li>Configuration is read from \
         <code>/etc/halvard/relay.toml</code> only. Use <code>halvardctl config convert</code> for files of 4.x.</li></ul>",
    ),
    (
        "4.3.0",
        240,
        "Halvard Relay 4.3.0: schema migration with a table lock",
        "The upgrade rewrites the table message_log and holds an exclusive lock on it for the whole time. Plan for a pause.",
        "<h2>Schema migration 0043</h2><p>Migration 0043 changes <code>message_log.id</code> from 32 to 64 bits. PostgreSQL \
         rewrites the table for this and holds an <code>ACCESS EXCLUSIVE</code> lock until it is done; no message is accepted \
         meanwhile. We measured four minutes for 50 million rows on local NVMe and about eleven minutes on network storage. \
         Twice the size of the table must be free on disk.</p><p>Where such a pause is too long, run <code>halvardctl migrate \
         --online 0043</code> days ahead. It copies in batches and needs the lock for less than a second at the end.</p>\
         <p>There is no way back: 4.2 does not start on the migrated schema. Make a dump first.</p>",
    ),
    (
        "4.2.4",
        325,
        "Halvard Relay 4.2.4",
        "Security release for the console's session handling, and a correction for messages with empty subjects.",
        "<h2>Security</h2><p>Session cookies of Halvard Console stayed valid after a password change (CVE-2026-90187, advisory \
         HSA-0110). All sessions are closed by the upgrade.</p><h2>Fixed</h2><ul><li>Messages with an empty subject were parked \
         without a reason.</li></ul>",
    ),
    (
        "4.2.0",
        430,
        "Halvard Relay 4.2.0",
        "Route groups, a faster start, and the first notice that halvard-relayd.service will go.",
        "<h2>New</h2><ul><li>Routes can be put in groups that are drained and restarted together.</li><li>The relay starts in \
         half the time with many routes.</li></ul><h2>Deprecated</h2><p><code>halvard-relayd.service</code> will be removed with \
         5.0. The new unit <code>halvard-relay.service</code> is installed beside it and can be used from now on.</p>",
    ),
    (
        "4.1.2",
        560,
        "Halvard Relay 4.1.2",
        "Downloads move to transfer.halvard.example. The SFTP host sftp1.halvard.example will be switched off.",
        "<h2>Downloads</h2><p>Archives and route bundles are served from <code>transfer.halvard.example</code> over HTTPS. The SFTP \
         host <code>sftp1.halvard.example</code> stays reachable for six months and is then switched off. The installed cron job \
         <code>/etc/cron.d/halvard-bundles</code> is changed by this release unless it was edited locally.</p>",
    ),
    (
        "4.0.0",
        705,
        "Halvard Relay 4.0.0",
        "A new frame format with half the overhead, PostgreSQL 14 or later, and upgrade scripts that call sudo.",
        "<h2>New</h2><p>Relays of 4.0 and later speak frame format 2 among themselves, with half the overhead. They still read \
         format 1.</p><h2>Requirements</h2><ul><li>PostgreSQL 14 or later.</li><li>The upgrade script calls <code>sudo</code> for \
         the steps that need root; the account that runs it must be allowed to without a password.</li></ul>",
    ),
];
