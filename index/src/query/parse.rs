//! Reads a typed line into a query.
//!
//! Words stand side by side; `OR` binds loosest, then `AND`, then standing side by side, then `NOT` and `-`.
//! Refuses lines beyond what a person types, so that no query costs more than its page is worth.

use jiff::civil::Date;

use crate::enrichment::Chance;
use crate::mention::{as_key, canonical_advisory, grouped_key};
use crate::severity::Level;

use super::lex::{Piece, Token, ends_word, is_trailing, mistake, names_key, tokens};
use super::{Comparison, KINDS, Mistake, Query};

/// Characters in a line: a paragraph that somebody pasted still fits.
const LONGEST: usize = 1_000;
/// Words, phrases and fields in a line.
const TERMS: usize = 64;
/// Parentheses inside each other.
const DEPTH: usize = 16;

/// The query that `line` means.
pub(super) fn line(line: &str) -> Result<Query, Mistake> {
    if let Some((at, _)) = line.char_indices().nth(LONGEST) {
        let sentence = format!("this is longer than {LONGEST} characters: keep the words that matter most");
        return Err(mistake(at, line.len(), sentence));
    }
    let tokens = tokens(line)?;
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, terms: 0, length: line.len() };
    if tokens.is_empty() {
        return Ok(Query::All);
    }
    let query = reader.any()?;
    match reader.tokens.get(reader.at) {
        None => Ok(query),
        Some(token) => Err(mistake(
            token.start,
            token.end,
            "this parenthesis closes nothing: remove it, or type ( before the first word that belongs to it"
                .to_owned(),
        )),
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    terms: usize,
    length: usize,
}

impl Reader<'_> {
    fn piece(&self) -> Option<&Piece> {
        self.tokens.get(self.at).map(|token| &token.piece)
    }

    fn takes(&mut self, piece: &Piece) -> bool {
        let here = self.piece() == Some(piece);
        self.at += usize::from(here);
        here
    }

    /// Parts between `OR`.
    fn any(&mut self) -> Result<Query, Mistake> {
        let mut parts = vec![self.all()?];
        while self.takes(&Piece::Or) {
            parts.push(self.all()?);
        }
        Ok(any_of(parts))
    }

    /// Parts between `AND`.
    fn all(&mut self) -> Result<Query, Mistake> {
        let mut parts = vec![self.beside()?];
        while self.takes(&Piece::And) {
            parts.push(self.beside()?);
        }
        Ok(all_of(parts))
    }

    /// Parts side by side: words become a bag, everything else must hold too.
    fn beside(&mut self) -> Result<Query, Mistake> {
        let (mut words, mut others, mut everything) = (Vec::new(), Vec::new(), false);
        while !matches!(self.piece(), None | Some(Piece::Or | Piece::And | Piece::Close)) {
            match self.one()? {
                word @ (Query::Word(_) | Query::Phrase(_) | Query::Prefix(_)) => words.push(word),
                Query::All => everything = true,
                other => others.push(other),
            }
        }
        if words.is_empty() && others.is_empty() {
            return if everything { Ok(Query::All) } else { self.nothing_here() };
        }
        let words = joined(words, &mut others);
        let bag = if words.len() > 1 { vec![Query::Words(words)] } else { words };
        Ok(all_of(bag.into_iter().chain(others).collect()))
    }

    /// A place where something had to stand.
    fn nothing_here(&self) -> Result<Query, Mistake> {
        let (start, end) = self.tokens.get(self.at).map_or((self.length, self.length), |t| (t.start, t.end));
        let sentence = match self.piece() {
            Some(Piece::Close) if self.depth == 0 => "this parenthesis closes nothing: remove it",
            Some(Piece::Close) => {
                "something is missing before this parenthesis: type a word there, or remove it"
            }
            Some(_) => {
                "something is missing before this operator: type a word there, or put the operator in quotes to find it as a word"
            }
            None => {
                "something is missing at the end: type a word there, or put the operator in quotes to find it as a word"
            }
        };
        Err(mistake(start, end, sentence.to_owned()))
    }

    /// One word, phrase or field, or a group in parentheses, with what negates it.
    fn one(&mut self) -> Result<Query, Mistake> {
        let mut negated = false;
        while self.takes(&Piece::Not) {
            negated = !negated;
        }
        let Some(token) = self.tokens.get(self.at) else { return self.nothing_here() };
        if matches!(token.piece, Piece::And | Piece::Or | Piece::Close) {
            return self.nothing_here();
        }
        self.at += 1;
        let query = if token.piece == Piece::Open { self.group(token)? } else { self.term(token)? };
        Ok(match (negated, query) {
            (false, query) => query,
            (true, Query::Not(inner)) => *inner,
            (true, query) => Query::Not(Box::new(query)),
        })
    }

    fn group(&mut self, open: &Token) -> Result<Query, Mistake> {
        self.depth += 1;
        if self.depth > DEPTH {
            let sentence = format!("parentheses stand more than {DEPTH} deep here: remove some");
            return Err(mistake(open.start, open.end, sentence));
        }
        let query = self.any()?;
        self.depth -= 1;
        if self.takes(&Piece::Close) {
            return Ok(query);
        }
        let sentence = "this parenthesis is never closed: type ) behind the last word that belongs to it";
        Err(mistake(open.start, open.end, sentence.to_owned()))
    }

    fn term(&mut self, token: &Token) -> Result<Query, Mistake> {
        self.terms += 1;
        if self.terms > TERMS {
            let sentence = format!("these are more than {TERMS} words: keep the ones that matter most");
            return Err(mistake(token.start, self.length, sentence));
        }
        match &token.piece {
            Piece::Phrase(words) => Ok(Query::Phrase(words.clone())),
            Piece::Key(hex) => Ok(Query::Key(hex.clone())),
            Piece::Field(name, value, quoted) => self.field(token, name, value, *quoted),
            Piece::Word(text) => word(token, text),
            Piece::Open | Piece::Close | Piece::Not | Piece::And | Piece::Or => self.nothing_here(),
        }
    }

    fn field(&mut self, token: &Token, name: &str, value: &str, quoted: bool) -> Result<Query, Mistake> {
        let several = !quoted
            && matches!(
                name,
                "vendor" | "product" | "id" | "kind" | "source" | "severity" | "version" | "fixed"
            );
        if !several {
            return one_value(token, name, value.trim());
        }
        let values: Vec<&str> =
            value.split(',').filter(|value| value.contains(char::is_alphanumeric)).collect();
        self.terms += values.len().saturating_sub(1);
        if self.terms > TERMS {
            let sentence = format!("these are more than {TERMS} values: keep the ones that matter most");
            return Err(mistake(token.start, token.end, sentence));
        }
        let parts: Result<Vec<Query>, Mistake> = values.iter().map(|v| one_value(token, name, v)).collect();
        match parts? {
            parts if parts.is_empty() => {
                let sentence = format!("type a value right after \u{201c}{name}:\u{201d}, without a space");
                Err(mistake(token.start, token.end, sentence))
            }
            parts => Ok(any_of(parts)),
        }
    }
}

