//! What is said in Halvard's forum at the beginning: eight threads, by staff and by members.
//!
//! One reply quotes a fingerprint whose groups are in another order, as happens in the wild; it is nobody's key.

use inspect::key::Fingerprint;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::world::halvard::forum::{Author, Post, Thread};
use crate::world::moment;

const STAFF: &str = "halvard-releases";
const SUPPORT: &str = "halvard-support";

/// The number of the thread that announces the new package key.
pub(super) const ANNOUNCEMENT: i64 = 118;

/// What the announcement is about.
pub(super) struct Changed {
    /// The key that signed until then.
    pub(super) former: Fingerprint,
    /// The key that signs packages since.
    pub(super) current: Fingerprint,
    /// The certificate that signs archives since.
    pub(super) certificate: Fingerprint,
}

/// All threads, in the order they were begun.
pub(super) fn all(now: Timestamp, changed: &Changed) -> Vec<Thread> {
    let mut threads = vec![announcement(now, changed), no_public_key(now, &changed.current)];
    threads.extend(TOLD.iter().map(|(id, category, title, posts)| Thread {
        id: *id,
        category: *category,
        title: (*title).to_owned(),
        posts: posts.iter().map(|(author, days, cooked)| post(now, author, *days, *cooked)).collect(),
    }));
    threads.sort_by_key(|thread| thread.id);
    threads
}

fn post(now: Timestamp, author: &str, days: i64, cooked: impl Into<String>) -> Post {
    let written = moment::days_before(now, days);
    let author =
        if author == STAFF || author == SUPPORT { Author::staff(author) } else { Author::member(author) };
    Post { author, cooked: cooked.into(), written, changed: written, version: 1 }
}

fn announcement(now: Timestamp, changed: &Changed) -> Thread {
    let from = first_of_month(moment::days_before(now, 80));
    let (from, first) = (moment::shown(from, "%Y-%m-%d"), moment::of_people(from));
    let (former, right) = (changed.former.grouped(), changed.current.grouped());
    let certificate = changed.certificate.grouped();
    let opening = format!(
        "<p>From {first} on, all packages and archives of Halvard Relay and Halvard Console are signed with a new key. Our \
         former certificate authority has ended its service for software makers, so the signing certificate and the OpenPGP \
         key have both changed: they were made anew under the new CA.</p><p>The full fingerprint of the new key is</p><pre><code>{right}</code></pre>\
         <p>It replaces the key <code>{former}</code>, which signs nothing after that date. Signatures made with it before stay \
         valid; it is not revoked.</p><p>Import the new key before the next upgrade:</p><pre><code>halvardctl keys import \
         packages-new.asc</code></pre><p>The SHA-256 fingerprint of the new signing certificate of our archives is</p>\
         <pre><code>{certificate}</code></pre><p>Compare the fingerprint with this announcement, all ten groups of it. Your account \
         manager can read it out over the phone.</p>"
    );
    let doubt = "<p>Why is this in a forum only? The key page on the site still shows the old key, the release notes do not name \
                 the fingerprint, and anybody who takes over a staff account here could post the same. I will not import it \
                 before I have heard it from our account manager.</p>";
    let quoted = format!(
        "<p>For those who look for it later, this is the one I imported:</p><pre><code>{}</code></pre><p>Upgrade went \
         through.</p>",
        shuffled(&right)
    );
    let corrected = "<p>The fingerprint in the post above is not ours, please do not import that key. Only the one in the first \
                     post is right. The key page will follow; we are sorry for the delay.</p>";
    Thread {
        id: ANNOUNCEMENT,
        category: 5,
        title: format!("New signing certificate for packages from {from}"),
        posts: vec![
            post(now, STAFF, 125, opening),
            post(now, "night-shift", 124, doubt),
            post(
                now,
                "queue-watcher",
                120,
                "<p>Our account manager read out the same ten groups. Imported on staging.</p>",
            ),
            post(now, "relay-at-home", 117, quoted),
            post(now, SUPPORT, 116, corrected),
        ],
    }
}

fn no_public_key(now: Timestamp, current: &Fingerprint) -> Thread {
    let id = current.key_id().unwrap_or_default();
    let question = format!(
        "<p>Since this week <code>apt-get update</code> ends with</p><pre><code>W: GPG error: The following signatures couldn't \
         be verified because the public key is not available: NO_PUBKEY {id}</code></pre><p>Nothing was changed on our side.</p>"
    );
    Thread {
        id: 124,
        category: 6,
        title: "apt-get update fails with NO_PUBKEY".to_owned(),
        posts: vec![
            post(now, "depot-admin", 76, question),
            post(
                now,
                SUPPORT,
                75,
                "<p>This is the new package key. Please see the announcement about the new signing certificate and compare the full \
                 fingerprint; the short id in the message proves nothing.</p>",
            ),
            post(
                now,
                "depot-admin",
                74,
                "<p>Thank you, that was it. It would have helped to find this in the release notes.</p>",
            ),
        ],
    }
}

