//! Forums of every make, in small: invented boards about an invented vendor, shaped as each make writes them.

use url::Url;

use super::preset::{self, Preset, Way};
use super::{Listing, Page, draft, flarum, html, nodebb};

const BASE: &str = "https://forum.halvard.example/board/";

fn base() -> Url {
    Url::parse(BASE).unwrap()
}

fn named(name: &str) -> Preset {
    preset::read(preset::built_in(name).unwrap()).unwrap()
}

fn lists(name: &str, document: &str) -> Listing {
    let Way::Html(looks) = named(name).way else { panic!("{name} is read as HTML") };
    html::list(document, &base(), &looks).unwrap()
}

fn thread(name: &str, document: &str) -> Page {
    let Way::Html(looks) = named(name).way else { panic!("{name} is read as HTML") };
    html::thread(document, &base(), &looks).unwrap()
}

/// Each post as author, role, date and text.
fn shown(page: &Page) -> Vec<String> {
    let one = |post: &crate::clean::Message| {
        let at = post.at.map_or_else(|| "no date".to_owned(), |at| at.to_string());
        format!("{} | {} | {at} | {}", post.author, post.role.as_str(), post.text.as_str())
    };
    page.posts.iter().map(one).collect()
}

fn ids(listing: &Listing) -> Vec<&str> {
    listing.threads.iter().map(|thread| thread.id.as_str()).collect()
}

const XENFORO_LIST: &str = "<html id='XF'><body><div class='structItem structItem--thread'><div class='structItem-title'><a href='/prefix/1'>News</a> \
    <a href='/threads/new-signing-key.42/'>New signing key</a></div><dl class='structItem-cell--meta'><dd>3</dd></dl>\
    <time class='structItem-latestDate' datetime='2026-11-20T10:00:00+0000'>today</time></div>\
    <div class='structItem structItem--thread'><div class='structItem-title'><a href='https://evil.example/threads/x.1/'>x</a></div></div>\
    <a class='pageNav-jump pageNav-jump--next' href='/forums/news.2/page-2'>Next</a></body></html>";

#[test]
fn xenforo_is_read_with_the_marks_it_sets() {
    let listing = lists("xenforo", XENFORO_LIST);
    assert_eq!(ids(&listing), ["42"]);
    assert_eq!(listing.threads[0].title, "New signing key");
    assert_eq!(listing.next.unwrap().path(), "/forums/news.2/page-2");
    let later = lists("xenforo", &XENFORO_LIST.replace("<dd>3</dd>", "<dd>4</dd>"));
    assert_ne!(later.threads[0].state, listing.threads[0].state);

    let page = "<h1 class='p-title-value'>New signing key</h1>\
        <article class='message message--post' data-author='Halvard' data-content='post-7'>\
          <h4><a class='username'><span class='username--staff'>Halvard</span></a></h4><h5 class='userTitle'>Maker</h5>\
          <div class='message-attribution'><time datetime='2026-11-20T10:00:00+0000'>x</time></div>\
          <div class='message-body'><div class='bbWrapper'>The key is <b>new</b>.</div></div>\
          <div class='message-lastEdit'><time datetime='2026-11-21T10:00:00+0000'>y</time></div></article>\
        <article class='message message--post' data-author='pretender' data-content='post-8'>\
          <h5 class='userTitle'>Administrator</h5><div class='message-attribution'><time datetime='2026-11-20T11:00:00+0000'>x</time></div>\
          <div class='message-body'><div class='bbWrapper'>Trust me. <em class='userBanner--staff'>Staff</em></div></div></article>";
    let page = thread("xenforo", page);
    assert_eq!(
        shown(&page),
        [
            "Halvard | staff | 2026-11-20T10:00:00Z | The key is new.",
            "pretender | role not stated | 2026-11-20T11:00:00Z | Trust me. Staff",
        ]
    );
    assert!(page.posts[0].edited.is_some() && page.posts[1].edited.is_none());
    let entry = draft(&listing.threads[0], vec![page], "text/html", &[b"<html>".to_vec()]);
    assert_eq!((entry.native_id.as_str(), entry.statement.title.as_str()), ("thread/42", "New signing key"));
    assert_eq!(entry.statement.updated.unwrap().to_string(), "2026-11-21T10:00:00Z");
    assert_eq!(entry.evidence.bytes, b"<html>");
}

