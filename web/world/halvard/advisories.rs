//! Halvard's security advisories: an HTML list on pages of five, and a page for each.
//!
//! The CVE numbers are invented, from the far end of a year's range.

use jiff::Timestamp;

use crate::world::answer::{Body, HTML};
use crate::world::grade::Grade;
use crate::world::halvard::FRAME;
use crate::world::moment;
use crate::world::page::escape;

/// Where the list begins.
pub const LIST: &str = "/security/advisories/";

/// Advisories on one page of the list.
const A_PAGE: usize = 5;

/// One advisory.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// The vendor's number, such as `HSA-0114`.
    pub id: String,
    /// The CVE it is about.
    pub cve: String,
    /// Headline without the number, plain text.
    pub title: String,
    /// How bad the vendor says it is.
    pub grade: Grade,
    /// When it was published; people see only the day.
    pub published: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// Versions that are affected, in the vendor's words.
    pub affected: String,
    /// The first version that is not.
    pub fixed: String,
    /// What it says, a fragment of HTML.
    pub text: String,
}

impl Advisory {
    fn path(&self) -> String {
        format!("{LIST}{}/", self.id.to_lowercase())
    }
}

/// A page of the list, or the page of an advisory.
pub(super) fn page(advisories: &[Advisory], path: &str) -> Option<Body> {
    let rest = path.strip_prefix(LIST)?;
    if rest.is_empty() {
        return list(advisories, 1);
    }
    if let Some(number) = rest.strip_prefix("page/") {
        return list(advisories, number.trim_end_matches('/').parse().ok()?);
    }
    let advisory = advisories.iter().find(|advisory| advisory.path() == path)?;
    let title = format!("{}: {}", advisory.id, advisory.title);
    Some(Body::new(HTML, FRAME.page(&title, &detail(advisory, &title)), advisory.updated))
}

fn list(advisories: &[Advisory], number: usize) -> Option<Body> {
    let shown = advisories.chunks(A_PAGE).nth(number.checked_sub(1)?)?;
    let rows: String = shown.iter().map(row).collect();
    let newer = (number > 1).then(|| match number - 1 {
        1 => format!("<a rel=\"prev\" href=\"{LIST}\">Newer</a>"),
        page => format!("<a rel=\"prev\" href=\"{LIST}page/{page}/\">Newer</a>"),
    });
    let older = (number * A_PAGE < advisories.len())
        .then(|| format!("<a rel=\"next\" href=\"{LIST}page/{}/\">Older</a>", number + 1));
    let main = format!(
        "<h1>Security advisories</h1>\n<p>Report problems to security@halvard.example.</p>\n<ul class=\"advisories\">\n{rows}\
         </ul>\n<p class=\"pages\">{} {}</p>",
        newer.unwrap_or_default(),
        older.unwrap_or_default(),
    );
    let newest = advisories.iter().map(|advisory| advisory.updated).max()?;
    Some(Body::new(HTML, FRAME.page("Security advisories", &main), newest))
}

fn row(advisory: &Advisory) -> String {
    let Advisory { id, title, grade, published, .. } = advisory;
    format!(
        "<li class=\"advisory\">\n  <a class=\"advisory-title\" href=\"{}\">{id}: {}</a>\n  \
         <span class=\"advisory-date\">{}</span>\n  <span class=\"badge\">{}</span>\n</li>\n",
        advisory.path(),
        escape(title),
        moment::of_people(*published),
        grade.word(),
    )
}

fn detail(advisory: &Advisory, title: &str) -> String {
    let Advisory { cve, grade, published, updated, affected, fixed, text, .. } = advisory;
    let changed = if updated > published {
        format!("<p class=\"changed\">Last changed on {}</p>\n", moment::of_people(*updated))
    } else {
        String::new()
    };
    format!(
        "<article class=\"advisory\">\n<h1>{}</h1>\n<p class=\"published\">{}</p>\n{changed}<dl>\n<dt>CVE</dt><dd>{cve}</dd>\n\
         <dt>Severity</dt><dd>{} (CVSS {:.1})</dd>\n<dt>Affected versions</dt><dd>{}</dd>\n<dt>Fixed in</dt><dd>{}</dd>\n</dl>\n\
         <div class=\"advisory-text\">\n{text}\n</div>\n</article>",
        escape(title),
        moment::of_people(*published),
        grade.word(),
        grade.score(),
        escape(affected),
        escape(fixed),
    )
}

/// The advisories that the world begins with, the newest first.
pub(super) fn all(now: Timestamp) -> Vec<Advisory> {
    let told = TOLD.iter().map(|(id, cve, days, grade, title, affected, fixed, text)| Advisory {
        id: (*id).to_owned(),
        cve: (*cve).to_owned(),
        title: (*title).to_owned(),
        grade: *grade,
        published: moment::days_before(now, *days),
        updated: moment::days_before(now, *days),
        affected: (*affected).to_owned(),
        fixed: (*fixed).to_owned(),
        text: (*text).to_owned(),
    });
    told.collect()
}

