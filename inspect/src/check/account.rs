//! Users and groups that are declared: systemd's sysusers.d (sysusers.d(5)), what an RPM package provides.
//!
//! Those that scripts make are another family's.

use super::{Check, Findings, Subject, folder};
use crate::finding::object::Object;
use crate::finding::{CheckId, Finding, Trigger};
use crate::package::Claims;

/// Accounts of one file that are told one by one.
const MOST: usize = 12;

/// The family.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    told: Vec<String>,
}

impl Check for Accounts {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if folder::directly(subject.name, &["usr/lib/sysusers.d", "etc/sysusers.d", "lib/sysusers.d"])
            .is_none()
        {
            return;
        }
        let said = subject.lines().filter_map(|(line, text)| Some((line, text, account(text)?)));
        let mut said: Vec<(usize, &str, String)> = said.collect();
        let over = said.len().saturating_sub(MOST);
        said.truncate(MOST);
        if over > 0 {
            // The accounts that every system has fill a file, and are no news one by one.
            return self.all(subject, found);
        }
        for (line, text, detail) in said {
            self.told.extend(text.split_whitespace().nth(1).map(str::to_owned));
            let mut finding = subject.finding(CheckId::AccountCreate, detail).at(line, text);
            finding.objects.extend(object(text));
            found.add(finding.acting(Some(Trigger::InstallTime)));
        }
    }

    fn package(&mut self, claims: &Claims, found: &mut Findings) {
        for provided in claims.dependencies.iter().filter(|one| one.relation == "Provides") {
            let named = |kind: &str| {
                let name = provided.target.strip_prefix(kind)?.split(')').next()?;
                Some(name.to_owned())
            };
            let (kind, name) = match (named("user("), named("group(")) {
                (Some(name), _) => ("user", name),
                (None, Some(name)) => ("group", name),
                (None, None) => continue,
            };
            // The group of a user goes without saying, and what sysusers.d tells is told.
            if self.told.contains(&name) {
                continue;
            }
            self.told.push(name.clone());
            let finding =
                Finding::new(CheckId::AccountCreate, claims.path.clone(), format!("makes the {kind} {name}"));
            let object = if kind == "user" {
                Object::Account { name, id: None }
            } else {
                Object::Group { name, id: None }
            };
            found.add(finding.quoting(&provided.target).acting(Some(Trigger::InstallTime)).about(object));
        }
    }
}

impl Accounts {
    fn all(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        let objects: Vec<Object> = subject.lines().filter_map(|(_, text)| object(text)).take(200).collect();
        let names = objects.iter().filter_map(|object| match object {
            Object::Account { name, .. } | Object::Group { name, .. } => Some(name.clone()),
            _ => None,
        });
        self.told.extend(names);
        let names: Vec<&str> = self.told.iter().map(String::as_str).take(20).collect();
        let detail = format!("makes {} users and groups: {}, …", objects.len(), names.join(", "));
        let line = subject.lines().find(|(_, text)| object(text).is_some());
        let mut finding = subject.finding(CheckId::AccountCreate, detail).acting(Some(Trigger::InstallTime));
        finding.objects = objects;
        found.add(line.map_or(finding.clone(), |(line, text)| finding.at(line, text)));
    }
}

/// The account of a line.
fn object(text: &str) -> Option<Object> {
    let mut words = Words(text.trim());
    let (kind, name, id) = (words.next()?, words.next()?.to_owned(), words.next());
    let id = id.and_then(|id| id.split(':').next()?.parse().ok());
    match kind.trim_end_matches('!') {
        "u" => Some(Object::Account { name, id }),
        "g" => Some(Object::Group { name, id }),
        _ => None,
    }
}

/// What one line of sysusers.d declares.
fn account(text: &str) -> Option<String> {
    let mut words = Words(text.trim());
    let kind = words.next()?;
    let (name, id) = (words.next()?, words.next().unwrap_or("-"));
    let (_gecos, home, shell) = (words.next(), words.next(), words.next());
    let set = |word: Option<&str>| word.filter(|word| *word != "-" && !word.is_empty()).map(str::to_owned);
    let number = if id == "-" { String::new() } else { format!(", with the fixed id {id}") };
    match kind.trim_end_matches('!') {
        "u" => {
            let home = set(home).map(|home| format!(", at home in {home}")).unwrap_or_default();
            let shell = set(shell).map(|shell| format!(", with the shell {shell}")).unwrap_or_default();
            Some(format!("makes the user {name}{number}{home}{shell}"))
        }
        "g" => Some(format!("makes the group {name}{number}")),
        "m" => Some(format!("puts {name} into the group {id}")),
        _ => None,
    }
}

/// Words, with those in quotation marks as one.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0.trim_start();
        let (word, rest) = match text.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => text.split_at_checked(text.find(char::is_whitespace).unwrap_or(text.len()))?,
        };
        self.0 = rest;
        (!word.is_empty() || text.starts_with('"')).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial;
    use crate::finding::CheckId;

    #[test]
    fn declared_accounts_are_told_with_what_is_fixed() {
        let text =
            "# x\nu relay 411 \"The relay\" /var/lib/relay /bin/sh\ng ops -\nm relay ops\nr - 500-900\n";
        assert_eq!(
            trial::of(&[CheckId::AccountCreate], &[("usr/lib/sysusers.d/relay.conf", text)]),
            [
                "account.create active 2: makes the user relay, with the fixed id 411, at home in /var/lib/relay, with the shell /bin/sh",
                "account.create active 3: makes the group ops",
                "account.create active 4: puts relay into the group ops",
            ]
        );
    }
}
