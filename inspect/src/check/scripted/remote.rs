//! Other machines that commands talk to: with whom, as whom, and what for.
//!
//! A machine's own loopback is no other machine, and addresses that are reserved for documentation are never real.

use super::address::{address, copied_host, is_nowhere, without_password};
use super::{Line, Said, start};
use crate::finding::object::Object;
use crate::finding::{CheckId, Finding};
use crate::shell::{Command, Word};

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    match command.program() {
        "curl" => curl(line, said),
        "wget" | "wget2" => wget(line, said),
        "fetch" | "aria2c" | "http" | "https" | "lwp-download" | "axel" => {
            addresses(line, said, "fetches from");
        }
        "ftp" | "lftp" | "ncftpget" | "ncftpput" | "tftp" => by_ftp(line, said),
        "scp" | "sftp" | "ssh" | "rsync" | "autossh" | "sshfs" => by_ssh(line, said),
        "git" | "svn" | "hg" => by_versions(line, said),
        "nc" | "ncat" | "netcat" | "telnet" | "socat" => by_socket(line, said),
        "smbclient" | "mount.cifs" => by_share(line, said),
        "mount"
            if command
                .value(&["-t"])
                .is_some_and(|kind| matches!(kind.text.as_str(), "cifs" | "nfs" | "nfs4" | "smbfs")) =>
        {
            by_share(line, said);
        }
        _ => {}
    }
}

/// What may be said of an address: where it is, and that its secret is in the open.
fn said_of(line: &Line<'_>, said: &mut Said, word: &Word, what: &str) {
    let Some(at) = address(&word.text) else {
        // Only a variable, or a host without a scheme.
        let detail = if word.is_known() {
            format!("{what} {}", start(&word.text, 120))
        } else {
            format!("{what} an address that only running tells: {}", start(&word.text, 100))
        };
        if !is_nowhere(word.text.split(['/', ':']).next().unwrap_or_default()) {
            let host = word.text.split(['/', ':']).next().unwrap_or_default();
            said.add(about(line.finding(CheckId::RemoteUrl, &[word], detail), host));
        }
        return;
    };
    if is_nowhere(at.host) || at.scheme == "file" {
        return;
    }
    let check = match at.scheme {
        "ftp" | "ftps" | "tftp" => CheckId::RemoteFtp,
        "sftp" | "scp" | "ssh" | "git+ssh" | "rsync" | "smb" => CheckId::RemoteScp,
        _ => CheckId::RemoteUrl,
    };
    let plain = if at.scheme == "http" { ", without encryption" } else { "" };
    let detail = format!("{what} {}{plain}", start(&without_password(&word.text), 140));
    said.add(about(line.finding(check, &[word], detail), at.host));
    if at.password {
        let detail = format!("a password stands in the open in the address of {}", at.host);
        said.add(about(line.finding(CheckId::RemoteFtp, &[word], detail), at.host));
    }
}

/// The arguments that are addresses or may be: all with a scheme, and variables.
fn addressed<'a>(operands: &[&'a Word]) -> Vec<&'a Word> {
    operands
        .iter()
        .copied()
        .filter(|word| word.text.contains("://") || !word.is_known() && word.text.starts_with('$'))
        .collect()
}

fn addresses(line: &Line<'_>, said: &mut Said, what: &str) {
    for word in addressed(&line.command.operands(&[])) {
        said_of(line, said, word, what);
    }
}

const CURL: [&str; 34] = [
    "-o",
    "--output",
    "-H",
    "--header",
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "-F",
    "--form",
    "-X",
    "--request",
    "-u",
    "--user",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "-w",
    "--write-out",
    "-T",
    "--upload-file",
    "-x",
    "--proxy",
    "-b",
    "-c",
    "--cacert",
    "--resolve",
];

fn curl(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let posts =
        ["--data", "--data-raw", "--data-binary", "--data-urlencode", "--form", "--upload-file", "--json"];
    let posts = command.has(&posts)
        || command.arguments().iter().any(|word| {
            ["-d", "-F", "-T"].iter().any(|option| word.text == *option)
                || matches!(word.text.as_str(), "-XPOST" | "-XPUT" | "POST" | "PUT")
        });
    let what = if posts { "curl sends to" } else { "curl fetches" };
    let mut operands = command.operands(&CURL);
    let stated = command.value(&["--url"]);
    operands.extend(stated.as_ref());
    if operands.iter().any(|word| !word.text.is_empty()) {
        // curl takes a host without a scheme for an address.
        for word in operands {
            if !word.is_known() || word.text.contains(['.', ':']) {
                said_of(line, said, word, what);
            }
        }
    }
}

const WGET: [&str; 20] = [
    "-O",
    "--output-document",
    "-o",
    "-a",
    "-P",
    "--directory-prefix",
    "-T",
    "--timeout",
    "-t",
    "--tries",
    "-U",
    "--user-agent",
    "--header",
    "--post-data",
    "--post-file",
    "-i",
    "-e",
    "-w",
    "-Q",
    "--ca-certificate",
];