/// Words, less those that are together the groups of one key or the two words of one advisory.
fn joined(words: Vec<Query>, others: &mut Vec<Query>) -> Vec<Query> {
    let mut left = Vec::new();
    let mut words = words.as_slice();
    while let Some((first, rest)) = words.split_first() {
        if let Some((identifier, count)) = identifier(words) {
            others.push(identifier);
            words = words.get(count..).unwrap_or_default();
        } else {
            left.push(first.clone());
            words = rest;
        }
    }
    left
}

/// The identifier that `words` begin with, and how many of them it takes.
fn identifier(words: &[Query]) -> Option<(Query, usize)> {
    let plain = words.iter().map_while(|word| match word {
        Query::Word(text) => Some(text.as_str()),
        _ => None,
    });
    // The longest is 64 digits in pairs.
    let plain: Vec<&str> = plain.take(32).collect();
    let two = plain.get(..2).map(|two| two.join(" "));
    if let Some(id) = two.and_then(|two| canonical_advisory(two.trim_end_matches(is_trailing))) {
        return Some((Query::Advisory(id), 2));
    }
    let line = plain.join(" ");
    let start = if line.starts_with("0x") { 2 } else { 0 };
    let (hex, end) = grouped_key(&line, start).filter(|(_, end)| ends_word(&line, *end))?;
    Some((Query::Key(hex), line.get(..end)?.split(' ').count()))
}

fn word(token: &Token, text: &str) -> Result<Query, Mistake> {
    let plain = text.trim_end_matches(is_trailing);
    if let Some(id) = canonical_advisory(plain) {
        return Ok(Query::Advisory(id));
    }
    if let Some(key) = as_key(plain).filter(|key| names_key(key.hex())) {
        return Ok(Query::Key(key.hex().to_owned()));
    }
    if is_openssh(plain) {
        return Ok(Query::Key(plain.to_owned()));
    }
    match text.trim_end_matches('*') {
        "" => Ok(Query::All),
        letters if letters.len() == text.len() => Ok(Query::Word(text.to_owned())),
        letters if letters.chars().filter(|letter| letter.is_alphanumeric()).count() < 2 => {
            let sentence = "type at least two letters before the star";
            Err(mistake(token.start, token.end, sentence.to_owned()))
        }
        letters => Ok(Query::Prefix(letters.to_owned())),
    }
}

