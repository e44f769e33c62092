//! A parsed script, walked into a flat list of simple commands, each with what stands around it.
//!
//! The tree is no deeper than `depth` allows, so walking it may recurse.

use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, Command, CommandPrefixOrSuffixItem, CompoundCommand, CompoundList, CompoundListItem,
    IfClauseCommand, IoRedirect, Pipeline, Program, SimpleCommand, SourceLocation, Word,
};

use super::Guard;
use super::source::{Source, shortened};

/// Conditions that are kept of one command.
const MOST_GUARDS: usize = 16;

/// One command as parsed.
#[derive(Debug)]
pub(super) struct Met<'a> {
    pub(super) what: What<'a>,
    pub(super) line: usize,
    pub(super) context: Context<'a>,
}

#[derive(Debug)]
pub(super) enum What<'a> {
    Simple(&'a SimpleCommand),
    /// `[[ … ]]` and `(( … ))`, by what opens them and the text in them.
    Test(&'static str, String),
    /// A loop's variable with its values.
    Loop(&'a str, &'a [Word]),
    /// A word that is only looked at, as in `case`.
    Looked(&'a Word),
}

/// What stands around a command.
#[derive(Debug, Clone, Default)]
pub(super) struct Context<'a> {
    pub(super) guards: Vec<Guard>,
    pub(super) function: Option<&'a str>,
    /// Redirections of the compound commands around it.
    pub(super) redirects: Vec<&'a IoRedirect>,
    /// The commands whose output it is fed, by their place in the list.
    pub(super) fed: Option<(usize, usize)>,
    /// Whether its output goes into another command.
    pub(super) piped: bool,
}

/// Walks a tree.
pub(super) struct Walk<'a, 's> {
    source: &'s Source<'s>,
    most: usize,
    pub(super) met: Vec<Met<'a>>,
}

impl<'a, 's> Walk<'a, 's> {
    pub(super) fn new(source: &'s Source<'s>, most: usize) -> Walk<'a, 's> {
        Walk { source, most, met: Vec::new() }
    }

    /// Walks a program, whose lines are a list each.
    pub(super) fn program(&mut self, program: &'a Program, context: &Context<'a>) {
        self.items(program.complete_commands.iter().flat_map(|list| &list.0), context);
    }

    fn list(&mut self, list: &'a CompoundList, context: &Context<'a>) {
        self.items(list.0.iter(), context);
    }

    fn items(&mut self, items: impl Iterator<Item = &'a CompoundListItem>, context: &Context<'a>) {
        let mut context = context.clone();
        for item in items {
            self.and_or(&item.0, &context);
            if let Some(condition) = self.left(&item.0) {
                under(&mut context, condition);
            }
        }
    }

    fn add(&mut self, what: What<'a>, line: usize, context: &Context<'a>) {
        if self.met.len() < self.most {
            self.met.push(Met { what, line, context: context.clone() });
        }
    }

    fn shown(&self, span: Option<SourceSpan>) -> String {
        span.map(|span| self.source.shown(&span)).unwrap_or_default()
    }

    fn and_or(&mut self, list: &'a AndOrList, context: &Context<'a>) {
        self.pipeline(&list.first, context);
        let mut context = context.clone();
        let mut before = &list.first;
        let outer = context.guards.len();
        for next in &list.additional {
            let asked = self.shown(piped(before));
            let asked = if before.bang { format!("! {asked}") } else { asked };
            let (pipeline, condition) = match next {
                AndOr::And(pipeline) => (pipeline, asked),
                AndOr::Or(pipeline) => {
                    // What stands behind `||` runs because of one command before it, whatever else had to hold.
                    context.guards.truncate(outer);
                    (pipeline, negated(&asked))
                }
            };
            under(&mut context, condition);
            self.pipeline(pipeline, &context);
            before = pipeline;
        }
    }

    fn pipeline(&mut self, pipeline: &'a Pipeline, context: &Context<'a>) {
        let last = pipeline.seq.len().saturating_sub(1);
        let mut fed = context.fed;
        for (at, command) in pipeline.seq.iter().enumerate() {
            let start = self.met.len();
            let piped = at < last || context.piped;
            self.command(command, &Context { fed, piped, ..context.clone() });
            fed = Some((start, self.met.len()));
        }
    }

    fn command(&mut self, command: &'a Command, context: &Context<'a>) {
        let line = command.location().map_or(1, |span| span.start.line);
        match command {
            Command::Simple(simple) => {
                let own = simple.word_or_name.as_ref().and_then(SourceLocation::location);
                self.add(What::Simple(simple), own.map_or(line, |span| span.start.line), context);
                self.process_substitutions(simple, context);
            }
            Command::Compound(compound, redirects) => {
                let mut context = context.clone();
                context.redirects.extend(redirects.iter().flat_map(|list| &list.0));
                self.compound(compound, line, &context);
            }
            Command::Function(function) => {
                let name = Some(function.fname.value.as_str());
                self.compound(&function.body.0, line, &Context { function: name, ..Context::default() });
            }
            Command::ExtendedTest(test, _) => {
                let text = self.source.slice(&test.loc);
                let inner = text.trim_start_matches("[[").trim_end_matches("]]").trim();
                self.add(What::Test("[[", inner.to_owned()), line, context);
            }
        }
    }

    fn process_substitutions(&mut self, simple: &'a SimpleCommand, context: &Context<'a>) {
        for item in simple.suffix.iter().flat_map(|suffix| &suffix.0) {
            if let CommandPrefixOrSuffixItem::ProcessSubstitution(_, inner) = item {
                self.list(&inner.list, &Context { piped: true, ..context.clone() });
            }
        }
    }

    fn compound(&mut self, compound: &'a CompoundCommand, line: usize, context: &Context<'a>) {
        match compound {
            CompoundCommand::BraceGroup(group) => self.list(&group.list, context),
            CompoundCommand::Subshell(shell) => self.list(&shell.list, context),
            CompoundCommand::IfClause(clause) => self.branches(clause, context),
            CompoundCommand::CaseClause(clause) => {
                self.add(What::Looked(&clause.value), line, context);
                for case in &clause.cases {
                    let patterns: Vec<&str> = case.patterns.iter().map(|word| word.value.as_str()).collect();
                    let text = format!("{} is {}", clause.value.value, patterns.join("|"));
                    // A pattern that fits everything says only that nothing else did.
                    let text = if text.ends_with(" is *") {
                        format!("{} is none of these", clause.value.value)
                    } else {
                        text
                    };
                    if let Some(list) = &case.cmd {
                        self.list(list, &guarded(context, text));
                    }
                }
            }
            CompoundCommand::ForClause(clause) => {
                let values = clause.values.as_deref().unwrap_or_default();
                self.add(What::Loop(&clause.variable_name, values), line, context);
                self.list(&clause.body.list, context);
            }
            CompoundCommand::ArithmeticForClause(clause) => self.list(&clause.body.list, context),
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                self.list(&clause.0, context);
                self.list(&clause.1.list, context);
            }
            CompoundCommand::Coprocess(clause) => self.command(&clause.body, context),
            CompoundCommand::Arithmetic(arithmetic) => {
                self.add(What::Test("((", arithmetic.expr.value.clone()), line, context);
            }
        }
    }

    fn branches(&mut self, clause: &'a IfClauseCommand, context: &Context<'a>) {
        self.list(&clause.condition, &Context { piped: false, ..context.clone() });
        let mut condition = self.shown(whole(&clause.condition));
        if clause.condition.0.first().is_some_and(|item| item.0.first.bang) && !condition.starts_with('!') {
            condition = format!("! {condition}");
        }
        self.list(&clause.then, &guarded(context, condition.clone()));
        let mut context = guarded(context, negated(&condition));
        for other in clause.elses.iter().flatten() {
            match &other.condition {
                Some(asked) => {
                    self.list(asked, &context);
                    let condition = self.shown(whole(asked));
                    self.list(&other.body, &guarded(&context, condition.clone()));
                    context = guarded(&context, negated(&condition));
                }
                None => self.list(&other.body, &context),
            }
        }
    }

    /// The condition under which a script goes on behind this item: `[ -x … ] || exit 0`, `if …; then exit; fi`.
    fn left(&self, list: &AndOrList) -> Option<String> {
        let condition = match list.additional.last() {
            Some(AndOr::Or(last)) if is_leaving(last.seq.first()?) && is_question(&list.first) => {
                self.shown(piped(&list.first))
            }
            Some(AndOr::And(last)) if is_leaving(last.seq.first()?) && is_question(&list.first) => {
                negated(&self.shown(piped(&list.first)))
            }
            None => match list.first.seq.first()? {
                Command::Compound(CompoundCommand::IfClause(clause), _)
                    if clause.elses.is_none() && ends_by_leaving(&clause.then) =>
                {
                    negated(&self.shown(whole(&clause.condition)))
                }
                _ => return None,
            },
            Some(_) => return None,
        };
        Some(condition)
    }
}

