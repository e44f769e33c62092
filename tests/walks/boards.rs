//! Forums by presets, and repositories on GitHub: read over HTTP, asked again politely, and each trouble in a sentence.

use index::entry::Role;
use index::source::{Kind, Source};
use serde_json::json;
use web::world::World;
use web::world::base::Host;

use crate::process::forewarn;
use crate::stranger::{Says, stranger};
use crate::town::{Town, source};

const LIST: &str = "/board/forums/news.2/";
const FIRST: &str = "/board/threads/new-key.42/";
const SECOND: &str = "/board/threads/new-key.42/page-2";

fn post(number: u32, author: &str, mark: &str, text: &str) -> String {
    format!(
        "<article class='message--post' data-author='{author}' data-content='post-{number}'><span class='{mark}'>{author}</span>\
         <div class='message-attribution'><time datetime='2026-11-20T1{number}:00:00+0000'>x</time></div>\
         <div class='message-body'><div class='bbWrapper'>{text}</div></div></article>"
    )
}

/// A XenForo board with one thread of two pages and one of one page.
fn board(world: &mut World, replies: u32, opening: &str, reply: &str) {
    let item = |path: &str, title: &str, replies: u32| {
        format!(
            "<div class='structItem--thread'><div class='structItem-title'><a href='{path}'>{title}</a></div>\
             <dl class='structItem-cell--meta'><dd>{replies}</dd></dl></div>"
        )
    };
    let list = item(FIRST, "New key", replies) + &item("/board/threads/hello.43/", "Hello", 0);
    let next = format!("<a class='pageNav-jump--next' href='{SECOND}'>Next</a>");
    let token = format!("<input name='csrf' value='{replies}{}'>", opening.len());
    world.replace(Host::Halvard, LIST, format!("<html id='XF'><body>{list}</body></html>"));
    let first = format!("{token}{}{next}", post(1, "Halvard", "username--staff", opening));
    world.replace(Host::Halvard, FIRST, first);
    world.replace(Host::Halvard, SECOND, post(2, "depot", "", reply));
    world.replace(Host::Halvard, "/board/threads/hello.43/", post(3, "depot", "", "Good morning."));
}

