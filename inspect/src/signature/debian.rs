//! dpkg-sig's signatures in Debian packages: a signed text that lists digests of the members.
//!
//! The text's signature holds whatever became of the members, so that every digest is taken again. It lists MD5 and SHA-1
//! only. The other scheme, debsigs', is over the members' bytes and needs no reader of its own.

use super::Worth;
use super::fact::{Material, Over, SignatureFact};
use super::hash::Algorithm;
use super::inline::{Cleartext, of_cleartext};
use super::reading::Asked;

/// Members that are compared; real packages have five.
const MOST: usize = 100;

/// The facts of one signed list. What it is over are the members' ranges, in [`Over::Members`].
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let Over::Members(members) = &material.over else {
        return vec![SignatureFact::unchecked(material, "the members that it lists are not at hand")];
    };
    let Some(text) = Cleartext::read(&material.signature) else {
        let fact = SignatureFact::unchecked(material, "");
        return vec![fact.worth(Worth::Unreadable, "there is no signed list in it that can be read")];
    };
    let listed = listed(&text.canonical);
    let compared = compare(&listed, members, asked);
    let facts = of_cleartext(material, &text, asked).into_iter();
    facts.map(|fact| with_members(fact, &compared, members, &listed)).collect()
}

/// One line of the list: MD5, SHA-1, size, name.
struct Line {
    digests: [String; 2],
    size: u64,
    name: String,
}

fn listed(text: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().filter(|line| line.starts_with(['\t', ' '])).take(MOST);
    let line = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let digests = [words.next()?.to_lowercase(), words.next()?.to_lowercase()];
        Some(Line { digests, size: words.next()?.parse().ok()?, name: words.next()?.to_owned() })
    };
    lines.filter_map(line).collect()
}

/// Names of members that differ from what is listed, or why that is not known.
fn compare(
    listed: &[Line],
    members: &[(String, u64, u64)],
    asked: &Asked<'_>,
) -> Result<Vec<String>, String> {
    let mut differing = Vec::new();
    for line in listed {
        let mut own = members.iter().filter(|(name, ..)| *name == line.name).peekable();
        if own.peek().is_none() {
            differing.push(format!("{} (missing)", line.name));
        }
        for (name, start, end) in own {
            let over = Over::File(vec![(*start, *end)]);
            let md5 = hex::encode(asked.original.digest(&over, Algorithm::Md5)?);
            let sha1 = hex::encode(asked.original.digest(&over, Algorithm::Sha1)?);
            if line.digests != [md5, sha1] || end - start != line.size {
                differing.push(name.clone());
            }
        }
    }
    Ok(differing)
}

fn with_members(
    mut fact: SignatureFact,
    compared: &Result<Vec<String>, String>,
    members: &[(String, u64, u64)],
    listed: &[Line],
) -> SignatureFact {
    let names: Vec<&str> = listed.iter().map(|line| line.name.as_str()).collect();
    fact.covers = format!("{}, by their MD5 and SHA-1 digests", names.join(", "));
    let is_own = |name: &str| name.starts_with("_gpg");
    let others = members.iter().filter(|(name, ..)| !is_own(name) && !names.contains(&name.as_str()));
    fact.not_covered.extend(others.map(|(name, ..)| name.clone()));
    match compared {
        Err(why) => SignatureFact { worth: None, detail: format!("not checked: {why}"), ..fact },
        Ok(differing) if !differing.is_empty() => {
            let detail = format!("{} is not what was signed", differing.join(", "));
            fact.worth(Worth::Bad, detail)
        }
        Ok(_) if fact.worth == Some(Worth::Fits) => {
            fact.worth(Worth::FitsButWeak, "it fits, but its list has only MD5 and SHA-1 digests")
        }
        Ok(_) => fact,
    }
}