fn wget(line: &Line<'_>, said: &mut Said) {
    let posts = line.command.has(&["--post-data", "--post-file", "--body-data", "--body-file"]);
    let what = if posts { "wget sends to" } else { "wget fetches" };
    for word in line.command.operands(&WGET) {
        said_of(line, said, word, what);
    }
}

fn by_ftp(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let operands = command.operands(&["-e", "-c", "-u", "-p", "-P"]);
    let Some(host) = operands.first() else { return };
    if address(&host.text).is_some() {
        return said_of(line, said, host, &format!("{} talks to", command.program()));
    }
    if !is_nowhere(&host.text) {
        let detail =
            format!("{} talks to {}, with passwords and content in the open", command.program(), host.text);
        said.add(about(line.finding(CheckId::RemoteFtp, &[host], detail), &host.text));
    }
}

const SSH: [&str; 16] =
    ["-i", "-o", "-p", "-P", "-l", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-m", "-e", "-S", "--rsh"];

fn by_ssh(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let program = command.program();
    let operands = command.operands(&SSH);
    let key = command.value(&["-i"]).map(|key| format!(" with the key {}", key.text)).unwrap_or_default();
    if matches!(program, "ssh" | "autossh" | "sftp") {
        let Some(host) = operands.first() else { return };
        let own = host.text.rsplit('@').next().unwrap_or_default();
        if !is_nowhere(own) {
            let detail = format!("{program} logs in at {}{key}", start(&host.text, 100));
            said.add(about(line.finding(CheckId::RemoteScp, &[host], detail), own));
        }
        return;
    }
    let last = operands.len().saturating_sub(1);
    for (at, word) in operands.iter().enumerate() {
        let Some(host) = copied_host(&word.text) else { continue };
        if !is_nowhere(host.rsplit('@').next().unwrap_or_default()) {
            let what = if at == last && at > 0 { "copies to" } else { "copies from" };
            let detail = format!("{program} {what} {}{key}", start(&word.text, 100));
            said.add(about(line.finding(CheckId::RemoteScp, &[word], detail), host));
        }
    }
}

fn by_versions(line: &Line<'_>, said: &mut Said) {
    let operands = line.command.operands(&["-C", "-c", "--depth", "-b", "--branch", "-r"]);
    let Some((verb, rest)) = operands.split_first() else { return };
    let what = match verb.text.as_str() {
        "clone" | "fetch" | "pull" | "checkout" | "co" | "export" | "ls-remote" | "update" => "fetches from",
        "push" | "commit" | "ci" => "pushes to",
        _ => return,
    };
    for word in rest {
        if word.text.contains("://") {
            said_of(line, said, word, &format!("{} {what}", line.command.program()));
        } else if word.text.contains('@')
            && let Some(host) = copied_host(&word.text).filter(|host| !is_nowhere(host))
        {
            let detail = format!("{} {what} {host} over ssh", line.command.program());
            said.add(about(line.finding(CheckId::RemoteScp, &[word], detail), host));
        }
    }
}

fn by_socket(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    if let "nc" | "ncat" | "netcat" | "telnet" = command.program() {
        let listens = command.has(&["-l", "--listen", "-U", "-h", "--help"]);
        if let [host, port, ..] = command.operands(&["-w", "-i", "-p", "-s", "-X", "-x"]).as_slice()
            && !listens
            && !is_nowhere(&host.text)
        {
            said.add(host_finding(line, host, &format!("{}:{}", host.text, port.text)));
        }
        return;
    }
    for word in command.operands(&[]) {
        let upper = word.text.to_ascii_uppercase();
        let connects = ["TCP:", "TCP4:", "TCP6:", "TCP-CONNECT:", "OPENSSL:", "SSL:", "UDP:"];
        if connects.iter().any(|kind| upper.starts_with(kind))
            && let Some((_, target)) = word.text.split_once(':')
            && !is_nowhere(target.split(':').next().unwrap_or_default())
        {
            said.add(host_finding(line, word, target.split(',').next().unwrap_or_default()));
        }
    }
}

/// A finding that is about a host, where its name is known.
fn about(finding: Finding, host: &str) -> Finding {
    let name = host.rsplit('@').next().unwrap_or(host).trim_matches(['[', ']']).to_ascii_lowercase();
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
    if is_name { finding.about(Object::Host { name }) } else { finding }
}

fn host_finding(line: &Line<'_>, word: &Word, target: &str) -> Finding {
    let detail = format!("{} connects to {}", line.command.program(), start(target, 100));
    about(line.finding(CheckId::RemoteHost, &[word], detail), target.split(':').next().unwrap_or_default())
}

fn by_share(line: &Line<'_>, said: &mut Said) {
    let is_share = |command: &Command| {
        command
            .operands(&["-t", "-o", "-U", "-c"])
            .into_iter()
            .find(|word| word.text.starts_with("//") || word.text.contains(":/"))
            .cloned()
    };
    if let Some(share) = is_share(line.command) {
        let detail = format!("{} uses the share {}", line.command.program(), start(&share.text, 100));
        let host = share.text.trim_start_matches('/').split(['/', ':']).next().unwrap_or_default();
        said.add(about(line.finding(CheckId::RemoteScp, &[&share], detail), host));
    }
}
