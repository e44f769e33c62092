//! HTML as plain text with light structure: paragraphs, lists, headings, fenced code, rows of cells, shown addresses.
//!
//! Walks a tree that was found shallow enough beforehand, with a stack of its own instead of recursion. Refuses to keep
//! any tag; what a page hides (scripts, styles, templates, hidden elements) is left out.

use scraper::{ElementRef, Html, Node};

/// Elements that hold nothing a person reads.
const UNREAD: [&str; 16] = [
    "head", "script", "style", "template", "noscript", "title", "svg", "iframe", "object", "canvas", "audio",
    "video", "select", "textarea", "input", "dialog",
];
/// Elements that stand apart from their surroundings by an empty line.
const APART: [&str; 16] = [
    "p",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "dl",
    "figure",
    "pre",
    "hr",
    "article",
];
/// Elements that begin on a line of their own.
const OWN_LINE: [&str; 16] = [
    "div", "section", "header", "footer", "main", "aside", "nav", "li", "dt", "dd", "tr", "caption", "form",
    "fieldset", "address", "details",
];

/// The text of an HTML fragment or document; the caller has bounded its depth.
pub(super) fn to_text(html: &str) -> String {
    element_to_text(Html::parse_document(html).root_element())
}

/// The text of an element of a parsed page.
pub(super) fn element_to_text(element: ElementRef<'_>) -> String {
    let mut page = Writer::default();
    walk(element, &mut page);
    page.out
}

/// Visits every node in order by following children, siblings and parents.
fn walk(root: ElementRef<'_>, page: &mut Writer) {
    let mut node = *root;
    let mut marks: Vec<Option<usize>> = Vec::new();
    loop {
        let entered = match node.value() {
            Node::Text(text) => {
                page.text(text);
                false
            }
            Node::Element(_) => match ElementRef::wrap(node) {
                Some(element) if is_read(&element) => {
                    let mark = page.open(&element);
                    if node.has_children() {
                        marks.push(mark);
                        true
                    } else {
                        page.close(&element, mark);
                        false
                    }
                }
                _ => false,
            },
            _ => false,
        };
        if entered && let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            if node.id() == root.id() {
                return;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return };
            if let Some(element) = ElementRef::wrap(parent) {
                page.close(&element, marks.pop().flatten());
            }
            node = parent;
        }
    }
}

fn is_read(element: &ElementRef<'_>) -> bool {
    let value = element.value();
    let hidden_by_style = value.attr("style").is_some_and(|style| {
        let style: String = style.split_whitespace().collect::<String>().to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    });
    !UNREAD.contains(&value.name()) && value.attr("hidden").is_none() && !hidden_by_style
}