type Told = (&'static str, &'static str, i64, Grade, &'static str, &'static str, &'static str, &'static str);

/// Number, CVE, age in days, severity, headline, affected, fixed, text.
const TOLD: &[Told] = &[
    (
        "HSA-0114",
        "CVE-2026-90412",
        12,
        Grade::High,
        "Length field of a frame can stop the relay",
        "Halvard Relay 4.0.0 to 5.1.2",
        "5.1.3",
        "<h2>Summary</h2><p>A frame of format 2 states its length twice. The decoder trusted the inner length and read beyond the \
         frame. A sender that can reach the relay's port stops it with one message; no account is needed.</p><h2>What to do</h2>\
         <p>Upgrade to 5.1.3. Until then allow only known senders to reach port 7410, and set <code>frames.format = 1</code> if all \
         peers still speak it.</p><h2>Other products</h2><p>Products of other makers that contain our decoder are affected too. We \
         told the ones we know of before this publication.</p>",
    ),
    (
        "HSA-0113",
        "CVE-2026-90377",
        47,
        Grade::Medium,
        "Console shows route names of other tenants",
        "Halvard Console 5.0.0 to 5.0.2",
        "5.1.0",
        "<h2>Summary</h2><p>The search field of the console completes route names across tenants. Names are shown, messages are \
         not.</p><h2>What to do</h2><p>Upgrade the console to 5.1.0 or switch completion off in the tenant settings.</p>",
    ),
    (
        "HSA-0112",
        "CVE-2026-90298",
        131,
        Grade::Low,
        "Temporary files of halvardctl are readable by everybody",
        "Halvard Relay 4.2.0 to 5.0.0",
        "5.0.1",
        "<h2>Summary</h2><p><code>halvardctl config convert</code> leaves its working copy in <code>/tmp</code> with mode 0644. The copy \
         contains the database password.</p><h2>What to do</h2><p>Upgrade to 5.0.1, remove files named \
         <code>/tmp/halvard-convert-*</code>, and change the password if others have accounts on the machine.</p>",
    ),
    (
        "HSA-0111",
        "CVE-2026-90240",
        214,
        Grade::Critical,
        "Route bundles are unpacked outside of their directory",
        "Halvard Relay 4.0.0 to 4.3.0",
        "4.3.1",
        "<h2>Summary</h2><p>Names in a route bundle may contain <code>..</code>. Who can offer a bundle to the relay can write files \
         as the service account and thereby run programs.</p><h2>What to do</h2><p>Upgrade to 4.3.1. Until then disable the job \
         <code>/etc/cron.d/halvard-bundles</code> and import only bundles whose signature you have verified.</p>",
    ),
    (
        "HSA-0110",
        "CVE-2026-90187",
        325,
        Grade::Medium,
        "Sessions stay valid after a password change",
        "Halvard Console 4.0.0 to 4.2.3",
        "4.2.4",
        "<h2>Summary</h2><p>A session cookie keeps working after its owner has changed the password, until it expires after twelve \
         hours.</p><h2>What to do</h2><p>Upgrade to 4.2.4, which closes all sessions once.</p>",
    ),
    (
        "HSA-0109",
        "CVE-2025-99120",
        420,
        Grade::High,
        "Many small routes exhaust the memory of the listener",
        "Halvard Relay 4.0.0 to 4.1.4",
        "4.2.0",
        "<h2>Summary</h2><p>The listener keeps a buffer for each announced route. A peer can announce routes without end until the \
         system ends the process.</p><h2>What to do</h2><p>Upgrade to 4.2.0, where a peer may announce at most 4,096 routes.</p>",
    ),
    (
        "HSA-0108",
        "CVE-2025-99034",
        548,
        Grade::Medium,
        "Host key of the SFTP download is not checked",
        "Halvard Relay 3.6.0 to 4.1.1",
        "4.1.2",
        "<h2>Summary</h2><p>The bundle job connects to <code>sftp1.halvard.example</code> without checking the host key. Who can \
         intercept the connection can replace bundles.</p><h2>What to do</h2><p>Upgrade to 4.1.2, which downloads over HTTPS from \
         <code>transfer.halvard.example</code>. The SFTP host will be switched off.</p>",
    ),
    (
        "HSA-0107",
        "CVE-2025-98911",
        690,
        Grade::Low,
        "Error pages of the console name internal paths",
        "Halvard Console 3.8.0 to 4.0.0",
        "4.0.1",
        "<h2>Summary</h2><p>Error pages contain the path of the template that failed. Nothing else is disclosed.</p>\
         <h2>What to do</h2><p>Upgrade when convenient.</p>",
    ),
];
