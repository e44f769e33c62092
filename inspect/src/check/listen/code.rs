//! Ports that code listens on unless it is told otherwise: defaults of options, constants, calls.

use std::sync::LazyLock;

use regex::Regex;

use super::address::{Address, is_all, is_host, is_loopback, port, reach};
use crate::check::code::{Literal, Source};
use crate::check::place::Language;
use crate::check::{Subject, folder};
use crate::finding::object::Protocol;
use crate::finding::{CheckId, Confidence, Finding, Trigger};

/// Ports of one file that are told one by one.
const MOST: usize = 12;

/// Looks at one file.
pub(super) fn look(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    let mut said: Vec<u16> = Vec::new();
    let mut tell = |at: usize, what: &str, address: &Address, port: u16, sure: Confidence| {
        if said.contains(&port) || said.len() >= MOST || source.is_printed(at) {
            return;
        }
        said.push(port);
        let (line, quote) = source.quote(at);
        let detail = format!("{what} {address}: {}", reach(std::iter::once(address)));
        let finding = subject.finding(CheckId::NetListen, detail).at(line, quote);
        let finding = finding.about(address.object(Protocol::Tcp));
        found.push(finding.acting(Some(Trigger::RunTime)).sure(sure));
    };
    for (at, name, port) in options(source) {
        tell(at, &format!("the default of {name} is"), &Address::new(None, port), port, Confidence::Medium);
    }
    for (at, host, port) in calls(source) {
        tell(at, "the code listens on", &Address::new(host, port), port, Confidence::High);
    }
    for (at, name, address) in addresses(source) {
        let number = address.port();
        tell(at, &format!("the code's {name} is"), &address, number, Confidence::Medium);
    }
    for (at, name, port) in constants(subject, source) {
        tell(at, &format!("the code's {name} is"), &Address::new(None, port), port, Confidence::Medium);
    }
}

/// Options of the command line that name a port, with their default: `"--web-port", …, default=8089`.
fn options<'a>(source: &Source<'a>) -> Vec<(usize, &'a str, u16)> {
    static DEFAULT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[^;]*?\bdefault\s*[=:]\s*(\d{2,5})\b").ok());
    /// Ports of somebody else.
    const OTHERS: [&str; 13] = [
        "proxy",
        "remote",
        "target",
        "smtp",
        "db",
        "redis",
        "broker",
        "dest",
        "connect",
        "upstream",
        "database",
        "server-host",
        "master-port",
    ];
    let mut found = Vec::new();
    for literal in &source.literals {
        let said = source.said(*literal);
        let is_option =
            said.starts_with("--") && said.len() < 40 && (said.ends_with("port") || said.ends_with("bind"));
        if !is_option || OTHERS.iter().any(|word| said.contains(word)) {
            continue;
        }
        // The call ends at its closing bracket.
        let after = source.after(literal.end);
        let call = enclosed(after);
        let default =
            DEFAULT.as_ref().and_then(|default| default.captures(call)).and_then(|found| found.get(1));
        if let Some(port) = default.and_then(|found| port(found.as_str())) {
            found.push((literal.start, said, port));
        }
    }
    found
}

/// Texts that are an address to listen on, under a name for one: `bind = "127.0.0.1:8000"`.
fn addresses<'s>(source: &'s Source<'_>) -> Vec<(usize, &'s str, Address)> {
    let read = |literal: &Literal| {
        let said = source.said(*literal);
        let address = Address::read(said).filter(|address| said.len() < 60 && address.host().is_some())?;
        let name = source.target(*literal)?;
        let lower = name.to_ascii_lowercase();
        let host = address.host().unwrap_or_default();
        let is_own = is_loopback(host) || is_all(host);
        let is_meant = ["bind", "listen"].iter().any(|word| lower.contains(word))
            // What has a scheme is connected to.
            || lower == "default" && is_own && address.port() >= 1024 && !said.contains("://");
        is_meant.then_some((literal.start, name, address))
    };
    source.literals.iter().filter_map(read).take(20).collect()
}