fn forum(town: &Town, options: serde_json::Value) -> Source {
    let address = format!("{}{LIST}", town.world.base(Host::Halvard));
    Source { options, ..source("board", Kind::Forum, &address) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forum_is_recognised_and_an_edit_that_the_list_does_not_show_is_a_revision() {
    let mut town = Town::empty().await;
    town.edit(|world| board(world, 1, "The key is 5.1's own.", "Thank you."));
    town.add(&forum(&town, json!(null))).await;
    let (round, turns) = town.turns().await;
    assert_eq!((round.failed, round.recorded.new), (0, 2), "{turns:?}");
    let entry = town.found("\"own\" source:board").await;
    let posts: Vec<(&str, Role)> =
        entry.statement.posts.iter().map(|post| (post.author.as_str(), post.role)).collect();
    assert_eq!(posts, [("Halvard", Role::Staff), ("depot", Role::Unknown)]);

    let asked = town.world.requests().len();
    let (round, turns) = town.turns().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 0), "{turns:?}");
    let again = town.world.requests().split_off(asked);
    let threads: Vec<u16> =
        again.iter().filter(|one| one.path.contains("/threads/")).map(|one| one.status).collect();
    assert_eq!(threads, [304, 304], "one conditional request for each thread: {again:?}");

    town.edit(|world| board(world, 1, "The key is 5.1's own.", "Thank you, it works."));
    town.round().await;
    town.round().await;
    let after = town.found("\"it works\" source:board").await;
    assert_eq!((after.card.id, after.revisions.len()), (entry.card.id, 2), "seen when the page had its turn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forum_that_changed_shape_keeps_what_it_said_and_says_what_is_missing() {
    let mut town = Town::empty().await;
    town.edit(|world| board(world, 1, "One.", "Two."));
    town.add(&forum(&town, json!({"preset": "xenforo"}))).await;
    town.round().await;
    let before = town.written().await;
    town.edit(|world| {
        world.replace(Host::Halvard, LIST, "<html id='XF'><body><div class='thread'></div></body></html>")
    });
    assert_eq!(town.round().await.failed, 1);
    let told = town.health("board").await.health.sentence.unwrap();
    assert!(told.contains("`list.item` finds nothing on the page"), "{told}");
    assert_eq!(town.written().await, before);
    town.add(&forum(&town, json!({"preset": "xenforo", "selectors": {"list": {"itme": "div.thread"}}})))
        .await;
    assert!(town.knowledge.ask_soon("board", crate::town::day(2)).await.unwrap());
    town.round().await;
    let told = town.health("board").await.health.sentence.unwrap();
    assert!(told.contains("forum preset xenforo: unknown field `itme`"), "{told}");
}

const ISSUES: &str = "/api/repos/halvard/relay/issues";

fn repository(world: &mut World, updated: &str, answer: &str) {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Release notes from relay</title><id>a</id><updated>2026-11-20T10:00:00Z</updated>\
        <entry><id>tag:github.com,2008:Repository/1/v5.1.3</id><updated>2026-11-20T10:00:00Z</updated><title>Relay 5.1.3</title>\
        <link rel='alternate' type='text/html' href='https://github.com/halvard/relay/releases/tag/v5.1.3'/>\
        <content type='html'>&lt;p&gt;Starts workers again.&lt;/p&gt;</content></entry></feed>";
    world.replace(Host::Halvard, "/halvard/relay/releases.atom", atom);
    let issue = json!([{"id": 1, "number": 7, "title": "Unknown key", "body": "Who signed this?", "state": "open", "comments": 1,
        "html_url": "https://github.com/halvard/relay/issues/7", "author_association": "NONE", "user": {"login": "depot-admin"},
        "created_at": "2026-11-19T10:00:00Z", "updated_at": updated}]);
    world.replace(Host::Halvard, ISSUES, issue.to_string());
    let comment = json!([{"id": 2, "body": answer, "author_association": "MEMBER", "user": {"login": "halvard-ops"},
        "created_at": "2026-11-19T11:00:00Z", "updated_at": "2026-11-19T11:00:00Z"}]);
    world.replace(Host::Halvard, &format!("{ISSUES}/7/comments"), comment.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_gives_releases_and_issues_with_what_each_author_is() {
    let mut town = Town::empty().await;
    let base = town.world.base(Host::Halvard);
    town.edit(|world| repository(world, "2026-11-19T11:00:00Z", "We did, with the new key."));
    let options = json!({"api": format!("{base}/api")});
    let relay = Source { options, ..source("relay", Kind::Github, &format!("{base}/halvard/relay")) };
    town.add(&relay).await;
    let (round, turns) = town.turns().await;
    assert_eq!((round.failed, round.recorded.new), (0, 2), "{turns:?}");
    let release = town.found("kind:release source:relay").await;
    assert_eq!(release.statement.title.as_str(), "Relay 5.1.3");
    let issue = town.found("kind:thread source:relay").await;
    let roles: Vec<Role> = issue.statement.posts.iter().map(|post| post.role).collect();
    assert_eq!(roles, [Role::Member, Role::Staff]);
    let asked = town.world.requests().len();
    assert_eq!(town.round().await.recorded.revised, 0);
    let again: Vec<u16> = town.world.requests().split_off(asked).iter().map(|one| one.status).collect();
    assert_eq!(again.iter().filter(|status| **status == 304).count(), 2, "{again:?}");
    town.edit(|world| repository(world, "2026-11-25T11:00:00Z", "We did, with the key of September."));
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.revised), (0, 1));
    assert_eq!(town.search("\"key of September\"").await.entries, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spent_limit_and_an_expired_token_each_have_their_sentence_and_no_token_is_shown() {
    const RELEASES: &str = "/api/repos/halvard/relay/releases?per_page=100&page=1";
    const TAGS: &str = "/other/relay/tags.atom";
    let spent = "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 3600\r\n".to_owned();
    let address = stranger([
        (RELEASES, Says::Status("401 Unauthorized", String::new())),
        (TAGS, Says::Status("403 Forbidden", spent)),
    ])
    .await;
    let data = tempfile::tempdir().unwrap();
    let add = |name: &str, owner: &str, options: serde_json::Value| {
        let (address, options) = (format!("http://{address}/{owner}/relay"), options.to_string());
        let arguments = [
            "source",
            "add",
            &address,
            "--kind",
            "github",
            "--name",
            name,
            "--private-network",
            "--options",
            &options,
        ];
        assert!(forewarn(data.path(), &arguments).status().unwrap().success());
    };
    let api = format!("http://{address}/api");
    let variable = "FOREWARN_GITHUB_TOKEN_WALK";
    add("expired", "halvard", json!({"api": api, "token_variable": variable, "channels": ["releases"]}));
    add(
        "unset",
        "halvard",
        json!({"api": api, "token_variable": "FOREWARN_GITHUB_TOKEN_NOWHERE", "channels": ["releases"]}),
    );
    let crawled = |name: &str| {
        let ended =
            forewarn(data.path(), &["crawl", name]).env(variable, "ghp-walk-secret").output().unwrap();
        let listed = forewarn(data.path(), &["source", "list"]).output().unwrap();
        let said = [ended.stdout, ended.stderr, listed.stdout].concat();
        String::from_utf8(said).unwrap()
    };
    let said = crawled("expired");
    assert!(said.contains("it was refused as expired, withdrawn or mistyped (401)"), "{said}");
    assert!(!said.contains("ghp-walk-secret"), "{said}");
    let said = crawled("unset");
    assert!(said.contains("the environment variable FOREWARN_GITHUB_TOKEN_NOWHERE is not set"), "{said}");
    assert!(!said.contains("ghp-walk-secret"), "{said}");
    add("spent", "other", json!({"channels": ["tags"]}));
    let said = crawled("spent");
    assert!(said.contains("it wants to be left alone for 3600 seconds (403)"), "{said}");
}
