//! The defaults of two versions held against each other.
//!
//! A symbol is itself by file, owner, name and sort. What is missing on one side is looked for under the same owner and
//! name in another file (it moved), then as a parameter of the same function with the same value (it is called otherwise);
//! only what is left came or went, and that counts for parameters of classes and functions about insisting alone.

use std::collections::{BTreeMap, BTreeSet};

use super::relevant::is_about;
use super::{Setting, Sort, latency};
use crate::finding::{CheckId, Confidence, Finding};

/// Symbol: file without the version, owner, name, sort.
type Key = (String, String, String, Sort);
/// The values of each symbol; one that is set at several places has several.
type Symbols<'a> = BTreeMap<Key, Vec<&'a Setting>>;
/// One side: what it has, and how its paths are written without the version.
type Given<'a, 'b> = (&'a [Setting], &'b dyn Fn(&str) -> String);

/// What differs. The same change in several files (one build for each kind of module) is told once.
pub(crate) fn changes(now: Given<'_, '_>, before: Given<'_, '_>) -> Vec<Finding> {
    let (mut are, mut were) = (symbols(now), symbols(before));
    let mut told: BTreeMap<(String, String), Vec<Finding>> = BTreeMap::new();
    let mut tell = |finding: Finding| {
        let said = finding.detail.split("; ").next().unwrap_or_default();
        // The same parameter of several classes and builds is one change; its own name stands last in the symbol.
        let (symbol, values) = said.split_once(": ").unwrap_or((said, ""));
        let name = symbol.rsplit(['.', '(']).next().unwrap_or(symbol).trim_end_matches(')');
        told.entry((name.to_owned(), values.to_owned())).or_default().push(finding);
    };
    moved(&mut are, &mut were);
    let both: Vec<Key> = are.keys().filter(|key| were.contains_key(*key)).cloned().collect();
    for key in &both {
        if let (Some(is), Some(was)) = (are.get(key), were.get(key))
            && values(is) != values(was)
            && let Some(finding) = changed(is, was, &are)
        {
            tell(finding);
        }
    }
    for finding in came_and_went(&are, &were) {
        tell(finding);
    }
    told.into_values().filter_map(together).collect()
}

/// Files with the same change that are named.
const MOST_NAMED: usize = 6;

/// The same change in several files as one finding: the one that says most, in the file with the shortest path.
fn together(mut all: Vec<Finding>) -> Option<Finding> {
    all.sort_by_key(|finding| (std::cmp::Reverse(finding.detail.len()), finding.path.len()));
    let mut all = all.into_iter();
    let mut first = all.next()?;
    let others: Vec<String> = all.map(|other| other.path).collect();
    if !others.is_empty() {
        let named = others.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = match others.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        first.detail = format!("{}; the same in {named}{more}", first.detail);
    }
    Some(first)
}

fn symbols<'a>((settings, path): Given<'a, '_>) -> Symbols<'a> {
    let mut symbols = Symbols::new();
    let mut paths: BTreeMap<&str, String> = BTreeMap::new();
    for setting in settings {
        let path = paths.entry(&setting.path).or_insert_with(|| path(&setting.path)).clone();
        let key = (path, setting.owner.clone(), setting.name.clone(), setting.sort);
        symbols.entry(key).or_default().push(setting);
    }
    symbols
}

fn values(settings: &[&Setting]) -> Vec<String> {
    let mut values: Vec<String> = settings.iter().map(|one| bare(&one.value)).collect();
    values.sort();
    values
}

/// A value without what its spelling alone decides: spaces, sorts of quotes, how a number is written.
fn bare(value: &str) -> String {
    let bare = value.replace(char::is_whitespace, "").replace('"', "'");
    let number = bare.replace('_', "").parse::<f64>().ok();
    number.map_or(bare, |number| number.to_string())
}

/// Lets a symbol that is in another file than before count as where it was, if its owner and name are found once each.
fn moved(are: &mut Symbols<'_>, were: &mut Symbols<'_>) {
    let lonely = |these: &Symbols<'_>, others: &Symbols<'_>| {
        let mut by: BTreeMap<(String, String, Sort), Vec<Key>> = BTreeMap::new();
        for key in these.keys().filter(|key| !others.contains_key(*key)) {
            by.entry((key.1.clone(), key.2.clone(), key.3)).or_default().push(key.clone());
        }
        by
    };
    let (new, old) = (lonely(are, were), lonely(were, are));
    for (symbol, keys) in &new {
        if let ([to], Some([from])) = (keys.as_slice(), old.get(symbol).map(Vec::as_slice))
            // A bare name at the top of a file is not enough to know it again elsewhere.
            && !symbol.0.is_empty()
            && let Some(settings) = were.remove(from)
        {
            were.insert(to.clone(), settings);
        }
    }
}

