//! A folder of a mail server, by IMAP (RFC 3501): opened for reading alone, nothing in it is marked or moved.
//!
//! New messages are known by their numbers in the folder; the others of their threads are found by the server's search.
//! The password comes from an environment variable that carries the host's name, so that no list of sources can send it
//! elsewhere; it reaches neither the record nor a log. Without TLS only private networks are spoken to.

use std::collections::{BTreeMap, BTreeSet};

use async_imap::{Client, Session};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Options;
use super::pile::{contained, cut_short};
use super::shelf::MAX_MESSAGE;
use crate::clean;
use crate::fetch::{Call, Disappointment, Line, Reach};
use crate::formats::mail::thread::{self, MAX_POSTS, Place};
use crate::sources::{Errand, Trouble, remembered};

/// How the variable with a password begins; the host's name follows.
const VARIABLE: &str = "FOREWARN_IMAP_PASSWORD";
/// Messages that a person may ask for at most.
const MAX_MESSAGES: u32 = 20_000;
/// Headers that are asked for at once.
const CHUNK: usize = 200;
/// Bytes of one round.
const MAX_BYTES: u64 = 512 << 20;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// Changes when the folder numbers its messages anew.
    validity: u32,
    /// The first number that was not read yet.
    next: u32,
}

/// Who logs in where, and to which folder.
struct Account {
    user: String,
    password: String,
    folder: String,
    tls: bool,
}

/// Reads the folder and brings the threads with new messages.
///
/// # Errors
/// [`Trouble`] when the server cannot be reached, refuses, or does not speak IMAP, or when the settings do not fit.
pub(super) async fn read(errand: &mut Errand<'_>, url: &Url, options: &Options) -> Result<(), Trouble> {
    let account = account(url, options, errand.source.private_network, |name| std::env::var(name).ok())?;
    let reach = if errand.source.private_network { Reach::Private } else { Reach::Public };
    let port = if account.tls { 993 } else { 143 };
    let call = Call { url: url.clone(), port, reach, tls: account.tls, max_bytes: MAX_BYTES };
    let line = errand.door.call(&call).await?;
    let server = Server { host: url.host_str().unwrap_or_default().to_owned() };
    let mut client = Client::new(line);
    let greeting = client.read_response().await.map_err(|error| server.told(&error))?;
    if greeting.is_none() {
        return Err(server.told(&"it hung up without a greeting"));
    }
    let login = client.login(quotable(&account.user)?, quotable(&account.password)?).await;
    let mut session = login.map_err(|(error, _)| match error {
        async_imap::error::Error::No(_) => {
            Trouble::Fetch(Disappointment::LoginRefused { host: server.host.clone() })
        }
        error => server.told(&error),
    })?;
    let ended = folder(errand, &mut session, &server, &account.folder, options).await;
    // Whatever was read was read; a server that does not say good-bye loses nothing.
    drop(session.logout().await);
    ended
}

/// Reads what is new in a folder.
async fn folder(
    errand: &mut Errand<'_>,
    session: &mut Session<Line>,
    server: &Server,
    name: &str,
    options: &Options,
) -> Result<(), Trouble> {
    let before: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let opened = session.examine(name).await.map_err(|error| server.told(&error))?;
    let validity = opened.uid_validity.unwrap_or(0);
    let since = if before.validity == validity { before.next.max(1) } else { 1 };
    let found = session.uid_search(format!("UID {since}:*")).await.map_err(|error| server.told(&error))?;
    // A range that ends in the last message holds that one also where it lies before the beginning.
    let mut fresh: Vec<u32> = found.into_iter().filter(|number| *number >= since).collect();
    fresh.sort_unstable();
    let Some(last) = fresh.last().copied() else { return Ok(()) };
    if since == 1 {
        let wanted = options.messages.min(MAX_MESSAGES) as usize;
        fresh.drain(..fresh.len().saturating_sub(wanted));
    }
    let places = places(session, server, &fresh).await?;
    let here: BTreeSet<String> = places.values().map(|place| place.id.clone()).collect();
    for (root, mut numbers) in threads(&places) {
        if !here.contains(&root) {
            numbers.extend(elsewhere(session, server, &root).await?);
        }
        let messages = messages(errand, session, server, &numbers).await?;
        let Some((draft, remark)) = contained(&messages, None) else { continue };
        remark.into_iter().for_each(|remark| errand.remark(remark));
        errand.bring(draft).await?;
    }
    errand.memory = remembered(&Memory { validity, next: last.saturating_add(1) });
    Ok(())
}

