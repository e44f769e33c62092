//! GitHub: releases, issues and comments as its REST interface gives them.
//!
//! An author's role is the association with the repository that the platform states (`author_association`), never what
//! somebody calls oneself. Refuses pull requests, which are work and not word. What is written is Markdown.

use index::entry::{Draft, Evidence, Kind, Role, Statement};
use jiff::Timestamp;
use serde::Deserialize;

use super::lenient::{List, Loose, Word};
use super::phrase::utf8;
use super::{Unreadable, date, identifiers, json};
use crate::clean::{self, Message};

/// Messages of one issue that are kept.
pub const MAX_MESSAGES: usize = 500;
/// Files of a release that are named.
const MAX_FILES: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Account<'a> {
    #[serde(borrow)]
    login: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Release<'a> {
    #[serde(borrow)]
    tag_name: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    body: Word<'a>,
    #[serde(borrow)]
    html_url: Word<'a>,
    draft: bool,
    prerelease: bool,
    #[serde(borrow)]
    created_at: Word<'a>,
    #[serde(borrow)]
    published_at: Word<'a>,
    #[serde(borrow)]
    author: Loose<Account<'a>>,
    #[serde(borrow)]
    assets: List<Asset<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asset<'a> {
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    digest: Word<'a>,
}

/// An issue, or the opening message of one, or a comment: the platform gives them the same members.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    number: Word<'a>,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    body: Word<'a>,
    #[serde(borrow)]
    html_url: Word<'a>,
    #[serde(borrow)]
    state: Word<'a>,
    #[serde(borrow)]
    author_association: Word<'a>,
    #[serde(borrow)]
    created_at: Word<'a>,
    #[serde(borrow)]
    updated_at: Word<'a>,
    #[serde(borrow)]
    user: Loose<Account<'a>>,
    #[serde(borrow)]
    labels: List<Label<'a>>,
    #[serde(borrow)]
    comments: Word<'a>,
    #[serde(borrow)]
    pull_request: Option<Loose<Account<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Label<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

/// An issue in a list, with its opening message; its comments are asked for apart.
#[derive(Debug)]
pub struct Issue {
    /// Its number in the repository.
    pub number: u64,
    /// When it was last changed or commented on, as the platform writes it.
    pub updated: String,
    /// How many comments it has.
    pub comments: usize,
    title: String,
    lead: String,
    link: Option<String>,
    published: Option<Timestamp>,
    opening: Message,
    evidence: Vec<u8>,
}

/// Reads a page of releases.
///
/// # Errors
/// [`Unreadable`] for what is no list of objects.
pub fn releases(bytes: &[u8]) -> Result<Vec<Draft>, Unreadable> {
    let items = list(bytes)?;
    Ok(items.into_iter().filter_map(|item| release(item, serde_json::from_str(item).ok()?)).collect())
}

/// Reads a page of issues; pull requests are passed over. The second number is how many items the page held.
///
/// # Errors
/// [`Unreadable`] for what is no list of objects.
pub fn issues(bytes: &[u8]) -> Result<(Vec<Issue>, usize), Unreadable> {
    let items = list(bytes)?;
    let held = items.len();
    let read = items.into_iter().filter_map(|item| issue(item, serde_json::from_str(item).ok()?));
    Ok((read.collect(), held))
}

/// Reads a page of comments.
///
/// # Errors
/// [`Unreadable`] for what is no list of objects.
pub fn comments(bytes: &[u8]) -> Result<Vec<Message>, Unreadable> {
    let items = list(bytes)?;
    let said = items.iter().filter_map(|item| serde_json::from_str::<Said<'_>>(item).ok());
    Ok(said.map(|said| message(&said)).collect())
}

/// The items of a list, each as it is written.
fn list(bytes: &[u8]) -> Result<Vec<&str>, Unreadable> {
    let text = utf8(bytes)?;
    match text.trim_start().chars().next() {
        // Parsed once for its soundness; the items are then taken as they stand.
        Some('[') => match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Ok(json::items(text).collect()),
            Err(error) => Err(Unreadable::new("malformed JSON", error)),
        },
        Some('<') => Err(Unreadable::new("a web page", "a list as JSON was expected")),
        _ => Err(Unreadable::new("not a list", "GitHub's interface was expected to answer with a list")),
    }
}