/// What stands before the bracket that closes what is open.
fn enclosed(code: &str) -> &str {
    let mut depth = 0_u32;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return code.get(..at).unwrap_or(code),
            b')' => depth -= 1,
            _ => {}
        }
    }
    code
}

/// Calls that listen on a port that stands in them.
fn calls<'a>(source: &Source<'a>) -> Vec<(usize, Option<&'a str>, u16)> {
    static CALLS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"(?x) \.listen\(\s*(?:\{\s*port\s*:\s*)?(?:[\w.]+\s*(?:\|\||\?\?)\s*)?(\d{2,5})\b
            | \.bind\(\s*\(\s*["'][^"']*["']\s*,\s*(\d{2,5})\s*\)
            | (?:HTTPServer|TCPServer|UDPServer|WSGIServer|make_server|run_simple|start_server)\(\s*\(?\s*[^,()]*,\s*(\d{2,5})\b
            | (?:process\.env\.\w*PORT)\s*(?:\|\||\?\?)\s*(\d{2,5})\b
            | \b(?:uvicorn|app|web|application)\.run\w*\([^()]*\bport\s*=\s*(\d{2,5})\b"#,
        )
        .ok()
    });
    let all = CALLS.iter().flat_map(|calls| calls.captures_iter(&source.mask));
    let read = all.take(100).filter_map(|found| {
        // What Python's sockets listen with is how many may wait.
        if source.language == Language::Python && found.get(1).is_some() {
            return None;
        }
        let number = (1..=5).find_map(|group| found.get(group))?;
        let whole = found.get(0)?;
        let inside = source
            .literals
            .iter()
            .skip(source.literals.partition_point(|literal| literal.start < whole.start()));
        let mut inside =
            inside.take_while(|literal| literal.end < whole.end() + 40).map(|literal| source.said(*literal));
        let host = inside.find(|said| is_host(said) || is_loopback(said));
        Some((whole.start(), host, port(number.as_str())?))
    });
    read.collect()
}

/// Constants and defaults of parameters whose names say that something listens on them.
fn constants<'s>(subject: &Subject<'_>, source: &'s Source<'_>) -> Vec<(usize, &'s str, u16)> {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b((?:[\w.]*_)?(?:listen|bind|web|http|server|serve|admin|ui)[\w]*?_?port|listenPort|serverPort)\b\s*(?::\s*int\s*)?[=:]\s*(\d{2,5})\b").ok()
    });
    static PLAIN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\b((?:DEFAULT_)?PORT|port|defaultPort)\b\s*[=:]\s*(\d{2,5})\b").ok());
    let serves = [
        ".listen(",
        ".bind((",
        "serve_forever",
        "HTTPServer(",
        "TCPServer(",
        "WSGIServer(",
        "createServer(",
        "make_server(",
        "run_simple(",
        "uvicorn.run(",
        "start_server(",
    ];
    // A file of defaults is a server's by its name, too, where it is written for servers.
    let own = folder::own(subject.name).to_ascii_lowercase();
    let is_named = source.language == Language::JavaScript
        && ["config", "default"].iter().any(|word| own.contains(word));
    let listens = is_named || serves.iter().any(|word| source.mask.contains(word));
    let named = NAMED.iter().flat_map(|named| named.captures_iter(&source.mask));
    let plain = PLAIN.iter().filter(|_| listens).flat_map(|plain| plain.captures_iter(&source.mask));
    let all = named.chain(plain).take(100);
    all.filter_map(|found| {
        let (name, number) = (found.get(1)?, found.get(2)?);
        // Ports of the web's own protocols are nearly always what a client takes for granted.
        let port = port(number.as_str()).filter(|port| !matches!(port, 80 | 443))?;
        Some((name.start(), name.as_str(), port))
    })
    .collect()
}
