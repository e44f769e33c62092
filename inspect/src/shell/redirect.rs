//! Where a command's output goes, and what it is fed.

use brush_parser::ast::{IoFileRedirectKind, IoFileRedirectTarget, IoRedirect};

use super::variables::Variables;
use super::{Known, Word, Write, words};

/// Characters of a fed text that are kept.
const LONGEST: usize = 64 << 10;
/// Places at which output vanishes or is shown.
const NOWHERE: [&str; 5] = ["/dev/null", "/dev/stderr", "/dev/stdout", "/dev/tty", "-"];

/// The redirections of one command.
#[derive(Debug, Default)]
pub(super) struct Redirects {
    pub(super) input: Option<String>,
    pub(super) substitutions: Vec<(usize, String)>,
    pub(super) writes: Vec<(Word, bool)>,
    /// Whether those of a compound command around it were the last to be taken.
    around: bool,
}

impl Redirects {
    pub(super) fn new(input: Option<String>) -> Redirects {
        Redirects { input, ..Redirects::default() }
    }

    /// Takes a redirection; its own outweigh those `around` it.
    pub(super) fn take(&mut self, redirect: &IoRedirect, line: usize, variables: &Variables, around: bool) {
        match redirect {
            IoRedirect::File(fd, kind, IoFileRedirectTarget::Filename(name))
                if fd.is_none_or(|fd| fd == 1) =>
            {
                let append = match kind {
                    IoFileRedirectKind::Append => true,
                    IoFileRedirectKind::Write | IoFileRedirectKind::Clobber => false,
                    _ => return,
                };
                let read = words::read(&name.value, line, variables);
                self.substitutions.extend(read.substitutions);
                self.goes_to(read.word, append, around);
            }
            IoRedirect::OutputAndError(name, append) => {
                let read = words::read(&name.value, line, variables);
                self.substitutions.extend(read.substitutions);
                self.goes_to(read.word, *append, around);
            }
            IoRedirect::HereDocument(_, document) => {
                let text = if document.remove_tabs {
                    untabbed(&document.doc.value)
                } else {
                    document.doc.value.clone()
                };
                self.input = Some(match document.requires_expansion {
                    true => {
                        let read = words::document(&text, line, variables);
                        self.substitutions.extend(read.substitutions);
                        read.word.text
                    }
                    false => text,
                });
            }
            IoRedirect::HereString(_, word) => {
                let read = words::read(&word.value, line, variables);
                self.substitutions.extend(read.substitutions);
                self.input = Some(read.word.text);
            }
            IoRedirect::File(..) => {}
        }
    }

    pub(super) fn goes_to(&mut self, path: Word, append: bool, around: bool) {
        if self.around && !around {
            self.writes.clear();
        }
        self.around = around;
        if !NOWHERE.contains(&path.text.as_str()) {
            self.writes.push((path, append));
        }
    }

    /// The files that these words write, with what is written.
    pub(super) fn writes(self, words: &[Word], output: Option<&str>, input: Option<&str>) -> Vec<Write> {
        let text = |text: Option<&str>| text.map(|text| text.chars().take(LONGEST).collect());
        let mut all: Vec<Write> = self
            .writes
            .into_iter()
            .map(|(path, append)| Write { path, append, text: text(output) })
            .collect();
        if is(words, "tee") {
            let append = words.iter().any(|word| matches!(word.text.as_str(), "-a" | "--append"));
            let files = words.iter().skip(1).filter(|word| !word.text.starts_with('-'));
            let files = files.filter(|word| !NOWHERE.contains(&word.text.as_str()));
            all.extend(files.map(|path| Write { path: path.clone(), append, text: text(input) }));
        }
        all
    }
}

fn untabbed(text: &str) -> String {
    text.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
}

fn is(words: &[Word], program: &str) -> bool {
    words.first().is_some_and(|word| word.text.rsplit('/').next() == Some(program))
}

/// The text that these words put out, where that can be told: of `echo`, `printf`, and `cat` of what it is fed.
pub(super) fn output(words: &[Word], input: Option<&str>) -> Option<String> {
    let arguments: Vec<&str> = words.iter().skip(1).map(|word| word.text.as_str()).collect();
    if is(words, "echo") {
        let is_option = |word: &&&str| matches!(**word, "-n" | "-e" | "-E" | "-ne" | "-en");
        let options = arguments.iter().take_while(is_option).count();
        let text = arguments.get(options..).unwrap_or_default().join(" ");
        return Some(format!("{}\n", text.replace("\\n", "\n").replace("\\t", "\t")));
    }
    if is(words, "printf") {
        let (format, mut rest) = arguments.split_first().map(|(format, rest)| (*format, rest.iter()))?;
        let pieces: Vec<&str> = format.split("%s").collect();
        let mut text = String::new();
        for (at, piece) in pieces.iter().enumerate() {
            text.push_str(piece);
            if at + 1 < pieces.len() {
                text.push_str(rest.next().copied().unwrap_or_default());
            }
        }
        return Some(text.replace("\\n", "\n").replace("\\t", "\t"));
    }
    let passes = is(words, "cat") && arguments.iter().all(|argument| *argument == "-") || is(words, "tee");
    input.filter(|_| passes).map(str::to_owned)
}

/// A file that a scanned line writes, by the word behind `>` or `>>`.
pub(super) fn scanned(path: &str, append: bool) -> Redirects {
    let mut redirects = Redirects::default();
    redirects.goes_to(Word { text: path.to_owned(), known: Known::Literal }, append, false);
    redirects
}