fn changed(is: &[&Setting], was: &[&Setting], are: &Symbols<'_>) -> Option<Finding> {
    let (was_values, is_values) = (values(was), values(is));
    let first = is.iter().find(|one| !was_values.contains(&bare(&one.value)));
    let old = was.iter().find(|one| !is_values.contains(&bare(&one.value)));
    // Where a value stands several times and one of them only came or went, nothing was changed.
    let (first, old) = (first?, old?);
    // What had to be given may be left out now: whoever gave it is served as before.
    if old.value.is_empty() {
        return None;
    }
    // One name for a value instead of another one: what it stands for is not known to differ.
    if is_name(&first.value) && is_name(&old.value) {
        return None;
    }
    let shown = |value: &str| if value.is_empty() { "required".to_owned() } else { value.to_owned() };
    let mut detail = format!("{}: was {}, is {}", first.symbol(), shown(&old.value), shown(&first.value));
    if let Some(latency) = latency::of_call(&first.value).or_else(|| with_timeout(first, are)) {
        detail.push_str("; ");
        detail.push_str(&latency);
    }
    let quote = format!("{} = {}", first.name, first.value);
    let confidence = if first.sort == Sort::Fallback { Confidence::Medium } else { Confidence::High };
    let finding = Finding::new(CheckId::DefaultRetry, first.path.clone(), detail).sure(confidence);
    let line = usize::try_from(first.line).unwrap_or_default();
    Some(if line > 0 { finding.at(line, &quote) } else { finding.quoting(&quote) })
}