fn release(item: &str, release: Release<'_>) -> Option<Draft> {
    let tag = release.tag_name.said().filter(|_| !release.draft)?;
    let mut text = clean::markdown(&release.body).into_string();
    let files: Vec<String> = release.assets.iter().take(MAX_FILES).filter_map(file).collect();
    if !files.is_empty() {
        text = format!("{text}\n\n## Files\n\n{}", files.join("\n"));
    }
    if release.prerelease {
        text = format!("Marked as a pre-release.\n\n{text}");
    }
    let title = clean::line(release.name.said().unwrap_or(tag));
    let author = release.author.get().map(|account| clean::line(&account.login).into_string());
    let mut statement = Statement {
        text: clean::plain(text.trim()),
        publisher: author.filter(|name| !name.is_empty()),
        published: moment(&release.published_at).or_else(|| moment(&release.created_at)),
        ..Statement::default()
    };
    let ids = identifiers::advisory_ids(title.as_str());
    identifiers::assign(ids, &mut statement);
    statement.title = title;
    Some(Draft {
        native_id: format!("release/{}", clean::line(tag)),
        kind: Kind::Release,
        link: web(&release.html_url),
        statement,
        evidence: evidence(item.as_bytes().to_vec()),
    })
}

fn file(asset: &Asset<'_>) -> Option<String> {
    let named = format!("{} {}", asset.name.said()?, &*asset.digest);
    Some(format!("- {}", clean::line(&named)))
}

fn issue(item: &str, said: Said<'_>) -> Option<Issue> {
    if said.pull_request.is_some() {
        return None;
    }
    let number: u64 = said.number.parse().ok()?;
    let labels: Vec<&str> = said.labels.iter().take(30).filter_map(|label| label.name.said()).collect();
    let state = said.state.said().unwrap_or("unknown");
    let labels = if labels.is_empty() { String::new() } else { format!(" Labels: {}.", labels.join(", ")) };
    Some(Issue {
        number,
        updated: clean::line(&said.updated_at).into_string(),
        comments: said.comments.parse().unwrap_or(0),
        title: said.title.to_string(),
        lead: format!("State: {state}.{labels}"),
        link: web(&said.html_url),
        published: moment(&said.created_at),
        opening: Message { native_id: format!("issue-{number}"), ..message(&said) },
        evidence: item.as_bytes().to_vec(),
    })
}

/// The entry of an issue with its comments; `pages` are the bytes of the comments as fetched.
#[must_use]
pub fn thread(issue: Issue, comments: Vec<Message>, pages: &[Vec<u8>]) -> Draft {
    let lead = Message { text: clean::plain(&issue.lead), ..Message::default() };
    let updated = date::lenient(&issue.updated);
    let messages = [lead, issue.opening].into_iter().chain(comments.into_iter().take(MAX_MESSAGES));
    let (text, mut posts) = clean::thread(messages.collect());
    if !posts.is_empty() {
        posts.remove(0);
    }
    let title = clean::line(&issue.title);
    let title = if title.is_empty() { clean::line(&format!("Issue {}", issue.number)) } else { title };
    let bytes =
        pages.iter().fold(issue.evidence, |bytes, page| [bytes, b"\n".to_vec(), page.clone()].concat());
    Draft {
        native_id: format!("issue/{}", issue.number),
        kind: Kind::Thread,
        link: issue.link,
        statement: Statement {
            title,
            text,
            published: issue.published,
            updated,
            posts,
            ..Statement::default()
        },
        evidence: evidence(bytes),
    }
}

fn message(said: &Said<'_>) -> Message {
    let (at, changed) = (moment(&said.created_at), moment(&said.updated_at));
    Message {
        native_id: said.id.to_string(),
        author: said.user.get().map_or_else(|| "(deleted account)".to_owned(), |user| user.login.to_string()),
        role: role(&said.author_association),
        at,
        // An issue's own time of change moves with every comment and label, and says nothing of its message.
        edited: changed.filter(|changed| said.number.is_empty() && Some(*changed) != at),
        text: clean::markdown(&said.body),
    }
}