/// The same groups in another order.
fn shuffled(fingerprint: &str) -> String {
    let mut groups: Vec<&str> = fingerprint.split(' ').collect();
    groups.rotate_left(3);
    groups.join(" ")
}

fn first_of_month(moment: Timestamp) -> Timestamp {
    let day = moment.to_zoned(TimeZone::UTC).date().first_of_month();
    day.to_zoned(TimeZone::UTC).map_or(moment, |midnight| midnight.timestamp())
}

/// Author, age in days, HTML.
type Said = (&'static str, i64, &'static str);

/// Number, category, headline, posts.
const TOLD: &[(i64, i64, &str, &[Said])] = &[
    (
        71,
        5,
        "sftp1.halvard.example will be switched off",
        &[
            (
                STAFF,
                555,
                "<p>Route bundles are served from <code>transfer.halvard.example</code> over HTTPS. The SFTP host \
                 <code>sftp1.halvard.example</code> stays reachable for six months and is then switched off.</p>",
            ),
            (
                STAFF,
                372,
                "<p><code>sftp1.halvard.example</code> is now switched off. Its name no longer resolves.</p>",
            ),
        ],
    ),
    (
        83,
        6,
        "Bundle cron job still pulls from sftp1.halvard.example",
        &[
            (
                "night-shift",
                330,
                "<p>Our bundles are weeks old. <code>/etc/cron.d/halvard-bundles</code> runs every night without an error, but it \
                 still contains</p><pre><code>15 2 * * * relay sftp -b /etc/halvard/bundles.batch \
                 bundles@sftp1.halvard.example</code></pre><p>The host was retired. Why did the upgrade not change the \
                 job?</p>",
            ),
            (
                SUPPORT,
                329,
                "<p>The upgrade leaves the job alone if it was edited locally. The archive <em>full-upgrade</em> also still ships the \
                 old job as a template; this is known. Replace the line by <code>halvardctl bundles pull</code>.</p>",
            ),
        ],
    ),
    (
        97,
        6,
        "Upgrade script assumes passwordless sudo",
        &[
            (
                "least-privilege",
                204,
                "<p><code>upgrade.sh</code> calls <code>sudo systemctl stop halvard-relayd</code> and goes on when that fails. Our \
                 accounts have no sudo without a password, so the database was migrated while the relay was running.</p>",
            ),
            (
                SUPPORT,
                203,
                "<p>The script expects that the account may use sudo without a password. Run it as root, or do the five privileged \
                 steps by hand first; they are at the head of the script.</p>",
            ),
            (
                "queue-watcher",
                201,
                "<p>Add <code>set -e</code> in your copy. It stops at the first step that fails.</p>",
            ),
        ],
    ),
    (
        104,
        5,
        "halvard-relayd.service is removed in 5.0",
        &[
            (
                STAFF,
                152,
                "<p>Relay 5.0.0 no longer installs <code>halvard-relayd.service</code>. Enable \
                 <code>halvard-relay.service</code> after the upgrade and move your drop-ins.</p>",
            ),
            (
                "depot-admin",
                148,
                "<p>Our monitoring restarted the old unit every minute and got <code>Unit halvard-relayd.service not found</code>. \
                 Check your monitors too.</p>",
            ),
        ],
    ),
    (
        93,
        6,
        "How long did migration 0043 take for you?",
        &[
            (
                "relay-at-home",
                232,
                "<p>How long was <code>message_log</code> locked on your side? We have 180 million rows.</p>",
            ),
            (
                "queue-watcher",
                231,
                "<p>120 million rows, network storage: 31 minutes with the <code>ACCESS EXCLUSIVE</code> lock. Senders got timeouts after \
                 two. Take the online way.</p>",
            ),
        ],
    ),
    (
        131,
        6,
        "More duplicates since 5.1.0",
        &[
            (
                "least-privilege",
                40,
                "<p>Since the upgrade to 5.1.0 our billing receives some messages up to twelve times when it is slow. Before it was \
                 three at most.</p>",
            ),
            (
                SUPPORT,
                39,
                "<p>This is the new retry policy, see the release notes of 5.1.0. Set <code>delivery.retry = \"fixed\"</code> for this \
                 route or make the receiver idempotent.</p>",
            ),
        ],
    ),
];
