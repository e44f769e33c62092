//! From a parsed script to its commands: words are read, what stands around a command is looked through, what a
//! command is fed and where its output goes is followed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use brush_parser::ast::{AssignmentName, AssignmentValue, CommandPrefixOrSuffixItem, Program, SimpleCommand};
use brush_parser::{ParserOptions, parse_tokens, uncached_tokenize_str};

use super::redirect::{self, Redirects};
use super::source::{Lines, Source};
use super::variables::Variables;
use super::walk::{Context, Met, Walk, What};
use super::wrapper::{Step, step};
use super::{Command, Guard, Known, LONGEST, MOST, Script, Via, Word, calls, depth, lines, printed, words};

/// How deep commands in texts in commands are followed: `sh -c "su -c 'eval …'"`.
const DEEPEST: usize = 6;
/// Programs around one command that are looked through: `sudo env nice …`.
const MOST_AROUND: usize = 10;
/// Bytes that are parsed in all, with those that stand in one another.
const MOST_PARSED: usize = 4 * LONGEST;

/// Reads a script.
pub(super) fn script(text: &str) -> Script {
    let end = if text.len() <= LONGEST { text.len() } else { text.floor_char_boundary(LONGEST) };
    let cut = text.get(..end).unwrap_or_default();
    let mut reading = Reading {
        lines: Lines::of(cut),
        variables: Variables::default(),
        script: Script { commands: Vec::new(), parsed: true, whole: end == text.len() },
        parsed: 0,
    };
    reading.text(cut, &Place { line: 1, ..Place::default() });
    calls::follow(&mut reading.script.commands);
    reading.script
}

/// Where a text stands, and what stands around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// The line of the script at which the text begins.
    pub(super) line: usize,
    /// Whether all of the text stands on that line, because its own lines are not those of the script.
    flat: bool,
    depth: usize,
    guards: Vec<Guard>,
    via: Vec<Via>,
    function: Option<String>,
    /// Whether its output is used and not shown.
    captured: bool,
}

impl Place {
    fn line(&self, own: usize) -> usize {
        if self.flat { self.line } else { self.line + own.saturating_sub(1) }
    }
}

struct Reading<'a> {
    lines: Lines<'a>,
    variables: Variables,
    script: Script,
    parsed: usize,
}

/// A command whose words are read.
struct Told {
    words: Vec<Word>,
    redirects: Redirects,
    input: Option<String>,
    piped: bool,
}

