//! Functions of a script: which of them are called, and with what.
//!
//! An argument of a function is known where every call says it, so that what a helper does is told with its object.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Command, Known, Word};

/// Different values of one argument that are told.
const MOST: usize = 50;
/// Characters of a value that is put in.
const LONGEST: usize = 500;

/// Marks what is never called, and puts the arguments of calls into functions.
pub(super) fn follow(commands: &mut [Command]) {
    mark_uncalled(commands);
    let arguments = arguments(commands);
    for command in commands.iter_mut() {
        let Some(known) = command.function.as_ref().and_then(|name| arguments.get(name)) else { continue };
        for word in &mut command.words {
            put_in(word, known);
        }
        for write in &mut command.writes {
            put_in(&mut write.path, known);
        }
    }
}

/// Marks commands in functions that nothing calls, neither the script itself nor a function that it calls.
fn mark_uncalled(commands: &mut [Command]) {
    let mut calls: HashMap<Option<String>, HashSet<String>> = HashMap::new();
    let functions: HashSet<String> = commands.iter().filter_map(|command| command.function.clone()).collect();
    for command in commands.iter() {
        let named =
            command.words.iter().map(|word| word.text.as_str()).filter(|word| functions.contains(*word));
        calls.entry(command.function.clone()).or_default().extend(named.map(str::to_owned));
    }
    let mut called: HashSet<String> = HashSet::new();
    let mut waiting: Vec<Option<String>> = vec![None];
    while let Some(one) = waiting.pop() {
        for next in calls.get(&one).into_iter().flatten() {
            if called.insert(next.clone()) {
                waiting.push(Some(next.clone()));
            }
        }
    }
    for command in commands {
        command.uncalled = command.function.as_ref().is_some_and(|name| !called.contains(name));
    }
}

/// What each function is called with: for each of its first nine arguments the values, `None` where a call does not
/// say one.
type Values = [Option<BTreeSet<String>>; 9];

fn arguments(commands: &[Command]) -> HashMap<String, Values> {
    let functions: HashSet<&str> =
        commands.iter().filter_map(|command| command.function.as_deref()).collect();
    let mut found: HashMap<String, Values> = HashMap::new();
    for command in commands.iter().filter(|command| !command.printed) {
        let name = command.words.first().map_or("", |word| word.text.as_str());
        if !functions.contains(name) || command.function.as_deref() == Some(name) {
            continue;
        }
        let values =
            found.entry(name.to_owned()).or_insert_with(|| std::array::from_fn(|_| Some(BTreeSet::new())));
        for (at, slot) in values.iter_mut().enumerate() {
            let word = command.words.get(at + 1).filter(|word| word.is_known() && word.text.len() < LONGEST);
            match (word, slot.as_mut()) {
                (Some(word), Some(set)) if set.len() < MOST => {
                    set.insert(word.text.clone());
                }
                _ => *slot = None,
            }
        }
    }
    found
}

/// Replaces `$1` to `$9` in a word.
fn put_in(word: &mut Word, values: &Values) {
    if word.known != Known::Unresolved || !word.text.contains('$') {
        return;
    }
    for (at, values) in values.iter().enumerate() {
        let Some(values) = values.as_ref().filter(|values| !values.is_empty()) else { continue };
        let number = at + 1;
        let (short, long) = (format!("${number}"), format!("${{{number}}}"));
        if !word.text.contains(&short) && !word.text.contains(&long) || word.text.len() > LONGEST {
            continue;
        }
        let value = match values.len() {
            1 => values.iter().next().cloned().unwrap_or_default(),
            _ => format!("{{{}}}", values.iter().map(String::as_str).collect::<Vec<_>>().join(",")),
        };
        word.text = word.text.replacen(&long, &value, 2).replacen(&short, &value, 2);
    }
    if !word.text.contains(['$', '`']) {
        word.known = Known::Assigned;
    }
}
