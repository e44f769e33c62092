//! What is believed, and what is not checked.

use crate::check::trial;
use crate::finding::CheckId;

fn check(name: &str, text: &str, expected: &[&str]) {
    assert_eq!(trial::of(&[CheckId::TrustAnchor], &[(name, text)]), expected, "{text}");
}

#[test]
fn sources_without_signatures_are_told() {
    check(
        "etc/apt/sources.list.d/orrin.list",
        "deb [trusted=yes] http://packages.orrin.example/ x main\n",
        &["trust.anchor active 1: packages of this source are taken without a signature"],
    );
    check(
        "etc/yum.repos.d/orrin.repo",
        "[orrin]\ngpgcheck=0\n#sslverify=0\n",
        &[
            "trust.anchor active 2: packages of this repository are taken without a signature",
            "trust.anchor commented 3: the server's certificate is not checked",
        ],
    );
    check(
        "etc/apt/apt.conf.d/99x",
        "Acquire::AllowInsecureRepositories \"true\";\n",
        &["trust.anchor active 1: apt's check of what it downloads is switched off"],
    );
    check("etc/yum.repos.d/orrin.repo", "[orrin]\ngpgcheck=1\n", &[]);
}

#[test]
fn code_that_does_not_check_is_told_from_a_default_to_ask_for() {
    check(
        "a.py",
        "requests.get(u, verify=False)\n",
        &["trust.anchor active 1: code that does not check the server's certificate"],
    );
    check("a.py", "def get(u, verify=False):\n    '''verify=False'''\n    call(verify=False)\n", &[]);
    check(
        "a.js",
        "https.request({rejectUnauthorized: false})\n",
        &["trust.anchor active 1: code that does not check the server's certificate"],
    );
    check("a.js", "// rejectUnauthorized: false\n", &[]);
}

#[test]
fn a_bundle_is_counted() {
    let bundle = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".repeat(12);
    check(
        "relay/cacert.pem",
        &bundle,
        &["trust.anchor active 1: cacert.pem: a bundle of 12 certificates, believed by what reads it"],
    );
    check("relay/own.pem", "-----BEGIN CERTIFICATE-----\n", &[]);
}

#[test]
fn known_hosts_are_counted() {
    check(
        "etc/ssh/ssh_known_hosts",
        "relay.orrin.example ssh-ed25519 AAAA\n# b ssh-rsa x\n",
        &["trust.anchor active 1: ssh takes these keys for the hosts' own: 1 lines"],
    );
}