impl Reading<'_> {
    fn text(&mut self, text: &str, place: &Place) {
        self.parsed += text.len();
        if place.depth > DEEPEST || self.parsed > MOST_PARSED || self.script.commands.len() >= MOST {
            self.script.whole = false;
            return;
        }
        match parse(text) {
            Some(program) => self.program(text, &program, place),
            None => {
                self.script.parsed &= place.depth > 0;
                self.scanned(text, place);
            }
        }
    }

    fn program(&mut self, text: &str, program: &Program, place: &Place) {
        let source = Source::of(text);
        let mut walk = Walk::new(&source, MOST);
        let context = Context { piped: place.captured, ..Context::default() };
        walk.program(program, &context);
        let met = walk.met;
        for one in &met {
            self.assignments(one, place);
        }
        let mut outputs: Vec<Option<String>> = Vec::with_capacity(met.len());
        for one in &met {
            let fed = one.context.fed.and_then(|(from, to)| {
                let texts: Vec<&str> = outputs.get(from..to)?.iter().filter_map(Option::as_deref).collect();
                (!texts.is_empty()).then(|| texts.concat())
            });
            outputs.push(self.met(one, fed, place));
        }
    }

    /// Takes the values that a command assigns.
    fn assignments(&mut self, met: &Met<'_>, place: &Place) {
        let line = place.line(met.line);
        match &met.what {
            What::Loop(name, values) => {
                let values: Vec<String> = self.read_all(values.iter().map(|word| word.value.as_str()), line);
                let known = if values.iter().any(|value| value.contains('$')) {
                    Known::Unresolved
                } else {
                    Known::Assigned
                };
                let text = match values.as_slice() {
                    [one] => one.clone(),
                    [] => return,
                    many => format!("{{{}}}", many.join(",")),
                };
                self.variables.assign(name, line, Word { text, known });
            }
            What::Simple(simple) => {
                let declares = simple.word_or_name.as_ref().is_none_or(|word| {
                    matches!(word.value.as_str(), "export" | "local" | "readonly" | "declare" | "typeset")
                });
                if declares {
                    self.assigned(simple, line);
                }
            }
            What::Test(..) | What::Looked(_) => {}
        }
    }

    fn assigned(&mut self, simple: &SimpleCommand, line: usize) {
        let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0);
        for item in prefix.chain(simple.suffix.iter().flat_map(|suffix| &suffix.0)) {
            let CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) = item else { continue };
            let AssignmentName::VariableName(name) = &assignment.name else { continue };
            let mut value = match &assignment.value {
                AssignmentValue::Scalar(word) => words::read(&word.value, line, &self.variables).word,
                AssignmentValue::Array(items) => {
                    let all = self.read_all(items.iter().map(|(_, word)| word.value.as_str()), line);
                    Word { text: all.join(" "), known: Known::Assigned }
                }
            };
            if assignment.append
                && let Some(before) = self.variables.value(name, line)
            {
                value.text.insert_str(0, &before.text);
            }
            self.variables.assign(name, line, value);
        }
    }

    fn read_all<'w>(&self, raw: impl Iterator<Item = &'w str>, line: usize) -> Vec<String> {
        let read = raw.take(200).map(|raw| words::read(raw, line, &self.variables));
        read.flat_map(|read| split(read.word, read.splits)).map(|word| word.text).collect()
    }

    /// Takes one command; answers the text that it puts out, where that is known.
    fn met(&mut self, met: &Met<'_>, fed: Option<String>, place: &Place) -> Option<String> {
        let line = place.line(met.line);
        let place = Place {
            line,
            guards: place.guards.iter().chain(&met.context.guards).cloned().collect(),
            function: met.context.function.map(str::to_owned).or_else(|| place.function.clone()),
            ..place.clone()
        };
        match &met.what {
            What::Simple(simple) => {
                let told = self.told(simple, &met.context, fed, &place);
                self.run(told, place)
            }
            What::Test(opening, text) => {
                let read = words::read(text, line, &self.variables);
                self.substituted(&read.substitutions, &place);
                let words = std::iter::once(Word::literal(*opening)).chain(split(read.word, true)).collect();
                self.emit(Command { words, ..Command::default() }, &place);
                None
            }
            What::Looked(word) => {
                let read = words::read(&word.value, line, &self.variables);
                self.substituted(&read.substitutions, &place);
                None
            }
            What::Loop(_, values) => {
                for value in *values {
                    let read = words::read(&value.value, line, &self.variables);
                    self.substituted(&read.substitutions, &place);
                }
                None
            }
        }
    }

    /// Reads the words of a command; commands substituted in them are taken on the way.
    fn told(
        &mut self,
        simple: &SimpleCommand,
        context: &Context<'_>,
        fed: Option<String>,
        place: &Place,
    ) -> Told {
        let line = place.line;
        let mut found = Vec::new();
        let mut redirects = Redirects::new(fed);
        for around in &context.redirects {
            redirects.take(around, line, &self.variables, true);
        }
        let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0).map(|item| (item, true));
        let suffix = simple.suffix.iter().flat_map(|suffix| &suffix.0).map(|item| (item, false));
        let named = simple.word_or_name.iter().map(|word| words::read(&word.value, line, &self.variables));
        let mut read: Vec<words::Read> = named.collect();
        for (item, before) in prefix.chain(suffix) {
            match item {
                CommandPrefixOrSuffixItem::Word(word) => {
                    read.push(words::read(&word.value, line, &self.variables));
                }
                CommandPrefixOrSuffixItem::AssignmentWord(_, word) => {
                    let word = words::read(&word.value, line, &self.variables);
                    if before {
                        self.substituted(&word.substitutions, place);
                    } else {
                        read.push(word);
                    }
                }
                CommandPrefixOrSuffixItem::IoRedirect(own) => {
                    redirects.take(own, line, &self.variables, false)
                }
                CommandPrefixOrSuffixItem::ProcessSubstitution(..) => found.push(Word::literal("<(…)")),
            }
        }
        let mut told = Vec::new();
        for read in read {
            self.substituted(&read.substitutions, place);
            told.extend(split(read.word, read.splits));
        }
        told.append(&mut found);
        self.substituted(&redirects.substitutions, place);
        let input = redirects.input.take();
        Told { words: told, redirects, input, piped: context.piped }
    }

    fn substituted(&mut self, substitutions: &[(usize, String)], place: &Place) {
        for (before, text) in substitutions {
            let line = if place.flat { place.line } else { place.line + before };
            self.text(text, &Place { line, depth: place.depth + 1, captured: true, ..place.clone() });
        }
    }

    /// Looks through what runs another command, and takes that one.
    fn run(&mut self, told: Told, mut place: Place) -> Option<String> {
        let Told { mut words, redirects, input, piped } = told;
        for _ in 0..MOST_AROUND {
            match step(&words) {
                Step::Own => break,
                Step::Runs(via, rest) => {
                    place.via.extend(via);
                    words = rest;
                }
                Step::Also(rest) => {
                    let inner =
                        Told { words: rest, redirects: Redirects::new(None), input: None, piped: true };
                    self.run(inner, Place { depth: place.depth + 1, ..place.clone() });
                    break;
                }
                Step::Text(via, text) => {
                    place.via.extend(via);
                    let flat = place.flat || text.known != Known::Literal;
                    self.text(&text.text, &Place { flat, depth: place.depth + 1, ..place });
                    return None;
                }
                Step::Fed(via) => {
                    // Without a known script it is told as it stands.
                    let Some(text) = input.clone().filter(|_| place.depth < DEEPEST) else { break };
                    place.via.extend(via);
                    self.text(&text, &Place { flat: true, depth: place.depth + 1, ..place });
                    return None;
                }
            }
        }
        self.take(Told { words, redirects, input, piped }, &place)
    }

    fn take(&mut self, told: Told, place: &Place) -> Option<String> {
        let Told { mut words, redirects, input, piped } = told;
        if words.is_empty() {
            if redirects.writes.is_empty() {
                return None;
            }
            words.push(Word::literal(":"));
        }
        let output = redirect::output(&words, input.as_deref());
        let writes = redirects.writes(&words, output.as_deref(), input.as_deref());
        let shows = output.is_some() && writes.is_empty() && !piped && !place.captured;
        if shows && let Some(text) = &output {
            for command in printed::commands(text) {
                self.emit(Command { printed: true, ..command }, place);
            }
        }
        self.emit(Command { words, writes, input, ..Command::default() }, place);
        output
    }

    fn emit(&mut self, command: Command, place: &Place) {
        if self.script.commands.len() >= MOST {
            self.script.whole = false;
            return;
        }
        let via = place.via.iter().cloned().chain(command.via).collect();
        self.script.commands.push(Command {
            line: place.line,
            quote: self.lines.quote(place.line),
            via,
            guards: place.guards.clone(),
            function: place.function.clone(),
            ..command
        });
    }

    /// Reads what cannot be parsed by the shape of its lines.
    fn scanned(&mut self, text: &str, place: &Place) {
        for (line, words, redirects) in lines::commands(text, place, &mut self.variables) {
            let place = Place { line, ..place.clone() };
            self.run(Told { words, redirects, input: None, piped: true }, place);
        }
    }
}

/// Parses, where that is safe.
fn parse(text: &str) -> Option<Program> {
    if !depth::may_be_cut(text) {
        return None;
    }
    let options = ParserOptions::default();
    // The parser has been seen to panic on numbers that are too large for it.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let tokens = uncached_tokenize_str(text, &options.tokenizer_options()).ok()?;
        if !depth::may_be_parsed(&tokens) {
            return None;
        }
        parse_tokens(&tokens, &options).ok()
    }));
    parsed.ok().flatten()
}

/// The words that an unquoted variable becomes.
fn split(word: Word, splits: bool) -> Vec<Word> {
    if !splits || word.known == Known::Unresolved || word.text.is_empty() && word.known == Known::Literal {
        return vec![word];
    }
    let known = word.known;
    word.text.split_whitespace().map(|text| Word { text: text.to_owned(), known }).collect()
}