/// Where a list stands. The parser knows no places of redirections, and so none of what ends with one.
fn whole(list: &CompoundList) -> Option<SourceSpan> {
    let start = piped(&list.0.first()?.0.first)?.start;
    let last = &list.0.last()?.0;
    let pipeline = match last.additional.last() {
        Some(AndOr::And(pipeline) | AndOr::Or(pipeline)) => pipeline,
        None => &last.first,
    };
    Some(SourceSpan { start, end: piped(pipeline)?.end })
}

fn piped(pipeline: &Pipeline) -> Option<SourceSpan> {
    let start = command_span(pipeline.seq.first()?)?.start;
    Some(SourceSpan { start, end: command_span(pipeline.seq.last()?)?.end })
}

fn command_span(command: &Command) -> Option<SourceSpan> {
    let Command::Simple(simple) = command else { return command.location() };
    let items = simple.prefix.iter().flat_map(|prefix| &prefix.0);
    let items = items.chain(simple.suffix.iter().flat_map(|suffix| &suffix.0));
    let spans = items.filter_map(SourceLocation::location).chain(simple.word_or_name.as_ref()?.loc.clone());
    spans.reduce(|one, other| SourceSpan {
        start: if other.start.index < one.start.index { other.start } else { one.start },
        end: if other.end.index > one.end.index { other.end } else { one.end },
    })
}