/// The server in what is said of it.
struct Server {
    host: String,
}

impl Server {
    /// What went wrong in speaking with it; its own words are cut and cleaned.
    fn told(&self, error: &dyn std::fmt::Display) -> Trouble {
        let detail: String = clean::line(&error.to_string()).as_str().chars().take(200).collect();
        Trouble::Fetch(Disappointment::Imap { host: self.host.clone(), detail })
    }
}

/// The places of messages by their numbers.
async fn places(
    session: &mut Session<Line>,
    server: &Server,
    numbers: &[u32],
) -> Result<BTreeMap<u32, Place>, Trouble> {
    let mut places = BTreeMap::new();
    for some in numbers.chunks(CHUNK) {
        let asked = session.uid_fetch(set(some), "(UID BODY.PEEK[HEADER])").await;
        let mut headers = asked.map_err(|error| server.told(&error))?;
        while let Some(fetched) = headers.try_next().await.map_err(|error| server.told(&error))? {
            if let (Some(number), Some(header)) = (fetched.uid, fetched.header()) {
                places.insert(number, thread::place(header));
            }
        }
    }
    Ok(places)
}

/// New messages by the identifier of the message that their thread began with.
fn threads(places: &BTreeMap<u32, Place>) -> BTreeMap<String, BTreeSet<u32>> {
    // What a message answers may itself say only what it answers.
    let first: BTreeMap<&str, &str> = places
        .values()
        .filter_map(|place| Some((place.id.as_str(), place.references.first()?.as_str())))
        .collect();
    let mut threads: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for (number, place) in places {
        let mut root = place.references.first().map_or(place.id.as_str(), String::as_str);
        for _ in 0..MAX_POSTS {
            match first.get(root) {
                Some(above) if *above != root => root = above,
                _ => break,
            }
        }
        let root = if root.is_empty() { format!("message {number}") } else { root.to_owned() };
        threads.entry(root).or_default().insert(*number);
    }
    threads
}

/// The messages of a thread that are in the folder already.
async fn elsewhere(
    session: &mut Session<Line>,
    server: &Server,
    root: &str,
) -> Result<BTreeSet<u32>, Trouble> {
    let plain = root.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
    if !plain || root.len() > 500 {
        return Ok(BTreeSet::new());
    }
    let query = format!(
        "OR HEADER MESSAGE-ID \"{root}\" OR HEADER REFERENCES \"{root}\" HEADER IN-REPLY-TO \"{root}\""
    );
    let found = session.uid_search(query).await.map_err(|error| server.told(&error))?;
    Ok(found.into_iter().collect())
}

/// Messages by their numbers, the first ones of many.
async fn messages(
    errand: &mut Errand<'_>,
    session: &mut Session<Line>,
    server: &Server,
    numbers: &BTreeSet<u32>,
) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Trouble> {
    let numbers: Vec<u32> = numbers.iter().copied().take(MAX_POSTS).collect();
    let asked =
        session.uid_fetch(set(&numbers), format!("(UID RFC822.SIZE BODY.PEEK[]<0.{MAX_MESSAGE}>)")).await;
    let mut bodies = asked.map_err(|error| server.told(&error))?;
    let mut messages = Vec::new();
    while let Some(fetched) = bodies.try_next().await.map_err(|error| server.told(&error))? {
        if let Some(size) = fetched.size.map(u64::from).filter(|size| *size > MAX_MESSAGE) {
            errand.remark(cut_short(size));
        }
        messages.extend(fetched.body().map(|body| (Vec::new(), body.to_vec())));
    }
    Ok(messages)
}

