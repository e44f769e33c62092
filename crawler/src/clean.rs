//! A stranger's text becomes ours: the only maker of an entry's text.
//!
//! Text and HTML come in from the formats; plain text with light structure goes out as [`Text`], without control
//! characters, bidirectional overrides or invisible letters, and bounded in size. Refuses to keep markup, to follow
//! anything, and to spend more than linear time: HTML that nests too deeply is stripped instead of parsed.

mod characters;
mod markdown;
mod markup;
mod tags;

use index::entry::{Post, Role};
use index::text::Text;
use jiff::Timestamp;
use scraper::ElementRef;

/// Bytes of one entry's text; what is beyond is cut, and the last line says so.
const MAX_BYTES: usize = 1 << 20;
/// Characters of a line such as a title.
const MAX_LINE: usize = 300;
/// The last line of a text that was cut.
const CUT: &str = "\n\n[The text was cut here: it is longer than 1 MiB.]";
/// Bytes of HTML that are parsed; more is only stripped of its tags.
const MAX_PARSED: usize = 8 << 20;

/// One message of a thread, before it is joined with the others.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The platform's own identifier of the message.
    pub native_id: String,
    /// Name of the author, not yet cleaned.
    pub author: String,
    /// What the platform says the author is.
    pub role: Role,
    /// When it was said.
    pub at: Option<Timestamp>,
    /// When it was last edited, where the platform says so.
    pub edited: Option<Timestamp>,
    /// What was said.
    pub text: Text,
}

/// Cleans text of several lines: line ends become `\n`, more than two blank lines two, and what a reader cannot see goes.
#[must_use]
pub fn plain(text: &str) -> Text {
    Text::cleaned(bounded(characters::clean(text)))
}

/// Cleans text into one line of at most 300 characters; every run of white space becomes one space.
#[must_use]
pub fn line(text: &str) -> Text {
    let cleaned = characters::clean(text.get(..text.floor_char_boundary(8 * MAX_LINE)).unwrap_or(text));
    let mut line = String::with_capacity(cleaned.len().min(4 * MAX_LINE));
    for word in cleaned.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(MAX_LINE) {
        line.truncate(end);
    }
    Text::cleaned(line)
}

/// Turns an HTML fragment or document into plain text with the light structure of [`Text`].
#[must_use]
pub fn html(text: &str) -> Text {
    if !text.contains(['<', '&']) {
        return plain(text);
    }
    let bare = if may_be_parsed(text) { markup::to_text(text) } else { tags::strip(text) };
    plain(&bare)
}

/// Turns a part of a page that was parsed already into plain text, as [`html`] does with its markup.
#[must_use]
pub(crate) fn element(part: ElementRef<'_>) -> Text {
    plain(&markup::element_to_text(part))
}

/// Whether a tree can be built of this HTML within bounds; asked before any parser is given a stranger's page.
pub(crate) fn may_be_parsed(html: &str) -> bool {
    tags::may_be_parsed(html, MAX_PARSED)
}

/// Turns Markdown into plain text with the light structure of [`Text`]; what is no Markdown stays as it is.
#[must_use]
pub fn markdown(text: &str) -> Text {
    plain(&markdown::to_text(text))
}

/// Joins the messages of a thread with one blank line between, and gives each its byte range in the text.
///
/// A message that no longer fits is left out, and the last line says that the text was cut.
#[must_use]
pub fn thread(messages: Vec<Message>) -> (Text, Vec<Post>) {
    let mut text = String::new();
    let mut posts = Vec::with_capacity(messages.len());
    for message in messages {
        let gap = if text.is_empty() { "" } else { "\n\n" };
        if text.len() + gap.len() + message.text.as_str().len() > MAX_BYTES {
            text.push_str(CUT);
            break;
        }
        text.push_str(gap);
        let start = text.len();
        text.push_str(message.text.as_str());
        posts.push(Post {
            native_id: message.native_id,
            author: line(&message.author).into_string(),
            role: message.role,
            at: message.at,
            edited: message.edited,
            start: position(start),
            end: position(text.len()),
        });
    }
    (Text::cleaned(text), posts)
}

