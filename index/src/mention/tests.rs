//! What is found in texts as people and programs write them, and what is not.

mod keys;
mod sample;

use super::{Kind, TypedKey, as_key, find};

fn check(text: &str, expected: &[(Kind, &str)]) {
    let found = find(text);
    let mut last = 0;
    for mention in &found {
        assert!(mention.start >= last && mention.end > mention.start, "{text}");
        last = mention.end;
        assert!(text.get(mention.start as usize..mention.end as usize).is_some(), "{text}");
    }
    let found: Vec<_> = found.iter().map(|m| (m.kind, m.value.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

const KEY: &str = "7F38BBB59D064DBCB3D84D725612B36462313325";
const LONG_KEY: &str = "B90BE0DB812335A2318E9BCBFF0DECB310B7906BD538C8F505413C8D68E26CDC";

#[test]
fn advisories_are_found_inside_sentences_lists_and_file_names() {
    check(
        "see CVE-2024-3094, (ghsa-52jp-hrpf-2jff).",
        &[(Kind::Advisory, "CVE-2024-3094"), (Kind::Advisory, "GHSA-52jp-hrpf-2jff")],
    );
    check("fix-CVE-2024-1234.patch", &[(Kind::Advisory, "CVE-2024-1234")]);
    check(
        "GLSA 202401-01 and XSA-401: both",
        &[(Kind::Advisory, "GLSA-202401-01"), (Kind::Advisory, "XSA-401")],
    );
    check("RHSA-2024:1234: important", &[(Kind::Advisory, "RHSA-2024:1234")]);
    check(
        "https://nvd.nist.gov/vuln/detail/CVE-2024-3094",
        &[(Kind::Host, "nvd.nist.gov"), (Kind::Advisory, "CVE-2024-3094")],
    );
    check("ACME-ESA-2024-01, CWE-79, UTF-8", &[]);
}

#[test]
fn a_fingerprint_is_found_in_every_spelling() {
    let one = [(Kind::Fingerprint, KEY)];
    for text in [
        "The new key is 7F38 BBB5 9D06 4DBC B3D8 4D72 5612 B364 6231 3325. Please",
        "Key fingerprint = 7F38 BBB5 9D06 4DBC B3D8  4D72 5612 B364 6231 3325",
        "fingerprint 7f38bbb59d064dbcb3d84d725612b36462313325",
        "fingerprint: 0x7F38BBB59D064DBCB3D84D725612B36462313325",
        "7F38\u{a0}BBB5\u{a0}9D06\u{a0}4DBC\u{a0}B3D8\u{a0}4D72\u{a0}5612\u{a0}B364\u{a0}6231\u{a0}3325",
        "7F:38:BB:B5:9D:06:4D:BC:B3:D8:4D:72:56:12:B3:64:62:31:33:25",
        "key\n  7F38 BBB5 9D06 4DBC B3D8\n  4D72 5612 B364 6231 3325\nend",
        "[`7F38BBB59D064DBCB3D84D725612B36462313325`](./keys)",
    ] {
        check(text, &one);
    }
    check(&format!("SHA256 Fingerprint={}", pairs(LONG_KEY)), &[(Kind::Fingerprint, LONG_KEY)]);
}

#[test]
fn a_printed_certificate_holds_no_fingerprints() {
    let line = format!("    {}:\n", pairs("30450220535DE754DF48D889ACEFB6F7"));
    for lines in 3..9 {
        check(&line.repeat(lines), &[]);
        check(&format!("{}    30:45:02\n", line.repeat(lines)), &[]);
    }
    check(&format!("Serial Number: {}", pairs(KEY)), &[]);
}

#[test]
fn two_fingerprints_on_two_lines_stay_two() {
    check(
        "7F38 BBB5 9D06 4DBC B3D8 4D72 5612 B364 6231 3325\n05CE 1508 5FC0 9D18 E99E FB22 684A 14CF 2582 E0C5\n",
        &[(Kind::Fingerprint, KEY), (Kind::Fingerprint, "05CE15085FC09D18E99EFB22684A14CF2582E0C5")],
    );
}

#[test]
fn forty_digits_without_a_word_about_keys_are_a_commit() {
    let digits = KEY.to_lowercase();
    check(&format!("fixed in commit {digits}"), &[]);
    check(&format!("see {digits} for more"), &[]);
    check(&format!("https://code.example/a/blob/{digits}/key.go"), &[(Kind::Host, "code.example")]);
    check(&format!("CPU: 0 UID: 0 PID: 29 Not tainted #24 {digits}"), &[]);
    check("a deadbeef cafe face add be", &[]);
}

#[test]
fn a_checksum_is_a_file_hash() {
    let digits = LONG_KEY.to_lowercase();
    let value = format!("sha256:{digits}");
    check(&format!("{digits}  forewarn.tar.gz\n"), &[(Kind::FileHash, &value)]);
    check(&format!("sha256:{digits}"), &[(Kind::FileHash, &value)]);
    check(&format!("SHA256 (forewarn.iso) = {digits}"), &[(Kind::FileHash, &value)]);
    check(&format!("random {digits} number"), &[]);
    check(
        "MD5: d41d8cd98f00b204e9800998ecf8427e",
        &[(Kind::FileHash, "md5:d41d8cd98f00b204e9800998ecf8427e")],
    );
}

#[test]
fn an_openssh_fingerprint_is_kept_as_it_is() {
    let fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrwJ7ExfE0pLrYJbKuKwPQ9w";
    check(&format!("host key {fingerprint}."), &[(Kind::Fingerprint, fingerprint)]);
    check("SHA256:tooshort1", &[]);
}

#[test]
fn a_key_id_needs_a_word_about_keys() {
    check("NO_PUBKEY 901F9177AB97ACBE", &[(Kind::KeyId, "901F9177AB97ACBE")]);
    check("key ID ced7258b", &[(Kind::KeyId, "CED7258B")]);
    check("gpg-pubkey-ced7258b-6525146f", &[(Kind::KeyId, "CED7258B")]);
    check("RSA/SHA256, Mon 1 Jan 2024, Key ID 429785e181b961a5", &[(Kind::KeyId, "429785E181B961A5")]);
    check("Release Key (12/bookworm) (ID: 0xF8D2585B8783D481)", &[(Kind::KeyId, "F8D2585B8783D481")]);
    check("cdn/_assets/E951904AD832C631.asc", &[(Kind::KeyId, "E951904AD832C631")]);
    check("the RPM GPG key 4172A230 from", &[(Kind::KeyId, "4172A230")]);
    check("error 0x80070005 at 0xffff888012345678", &[]);
    check("on 20240102 the key", &[]);
    check("Key:0 Krnl GPRS: c0000000ffffbfff", &[]);
    check("in 1234567890123456 rows", &[]);
}

#[test]
fn versions_are_found_where_they_are_versions() {
    let one = |text: &str, version: &str| check(text, &[(Kind::Version, version)]);
    one("upgrade to 16.3 now", "16.3");
    one("GitLab is at GitLab 16.3 today", "16.3");
    one("fixed in v1.2.3-rc1.", "1.2.3-rc1");
    one("bind9 1:2.3.4-4ubuntu5~22.04 is", "1:2.3.4-4ubuntu5~22.04");
    one("at v0.0.0-0.20251107071934-6102f001a971", "0.0.0-0.20251107071934-6102f001a971");
    one("tag v2.0.0+incompatible", "2.0.0+incompatible");
    one("kernel-rt-4.18.0-553.75.1.rt7.416.el8_10.x86_64.rpm", "4.18.0-553.75.1.rt7.416.el8_10");
    one("openssl-1.1.1k.tar.gz", "1.1.1k");
    one("since 120.0.6099.109 of", "120.0.6099.109");
    one("fixed in 2.1.0.4 and", "2.1.0.4");
    one("glibc-2.34-168.el9_6.20.x86_64.rpm", "2.34-168.el9_6.20");
    one("ArubaOS 10.5.1.0 and below", "10.5.1.0");
    one("node-v8.9.2-linux-armv7l.tar.xz", "8.9.2");
    one("version 10.0.0.1 of the firmware", "10.0.0.1");
    one("all (<1.2)", "1.2");
    check("from 1.2.3-1.2.5", &[(Kind::Version, "1.2.3"), (Kind::Version, "1.2.5")]);
}

#[test]
fn numbers_that_only_look_like_versions_are_left_alone() {
    for text in [
        "2024-01-02",
        "on 31.01.2024 and 2024.01.31",
        "$1.50 or €2.50",
        "a rise of 1.5%",
        "12:30.5",
        "score 9.8",
        "CVSS 7.5",
        "Section 4.2.1 says",
        "1.2 Scope",
        "1.2.3 Scope of this",
        "about 3.5 GB",
        "it was 2.5 times",
        "oid 1.2.840.113549.1.1.11",
        "CVSS:3.1/AV:N",
        "Base Score: 6.5",
        "CVSS v3.1",
        "6.2-2s-1.3-4.3-4.3-5.2c-2.6",
        "60.4-67.37h283.33c33.22",
        "scale=1.0",
        "<dd>7.8</dd>",
        "CC0-1.0",
    ] {
        check(text, &[]);
    }
}

#[test]
fn hosts_are_found_and_files_are_not() {
    let one = |text: &str, host: &str| check(text, &[(Kind::Host, host)]);
    one("see https://Docs.Example.COM:8443/v1.2.3/a.b.com", "docs.example.com");
    one("write to security@example.org.", "example.org");
    one("ask updates.example.com, please", "updates.example.com");
    one("at 192.0.2.7:8080", "192.0.2.7");
    one("the server 8.8.8.8 answers", "8.8.8.8");
    one("block 10.0.0.0/8", "10.0.0.0");
    one("at [2001:DB8::1]:443", "2001:db8::1");
    one("http://user:pw@[::1]/", "::1");
    one("ssh://localhost/x", "localhost");
    one("*.cdn.example.net", "cdn.example.net");
    for text in [
        "main.rs",
        "src/parse.c",
        "index.html",
        "org.apache.commons",
        "std.io()",
        "ASP.NET",
        "e.g.",
        "a.b",
        "...",
        "settings.json",
        "os.path.join",
        "foo.bar.baz",
        "Node.js",
        "/etc/example.com",
        "bücher.com",
        "büro.de",
    ] {
        check(text, &[]);
    }
}

#[test]
fn units_are_found_and_attributes_are_not() {
    let one = |text: &str, unit: &str| check(text, &[(Kind::Unit, unit)]);
    one("restart gitlab-runsvdir.service.", "gitlab-runsvdir.service");
    one("getty@tty1.service", "getty@tty1.service");
    one("multi-user.target", "multi-user.target");
    one("systemctl enable foo.timer", "foo.timer");
    one("ssh.socket", "ssh.socket");
    for text in ["os.path", "event.target", "torch.device", "this.service", "socket.socket()", "a.slice(1)"] {
        check(text, &[]);
    }
}

#[test]
fn ranges_stand_on_letters_in_any_script() {
    check("版本1.2.3和CVE-2024-3094。é", &[(Kind::Version, "1.2.3"), (Kind::Advisory, "CVE-2024-3094")]);
}

#[test]
fn a_typed_key_is_read_in_every_spelling() {
    let full = Some(TypedKey::Fingerprint(KEY.to_owned()));
    assert_eq!(as_key(" 7F38 BBB5 9D06 4DBC B3D8  4D72 5612 B364 6231 3325 "), full);
    assert_eq!(as_key(&format!("0x{}", KEY.to_lowercase())), full);
    assert_eq!(as_key(&pairs(KEY)), full);
    assert_eq!(as_key("901f9177ab97acbe"), Some(TypedKey::Long("901F9177AB97ACBE".to_owned())));
    assert_eq!(as_key("0xced7258b"), Some(TypedKey::Short("CED7258B".to_owned())));
    for other in ["ced7258b", "", "0x", "7F38", "gitlab", &"A".repeat(65), &"a ".repeat(1_000_000)] {
        assert_eq!(as_key(other), None);
    }
}

#[test]
fn a_megabyte_of_anything_ends() {
    let pieces = [
        ".",
        "a.",
        "1.",
        "-",
        "1-",
        "a-",
        "AB ",
        "AB:",
        "ABCD ",
        "ABCD\n",
        "0x",
        "CVE-",
        "CVE-2024-",
        "BIT-a-",
        "[",
        "[::",
        "a@",
        "@",
        "http://",
        "://",
        "A",
        "0",
        "a.service",
        "v1.",
        "1:",
        "é",
        "GLSA ",
        "SHA256:",
        "key ",
        "12345678 ",
        "#",
        "1.2.3-1.2.3",
        "\u{a0}",
        "AB\u{a0}",
        "1.2.3 ",
        "0123456789abcdef ",
        "x.com/",
    ];
    for piece in pieces {
        let text = piece.repeat(1_000_000 / piece.len());
        let mut last = 0;
        for mention in find(&text) {
            assert!(
                mention.start >= last && text.get(mention.start as usize..mention.end as usize).is_some()
            );
            last = mention.end;
        }
    }
}

#[test]
fn no_mixture_of_pieces_breaks_a_range() {
    let pieces = [
        "CVE-2024-3094",
        "7F38",
        " ",
        " ",
        "BBB5",
        ":",
        ".",
        "-",
        "1",
        "0x",
        "key",
        "10.0.0.1",
        "://",
        "@",
        "[::1]",
        "é",
        "\u{a0}",
        "\n",
        "v",
        "sha256:",
        KEY,
        "a.service",
        "example.com",
        "GLSA 202401-01",
        "1.2.3",
        "~",
        "\u{2011}",
        "(",
        "ed25519/",
        "SHA256:",
        "+",
        "_",
        "漢",
    ];
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..40_000 {
        let mut text = String::new();
        for _ in 0..14 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            text.push_str(pieces[usize::try_from(random >> 33).unwrap() % pieces.len()]);
        }
        let mut last = 0;
        for mention in find(&text) {
            assert!(mention.start >= last && mention.end > mention.start, "{text}");
            assert!(text.get(mention.start as usize..mention.end as usize).is_some(), "{text}");
            last = mention.end;
        }
    }
}

fn pairs(digits: &str) -> String {
    digits.as_bytes().chunks(2).map(|p| String::from_utf8_lossy(p)).collect::<Vec<_>>().join(":")
}
