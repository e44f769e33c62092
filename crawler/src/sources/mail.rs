//! Mail as a source: mailboxes, archives of lists, and folders of a mail server, thread by thread.
//!
//! Messages that answer each other are one entry with a post for each, so that a reply is a revision of its thread; what
//! nobody answered is an entry by itself. Which kind of archive an address is, it says itself, or the options do. Refuses
//! to send or to change any mail.

use std::ops::ControlFlow;
use std::path::PathBuf;

use inspect::container::{Visit, walk_bytes};
use inspect::limits::Limits;
use serde::Deserialize;
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::charset;
use crate::formats::Unreadable;

// Messages put together, from wherever they lie.
mod pile;
mod shelf;

// Where mail lies: on this machine, on the web as files, in the archives of three programs, on a mail server.
mod hyperkitty;
mod imap;
mod inbox;
mod local;
mod pipermail;

/// What is asked for where mailboxes are.
const ACCEPT: &str = "application/mbox, application/gzip, text/plain;q=0.9, */*;q=0.5";
/// What is asked for where it is not known yet what is there.
const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5";
/// Threads that a person may ask for at most.
const MAX_THREADS: usize = 2000;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Which kind of archive it is; told by its address or its page where absent.
    archive: Option<Archive>,
    /// Months of a Pipermail archive that are read at first.
    months: usize,
    /// Threads of HyperKitty and public-inbox that are looked at in one round.
    threads: usize,
    /// Messages of an IMAP folder that are read at first, the newest.
    messages: u32,
    /// MiB of the largest mailbox that is fetched.
    largest_mib: Option<u32>,
    /// Who logs in to a mail server.
    user: Option<String>,
    /// The environment variable with the password.
    password_variable: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            archive: None,
            months: 12,
            threads: 200,
            messages: 1000,
            largest_mib: None,
            user: None,
            password_variable: None,
        }
    }
}

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Archive {
    /// A mailbox at an address.
    Mbox,
    /// Mailman 2.
    Pipermail,
    /// Mailman 3.
    Hyperkitty,
    /// public-inbox.
    PublicInbox,
}

/// Where mail lies, told from an address.
enum Place {
    Local(PathBuf),
    Imap(Url),
    Web(Url),
}

/// Reads the mail at the source's address and brings the threads that have something new.
///
/// # Errors
/// [`Trouble`] when nothing can be read there, or the settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    match place(&errand.source.address) {
        Place::Local(path) => local::read(errand, path).await,
        Place::Imap(url) => imap::read(errand, &url, &options).await,
        Place::Web(url) => match archive(errand, &url, &options).await? {
            Archive::Mbox => pipermail::mailbox(errand, url, &options).await,
            Archive::Pipermail => pipermail::read(errand, &url, &options).await,
            Archive::Hyperkitty => hyperkitty::read(errand, &url, &options).await,
            Archive::PublicInbox => inbox::read(errand, &url, &options).await,
        },
    }
}

/// Whether an address is one of the web or of a mail server; anything else is a path.
#[must_use]
pub fn is_remote(address: &str) -> bool {
    !matches!(place(address), Place::Local(_))
}

fn place(address: &str) -> Place {
    match Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "imap" | "imaps") => Place::Imap(url),
        Ok(url) if matches!(url.scheme(), "http" | "https") => Place::Web(url),
        _ => Place::Local(PathBuf::from(address)),
    }
}

/// Which kind of archive is at an address: as the options say, as it is written, or as its page shows.
async fn archive(errand: &Errand<'_>, url: &Url, options: &Options) -> Result<Archive, Trouble> {
    if let Some(archive) = options.archive {
        return Ok(archive);
    }
    let path = url.path().to_ascii_lowercase();
    let file = path.strip_suffix(".gz").unwrap_or(&path);
    if file.ends_with(".mbox") || file.ends_with(".txt") || file.ends_with("/mbox") {
        return Ok(Archive::Mbox);
    }
    if path.contains("/pipermail/") {
        return Ok(Archive::Pipermail);
    }
    if path.contains("/hyperkitty/list/") || path.contains("/archives/list/") {
        return Ok(Archive::Hyperkitty);
    }
    let page = errand.fetch_fresh(url.clone(), ACCEPT_PAGE).await?;
    let (html, _) = charset::decode(&page.bytes, page.charset.as_deref());
    shown(&html).ok_or_else(|| Trouble::Read {
        what: page.url.to_string(),
        why: Unreadable::new(
            "not an archive of mail that is known",
            "name one in the options: {\"archive\": \"mbox\"}, pipermail, hyperkitty or public-inbox",
        ),
    })
}

/// What kind of archive a page belongs to, by the marks that its program leaves.
fn shown(html: &str) -> Option<Archive> {
    let has = |mark: &str| html.contains(mark);
    if has("Pipermail") || pipermail::lists_months(html) {
        Some(Archive::Pipermail)
    } else if has("public-inbox") || has("?x=m") {
        Some(Archive::PublicInbox)
    } else if has("HyperKitty") || has("hyperkitty") {
        Some(Archive::Hyperkitty)
    } else {
        None
    }
}

/// A mailbox as fetched, unpacked if it is packed.
fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let limits = Limits { bytes_each: 256 << 20, ..Limits::for_import() };
    let mut whole = Err(Unreadable::new("not a mailbox", "the archive is empty"));
    let walked = walk_bytes(name, bytes, &limits, &mut |visit| {
        whole = match visit {
            Visit::Member(member) => Ok(member.bytes),
            Visit::Complaint(complaint) => Err(Unreadable::new(complaint.problem.kind(), &complaint.problem)),
        };
        ControlFlow::Break(())
    });
    walked.map_err(|error| Unreadable::new("archive not read", error))?;
    whole
}

/// An address as a folder, so that names are joined below it.
fn folder(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// An address below another one, of the same host.
fn below(base: &Url, path: &str) -> Result<Url, Trouble> {
    let joined = base.join(path).ok().filter(|url| url.origin() == base.origin());
    joined.ok_or_else(|| Trouble::Settings(format!("understand the address \"{path}\" below {base}")))
}

#[cfg(test)]
mod tests {
    use super::{Archive, is_remote, shown};

    #[test]
    fn an_archive_is_known_by_its_marks() {
        let check = |html: &str, expected| assert_eq!(shown(html), expected, "{html}");
        check("<i>This archive was generated by Pipermail 0.09</i>", Some(Archive::Pipermail));
        check("<td><A href=\"2024-March.txt.gz\">[ Gzip'd Text ]</a></td>", Some(Archive::Pipermail));
        check(
            "<pre>AGPL code for this site: git clone https://public-inbox.org/</pre>",
            Some(Archive::PublicInbox),
        );
        check("<p>Powered by <a>HyperKitty</a> version 1.3.7.</p>", Some(Archive::Hyperkitty));
        check("<p>Our list has moved.</p>", None);
    }

    #[test]
    fn what_is_no_address_of_a_server_is_a_path() {
        let check = |address: &str, expected| assert_eq!(is_remote(address), expected, "{address}");
        check("imaps://mail.halvard.example/INBOX", true);
        check("https://lists.halvard.example/pipermail/announce/", true);
        check("/var/mail/list.mbox", false);
        check("file:///var/mail", false);
    }
}
