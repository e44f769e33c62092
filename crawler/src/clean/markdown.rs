//! Markdown as light structure: headings, lists and fences stay; the signs around words go.
//!
//! Refuses to be a Markdown reader: what it does not know stays as it was written, and fenced lines are never touched.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("the expressions are literals that the tests compile")
}

static HEADING: LazyLock<Regex> = LazyLock::new(|| expression(r"^ {0,3}#{1,6} +(.*?) *#*$"));
static BULLET: LazyLock<Regex> = LazyLock::new(|| expression(r"^( *)[*+-] +(\[[ xX]\] +)?"));
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    expression(r#"!?\[((?:[^\[\]\\]|\\.)*)\]\(<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?: +"[^"]*")?\)"#)
});
static STRONG: LazyLock<Regex> = LazyLock::new(|| expression(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*"));
static CODE: LazyLock<Regex> = LazyLock::new(|| expression(r"``? ?([^`]+?) ?``?"));
static ESCAPED: LazyLock<Regex> = LazyLock::new(|| expression(r"\\([`*_{}\[\]()#+.!|<>~-])"));
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"</?(?:a|b|br|center|code|details|div|em|figure|figcaption|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|ul)(?:\s[^<>]*)?/?>|<!--.*?-->",
    )
});

/// Markdown as text with the light structure that entries have.
pub(super) fn to_text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let bare = line.trim_start();
        let opens = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence));
        match (fence, opens) {
            (Some(open), Some(mark)) if open == mark => {
                fence = None;
                text.push_str("```");
            }
            (None, Some(mark)) if !bare.get(3..).is_some_and(|rest| rest.contains('`')) => {
                fence = Some(mark);
                text.push_str("```");
            }
            (Some(_), _) => text.push_str(line),
            (None, _) => text.push_str(&outside_code(line)),
        }
        text.push('\n');
    }
    text
}

fn outside_code(line: &str) -> String {
    if let Some(found) = HEADING.captures(line) {
        return format!("## {}", words(found.get(1).map_or("", |words| words.as_str())));
    }
    if let Some(found) = BULLET.captures(line) {
        let (indent, rest) = (found.get(1).map_or("", |indent| indent.as_str()), line.get(found[0].len()..));
        return format!("{indent}- {}", words(rest.unwrap_or_default()));
    }
    words(line)
}

/// A line without the signs around its words; a link stands behind what it was put on.
fn words(line: &str) -> String {
    if !line.contains(['[', '*', '_', '`', '\\', '<']) {
        return line.to_owned();
    }
    // A tag in a code span is what the text speaks of, not markup of the text.
    let spans: Vec<Range<usize>> = CODE.find_iter(line).map(|span| span.range()).collect();
    let line = TAG.replace_all(line, |found: &Captures<'_>| {
        let at = found.get(0).map_or(0, |tag| tag.start());
        let next = spans.get(spans.partition_point(|span| span.end <= at));
        if next.is_some_and(|span| span.contains(&at)) { found[0].to_owned() } else { String::new() }
    });
    let line = LINK.replace_all(&line, |found: &Captures<'_>| {
        let (label, address) = (&found[1], &found[2]);
        if found[0].starts_with('!') || !address.contains("://") || label.contains(address) {
            label.to_owned()
        } else {
            format!("{label} <{address}>")
        }
    });
    let line = STRONG.replace_all(&line, "$1");
    let line = CODE.replace_all(&line, "$1");
    ESCAPED.replace_all(&line, "$1").into_owned()
}

#[cfg(test)]
mod tests {
    use super::to_text;

    fn check(markdown: &str, expected: &str) {
        assert_eq!(to_text(markdown).trim_end(), expected);
    }

    #[test]
    fn headings_and_lists_have_one_spelling() {
        check("### Notable Changes ###", "## Notable Changes");
        check("#include <x.h>", "#include <x.h>");
        check("* one\n+ two\n  - [x] three", "- one\n- two\n  - three");
    }

    #[test]
    fn signs_around_words_go() {
        check("**crypto**: retain `legacy DH`", "crypto: retain legacy DH");
        check("`__proto__` and __proto__", "__proto__ and __proto__");
        check(r"test\_runner and \[x]", "test_runner and [x]");
        check("a * b * c, snake_case_name, __init__.py", "a * b * c, snake_case_name, __init__.py");
        check("2 ** 3 ** 4", "2 ** 3 ** 4");
    }

    #[test]
    fn links_stand_behind_their_words() {
        check("see [the notes](https://acme.example/n_(2)).", "see the notes <https://acme.example/n_(2)>.");
        check("[https://acme.example](https://acme.example)", "https://acme.example");
        check("![a figure](/images/a.jpg) [here](#top)", "a figure here");
        check(
            r"- \[[`5a36018abc`](https://acme.example/c)] - add",
            "- [5a36018abc <https://acme.example/c>] - add",
        );
        check("f[0](x) and [1] and [CVE-2024-1]", "f0 and [1] and [CVE-2024-1]");
    }

    #[test]
    fn tags_of_html_go_and_types_stay() {
        check("the tag `<img src=x>` and Vec<T><br>", "the tag <img src=x> and Vec<T>");
        check("<figure class=\"card\"><img src=\"x\">Vec<u8></figure>", "Vec<u8>");
        check(
            "mail <a@acme.example> at <https://acme.example>",
            "mail <a@acme.example> at <https://acme.example>",
        );
    }

    #[test]
    fn fenced_lines_stay_as_written() {
        check("```sh\n# **x** [a](https://b)\n```\n**y**", "```\n# **x** [a](https://b)\n```\ny");
        check("~~~\n```\n~~~\n`z`", "```\n```\n```\nz");
        check("```\nnever closed **x**", "```\nnever closed **x**");
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        let line = "[".repeat(100_000);
        assert_eq!(to_text(&line).len(), line.len() + 1);
        let line = "**a".repeat(50_000);
        assert!(!to_text(&line).is_empty());
    }
}
