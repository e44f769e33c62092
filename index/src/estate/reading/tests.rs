//! Each format as its program writes it, told by its content; and what is refused, with the line.

use std::io::Read;

use super::{Format, read};

/// What is read, as short words; the format must be told by the content alone.
fn check(format: Format, text: &str, expected: &[&str]) {
    let (facts, told) = read(text.as_bytes(), None).unwrap_or_else(|mistake| panic!("{mistake}: {text}"));
    assert_eq!(told, format, "{text}");
    let mut said = Vec::new();
    let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    said.extend(facts.os.iter().map(|os| format!("{} {}", os.id, word(&os.version))));
    said.extend(facts.machine.iter().map(|one| format!("kernel {}", word(&one.kernel))));
    said.extend(facts.disks.iter().flatten().map(|one| format!("{} {}", one.mount, one.free)));
    let product = |one: &super::super::facts::Product| {
        format!("{} {} {}", one.name, word(&one.version), word(&one.ecosystem))
    };
    said.extend(facts.products.iter().flatten().map(product));
    said.extend(facts.units.iter().flatten().map(|one| format!("{} {}", one.name, word(&one.state))));
    said.extend(
        facts
            .listeners
            .iter()
            .flatten()
            .map(|one| format!("{:?} {} {} {}", one.protocol, one.address, one.port, word(&one.program))),
    );
    said.extend(facts.accounts.iter().flatten().map(|one| format!("account {} {}", one.name, one.id)));
    said.extend(facts.groups.iter().flatten().map(|one| format!("group {} {}", one.name, one.id)));
    said.extend(facts.sudo.iter().flatten().map(|rule| {
        let free = if rule.without_password { " freely" } else { "" };
        format!("{} {} as {}{free}", rule.who, rule.command, word(&rule.run_as))
    }));
    said.extend(
        facts.retired.iter().flatten().map(|one| format!("retired {} {}", one.name, word(&one.since))),
    );
    said.extend(
        facts
            .databases
            .iter()
            .flatten()
            .map(|one| format!("{} with {} tables", one.name, one.tables.as_ref().map_or(0, Vec::len))),
    );
    said.extend(facts.partial.units.iter().chain(&facts.partial.listeners).map(|_| "partial".into()));
    assert_eq!(said, expected, "{text}");
}

/// What is refused, and what the sentence says.
fn refuse(text: &str, expected: &str) {
    let mistake = read(text.as_bytes(), None).unwrap_err().to_string();
    assert!(mistake.contains(expected), "{mistake}\nfor {text}");
}

const DPKG: &str = "\
Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name                     Version             Architecture Description
+++-========================-===================-============-==================
ii  relay-controller-modules 4.2.0-1+deb13u2     amd64        drives relays
rc  relay-old                3.0-1               all          was removed
hi  libpump2:amd64           1:2.0-3             amd64        pumps
";

#[test]
fn packages_of_a_distribution() {
    check(Format::DpkgList, DPKG, &["libpump2 1:2.0-3 deb", "relay-controller-modules 4.2.0-1+deb13u2 deb"]);
    check(
        Format::DpkgQuery,
        "relay\t1.0-1\nlibpump2:amd64\t2.0\ngone\t\n",
        &["libpump2 2.0 deb", "relay 1.0-1 deb"],
    );
    check(
        Format::RpmQuery,
        "relay-tools-4.2.0-3.el9.x86_64\ngpg-pubkey-0000aaaa-1111bbbb\npump-1-2.noarch\n",
        &["pump 1-2 rpm", "relay-tools 4.2.0-3.el9 rpm"],
    );
}

#[test]
fn a_table_that_a_terminal_cut_is_refused_with_what_to_run() {
    let cut = "\
||/ Name           Version      Architecture Description
+++-==============-============-============-=================================
ii  relay          4.2.0-1      amd64        drives relays
ii  relay-controll 4.2.0-1+deb1 amd64        drives relays
";
    refuse(cut, "line 4: dpkg -l cut its table");
    refuse(cut, "run dpkg-query -W");
    // Nothing in it was long enough to be cut.
    let whole = cut.replace("relay-controll 4.2.0-1+deb1", "pump           2.0         ");
    check(Format::DpkgList, &whole, &["pump 2.0 deb", "relay 4.2.0-1 deb"]);
    refuse(
        "ii  relay  4.2.0-1  amd64  drives relays\nii  pump  2.0  amd64  pumps\n",
        "the heading of dpkg -l is missing",
    );
    refuse("||/ Name\n+++-====-====-====-====\nii  relay\n", "line 3: it is no row of dpkg -l");
}

