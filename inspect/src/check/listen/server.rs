//! Servers' configuration: ports and addresses under the keys that servers use.

use super::address::{self, Address, is_all, is_host, is_loopback, port};
use crate::check::setting::{self, Entry};
use crate::check::{Findings, Subject, folder, words};
use crate::finding::{Activation, CheckId, Confidence, Trigger};

/// Keys whose value is an address with a port, or a port.
const LISTENS: &str = "listen listen_on listener bind bind_addr bind-addr http_listen listen_addr listen-addr http_port \
    https_port web.listen-address listenaddr tftp_address http_bind_address";

/// Keys whose value is a port that is listened on.
const PORTS: &str = "listenport listen_port listen-port bind_port bindport bind-port server_port server.port http.port \
    transport.port web_port webport admin_port api_port metrics_port tls-port http-port console_port";

/// Keys whose value is a host or several, without a port.
const HOSTS: &str = "bind bind-address bind_address bindaddress bind_ip bind_host listen_addresses listen_address \
    listenaddress listen-address listen_host network.host server.address server_address -l";

/// Keys whose value is a host, and the port that their program then uses.
const KNOWN: [(&str, u16); 3] = [("agentaddress", 161), ("listen-on", 53), ("listen-on-v6", 53)];

/// What a file says about listening.
#[derive(Default)]
struct Said<'a> {
    addresses: Vec<Address>,
    first: Option<Entry<'a>>,
    /// The port stands in a comment, as what goes without saying.
    is_usual: bool,
}

/// Looks at one file of configuration.
pub(super) fn look(subject: &Subject<'_>, found: &mut Findings) {
    if folder::is(subject.name, "postfix/master.cf") || folder::own(subject.name).starts_with("master.cf") {
        return postfix(subject, found);
    }
    let entries = setting::entries(subject);
    let (mut said, mut off) = (read(&entries, false), Said::default());
    if said.addresses.is_empty() {
        off = read(&entries, true);
    }
    let own = folder::own(subject.name);
    let mut note = if said.is_usual { ", the usual port" } else { "" };
    // The one server whose port nobody writes down.
    if said.addresses.is_empty() && matches!(own, "sshd_config") {
        said.addresses.push(Address::new(None, 22));
        said.first = entries.iter().find(|entry| entry.key.eq_ignore_ascii_case("port")).copied();
        note = ", which nothing says otherwise";
    }
    let (said, state) =
        if said.addresses.is_empty() { (off, Activation::Commented) } else { (said, subject.setting) };
    let Some(first) = said.first.filter(|_| !said.addresses.is_empty()) else { return };
    let list: Vec<String> = said.addresses.iter().map(Address::to_string).take(12).collect();
    let reach = address::reach(said.addresses.iter());
    let finding =
        subject.finding(CheckId::NetListen, format!("{own}: listens on {}{note}: {reach}", list.join(", ")));
    let mut finding = finding.at(first.line, first.quote).acting(Some(Trigger::RunTime));
    for address in &said.addresses {
        finding = finding.about(address.object(address.usual()));
    }
    found.add(finding.state(state).sure(Confidence::Medium));
}

/// What is listened on, by the lines that are switched on, or those that are not.
fn read<'a>(entries: &[Entry<'a>], is_off: bool) -> Said<'a> {
    // A plain `port` is a server's only where something else in the file speaks of listening.
    let is_server = entries.iter().any(|entry| {
        let is_own_host = words::has("host", entry.key) && (is_all(entry.value) || is_loopback(entry.value));
        is_own_host && !entry.value.is_empty()
            || [LISTENS, HOSTS, PORTS].iter().any(|keys| words::has(keys, entry.key))
    });
    let mut said = Said::default();
    let mut sections: Vec<&str> = entries.iter().map(|entry| entry.section).collect();
    sections.dedup();
    for section in sections.into_iter().filter(|section| !is_client(section)).take(500) {
        let all: Vec<&Entry<'a>> = entries.iter().filter(|entry| entry.section == section).collect();
        let own: Vec<&Entry<'a>> = all.iter().copied().filter(|entry| entry.is_off == is_off).collect();
        let hosts = hosts(&own);
        if !is_off {
            usual(&mut said, &all, &own, &hosts);
        }
        for entry in own {
            for address in addresses(entry, is_server, &hosts) {
                if said.addresses.len() < 50 && !said.addresses.contains(&address) {
                    said.addresses.push(address);
                    said.first.get_or_insert(*entry);
                }
            }
        }
    }
    said
}