/// The platform's word for what an author is to the repository.
fn role(association: &str) -> Role {
    match association {
        "OWNER" => Role::Owner,
        "MEMBER" => Role::Staff,
        "COLLABORATOR" => Role::Collaborator,
        "CONTRIBUTOR" => Role::Contributor,
        "FIRST_TIME_CONTRIBUTOR" | "FIRST_TIMER" | "NONE" | "MANNEQUIN" => Role::Member,
        _ => Role::Unknown,
    }
}

fn moment(text: &Word<'_>) -> Option<Timestamp> {
    date::lenient(text.said()?)
}

fn web(link: &Word<'_>) -> Option<String> {
    link.said().filter(|link| link.starts_with("https://") || link.starts_with("http://")).map(str::to_owned)
}

fn evidence(bytes: Vec<u8>) -> Evidence {
    Evidence { media_type: "application/json".to_owned(), bytes }
}

#[cfg(test)]
mod tests {
    use super::{comments, issues, releases, thread};
    use index::entry::{Kind, Role};

    #[test]
    fn a_release_has_its_notes_and_the_digests_of_its_files() {
        let list = r#"[{"tag_name": "v5.1.3", "name": "Relay 5.1.3", "body": "Fixes **one** thing.\r\n", "html_url": "https://github.com/halvard/relay/releases/tag/v5.1.3",
            "draft": false, "prerelease": true, "published_at": "2026-11-20T10:00:00Z", "author": {"login": "release-bot"},
            "assets": [{"name": "relay.deb", "digest": "sha256:00ff"}, {"name": "relay.asc", "digest": null}]},
            {"tag_name": "v6", "draft": true}, 7]"#;
        let drafts = releases(list.as_bytes()).unwrap();
        let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
        assert_eq!((draft.native_id.as_str(), draft.kind), ("release/v5.1.3", Kind::Release));
        let text = draft.statement.text.as_str();
        assert!(text.starts_with("Marked as a pre-release.\n\nFixes"), "{text}");
        assert!(text.ends_with("- relay.deb sha256:00ff\n- relay.asc"), "{text}");
    }

    #[test]
    fn an_issue_keeps_what_each_author_is_to_the_repository() {
        let list = r#"[{"id": 1, "number": 7, "title": "Key changed?", "body": "Since 5.1 the signature fails.", "state": "closed", "comments": 2,
            "html_url": "https://github.com/halvard/relay/issues/7", "author_association": "NONE", "user": {"login": "depot-admin"},
            "labels": [{"name": "packaging"}], "created_at": "2026-11-19T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z"},
            {"number": 8, "title": "Mend it", "pull_request": {"url": "x"}}]"#;
        let said = r#"[{"id": 11, "body": "Yes, announced.", "author_association": "OWNER", "user": {"login": "halvard"}, "created_at": "2026-11-19T11:00:00Z", "updated_at": "2026-11-19T12:00:00Z"},
            {"id": 12, "body": "Me too.", "author_association": "CONTRIBUTOR", "user": null, "created_at": "2026-11-19T12:00:00Z", "updated_at": "2026-11-19T12:00:00Z"}]"#;
        let (mut found, held) = issues(list.as_bytes()).unwrap();
        assert_eq!((found.len(), held), (1, 2));
        let issue = found.remove(0);
        assert_eq!((issue.number, issue.comments), (7, 2));
        let draft = thread(issue, comments(said.as_bytes()).unwrap(), &[said.as_bytes().to_vec()]);
        let roles: Vec<Role> = draft.statement.posts.iter().map(|post| post.role).collect();
        assert_eq!(roles, [Role::Member, Role::Owner, Role::Contributor]);
        let edited: Vec<bool> = draft.statement.posts.iter().map(|post| post.edited.is_some()).collect();
        assert_eq!(edited, [false, true, false]);
        assert!(draft.statement.text.as_str().starts_with("State: closed. Labels: packaging.\n\nSince 5.1"));
    }

    #[test]
    fn what_is_no_list_says_so() {
        let check = |document: &str, sentence: &str| {
            let told = releases(document.as_bytes()).unwrap_err().sentence;
            assert!(told.contains(sentence), "{told}");
        };
        check("<html>", "a web page");
        check("{\"message\": \"Not Found\"}", "expected to answer with a list");
        check("[{]", "malformed JSON");
    }
}
