//! Keys and certificates that scripts make the machine believe, and checks that they switch off.

use super::{Line, Said, start};
use crate::finding::CheckId;
use crate::shell::{Command, Word};

/// Places whose files are believed, and by whom.
const BELIEVED: [(&str, &str); 12] = [
    ("/etc/apt/trusted.gpg", "apt believes its keys for every repository"),
    ("/etc/apt/keyrings/", "apt may believe its keys"),
    ("/usr/share/keyrings/", "apt may believe its keys"),
    ("/etc/pki/rpm-gpg/", "rpm may believe its keys"),
    ("/etc/apk/keys/", "apk believes its keys for every repository"),
    ("/usr/local/share/ca-certificates", "programs believe its certificates once they are collected"),
    ("/usr/share/ca-certificates", "programs believe its certificates once they are collected"),
    ("/etc/ssl/certs/", "programs believe its certificates"),
    ("/etc/pki/ca-trust/source/", "programs believe its certificates once they are collected"),
    ("/etc/ssh/ssh_known_hosts", "ssh believes the hosts in it"),
    ("/root/.ssh/authorized_keys", "who has its keys may log in as root"),
    ("/root/.ssh/known_hosts", "ssh believes the hosts in it"),
];

/// Programs, their arguments that switch a check off, and what is then not checked.
const UNCHECKED: &[(&[&str], &[&str], &str)] = &[
    (&["curl"], &["-k", "--insecure"], "takes any certificate"),
    (&["wget", "wget2"], &["--no-check-certificate"], "takes any certificate"),
    (
        &["apt-get", "apt", "aptitude"],
        &["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"],
        "installs packages that nobody vouches for",
    ),
    (
        &["yum", "dnf", "zypper"],
        &["--nogpgcheck", "--no-gpg-checks"],
        "installs packages without looking at signatures",
    ),
    (&["rpm"], &["--nosignature", "--nodigest"], "installs packages without looking at signatures"),
    (&["apk"], &["--allow-untrusted"], "installs packages without looking at signatures"),
    (&["pip", "pip3"], &["--trusted-host"], "takes any certificate of that host"),
    (&["npm"], &["--strict-ssl=false"], "takes any certificate"),
];
/// Settings that switch a check off, wherever they stand in a command or in a text that one writes.
const SETTINGS: [(&str, &str); 9] = [
    ("StrictHostKeyChecking=no", "ssh takes any host key"),
    ("StrictHostKeyChecking no", "ssh takes any host key"),
    ("gpgcheck=0", "packages are installed without looking at signatures"),
    ("trusted=yes", "packages of the repository are installed without looking at signatures"),
    ("http.sslVerify=false", "git takes any certificate"),
    ("GIT_SSL_NO_VERIFY=1", "git takes any certificate"),
    ("NODE_TLS_REJECT_UNAUTHORIZED=0", "Node takes any certificate"),
    ("AllowInsecureRepositories=true", "apt takes repositories that nobody vouches for"),
    ("AllowUnauthenticated=true", "apt installs packages that nobody vouches for"),
];

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    imported(line, said);
    placed(line, said);
    unchecked(line, said);
}

/// Keys that a program is told to believe.
fn imported(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let argument = |at: usize| command.arguments().get(at).map_or("", |word| word.text.as_str());
    let named = || command.operands(&[]).last().map(|word| start(&word.text, 100)).unwrap_or_default();
    let detail = match command.program() {
        "apt-key"
            if command.arguments().iter().any(|word| word.text == "add" || word.text.starts_with("adv")) =>
        {
            format!("apt believes a further key for every repository: {}", named())
        }
        "rpm" | "rpmkeys" if command.has(&["--import"]) => format!("rpm believes a further key: {}", named()),
        "gpg" | "gpg2" if command.has(&["--import", "--recv-keys", "--dearmor"]) => {
            let keyring = command.value(&["--keyring", "-o", "--output"]);
            match keyring.as_ref().and_then(|ring| believed(&ring.text)) {
                Some(why) => {
                    format!("a key is put into {}: {why}", keyring.map(|ring| ring.text).unwrap_or_default())
                }
                None => return,
            }
        }
        "trust" if argument(0) == "anchor" && !command.has(&["--remove"]) => {
            format!("programs believe a further certificate: {}", named())
        }
        "keytool"
            if command
                .arguments()
                .iter()
                .any(|word| matches!(word.text.as_str(), "-import" | "-importcert")) =>
        {
            "Java believes a further certificate".to_owned()
        }
        "certutil" if command.has(&["-A"]) => {
            "a further certificate is put into a certificate store".to_owned()
        }
        "update-ca-certificates" | "update-ca-trust"
            if line.acts_by_itself() && places_certificates(line) =>
        {
            return;
        }
        "update-ca-certificates" | "update-ca-trust"
            if line.acts_by_itself() && line.command.has(&["--fresh", "-f"]) =>
        {
            "certificates that programs believe are collected anew".to_owned()
        }
        _ => return,
    };
    let words: Vec<&Word> = command.words.iter().collect();
    said.add(line.finding(CheckId::TrustAnchor, &words, detail));
}

/// Whether the same script puts certificates where they are collected, which is told of that command.
fn places_certificates(line: &Line<'_>) -> bool {
    let script = line.subject.script();
    script
        .into_iter()
        .flat_map(|script| &script.commands)
        .any(|command| target(command).iter().any(|path| believed(&path.text).is_some()))
}

fn believed(path: &str) -> Option<&'static str> {
    BELIEVED.iter().find(|(place, _)| path.starts_with(place)).map(|(_, why)| *why)
}

/// Files that a command puts somewhere.
fn target(command: &Command) -> Vec<&Word> {
    let mut targets: Vec<&Word> = command.writes.iter().map(|write| &write.path).collect();
    if matches!(command.program(), "cp" | "mv" | "install" | "ln") && !command.has(&["-d", "--directory"]) {
        let operands = command.operands(&["-m", "-o", "-g", "-S"]);
        targets.extend(operands.last().filter(|_| operands.len() > 1));
    }
    targets
}

fn placed(line: &Line<'_>, said: &mut Said) {
    for path in target(line.command) {
        let set_aside =
            path.text.contains(".dpkg-") || path.text.ends_with('~') || path.text.ends_with(".bak");
        if let Some(why) = believed(&path.text).filter(|_| !set_aside) {
            said.add(line.finding(
                CheckId::TrustAnchor,
                &[path],
                format!("puts a file into {}: {why}", path.text),
            ));
        }
    }
    if line.command.program() == "ssh-keyscan" {
        let detail = "believes whatever host key answers at that moment";
        said.add(line.finding(CheckId::TrustAnchor, &[], detail));
    }
}

fn unchecked(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    for (programs, options, why) in UNCHECKED {
        if programs.contains(&command.program()) && command.has(options) {
            said.add(line.finding(CheckId::TrustAnchor, &[], format!("{} {why}", command.program())));
        }
    }
    let says = |setting: &str| {
        command.arguments().iter().any(|word| word.text.contains(setting))
            && !matches!(command.program(), "grep" | "sed" | "echo" | "[")
            || command
                .writes
                .iter()
                .any(|write| write.text.as_deref().is_some_and(|text| text.contains(setting)))
    };
    for (setting, why) in SETTINGS {
        if says(setting) {
            said.add(line.finding(CheckId::TrustAnchor, &[], format!("{why} ({setting})")));
        }
    }
}