/// Hosts that a section listens on, which its ports belong to.
fn hosts<'a>(own: &[&Entry<'a>]) -> Vec<&'a str> {
    let values = own.iter().filter(|entry| words::has(HOSTS, entry.key)).map(|entry| entry.value);
    let words = values.flat_map(|value| value.split([' ', ',', '\t']));
    let words = words.map(|word| word.trim_matches(['"', '\'', '[', ']']).trim_start_matches('-'));
    words.filter(|word| is_host(word)).take(50).collect()
}

/// Addresses that one line says.
fn addresses(entry: &Entry<'_>, is_server: bool, hosts: &[&str]) -> Vec<Address> {
    if words::has(LISTENS, entry.key) {
        let words = entry.value.split([' ', ',', '\t']).filter(|word| !word.is_empty());
        words.map_while(Address::read).take(50).collect()
    } else if words::has(PORTS, entry.key) || is_server && words::has("port -p", entry.key) {
        on_each(port(entry.value), hosts)
    } else {
        known(entry)
    }
}

/// An address without a port is listened on at the usual port, which many files have in a comment.
fn usual<'a>(said: &mut Said<'a>, all: &[&Entry<'a>], own: &[&Entry<'a>], hosts: &[&str]) {
    let has_port = own.iter().any(|entry| words::has("port", entry.key) || words::has(PORTS, entry.key));
    let Some(first) = own.iter().find(|entry| words::has(HOSTS, entry.key)) else { return };
    if has_port || hosts.is_empty() || said.first.is_some() {
        return;
    }
    let commented = all.iter().find(|entry| entry.is_off && words::has("port", entry.key));
    let usual = commented.and_then(|entry| port(entry.value)).or_else(|| usual_of(first.section));
    if usual.is_some() {
        (said.first, said.is_usual) = (Some(**first), true);
        said.addresses.extend(on_each(usual, hosts));
    }
}

/// The port of programs whose section says which they are, where the file does not even have it in a comment.
fn usual_of(section: &str) -> Option<u16> {
    let lower = section.to_ascii_lowercase();
    ["mysqld", "mariadb"].iter().any(|start| lower.starts_with(start)).then_some(3306)
}

fn on_each(port: Option<u16>, hosts: &[&str]) -> Vec<Address> {
    let Some(port) = port else { return Vec::new() };
    if hosts.is_empty() {
        return vec![Address::new(None, port)];
    }
    hosts.iter().map(|host| Address::new(Some(host), port)).collect()
}

/// Sections of clients in files that servers share with them.
fn is_client(section: &str) -> bool {
    let lower = section.to_ascii_lowercase();
    ["client", "mysql", "smtp", "database", "ldap", "proxy", "mysqldump"].contains(&lower.as_str())
        || lower.starts_with("client-")
        || lower.ends_with("_client")
}

/// Programs whose port goes without saying.
fn known(entry: &Entry<'_>) -> Vec<Address> {
    let Some((_, usual)) = KNOWN.iter().find(|(key, _)| entry.key.eq_ignore_ascii_case(key)) else {
        return Vec::new();
    };
    let mut words = entry.value.split([' ', ',', '{', '}', ';']).filter(|word| !word.is_empty()).peekable();
    let stated = words.next_if_eq(&"port").and_then(|_| words.next()).and_then(port);
    let address = |word: &str| {
        let bare = word.trim_matches(['[', ']']);
        let whole = Address::read(word).filter(|address| address.host().is_some());
        let fits = matches!(bare, "any") || is_host(bare);
        whole.or_else(|| {
            fits.then(|| Address::new(Some(bare).filter(|host| *host != "any"), stated.unwrap_or(*usual)))
        })
    };
    words.filter_map(address).collect()
}

/// Postfix lists its services by themselves (master(5)).
fn postfix(subject: &Subject<'_>, found: &mut Findings) {
    const NAMED: [(&str, u16); 4] = [("smtp", 25), ("smtps", 465), ("submissions", 465), ("submission", 587)];
    for (line, text) in subject.lines() {
        let mut words = text.split_whitespace();
        let (Some(service), Some("inet")) = (words.next(), words.next()) else { continue };
        let is_off = service.starts_with('#');
        let service = service.trim_start_matches('#');
        let named = NAMED.iter().find(|(name, _)| *name == service);
        let address = named.map(|(_, port)| Address::new(None, *port)).or_else(|| Address::read(service));
        if let Some(address) = address {
            let reach = address::reach(std::iter::once(&address));
            let detail = format!("{}: {service} listens on {address}: {reach}", folder::own(subject.name));
            let finding = subject.finding(CheckId::NetListen, detail).at(line, text);
            let state = if is_off { Activation::Commented } else { subject.setting };
            let finding = finding.about(address.object(address.usual()));
            found.add(finding.state(state).acting(Some(Trigger::RunTime)));
        }
    }
}