fn guarded<'a>(context: &Context<'a>, condition: String) -> Context<'a> {
    let mut context = context.clone();
    under(&mut context, condition);
    context
}

/// Adds a condition, up to so many that no script has them by honest means.
fn under(context: &mut Context<'_>, condition: String) {
    if context.guards.len() < MOST_GUARDS {
        context.guards.push(Guard { phase: is_phase(&condition), text: shortened(&condition) });
    }
}

fn negated(condition: &str) -> String {
    match condition.strip_prefix("! ") {
        Some(rest) => rest.to_owned(),
        None => format!("not {condition}"),
    }
}

/// Whether a condition asks for nothing but the first two arguments.
fn is_phase(text: &str) -> bool {
    let asked: Vec<&str> = text.split('$').skip(1).map(|rest| rest.trim_start_matches('{')).collect();
    !asked.is_empty()
        && asked.iter().all(|rest| rest.starts_with(['1', '2']))
        && !["--compare-versions", " -d ", " -e ", " -f ", " -x ", " -L "]
            .iter()
            .any(|test| text.contains(test))
}

fn name(command: &Command) -> Option<&str> {
    match command {
        Command::Simple(simple) => simple.word_or_name.as_ref().map(|word| word.value.as_str()),
        Command::ExtendedTest(..) => Some("[["),
        _ => None,
    }
}

fn is_leaving(command: &Command) -> bool {
    matches!(name(command), Some("exit" | "return"))
}

fn ends_by_leaving(list: &CompoundList) -> bool {
    let last = list.0.last().filter(|item| item.0.additional.is_empty());
    last.and_then(|item| item.0.first.seq.first()).is_some_and(is_leaving)
}

/// Whether a pipeline asks, rather than does, so that leaving because of it is a condition and not a failure.
fn is_question(pipeline: &Pipeline) -> bool {
    let names = ["[", "test", "[[", "command", "which", "type", "getent", "grep", "dpkg", "id"];
    pipeline.seq.first().and_then(name).is_some_and(|name| names.contains(&name))
}
