//! Addresses in code: a text that is an address, among the arguments of a call that connects, or under a name for
//! places to connect to.

use super::address::{Address, find};
use super::role;
use super::{CALLED, NAMED, Places, told};
use crate::check::code::{Literal, Source};
use crate::check::{Role, Subject, folder, words};
use crate::finding::{CheckId, Confidence, Trigger};

/// Names of calls that connect, by their last part and in lower case.
const CONNECTS: &str = "get post put patch head request urlopen urlretrieve fetch open_uri download axios got superagent ajax \
    getjson sendbeacon curl_init file_get_contents websocket eventsource serverproxy mirror connect client \
    session need check_call check_output run system exec execsync popen call getstore uri open retrieve \
    stream";

/// Parts of names for places to connect to.
const PLACES: &str = "url uri endpoint host api server registry feed mirror download update telemetry dsn webhook service repo \
    site base domain remote upstream origin";

/// Looks at one file.
pub(super) fn look(places: &mut Places, subject: &Subject<'_>, source: &Source<'_>) {
    // What a package says of itself when it is built.
    let describes =
        matches!(folder::own(subject.name), "setup.py" | "conf.py" | "__about__.py" | "noxfile.py");
    if describes && subject.role != Role::InstallScript && folder::own(subject.name) != "setup.py" {
        return;
    }
    for literal in &source.literals {
        let said = source.said(*literal);
        let Some((at, address)) = find(said).next() else { continue };
        let Some((rank, name)) = evidence(source, *literal, at, &address, said) else { continue };
        if describes && name.is_none_or(|name| matches!(name, "url" | "download_url" | "setup")) {
            continue;
        }
        let (line, quote) = source.quote(literal.start);
        let mut finding = told(subject, &address, name.unwrap_or_default(), line, quote);
        finding.trigger = finding.trigger.or(Some(Trigger::RunTime));
        if rank == NAMED {
            finding.confidence = Confidence::Low;
        }
        if address.check() == CheckId::RemoteUrl && address.path.trim_matches('/').is_empty() && rank == NAMED
        {
            // An address without a path under such a name is a base for others.
            finding.confidence = Confidence::Medium;
        }
        places.keep(&address, finding, rank);
    }
}

/// Whether something connects there, how sure that is, and the name that says so.
fn evidence<'s>(
    source: &'s Source<'_>,
    literal: Literal,
    at: usize,
    address: &Address<'_>,
    said: &str,
) -> Option<(u8, Option<&'s str>)> {
    let is_whole = at == 0 && !said.contains(char::is_whitespace);
    let callee = source.callee(literal.start);
    let last =
        callee.map(|callee| callee.rsplit(['.', ':', '>']).next().unwrap_or(callee).to_ascii_lowercase());
    let connects = last.as_deref().is_some_and(|last| words::has(CONNECTS, last));
    let is_command = ["curl ", "wget ", "git clone", "rsync ", "scp "]
        .iter()
        .any(|start| said.trim_start().starts_with(start));
    if source.is_printed(literal.start) || !(is_whole || is_command && connects) {
        return None;
    }
    let target = source.target(literal);
    if address.is_front_page() && !is_command || callee.is_some_and(|callee| callee.ends_with("window.open"))
    {
        return None;
    }
    if target.is_some_and(role::is_about) || address.is_reference() && !is_command {
        return None;
    }
    if connects && (target.is_none() || !source.is_minified(literal.start)) {
        // In a bundle many things are called `get`; there only a path that programs fetch says more.
        let is_sure = !source.is_minified(literal.start) || address.is_download();
        return is_sure.then_some((CALLED, target.or(callee)));
    }
    if source.is_minified(literal.start) {
        return None;
    }
    let name = target.filter(is_place).or_else(|| source.assigned(literal.start).filter(is_place));
    name.or(target.filter(|_| address.is_download())).map(|name| (NAMED, Some(name)))
}

/// Whether a name is one for places to connect to.
fn is_place(name: &&str) -> bool {
    let lower = name.to_ascii_lowercase();
    !role::is_about(name) && PLACES.split(' ').any(|word| lower.contains(word))
}