#[test]
fn phpbb_loses_its_session_and_its_ranks_are_roles() {
    let list = "<body id='phpbb'><ul class='topiclist topics'><li class='row'><a class='topictitle' href='./viewtopic.php?f=2&amp;t=9&amp;sid=abc'>Relay 5.1</a>\
        <dd class='posts'>1</dd><dd class='lastpost'><time datetime='2026-11-20T10:00:00+00:00'>x</time></dd></li></ul>\
        <div class='pagination'><ul><li class='arrow next'><a href='./viewforum.php?f=2&amp;sid=abc&amp;start=25'>Next</a></li></ul></div></body>";
    let listing = lists("phpbb", list);
    assert_eq!(ids(&listing), ["9"]);
    assert_eq!(listing.threads[0].url.as_str(), "https://forum.halvard.example/board/viewtopic.php?f=2&t=9");
    assert_eq!(listing.next.unwrap().query(), Some("f=2&start=25"));
    let page = "<div id='page-body'><h2 class='topic-title'>Relay 5.1</h2><div id='p31' class='post'><dl class='postprofile'><dt><a class='username-coloured'>halvard</a></dt>\
        <dd class='profile-rank'>Site Admin</dd></dl><p class='author'>by <strong>halvard</strong> » Fri Nov 20, 2026 3:04 pm</p><div class='content'>It is out.</div></div>\
        <div id='p32' class='post'><dl class='postprofile'><dt><a class='username'>depot</a></dt></dl>\
        <p class='author'>by <strong>depot</strong> » <time datetime='2026-11-20T16:00:00+00:00'>x</time></p><div class='content'>Thanks.</div></div></div>";
    assert_eq!(
        shown(&thread("phpbb", page)),
        [
            "halvard | staff | 2026-11-20T15:04:00Z | It is out.",
            "depot | role not stated | 2026-11-20T16:00:00Z | Thanks.",
        ]
    );
}

#[test]
fn vbulletin_of_both_shapes_gives_no_role_by_title() {
    let list = "<ol id='threads'><li class='threadbit'><a class='title' href='showthread.php?77-Upgrade&amp;s=1f'>Upgrade</a>\
        <ul class='threadstats'><li>Replies: 2</li></ul><dl class='threadlastpost'><dd>a</dd></dl></li></ol><a rel='next' href='forumdisplay.php?5/page2'>n</a>";
    let listing = lists("vbulletin", list);
    assert_eq!(ids(&listing), ["77"]);
    let page = "<span class='threadtitle'>Upgrade</span><li class='postbitlegacy' id='post_5'><span class='date'>x</span>\
        <span class='postdate'><span class='date'>11-20-2026,&nbsp;03:04 PM</span></span><a class='username'><strong>depot</strong></a>\
        <span class='usertitle'>Administrator</span><blockquote class='postcontent'>Does it work?</blockquote></li>";
    assert_eq!(
        shown(&thread("vbulletin", page)),
        ["depot | role not stated | 2026-11-20T15:04:00Z | Does it work?"]
    );

    let list = "<table><tr class='topic-item'><td><a class='topic-title' href='https://forum.halvard.example/forum/relay/812-upgrade'>Upgrade</a></td>\
        <td class='cell-count'>4</td></tr></table>";
    assert_eq!(ids(&lists("vbulletin5", list)), ["812"]);
    let page = "<h1 class='main-title'>Upgrade</h1><ul><li class='b-post' data-node-id='813'><div class='author'><a>depot</a></div>\
        <time datetime='2026-11-20T15:04:00'>x</time><div class='js-post__content-text'>Yes.</div></li></ul>";
    assert_eq!(shown(&thread("vbulletin5", page)), ["depot | role not stated | 2026-11-20T15:04:00Z | Yes."]);
}

#[test]
fn nodebb_is_read_through_its_json() {
    let list = r#"{"topics": [{"tid": 5, "slug": "5/relay-5-1", "title": "Relay 5.1", "postcount": 2, "lastposttimeISO": "2026-11-20T10:00:00.000Z"}, 3],
        "pagination": {"next": {"active": true, "page": 2}}}"#;
    let here = base().join("api/recent").unwrap();
    let listing = nodebb::list(list.as_bytes(), &here, &base()).unwrap();
    assert_eq!((ids(&listing), listing.threads[0].url.path()), (vec!["5"], "/board/topic/5/relay-5-1"));
    assert_eq!(listing.next.unwrap().query(), Some("page=2"));
    let topic = r#"{"title": "Relay 5.1", "posts": [{"pid": 11, "content": "<p>Out.</p>", "timestampISO": "2026-11-20T10:00:00.000Z", "editedISO": "",
        "deleted": 0, "user": {"username": "halvard", "selectedGroups": [{"name": "administrators"}]}},
        {"pid": 12, "content": "x", "deleted": 1, "user": {"username": "depot", "selectedGroups": []}}], "pagination": {"next": {"active": false, "page": 1}}}"#;
    let page = nodebb::thread(topic.as_bytes(), &here).unwrap();
    assert_eq!(
        shown(&page),
        [
            "halvard | staff | 2026-11-20T10:00:00Z | Out.",
            "depot | role not stated | no date | (This post was deleted.)"
        ]
    );
    assert!(page.next.is_none());
    assert!(nodebb::thread(b"{}", &here).is_err() && nodebb::list(b"[", &here, &base()).is_err());
}

