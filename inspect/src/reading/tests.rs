//! Whole packages, built here member by member, honest and hostile, and what the report on them says.

use std::fmt::Write as _;

use super::{Question, inspect_bytes};
use crate::container::tests::built::{Zipped, gzip, tar, tar_entry, zip};
use crate::finding::CheckId;
use crate::inspection::Inspection;
use crate::limits::Limits;
use crate::package::{Format, Platform};
use crate::signature::Worth;
use crate::signature::fact::Scheme;

fn inspect(name: &str, bytes: &[u8]) -> Inspection {
    let question = Question { name: name.to_owned(), ..Question::default() };
    inspect_bytes(bytes, &question, &Limits::for_package())
}

/// Findings as lines, those of one check alone.
fn found(inspection: &Inspection, check: CheckId) -> Vec<String> {
    let own = inspection.findings.iter().filter(|finding| finding.check == check);
    own.map(|finding| format!("{}: {}", finding.path, finding.detail)).collect()
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        let mut header = String::new();
        writeln!(header, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 100_644, content.len()).unwrap();
        bytes.extend(header.as_bytes());
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

const CONTROL: &[u8] =
    b"Package: relay\nVersion: 2.1-1\nArchitecture: all\nMaintainer: Orrin Works <x@orrin.example>\n\
Depends: libc6 (>= 2.36), cron\nDescription: relays\n in two lines\n";

fn deb(data: &[u8]) -> Vec<u8> {
    let control = tar(&[
        ("./control", CONTROL),
        ("./postinst", b"#!/bin/sh\nset -e\nsystemctl daemon-reload\nrelay --migrate\n"),
    ]);
    ar(&[("debian-binary", b"2.0\n"), ("control.tar.gz", &gzip(&control)), ("data.tar.gz", &gzip(data))])
}

#[test]
fn a_debian_package_says_what_it_is_and_what_installing_runs() {
    let inspection = inspect("relay.deb", &deb(&tar(&[("./usr/bin/relay", b"#!/bin/sh\n")])));
    assert_eq!(inspection.kind, "a Debian package");
    let claims = inspection.outermost().unwrap();
    assert_eq!((claims.name.as_deref(), claims.version.as_deref()), (Some("relay"), Some("2.1-1")));
    assert_eq!((claims.minimums[0].of, claims.minimums[0].version.as_str()), (Platform::Glibc, "2.36"));
    assert_eq!(claims.dependencies.len(), 2);
    let scripts = found(&inspection, CheckId::InstallScript);
    assert_eq!(scripts, ["control.tar.gz!/postinst: postinst: runs systemctl, relay"]);
    let script = inspection.findings.iter().find(|finding| finding.check == CheckId::InstallScript).unwrap();
    assert_eq!((script.line, script.quote.as_ref().unwrap().as_str()), (Some(3), "systemctl daemon-reload"));
    assert!(inspection.is_complete(), "{:?}", inspection.unread);
    let paths: Vec<&str> = inspection.contents.listed.iter().map(|listed| listed.path.as_str()).collect();
    assert!(paths.contains(&"data.tar.gz!/usr/bin/relay") && paths.contains(&"data.tar.gz"), "{paths:?}");
    assert!(inspection.contents.listed.iter().all(|listed| listed.sha256.is_some()));
}

#[test]
fn rights_are_read_from_the_archive() {
    let mut entry = tar_entry("usr/bin/at", b'0', b"x");
    let mut header = ::tar::Header::new_gnu();
    header.as_mut_bytes().copy_from_slice(&entry[..512]);
    header.set_mode(0o6755);
    header.set_username("daemon").unwrap();
    header.set_cksum();
    entry[..512].copy_from_slice(header.as_bytes());
    let inspection = inspect("at.deb", &deb(&[entry, vec![0; 1024]].concat()));
    let path = "data.tar.gz!/usr/bin/at: mode 6755";
    assert!(found(&inspection, CheckId::PrivSetuid)[0].starts_with(path));
    assert!(found(&inspection, CheckId::PrivSetuid)[0].contains("daemon"));
    assert_eq!(found(&inspection, CheckId::PrivSetgid).len(), 1);
}

#[test]
fn packages_within_an_archive_are_told_with_their_place() {
    let bytes = zip(&[
        Zipped::stored("up/relay.deb", &deb(&tar(&[("./a", b"1")]))),
        Zipped::stored("notes.txt", b"x"),
    ]);
    let inspection = inspect("full-upgrade.zip", &bytes);
    assert_eq!((inspection.kind.as_str(), inspection.claims.len()), ("a ZIP archive", 1));
    assert_eq!(
        (inspection.claims[0].path.as_str(), inspection.claims[0].format),
        ("up/relay.deb", Format::Deb)
    );
    assert_eq!(
        found(&inspection, CheckId::InstallScript)[0].split(": ").next(),
        Some("up/relay.deb!/control.tar.gz!/postinst")
    );
}

#[test]
fn links_are_held_against_where_a_package_is_unpacked() {
    let link = |name: &str, target: &str| {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(::tar::EntryType::Symlink);
        header.set_path(name).unwrap();
        header.set_link_name(target).unwrap();
        header.set_size(0);
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    let tree =
        [link("etc/alternative", "/usr/bin/relay"), link("usr/up", "../../../etc"), vec![0; 1024]].concat();
    let outside = "a link whose target lies outside of the archive; it was not followed";
    assert_eq!(found(&inspect("x.tar", &tree), CheckId::ContainerLink).len(), 2);
    let told = found(&inspect("x.deb", &deb(&tree)), CheckId::ContainerLink);
    assert_eq!(told, [format!("data.tar.gz!/usr/up: {outside}")]);
    let through = [link("inner", "/tmp"), tar(&[("inner/x", b"1")])].concat();
    let told = found(&inspect("x.tar", &through), CheckId::ContainerLink);
    assert!(told[1].contains("through a link of the same archive"), "{told:?}");
}

#[test]
fn an_npm_package_and_a_wheel_are_recognised() {
    let json = br#"{"name": "relay", "version": "1.0.0", "scripts": {"postinstall": "node fetch.js"}}"#;
    let inspection = inspect("relay.tgz", &gzip(&tar(&[("package/package.json", json)])));
    assert_eq!(inspection.kind, "an npm package");
    let script = inspection.findings.iter().find(|finding| finding.check == CheckId::InstallScript).unwrap();
    assert_eq!(script.quote.as_ref().unwrap().as_str(), "node fetch.js");
    let wheel = zip(&[
        Zipped::stored("relay/__init__.py", b"x = 1\n"),
        Zipped::deflated(
            "relay-1.0.dist-info/METADATA",
            b"Name: relay\nVersion: 1.0\nRequires-Python: >=3.9\n",
        ),
    ]);
    let inspection = inspect("relay.whl", &wheel);
    assert_eq!(inspection.kind, "a Python wheel");
    assert_eq!(found(&inspection, CheckId::MinRuntime), [": needs Python >=3.9, by Requires-Python"]);
}

#[test]
fn what_an_image_runs_is_told() {
    let config = br#"{"architecture": "amd64", "os": "linux", "rootfs": {}, "config": {"Entrypoint": ["/relay"], "Cmd": ["--now"]}}"#;
    let manifest = br#"[{"Config": "c.json", "RepoTags": ["orrin/relay:2.1"], "Layers": ["l/layer.tar"]}]"#;
    let layer = tar(&[("etc/x", b"1")]);
    let bytes = tar(&[("manifest.json", manifest), ("c.json", config), ("l/layer.tar", &layer)]);
    let inspection = inspect("relay.tar", &bytes);
    let claims = inspection.outermost().unwrap();
    assert_eq!((claims.name.as_deref(), claims.version.as_deref()), (Some("orrin/relay"), Some("2.1")));
    let run = inspection.findings.iter().find(|finding| finding.detail.contains("image runs")).unwrap();
    assert_eq!(run.quote.as_ref().unwrap().as_str(), "/relay --now");
}

#[test]
fn a_signed_debian_package_lays_its_signature_ready() {
    let mut bytes = deb(&tar(&[("./a", b"1")]));
    bytes.extend(ar(&[("_gpgorigin", b"no signature")]).split_off(8));
    let inspection = inspect("x.deb", &bytes);
    let fact = &inspection.signatures[0];
    assert_eq!((fact.scheme, fact.path.as_str()), (Scheme::Debsigs, "_gpgorigin"));
    assert!(fact.covers.starts_with("bytes 68 to 72, 132 to "), "{}", fact.covers);
}

#[test]
fn a_signature_of_a_java_archive_that_is_none_is_told_as_unreadable() {
    let jar = zip(&[
        Zipped::stored("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"),
        Zipped::stored("META-INF/ORRIN.SF", b"Signature-Version: 1.0\n"),
        Zipped::stored("META-INF/ORRIN.RSA", b"0"),
    ]);
    let inspection = inspect("x.jar", &jar);
    let fact = &inspection.signatures[0];
    assert_eq!(
        (fact.scheme, fact.path.as_str(), fact.worth),
        (Scheme::Jar, "META-INF/ORRIN.RSA", Some(Worth::Unreadable))
    );
    assert_eq!(fact.detail, "there is no CMS signature in it that can be read");
}

fn check_hostile(bytes: &[u8], check: CheckId, expected: &str) {
    let inspection = inspect("x", bytes);
    let told = found(&inspection, check);
    assert!(told.iter().any(|line| line.contains(expected)), "{:?}", inspection.findings);
}

#[test]
fn a_lying_ar_is_told_in_one_sentence() {
    let good = ar(&[("debian-binary", b"2.0\n"), ("control.tar", b"x")]);
    let with = |at: usize, text: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + text.len()].copy_from_slice(text);
        bytes
    };
    check_hostile(&with(56, b"9999999999"), CheckId::ContainerCorrupt, "it is cut off");
    check_hostile(&with(56, b"-1        "), CheckId::ContainerCorrupt, "a member's header has no valid size");
    check_hostile(&with(66, b"xx"), CheckId::ContainerCorrupt, "a member's header has no valid end");
    check_hostile(&good[..100], CheckId::ContainerCorrupt, "it is cut off");
}