/// Whether a value is only the name of one.
fn is_name(value: &str) -> bool {
    !matches!(value, "" | "None" | "True" | "False" | "null" | "undefined" | "true" | "false" | "Infinity")
        && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'))
        && !value.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// What more retries cost where the same file has the timeout of one try.
fn with_timeout(setting: &Setting, are: &Symbols<'_>) -> Option<String> {
    let lower = setting.name.to_ascii_lowercase();
    if !(lower.contains("retries") || lower.contains("attempts")) {
        return None;
    }
    let own = are.values().flatten().filter(|one| one.path == setting.path);
    let mut timeouts: Vec<&str> = own
        .filter(|one| matches!(one.name.to_ascii_lowercase().as_str(), "timeout" | "default_timeout"))
        .map(|one| one.value.as_str())
        .collect();
    timeouts.sort_unstable();
    timeouts.dedup();
    match timeouts.as_slice() {
        [timeout] => latency::of_timeout(&setting.value, timeout),
        _ => None,
    }
}

/// Parameters that functions about insisting gained and lost; those that are only called otherwise are left out.
fn came_and_went(are: &Symbols<'_>, were: &Symbols<'_>) -> Vec<Finding> {
    type Function = (String, String);
    let parameters = |these: &Symbols<'_>, others: &Symbols<'_>| {
        let mut by: BTreeMap<Function, Vec<(String, String, u32, String)>> = BTreeMap::new();
        let owners: BTreeSet<Function> = others.keys().map(|key| (key.0.clone(), key.1.clone())).collect();
        for (key, settings) in
            these.iter().filter(|(key, _)| key.3 == Sort::Parameter && !others.contains_key(*key))
        {
            let function = (key.0.clone(), key.1.clone());
            // Of a function that is new, or gone, all is new or gone: that is no changed default.
            if let (true, true, Some(one)) = (is_about(&key.1), owners.contains(&function), settings.first())
            {
                by.entry(function).or_default().push((
                    one.name.clone(),
                    one.value.clone(),
                    one.line,
                    one.path.clone(),
                ));
            }
        }
        by
    };
    let (mut new, mut old) = (parameters(are, were), parameters(were, are));
    for (function, gained) in &mut new {
        let Some(lost) = old.get_mut(function) else { continue };
        gained.retain(|one| {
            let same = lost.iter().position(|other| other.1 == one.1 && !one.1.is_empty());
            // The same value under another name: it was renamed, unless it is one that says nothing.
            let renamed = same.filter(|_| !matches!(one.1.as_str(), "None" | "True" | "False" | "null"));
            renamed.map(|at| lost.remove(at)).is_none()
        });
    }
    let functions: BTreeSet<Function> = new.keys().chain(old.keys()).cloned().collect();
    let mut found = Vec::new();
    for function in functions {
        let none = Vec::new();
        let (gained, lost) = (new.get(&function).unwrap_or(&none), old.get(&function).unwrap_or(&none));
        let named = |all: &[(String, String, u32, String)]| {
            let one = |(name, value, ..): &(String, String, u32, String)| {
                if value.is_empty() { name.clone() } else { format!("{name}={value}") }
            };
            all.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let mut said = Vec::new();
        if !gained.is_empty() {
            said.push(format!("gained {}", named(gained)));
        }
        if !lost.is_empty() {
            said.push(format!("lost {}", named(lost)));
        }
        let Some((name, value, line, path)) = gained.first().or(lost.first()) else { continue };
        let detail = format!("parameters of {}: {}", function.1, said.join("; "));
        let finding = Finding::new(CheckId::DefaultRetry, path.clone(), detail);
        let quote = format!("{name} = {value}");
        found.push(if gained.is_empty() { finding } else { finding.at(*line as usize, &quote) });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::changes;
    use crate::check::place::Language;
    use crate::defaults::{Setting, read};

    fn python(path: &str, text: &str) -> Vec<Setting> {
        read(path, Some(Language::Python), text).unwrap()
    }

    fn check(was: &[Setting], is: &[Setting], expected: &[&str]) {
        let path = |path: &str| path.to_owned();
        let found = changes((is, &path), (was, &path));
        let said: Vec<&str> = found.iter().map(|finding| finding.detail.as_str()).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn a_changed_default_is_told_with_what_it_costs() {
        let was = python(
            "a.py",
            "class Relay:\n  def __init__(self, retry: Optional[Retry] = None, timeout=3): pass\n",
        );
        let is = python(
            "a.py",
            "class Relay:\n  def __init__(self, retry=Retry(Backoff(base=2, cap=4), retries=2), timeout=3): pass\n",
        );
        let said = "Relay.__init__(retry): was None, is Retry(Backoff(base=2, cap=4), retries=2); 2 retries wait 2 + 4 = 6 s at most \
                    where the first wait is 2 s and each doubles, no wait above 4; 8 s where the first is doubled already";
        check(&was, &is, &[said]);
        check(&was, &was, &[]);
    }

    #[test]
    fn what_moved_or_is_called_otherwise_is_no_change() {
        let text = "class Wire:\n  def __init__(self, timeout=3): pass\n";
        check(&python("a.py", text), &python("b/c.py", text), &[]);
        let raised = text.replace("=3", "=5");
        check(&python("a.py", text), &python("b.py", &raised), &["Wire.__init__(timeout): was 3, is 5"]);
        let was = python("a.py", "class Retry:\n  def __init__(self, total=10, allowed=ALL, x=1): pass\n");
        let is =
            python("a.py", "class Retry:\n  def __init__(self, total=10, methods=ALL, jitter=0.5): pass\n");
        check(&was, &is, &["parameters of Retry.__init__: gained jitter=0.5; lost x=1"]);
    }

    #[test]
    fn another_spelling_of_a_value_is_no_change() {
        let was =
            python("a.py", "class Wire:\n  def __init__(self, timeout=0, ttl='5', pool, retry=3): pass\n");
        let is = python(
            "a.py",
            "class Wire:\n  def __init__(self, timeout=0.0, ttl=\"5\", pool=MOST, retry=4): pass\n",
        );
        check(&was, &is, &["Wire.__init__(retry): was 3, is 4"]);
    }

    #[test]
    fn a_function_that_is_new_has_no_changed_default() {
        let was = python("a.py", "x = 1\n");
        let is = python("a.py", "class Retry:\n  def __init__(self, total=10): pass\n");
        check(&was, &is, &[]);
    }

    #[test]
    fn one_change_in_two_builds_is_one_line() {
        let both = |value: u32| {
            let text = format!("const DEFAULT_MAX_RETRIES = {value};\nconst DEFAULT_TIMEOUT = 80000;\n");
            let one = |path| read(path, Some(Language::JavaScript), &text).unwrap();
            [one("cjs/wire.js"), one("esm/wire.js")].concat()
        };
        let said = "DEFAULT_MAX_RETRIES: was 0, is 1; each retry may take the timeout again: 1 × 80000 = 80000 more in the \
                    timeout's own unit; the same in esm/wire.js";
        check(&both(0), &both(1), &[said]);
    }
}