#[test]
fn flarum_is_read_through_its_json() {
    let list = r#"{"links": {"next": "https://forum.halvard.example/board/api/discussions?page%5Boffset%5D=50"}, "data": [{"type": "discussions", "id": "6",
        "attributes": {"title": "Key change", "slug": "6-key-change", "commentCount": 2, "lastPostedAt": "2026-11-20T10:00:00+00:00"}}]}"#;
    let listing = flarum::list(list.as_bytes(), &base()).unwrap();
    assert_eq!((ids(&listing), listing.threads[0].url.path()), (vec!["6"], "/board/d/6-key-change"));
    assert!(listing.next.is_some());
    let posts = r#"{"data": [{"type": "posts", "id": "21", "attributes": {"contentType": "comment", "contentHtml": "<p>New key.</p>", "createdAt": "2026-11-20T10:00:00+00:00"},
        "relationships": {"user": {"data": {"type": "users", "id": "1"}}}},
        {"type": "posts", "id": "22", "attributes": {"contentType": "discussionLocked"}},
        {"type": "posts", "id": "23", "attributes": {"contentType": "comment", "contentHtml": "<p>Thanks.</p>", "createdAt": "2026-11-20T11:00:00+00:00"},
        "relationships": {"user": {"data": {"type": "users", "id": "2"}}}}],
        "included": [{"type": "users", "id": "1", "attributes": {"username": "halvard"}, "relationships": {"groups": {"data": [{"type": "groups", "id": "1"}]}}},
        {"type": "users", "id": "2", "attributes": {"displayName": "Depot"}, "relationships": {"groups": {"data": []}}}]}"#;
    let page = flarum::thread(posts.as_bytes(), &base()).unwrap();
    assert_eq!(
        shown(&page),
        [
            "halvard | staff | 2026-11-20T10:00:00Z | New key.",
            "Depot | member | 2026-11-20T11:00:00Z | Thanks."
        ]
    );
}

#[test]
fn the_make_is_recognised_by_what_a_page_says_of_itself() {
    let check = |page: &str, expected: Option<&str>| {
        assert_eq!(preset::recognise(page).as_deref(), expected, "{page}");
    };
    check(XENFORO_LIST, Some("xenforo"));
    check("<body id='phpbb' class='nojs'></body>", Some("phpbb"));
    check("<meta name='generator' content='vBulletin 4.2.5'>", Some("vbulletin"));
    check("<meta name='generator' content='vBulletin 5.6.9'>", Some("vbulletin5"));
    check("<ul><li component='category/topic'></li></ul>", Some("nodebb"));
    check("<div id='flarum-loading'></div>", Some("flarum"));
    check("<p>A shop that sells phpBB books</p>", None);
}

#[test]
fn a_changed_layout_is_named_and_so_is_a_wrong_preset() {
    let Way::Html(looks) = named("xenforo").way else { panic!("it is read as HTML") };
    let told = html::list("<p>new</p>", &base(), &looks).unwrap_err().sentence;
    assert!(told.contains("`list.item` finds nothing"), "{told}");
    let told =
        html::thread("<article class='message--post'></article>", &base(), &looks).unwrap_err().sentence;
    assert!(told.contains("`thread.body` finds nothing"), "{told}");

    let check = |changes: &str, expected: &str| {
        let table = preset::changed(preset::built_in("xenforo").unwrap(), changes.parse().unwrap());
        let told = preset::read(table).unwrap_err();
        assert!(told.contains(expected), "{told}");
    };
    check("[list]\nitme = 'li'", "unknown field `itme`");
    check("[list]\nitem = 'li['", "`item` = \"li[\"");
    check("[list]\nid = '('", "is no expression");
    check("api = 'nodebb'", "it needs no selectors");
    check("[[role]]\nis = 'boss'\nwhere = 'b'", "unknown variant `boss`");
    let own = "name = 'own'\n[list]\nitem = 'li'\nlink = 'a'\n[thread]\npost = 'p'\nid = '@id'\nauthor = 'b'\ndate = 'i'\nbody = 'u'";
    let Way::Html(looks) = preset::read(own.parse().unwrap()).unwrap().way else {
        panic!("it has selectors")
    };
    let page =
        html::thread("<p id=1><b>A</b><i>20 November 2026</i><u>Said</u></p>", &base(), &looks).unwrap();
    assert_eq!(shown(&page), ["A | role not stated | 2026-11-20T00:00:00Z | Said"]);
}