/// A header of an RPM package: tags with their type, offset and count, over `data`.
fn header(tags: &[[u32; 4]], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
    bytes.extend(u32::try_from(tags.len()).unwrap().to_be_bytes());
    bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    tags.iter().flatten().for_each(|word| bytes.extend(word.to_be_bytes()));
    bytes.extend(data);
    bytes
}

fn rpm(main: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xed\xab\xee\xdb".to_vec();
    bytes.resize(96, 0);
    bytes.extend(header(&[], b""));
    bytes.extend(main);
    bytes.extend(payload);
    bytes
}

fn cpio(files: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, mode, content) in files.iter().chain(&[("TRAILER!!!", 0, b"".as_slice())]) {
        let sizes = (content.len(), name.len() + 1);
        let header = format!(
            "070701{:08x}{mode:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}",
            1, 0, 0, 1, 0, sizes.0, 0, 0, 0, 0, sizes.1, 0
        );
        bytes.extend(header.as_bytes());
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

#[test]
fn an_rpm_package_says_what_it_is_and_what_installing_runs() {
    // Name, version, release and a post-installation script.
    let data = b"relay\x002.1\x001\0echo hi\0";
    let tags = [[1000, 6, 0, 1], [1001, 6, 6, 1], [1002, 6, 10, 1], [1024, 6, 12, 1]];
    let payload = gzip(&cpio(&[("./usr/bin/relay", 0o104_755, b"x"), ("./usr/link", 0o120_777, b"/etc")]));
    let inspection = inspect("relay.rpm", &rpm(&header(&tags, data), &payload));
    assert_eq!(inspection.kind, "an RPM package");
    let claims = inspection.outermost().unwrap();
    assert_eq!((claims.name.as_deref(), claims.version.as_deref()), (Some("relay"), Some("2.1-1")));
    let scripts = found(&inspection, CheckId::InstallScript);
    assert!(
        scripts[0].starts_with("header!/%post: %post:") && scripts[0].ends_with("packaging tools put there"),
        "{scripts:?}"
    );
    assert!(found(&inspection, CheckId::PrivSetuid)[0].starts_with("payload!/usr/bin/relay: mode 4755"));
    assert!(inspection.is_complete(), "{:?} {:?}", inspection.unread, inspection.findings);
}

#[test]
fn an_rpm_package_lists_its_configuration_and_the_rights_of_its_files() {
    // Two files: their flags, modes, folder, names, owners.
    let mut data = b"\0\0\0\x11\0\0\0\x01\x81\xa4\x89\xed\0\0\0\0\0\0\0\0".to_vec();
    data.extend(b"/etc/\0a.conf\0b.conf\0root\0relay\0");
    let tags = [
        [1037, 4, 0, 2],
        [1030, 3, 8, 2],
        [1116, 4, 12, 2],
        [1118, 8, 20, 1],
        [1117, 8, 26, 2],
        [1039, 8, 40, 2],
    ];
    let payload = cpio(&[("./etc/a.conf", 0o100_644, b"a"), ("./etc/b.conf", 0o104_755, b"b")]);
    let inspection = inspect("relay.rpm", &rpm(&header(&tags, &data), &payload));
    let paths: Vec<&str> = inspection.contents.listed.iter().map(|listed| listed.path.as_str()).collect();
    assert_eq!(paths, ["header!/%config", "payload!/etc/a.conf", "payload!/etc/b.conf"]);
    assert_eq!(
        inspection.contents.listed[0].size,
        "%config(noreplace) /etc/a.conf\n%config /etc/b.conf\n".len() as u64
    );
    assert!(
        found(&inspection, CheckId::PrivSetuid)[0].contains("acts as relay"),
        "{:?}",
        inspection.findings
    );
    assert!(found(&inspection, CheckId::InstallScript).is_empty());
}

#[test]
fn a_lying_rpm_is_told_in_one_sentence() {
    let mut huge = header(&[], b"");
    huge[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
    check_hostile(&rpm(&huge, b""), CheckId::ContainerCorrupt, "more than any package has");
    let outside = header(&[[1000, 4, 0, 0x4000_0000]], b"abcd");
    check_hostile(&rpm(&outside, b""), CheckId::ContainerCorrupt, "tag 1000 lies outside of its header");
    check_hostile(&rpm(b"", b""), CheckId::ContainerCorrupt, "it is cut off");
    // A payload that is another one than the header states: tags of its digest and of SHA-256.
    let mut data = vec![b'0'; 64];
    data.extend(b"\0\0\0\0\0\0\0\x08");
    let tags = [[5092, 8, 0, 1], [5093, 4, 68, 1], [1117, 8, 64, 1]];
    let bytes = rpm(&header(&tags, &data), &gzip(&cpio(&[])));
    check_hostile(&bytes, CheckId::ContainerCorrupt, "its content is not what its header states");
}

#[test]
fn no_damage_makes_a_reading_panic() {
    let tags = [[1000, 6, 0, 1], [1024, 6, 6, 1], [1117, 8, 6, 2]];
    let rpm = rpm(&header(&tags, b"relay\0a\0b\0"), &gzip(&cpio(&[("./a", 0o100_644, b"x")])));
    let image = tar(&[("oci-layout", b"{}"), ("a.json", br#"{"config": {}, "rootfs": 1}"#)]);
    let seeds = [deb(&tar(&[("./a", b"1")])), rpm, cpio(&[("a", 0o100_644, b"xyz")]), image];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        // xorshift64: the same damage in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for seed in &seeds {
        for _ in 0..300 {
            let mut bytes = seed.clone();
            for _ in 0..=random(4) {
                let (at, value) = (random(bytes.len()), [0, 0xff, 0x7f, b'9'][random(4)]);
                bytes[at] = value;
            }
            // Whatever is said is an answer; only a panic would not be one.
            assert_eq!(inspect("damaged", &bytes).size, bytes.len() as u64);
        }
    }
}