fn set(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// A text that can stand in quotes on a line of its own.
fn quotable(text: &str) -> Result<&str, Trouble> {
    match text.contains(['\r', '\n', '\0']) {
        true => Err(Trouble::Settings("log in: the user name or password has a line break in it".to_owned())),
        false => Ok(text),
    }
}

/// The account that an address and the options name; `variable` reads an environment variable.
fn account(
    url: &Url,
    options: &Options,
    private: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Account, Trouble> {
    let refuse = |why: String| Err(Trouble::Settings(why));
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() || url.password().is_some() {
        return refuse(
            "understand the address: it names a host and no password, as imaps://HOST/FOLDER".to_owned(),
        );
    }
    let tls = url.scheme() == "imaps";
    if !tls && !private {
        return refuse(format!(
            "log in to {host}: imap:// sends the password in the clear; use imaps://, or --private-network for a server of your own"
        ));
    }
    let Some(user) = options.user.clone().filter(|user| !user.is_empty()) else {
        return refuse(format!(
            "log in to {host}: name who does in the options, as {{\"user\": \"reader\"}}"
        ));
    };
    let own: String = host
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' })
        .collect();
    let own = format!("{VARIABLE}_{own}");
    let named = options.password_variable.clone().unwrap_or_else(|| own.clone());
    if !named.starts_with(&own) {
        return refuse(format!(
            "log in to {host}: the name of the variable with its password has to begin with {own}, not {named}"
        ));
    }
    let Some(password) = variable(&named).filter(|password| !password.is_empty()) else {
        return refuse(format!(
            "log in to {host}: the environment variable {named} with the password is not set"
        ));
    };
    let path = percent_decoded(url.path().trim_matches('/'));
    let folder = if path.is_empty() { "INBOX".to_owned() } else { path };
    quotable(&folder)?;
    Ok(Account { user, password, folder, tls })
}

fn percent_decoded(path: &str) -> String {
    // A form's decoding also takes a plus sign for a space, which a folder's name may have.
    let kept = path.replace('+', "%2B");
    url::form_urlencoded::parse(kept.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{account, threads};
    use crate::formats::mail::thread::Place;
    use crate::sources::mail::Options;
    use url::Url;

    #[track_caller]
    fn refused(address: &str, options: &str, private: bool, expected: &str) {
        let options: Options = serde_json::from_str(options).unwrap();
        let set =
            |name: &str| (name == "FOREWARN_IMAP_PASSWORD_MAIL_HALVARD_EXAMPLE").then(|| "secret".to_owned());
        let told =
            account(&Url::parse(address).unwrap(), &options, private, set).err().map(|told| told.to_string());
        let told = told.unwrap_or_default();
        assert!(
            told.contains(expected) && told.is_empty() == expected.is_empty() && !told.contains("secret"),
            "{told}"
        );
    }

    #[test]
    fn a_password_goes_to_its_own_host_and_never_in_the_clear() {
        let user = r#"{"user": "reader"}"#;
        refused("imaps://mail.halvard.example/Lists/announce", user, false, "");
        refused("imap://mail.halvard.example/", user, false, "in the clear");
        refused("imap://mail.halvard.example/", user, true, "");
        refused("imaps://mail.halvard.example/", "{}", false, "name who does");
        refused(
            "imaps://mail.orrin.example/",
            user,
            false,
            "FOREWARN_IMAP_PASSWORD_MAIL_ORRIN_EXAMPLE with the password is not set",
        );
        let other =
            r#"{"user": "reader", "password_variable": "FOREWARN_IMAP_PASSWORD_MAIL_HALVARD_EXAMPLE"}"#;
        refused(
            "imaps://mail.orrin.example/",
            other,
            false,
            "has to begin with FOREWARN_IMAP_PASSWORD_MAIL_ORRIN_EXAMPLE",
        );
    }

    #[test]
    fn new_messages_are_sorted_by_what_their_thread_began_with() {
        let place = |id: &str, references: &[&str]| Place {
            id: id.to_owned(),
            references: references.iter().map(|one| (*one).to_owned()).collect(),
        };
        let places = [
            (1, place("a", &[])),
            (2, place("b", &["a"])),
            (3, place("c", &["b"])),
            (4, place("d", &["old"])),
            (5, place("", &[])),
        ];
        let threads = threads(&places.into_iter().collect());
        let told: Vec<_> = threads.iter().map(|(root, numbers)| (root.as_str(), numbers.len())).collect();
        assert_eq!(told, [("a", 3), ("message 5", 1), ("old", 1)]);
    }
}
