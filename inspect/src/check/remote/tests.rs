//! Which addresses connect, and which only stand there.

use crate::check::trial;
use crate::finding::CheckId;

fn check(name: &str, text: &str, expected: &[&str]) {
    let checks = [CheckId::RemoteUrl, CheckId::RemoteHost, CheckId::RemoteFtp, CheckId::RemoteScp];
    assert_eq!(trial::of(&checks, &[(name, text)]), expected, "{text}");
}

#[test]
fn configuration_names_what_is_connected_to() {
    check(
        "usr/share/relay/default.conf",
        "# see http://relay.orrin.se/x\nSUBMITURLS=\"http://count.orrin.se/cgi-bin/in.cgi\"\n",
        &["remote.url active 2: telemetry to: http://count.orrin.se/cgi-bin/in.cgi, unencrypted"],
    );
    check(
        "etc/apt/sources.list.d/orrin.list",
        "deb https://packages.orrin.se/docs stable main\n",
        &["remote.url active 1: repository: https://packages.orrin.se/docs"],
    );
    check("etc/relay.conf", "homepage = https://relay.orrin.se/\nxmlns=http://www.w3.org/1999/xhtml\n", &[]);
    check(
        "etc/ntp.conf",
        "pool 0.pool.orrin.se iburst\nserver 127.127.1.0\n",
        &["remote.host active 1: pool: 0.pool.orrin.se"],
    );
}

#[test]
fn a_method_beside_a_host_is_its_protocol() {
    check(
        "etc/relay.cf",
        "[DEFAULT]\nmethod = ftp\n[main]\nfqdn = in.orrin.se\n[ssh]\nfqdn = ssh.orrin.se\nmethod = scp\n[near]\nfqdn = localhost\n",
        &[
            "remote.ftp active 4: fqdn: in.orrin.se by FTP",
            "remote.scp active 6: fqdn: ssh.orrin.se over SSH or rsync",
        ],
    );
}

#[test]
fn code_connects_where_it_calls_or_names_a_place() {
    check(
        "a.py",
        "url = options.source or config.get('SOURCE', None) \\\n    or 'https://relay.orrin.se/tracker/'\n",
        &["remote.url active 2: fetches from: https://relay.orrin.se/tracker/"],
    );
    check(
        "a.py",
        "urlopen('https://relay.orrin.se/data.json')\n",
        &["remote.url active 1: fetches from: https://relay.orrin.se/data.json"],
    );
    check(
        "a.js",
        "var site = process.env.SITE || (o && o.site) ||\n  'https://github.com/orrin/relay/releases/download';\n",
        &["remote.url active 2: fetches from: https://github.com/orrin/relay/releases/download"],
    );
    check(
        "a.py",
        "'''https://relay.orrin.se/'''\n# get('https://relay.orrin.se/')\nprint('https://relay.orrin.se/')\n",
        &[],
    );
    check(
        "a.js",
        "console.log(`support us: https://relay.orrin.se`); var homepage = 'https://relay.orrin.se'\n",
        &[],
    );
    check(
        "setup.py",
        "setup(name='x', url='https://relay.orrin.se', download_url='https://relay.orrin.se/x.tgz')\n",
        &[],
    );
}

#[test]
fn one_host_in_many_files_is_told_once() {
    let text = "url = 'https://relay.orrin.se/v1/a'\n";
    let found = trial::of(&[CheckId::RemoteUrl], &[("a.py", text), ("b.py", text), ("c.py", text)]);
    assert_eq!(
        found,
        ["remote.url active 1: fetches from: https://relay.orrin.se/v1/a; 2 more files name this host"]
    );
}

#[test]
fn units_connect_by_their_commands() {
    check(
        "lib/systemd/system/a.service",
        "[Unit]\nDocumentation=https://relay.orrin.se/x\n[Service]\nExecStart=/usr/bin/pull https://relay.orrin.se/x\n",
        &["remote.url active 4: names: https://relay.orrin.se/x"],
    );
}