/// A byte position as posts keep it; texts end at 1 MiB, far below the type's end.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn bounded(mut text: String) -> String {
    if text.len() > MAX_BYTES {
        text.truncate(text.floor_char_boundary(MAX_BYTES - CUT.len()));
        text.push_str(CUT);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Message, html, line, plain, thread};

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(html(input).as_str(), expected);
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let text = plain(&"é".repeat(1 << 20));
        assert!(text.as_str().len() <= 1 << 20);
        assert!(text.as_str().ends_with("longer than 1 MiB.]"));
    }

    #[test]
    fn a_line_is_folded_and_ends_after_300_characters() {
        assert_eq!(line(" a\n\t b\u{202e} ").as_str(), "a b");
        assert_eq!(line(&"é ".repeat(900)).as_str().chars().count(), 300);
    }

    #[test]
    fn paragraphs_lists_and_headings_keep_their_shape() {
        check("<p>One\n two</p><p>Three</p>", "One two\n\nThree");
        check("<h3>Fixed</h3><ul><li>a<li>b<ul><li>c</ul></ul>", "## Fixed\n\n- a\n- b\n  - c");
        check("<ol><li>a</li><li><p>b</p></li></ol>", "1. a\n2. b");
        check("a<br>b &amp; &eacute;", "a\nb & é");
    }

    #[test]
    fn code_is_fenced_and_keeps_its_spaces() {
        check("<p>Run:</p><pre><code>a  b\n  c\n</code></pre>", "Run:\n\n```\na  b\n  c\n```");
        check("<pre>```</pre>", "````\n```\n````");
    }

    #[test]
    fn a_table_becomes_rows_of_cells() {
        check(
            "<table><tr><th>Product</th><th>Fixed</th></tr><tr><td><p>acme</p></td><td>1.2</td></tr></table>",
            "Product | Fixed\nacme | 1.2",
        );
    }

    #[test]
    fn an_address_follows_the_text_only_where_the_text_hides_it() {
        check("<a href='https://acme.example/x'>notes</a>", "notes <https://acme.example/x>");
        check("<a href='https://acme.example/x'>https://acme.example/x</a>", "https://acme.example/x");
        check("<a href='https://acme.example/'>acme.example</a>", "acme.example");
        check("<a href='javascript:alert(1)'>x</a>", "x");
        check("<a href='/relative'>x</a>", "x");
    }

    #[test]
    fn what_a_page_hides_is_dropped() {
        check("a<script>b</script><style>c</style><template>d</template><noscript>e</noscript>", "a");
        check("a<p hidden>b</p><p style='display: none'>c</p>", "a");
    }

    #[test]
    fn deep_nesting_is_stripped_and_not_parsed() {
        let deep = format!("{}x&amp;y{}", "<div>".repeat(40_000), "</div>".repeat(40_000));
        check(&deep, "x&y");
        check(&format!("{}x", "<b><div></b>".repeat(10_000)), "x");
        check(&format!("{}x", "<div><table><tr><td></div>".repeat(10_000)), "x");
    }

    #[test]
    fn formatting_that_would_be_repeated_for_every_paragraph_is_stripped() {
        let open: String = (0..150).map(|id| format!("<b id={id}>")).collect();
        let text = html(&format!("{open}{}", "<p>x</p>".repeat(100_000)));
        assert!(text.as_str().starts_with('x'));
    }

    #[test]
    fn a_post_knows_its_range() {
        let said = |id: &str, text: &str| Message {
            native_id: id.to_owned(),
            text: plain(text),
            ..Message::default()
        };
        let (text, posts) = thread(vec![said("1", "first"), said("2", "second")]);
        assert_eq!(text.as_str(), "first\n\nsecond");
        let second = posts.get(1).unwrap();
        assert_eq!(text.as_str().get(second.start as usize..second.end as usize), Some("second"));
    }
}