fn one_value(token: &Token, name: &str, value: &str) -> Result<Query, Mistake> {
    let wrong = |sentence: String| Err(mistake(token.start, token.end, sentence));
    match name {
        "vendor" => Ok(Query::Vendor(value.to_owned())),
        "product" => Ok(Query::Product(value.to_owned())),
        "source" => Ok(Query::Source(value.to_owned())),
        "id" => Ok(Query::Id(canonical_advisory(value).unwrap_or_else(|| value.to_owned()))),
        "key" => key(value).map(Query::Key).map_or_else(
            || wrong("a key is 8, 16, 40 or 64 hexadecimal digits, with or without spaces: copy it again, whole".to_owned()),
            Ok,
        ),
        "kind" => kind(value).map(Query::KindIs).map_or_else(
            || wrong(format!("there is no kind \u{201c}{value}\u{201d}: type one of {}", KINDS.join(", "))),
            Ok,
        ),
        "severity" => severity(value).map_or_else(wrong, Ok),
        "exploited" => exploited(value).map_or_else(wrong, Ok),
        "epss" => epss(value).map_or_else(wrong, Ok),
        "version" => version(value).map(Query::Version).map_or_else(wrong, Ok),
        "fixed" => version(value).map(Query::Fixed).map_or_else(wrong, Ok),
        "after" => date(value).map(Query::After).map_or_else(wrong, Ok),
        _ => date(value).map(Query::Before).map_or_else(wrong, Ok),
    }
}

fn key(value: &str) -> Option<String> {
    let short = value.len() == 8 && value.bytes().all(|b| b.is_ascii_hexdigit());
    if short {
        return Some(value.to_ascii_uppercase());
    }
    as_key(value).map(|key| key.hex().to_owned()).or_else(|| is_openssh(value).then(|| value.to_owned()))
}

/// OpenSSH's way to write a fingerprint: `SHA256:` and 43 characters of base64.
fn is_openssh(value: &str) -> bool {
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    value.strip_prefix("SHA256:").is_some_and(|rest| rest.len() == 43 && rest.bytes().all(base64))
}

fn kind(value: &str) -> Option<String> {
    let value = value.to_ascii_lowercase();
    let named = |kind: &&str| {
        *kind == value || format!("{kind}s") == value || *kind == "advisory" && value == "advisories"
    };
    KINDS.into_iter().find(named).map(str::to_owned)
}

/// A sign that compares, and what stands behind it.
fn signed(value: &str) -> Option<(Comparison, &str)> {
    const SIGNS: [(&str, Comparison); 5] = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::More),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ];
    SIGNS.into_iter().find_map(|(sign, c)| value.strip_prefix(sign).map(|rest| (c, rest)))
}

fn exploited(value: &str) -> Result<Query, String> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(Query::Exploited(true)),
        "no" | "false" => Ok(Query::Exploited(false)),
        _ => Err("exploited is yes or no: type exploited:yes".to_owned()),
    }
}

/// A score without a sign is the least that is wanted; nobody looks for exactly one.
fn epss(value: &str) -> Result<Query, String> {
    let (comparison, number) = signed(value).unwrap_or((Comparison::AtLeast, value));
    let chance = Chance::read(number).filter(|_| comparison != Comparison::Equal);
    chance.map(|chance| Query::Epss(comparison, chance)).ok_or_else(|| {
        "epss is compared with a probability from 0 to 1: type for example epss:>0.5".to_owned()
    })
}

fn severity(value: &str) -> Result<Query, String> {
    let (comparison, word) = signed(value).unwrap_or((Comparison::Equal, value));
    if let Some(level) = Level::from_word(word) {
        return Ok(Query::Severity(comparison, level));
    }
    let sign = if comparison == Comparison::Equal { ">=" } else { comparison.sign() };
    Err(match word.trim().parse().ok().filter(|score| (0.0..=10.0).contains(score)).map(Level::from_score) {
        Some(level) => {
            format!(
                "severity is a word, not a score: {} counts as {level}, so type severity:{sign}{level}",
                word.trim()
            )
        }
        None => "severity is one of none, low, medium, high, critical: type for example severity:>=high"
            .to_owned(),
    })
}

fn version(value: &str) -> Result<String, String> {
    match crate::version::range::Asked::read(value) {
        Some(_) => Ok(value.to_owned()),
        None => {
            Err(format!("\u{201c}{value}\u{201d} is no version: type it as it is released, such as 3.0.7"))
        }
    }
}

fn date(value: &str) -> Result<Date, String> {
    let mut parts = value.split('-');
    let year = parts.next().filter(|year| year.len() == 4).and_then(|year| year.parse::<i16>().ok());
    let mut two_digits = || match parts.next() {
        None => Some(1_i8),
        Some(text) if text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        Some(_) => None,
    };
    let (month, day) = (two_digits(), two_digits());
    let date = match (year, month, day, parts.next()) {
        (Some(year), Some(month), Some(day), None) => Date::new(year, month, day).ok(),
        _ => None,
    };
    date.ok_or_else(|| format!("\u{201c}{value}\u{201d} is no date: type a day as 2024-01-31, a month as 2024-01 or a year as 2024"))
}

/// All of these; one of them stands for itself, and what is already such a list becomes part of it.
fn all_of(parts: Vec<Query>) -> Query {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Query::And(inner) => flat.extend(inner),
            part => flat.push(part),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Query::And(flat) }
}

/// Any of these, likewise.
fn any_of(parts: Vec<Query>) -> Query {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Query::Or(inner) => flat.extend(inner),
            part => flat.push(part),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Query::Or(flat) }
}