#[test]
fn units_of_systemd() {
    let files = "UNIT FILE          STATE    PRESET\nrelay.service      enabled  enabled\npump@.service      masked   -\n\n2 unit files listed.\n";
    check(Format::UnitFiles, files, &["relay.service enabled", "pump@.service masked"]);
    check(
        Format::UnitFiles,
        "relay.service enabled enabled\npump.socket static -\n",
        &["relay.service enabled", "pump.socket static"],
    );
    let loaded = "  UNIT            LOAD      ACTIVE   SUB     DESCRIPTION\n  relay.service   loaded    active   running Relays\n\u{25cf} gone.service    not-found inactive dead    gone.service\n\nLOAD   = Reflects whether the unit definition was properly loaded.\n";
    check(Format::Units, loaded, &["relay.service active", "partial"]);
    refuse(
        "UNIT FILE STATE\nrelay-contr….service enabled\n",
        "line 2: the name relay-contr….service was cut",
    );
}

#[test]
fn sockets_that_listen() {
    let both = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\ntcp   LISTEN 0      511          0.0.0.0:80        0.0.0.0:*    users:((\"relayd\",pid=7,fd=6))\nudp   UNCONN 0      0               [::]:53           [::]:*\n";
    check(Format::Sockets, both, &["Tcp 0.0.0.0 80 relayd", "Udp [::] 53 -"]);
    let tcp = "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\nLISTEN 0      128        127.0.0.1:5432      0.0.0.0:*\n";
    check(Format::Sockets, tcp, &["Tcp 127.0.0.1 5432 -", "partial"]);
    refuse(
        "State Recv-Q Send-Q Local Address:Port\nLISTEN 0 128 *:ssh *:*\n",
        "line 2: the port \"ssh\" is no number; run ss -lntup",
    );
}

#[test]
fn accounts_and_groups() {
    check(
        Format::Passwd,
        "root:x:0:0:root:/root:/bin/bash\nrelay:x:105:110:Relay Controller,,,:/var/lib/relay:/usr/sbin/nologin\n",
        &["account root 0", "account relay 105"],
    );
    check(Format::Group, "root:x:0:\nrelay:x:110:pump,valve\n", &["group root 0", "group relay 110"]);
    let wrong =
        read("root:x:0:0:root:/root:/bin/bash\nx:x:many:0::/:/bin/sh\n".as_bytes(), Some(Format::Passwd));
    assert_eq!(wrong.unwrap_err().to_string(), "line 2: \"many\" is no number of an account or group");
}

#[test]
fn what_sudo_allows_and_refuses() {
    let allowed = "Matching Defaults entries for deploy on plant:\n    env_reset, mail_badpass\n\nUser deploy may run the following commands on plant:\n    (ALL : ALL) /usr/bin/less\n    (root) NOPASSWD: /usr/bin/systemctl restart relay, /usr/bin/tail -f a\\,b,\n        PASSWD: !/usr/bin/su\n";
    check(
        Format::Sudo,
        allowed,
        &[
            "deploy /usr/bin/less as ALL : ALL",
            "deploy /usr/bin/systemctl restart relay as root freely",
            "deploy /usr/bin/tail -f a,b as root freely",
            "deploy !/usr/bin/su as root",
        ],
    );
    check(Format::Sudo, "Sorry, user deploy may not run sudo on plant.\n", &[]);
    refuse("sudo: a password is required\n", "line 1: a password is required; run sudo -l as the account");
}

#[test]
fn the_system_and_its_disks() {
    check(Format::OsRelease, "NAME=\"Plant Linux\"\nID=plant\nVERSION_ID=\"12\"\n", &["plant 12"]);
    let disks = "Filesystem     1024-blocks    Used Available Capacity Mounted on\ntmpfs 100 0 100 0% /run\n/dev/sda1 2000 1000 1000 50% /\n/dev/sdb1 2000 1000 5 50% /srv/my data\n";
    check(Format::Disks, disks, &["/ 1024000", "/srv/my data 5120"]);
    refuse(
        "Filesystem Size Used Avail Use% Mounted on\n/dev/sda1 20G 10G 10G 50% /\n",
        "its sizes are rounded",
    );
}

#[test]
fn estate_files_in_both_notations() {
    let toml = "[os]\nid = \"plant\"\nversion = \"12\"\n\n[[retired]]\nname = \"old.plant.example\"\nsince = \"2025-06\"\n\n[[databases]]\nname = \"plant\"\n[[databases.tables]]\nname = \"meters\"\nrows = 5\n";
    check(Format::Toml, toml, &["plant 12", "retired old.plant.example 2025-06", "plant with 1 tables"]);
    let yaml = "# ours\nos:\n  id: plant\nsudo: []\naccounts:\n  - name: relay\n    id: 7\n";
    check(Format::Yaml, yaml, &["plant -", "account relay 7"]);
    refuse(
        "[os]\nid = \"plant\"\nverison = \"12\"\n",
        "line 3: there is no key \"verison\"; did you mean \"version\"?",
    );
    refuse("[[unit]]\nname = \"a.service\"\n", "line 1: there is no key \"unit\"; did you mean \"units\"?");
    refuse("accounts:\n  - name: relay\n    uid: 7\n", "there is no key \"uid\"; did you mean \"id\"?");
    refuse("[os]\nid = \"a\\u001b[31m\"\n", "control characters");
    refuse("[os\nid = 1\n", "line 1");
}

#[test]
fn lists_of_parts() {
    let cyclonedx = r#"{"components":[
        {"type":"library","name":"relay","version":"4.2.0","purl":"pkg:npm/%40plant/relay@4.2.0","components":[{"type":"library","group":"org.plant","name":"pump","version":"2"}]},
        {"type":"file","name":"/etc/x"},
        {"type":"operating-system","name":"Plant","version":"12"}],
        "bomFormat":"CycloneDX","specVersion":"1.5"}"#;
    check(Format::CycloneDx, cyclonedx, &["plant 12", "@plant/relay 4.2.0 npm", "org.plant/pump 2 -"]);
    let spdx = r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"relay","versionInfo":"1.0","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:maven/org.plant/relay@1.0?type=jar"}]},{"name":"pump","versionInfo":"NOASSERTION"}]}"#;
    check(Format::Spdx, spdx, &["org.plant:relay 1.0 maven", "pump - -"]);
    refuse(r#"{"hello":[1,2]}"#, "neither CycloneDX nor SPDX");
    refuse("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"rel", "it ends in the middle");
    refuse("<?xml version=\"1.0\"?><bom/>", "it is XML");
}

#[test]
fn rows_of_osquery() {
    check(
        Format::Osquery,
        r#"[{"name":"relay","version":"1.0-1","revision":"1","arch":"amd64"}]"#,
        &["relay 1.0-1 deb"],
    );
    check(
        Format::Osquery,
        r#"{"users":[{"uid":"7","gid":"7","username":"relay"}],"listening_ports":[{"port":"80","protocol":"6","address":"0.0.0.0"},{"port":"0","protocol":"0","address":""}],"os_version":[{"name":"Plant","version":"12","platform":"plant"}]}"#,
        &["plant 12", "Tcp 0.0.0.0 80 -", "account relay 7"],
    );
    refuse(r#"[{"uid":"many","gid":"7","username":"relay"}]"#, "the column uid holds \"many\"");
}

#[test]
fn what_is_in_no_format_is_refused_with_the_words_there_are() {
    refuse("once upon a time\nthere was a relay\n", "say which it is (--as): toml, yaml, dpkg-l");
    refuse("\n \n", "it is empty");
    refuse("\u{0}\u{1}\u{2}", "in no format");
}

/// A list of parts that is made while it is read: `count` components, each with a text that nobody asks for.
struct Endless {
    count: usize,
    rest: Vec<u8>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.rest.is_empty() && self.count > 0 {
            self.count -= 1;
            let text = "x".repeat(10_000);
            let end = if self.count == 0 { "]}" } else { "," };
            self.rest =
                format!("{{\"name\":\"relay\",\"version\":\"1\",\"licence\":\"{text}\"}}{end}").into_bytes();
        }
        let length = self.rest.len().min(buffer.len());
        let taken: Vec<u8> = self.rest.drain(..length).collect();
        buffer[..length].copy_from_slice(&taken);
        Ok(length)
    }
}

#[test]
fn what_nobody_asks_for_is_passed_over() {
    let start = b"{\"bomFormat\":\"CycloneDX\",\"components\":[".to_vec();
    let (facts, _) = read(Endless { count: 300, rest: start }, None).unwrap();
    assert_eq!(facts.products.unwrap().len(), 1, "the same product is kept once");
}

#[test]
fn a_text_without_end_is_refused() {
    let start = "{\"bomFormat\":\"CycloneDX\",\"serialNumber\":\"".to_owned();
    let text = start + &"y".repeat(17 << 20);
    refuse(&text, "longer than 16 MiB");
}

#[test]
fn what_is_nested_without_end_is_refused() {
    refuse(&format!("{{\"bomFormat\":\"CycloneDX\",\"components\":{}", "[".repeat(100_000)), "line 1");
    let nested = "{\"components\":[".repeat(10_000);
    refuse(&format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{nested}"), "recursion");
}