/// Text as it grows, and what is open around its end.
#[derive(Default)]
struct Writer {
    out: String,
    /// Line feeds owed before the next text.
    owed: usize,
    /// A space owed before the next text.
    space: bool,
    /// Where the text of the current code block began.
    code: Option<usize>,
    /// Numbers of the lists around; `None` for a list without numbers.
    lists: Vec<Option<u32>>,
    /// Cells that are open: inside, lines become spaces.
    cells: usize,
    /// Set behind a list mark or heading mark, until text follows: no line may break there.
    marked: bool,
    /// Whether the current row already has a cell.
    row_begun: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.code.is_some() {
            self.out.push_str(text);
            return;
        }
        for (number, word) in text.split([' ', '\n', '\t', '\r', '\u{c}', '\u{a0}']).enumerate() {
            self.space |= number > 0;
            if !word.is_empty() {
                self.settle();
                self.out.push_str(word);
                self.marked = false;
            }
        }
    }

    /// Pays the line feeds or the space that are owed.
    fn settle(&mut self) {
        if self.owed > 0 && !self.out.is_empty() {
            let there = self.out.len() - self.out.trim_end_matches('\n').len();
            self.out.extend(std::iter::repeat_n('\n', self.owed.saturating_sub(there)));
        } else if self.space && !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        self.owed = 0;
        self.space = false;
    }

    fn break_line(&mut self, feeds: usize) {
        if self.cells > 0 || self.marked {
            self.space = true;
        } else {
            self.owed = self.owed.max(feeds);
        }
    }

    /// Line feeds around an element of this name; lists and paragraphs within a list stay close.
    fn feeds(&self, name: &str) -> usize {
        if APART.contains(&name) {
            if self.lists.is_empty() || name == "pre" { 2 } else { 1 }
        } else {
            usize::from(OWN_LINE.contains(&name))
        }
    }

    /// Begins an element; for a link, answers where its text begins.
    fn open(&mut self, element: &ElementRef<'_>) -> Option<usize> {
        let name = element.value().name();
        let feeds = self.feeds(name);
        if feeds > 0 {
            self.break_line(feeds);
        }
        match name {
            "br" => self.break_line((self.owed + 1).min(2)),
            "ul" => self.lists.push(None),
            "ol" => {
                let start = element.value().attr("start").and_then(|start| start.parse().ok());
                self.lists.push(Some(start.unwrap_or(1)));
            }
            "li" => self.item(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.cells == 0 && !self.marked => self.mark("## "),
            "tr" => self.row_begun = false,
            "td" | "th" => self.cell(),
            "img" => self.text(element.value().attr("alt").unwrap_or_default()),
            "pre" if self.cells == 0 => self.begin_code(),
            "a" => return Some(self.out.len()),
            _ => {}
        }
        None
    }

    fn close(&mut self, element: &ElementRef<'_>, mark: Option<usize>) {
        let name = element.value().name();
        match name {
            "ul" | "ol" => {
                self.lists.pop();
            }
            "td" | "th" => self.cells = self.cells.saturating_sub(1),
            "pre" => self.end_code(),
            "a" => self.address(element.value().attr("href").unwrap_or_default(), mark),
            "li" => self.marked = false,
            _ => {}
        }
        let feeds = self.feeds(name);
        if feeds > 0 {
            self.break_line(feeds);
        }
        if name.starts_with('h') && feeds > 0 {
            self.marked = false;
        }
    }

    fn mark(&mut self, mark: &str) {
        self.settle();
        self.out.push_str(mark);
        self.marked = true;
    }

    fn item(&mut self) {
        if self.cells > 0 {
            return;
        }
        self.marked = false;
        self.break_line(1);
        let depth = self.lists.len().saturating_sub(1).min(8);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.mark(&format!("{}{mark}", "  ".repeat(depth)));
    }

    fn cell(&mut self) {
        if self.row_begun && self.cells == 0 {
            self.settle();
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
            self.out.push_str(" | ");
        }
        self.row_begun = true;
        self.cells += 1;
    }

    fn begin_code(&mut self) {
        if self.code.is_none() {
            self.marked = false;
            self.settle();
            self.code = Some(self.out.len());
        }
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take().map(|start| self.out.split_off(start)) else { return };
        let code = code.trim_matches('\n').trim_end();
        let fence = if code.contains("```") { "````" } else { "```" };
        self.out.push_str(&format!("{fence}\n{code}\n{fence}"));
    }

    /// Shows a link's address behind its text, unless the text shows it already.
    fn address(&mut self, href: &str, began: Option<usize>) {
        let href = href.trim();
        let shown = began.and_then(|start| self.out.get(start..)).unwrap_or_default();
        let web = href.starts_with("https://") || href.starts_with("http://");
        let bare = |address: &str| -> String {
            let address = address.trim().trim_start_matches("https://").trim_start_matches("http://");
            address.trim_end_matches('/').to_owned()
        };
        let odd = href.contains(|c: char| c.is_whitespace() || c.is_control() || c == '<' || c == '>');
        if web && !odd && self.code.is_none() && !shown.trim().is_empty() && !shown.contains(&bare(href)) {
            self.out.push_str(&format!(" <{href}>"));
        }
    }
}
