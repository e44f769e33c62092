//! Tokens and passwords of known shapes: a fixed beginning, a fixed length, where there is one a checksum.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::folder;

/// A secret that was seen; neither part holds it whole.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) detail: String,
    pub(super) line: usize,
    pub(super) quote: String,
}

/// Secrets in a file.
pub(super) fn find(name: &str, text: &str) -> Vec<Token> {
    let mut found = in_place(name, text);
    static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"\b(?:(gh[pousr]_[A-Za-z0-9]{36})|(npm_[A-Za-z0-9]{36})|((?:AKIA|ASIA)[A-Z2-7]{16})|(xox[baprs]-[0-9]{8,14}-[0-9A-Za-z-]{20,72})|((?:sk|rk)_live_[0-9A-Za-z]{24,99})|(glpat-[0-9A-Za-z_-]{20})|(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})|(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}))\b",
        )
        .ok()
    });
    const NAMES: [&str; 8] =
        ["GitHub", "npm", "Amazon Web Services", "Slack", "Stripe", "GitLab", "PyPI", "SendGrid"];
    let all = SHAPES.iter().flat_map(|shapes| shapes.captures_iter(text));
    for shape in all.take(200) {
        let Some((of, token)) = NAMES.iter().enumerate().find_map(|(at, of)| Some((*of, shape.get(at + 1)?)))
        else {
            continue;
        };
        if found.len() >= super::MOST || !is_meant(of, token.as_str()) {
            continue;
        }
        let line = text.get(..token.start()).unwrap_or_default().matches('\n').count() + 1;
        found.push(Token { detail: format!("a token for {of}"), line, quote: hidden(token.as_str()) });
    }
    found
}

/// The beginning of a secret, enough to find it by.
fn hidden(secret: &str) -> String {
    format!("{}…", secret.chars().take(8).collect::<String>())
}

/// Whether a token is none that only shows the shape.
fn is_meant(of: &str, token: &str) -> bool {
    let distinct: std::collections::BTreeSet<char> = token.chars().skip(4).collect();
    let is_sample =
        token.contains("EXAMPLE") || token.to_ascii_lowercase().contains("xxxx") || distinct.len() < 8;
    !is_sample && (!matches!(of, "GitHub" | "npm") || has_checksum(token))
}

/// The last six characters are CRC-32 of those between the prefix and them, in base 62 (GitHub's description of its
/// token format, which npm shares).
fn has_checksum(token: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((secret, sum)) = token.split_at_checked(token.len().saturating_sub(6)) else { return false };
    let Some((_, secret)) = secret.split_once('_') else { return false };
    let mut crc = flate2::Crc::new();
    crc.update(secret.as_bytes());
    let read = sum.bytes().try_fold(0_u64, |value, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(value * 62 + digit as u64)
    });
    read == Some(u64::from(crc.sum()))
}

/// Files that exist to hold passwords.
fn in_place(name: &str, text: &str) -> Vec<Token> {
    let own = folder::own(name);
    let read: fn(&str) -> Option<(String, String)> = match own {
        ".netrc" | "_netrc" | "netrc" => netrc,
        ".pgpass" | "pgpass.conf" => pgpass,
        ".npmrc" | ".pypirc" | ".dockercfg" => assigned,
        _ => return Vec::new(),
    };
    let said = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    said.filter_map(|(at, line)| read(line).map(|(detail, quote)| Token { detail, line: at + 1, quote }))
        .take(10)
        .collect()
}

fn is_secret(word: &str) -> bool {
    word.len() > 2 && !word.contains(['$', '<', '{', '*']) && !word.to_ascii_lowercase().starts_with("your")
}

fn netrc(line: &str) -> Option<(String, String)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let after = |key: &str| words.iter().position(|word| *word == key).and_then(|at| words.get(at + 1));
    let secret = after("password").filter(|word| is_secret(word))?;
    let host = after("machine").map_or("a machine", |host| host);
    Some((format!("a password for {host} in plain text"), line.replace(secret, "…")))
}

fn pgpass(line: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = line.splitn(5, ':').collect();
    let [host, _, _, user, secret] = parts.as_slice() else { return None };
    is_secret(secret).then(|| {
        (format!("a password of {user} for PostgreSQL on {host} in plain text"), line.replace(secret, "…"))
    })
}

fn assigned(line: &str) -> Option<(String, String)> {
    let (key, secret) = line.split_once(['=', ':'])?;
    let is_key = ["_authToken", "_auth", "_password", "password", "\"auth\""]
        .iter()
        .any(|end| key.trim().ends_with(end));
    let secret = secret.trim();
    (is_key && is_secret(secret))
        .then(|| (format!("{} in plain text", key.trim()), line.replace(secret, "…")))
}
