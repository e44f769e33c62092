//! Archives built by hand, honest and hostile, and what a walk makes of them.

pub(crate) mod built;

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::ControlFlow;

use built::{Zipped, bzip2, gzip, tar, tar_entry, xz_of_hello, zip, zstd};

use crate::container::{Stop, Unreadable, Visit, Walked, walk, walk_bytes};
use crate::limits::Limits;

fn small() -> Limits {
    Limits {
        members: 50,
        bytes_each: 8 << 20,
        bytes_nested: 16 << 20,
        bytes_total: 64 << 20,
        ratio: 100,
        depth: 2,
    }
}

/// What a walk says, a line a visit, and how it ended.
fn told(name: &str, bytes: &[u8], limits: &Limits) -> (String, Result<Walked, Unreadable>) {
    let mut lines = String::new();
    let walked = walk_bytes(name, bytes, limits, &mut |visit| {
        match visit {
            Visit::Member(member) => {
                writeln!(lines, "{} = {} bytes", member.path, member.bytes.len()).unwrap()
            }
            Visit::Complaint(said) => writeln!(lines, "{}: {}", said.path, said.problem).unwrap(),
        }
        ControlFlow::Continue(())
    });
    (lines, walked)
}

fn check(name: &str, bytes: &[u8], expected: &[&str]) {
    let (lines, walked) = told(name, bytes, &small());
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    walked.unwrap();
}

fn check_unreadable(name: &str, bytes: &[u8], expected: &str) {
    assert_eq!(told(name, bytes, &small()).1.unwrap_err().to_string(), expected);
}

fn two_files() -> Vec<u8> {
    tar(&[("dir/a.json", b"{}"), ("b.txt", b"hello")])
}

const TWO_FILES: [&str; 2] = ["dir/a.json = 2 bytes", "b.txt = 5 bytes"];

#[test]
fn a_plain_file_is_its_only_member() {
    check("a.json", b"{}", &["a.json = 2 bytes"]);
    check("empty", b"", &["empty = 0 bytes"]);
}

#[test]
fn a_tar_is_walked_however_it_is_compressed() {
    check("x", &two_files(), &TWO_FILES);
    check("x", &gzip(&two_files()), &TWO_FILES);
    check("x", &zstd(&two_files()), &TWO_FILES);
    check("x", &bzip2(&two_files()), &TWO_FILES);
}

#[test]
fn a_compressed_file_loses_its_suffix() {
    check("feed.xml.gz", &gzip(b"<feed/>"), &["feed.xml = 7 bytes"]);
    check("feed.xml.zst", &zstd(b"<feed/>"), &["feed.xml = 7 bytes"]);
    check("feed.xml.bz2", &bzip2(b"<feed/>"), &["feed.xml = 7 bytes"]);
    check("hello.txt.xz", &xz_of_hello(), &["hello.txt = 6 bytes"]);
}

#[test]
fn a_zip_is_walked_stored_and_deflated() {
    let bytes =
        zip(&[Zipped::stored("a", b"one"), Zipped::deflated("d/b", b"three"), Zipped::stored("d/", b"")]);
    check("x.zip", &bytes, &["a = 3 bytes", "d/b = 5 bytes"]);
    check("x.zip", &zip(&[]), &[]);
}

#[test]
fn a_long_window_is_granted() {
    let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&two_files()).unwrap();
    check("x.tar.zst", &encoder.finish().unwrap(), &TWO_FILES);
}

#[test]
fn nested_archives_are_opened_and_named() {
    let inner = zip(&[Zipped::deflated("x.json", b"{}")]);
    let outer = tar(&[("a/inner.zip", &inner), ("n.txt.gz", &gzip(b"hi"))]);
    check("o.tar", &outer, &["a/inner.zip!/x.json = 2 bytes", "n.txt.gz!/n.txt = 2 bytes"]);
}

#[test]
fn archives_beyond_the_depth_are_refused() {
    let mut bytes = b"core".to_vec();
    for _ in 0..4 {
        bytes = tar(&[("t", &bytes)]);
    }
    check("t", &bytes, &["t!/t!/t: it is an archive nested more than 2 deep"]);
}

#[test]
fn archives_that_are_not_read_yet_are_named() {
    check_unreadable(
        "x.7z",
        b"7z\xbc\xaf\x27\x1c\0\x04",
        "read x.7z: it is cut off: the bytes end before it does",
    );
    check_unreadable("x", b"Rar!\x1a\x07\x01\0", "read x: it is a RAR archive, which is not read yet");
    let inside = tar(&[("x.cab", b"MSCF\0\0\0\0 and more"), ("y", b"fine")]);
    check("t", &inside, &["x.cab: it is a cabinet archive, which is not read yet", "y = 4 bytes"]);
}

#[test]
fn hostile_names_are_refused_and_the_rest_is_read() {
    let bytes = tar(&[("good", b"1")]);
    let entries = [tar_entry("../up", b'0', b"2"), tar_entry("/etc/cron.d/x", b'0', b"3"), bytes].concat();
    let outside = "its name leads outside the archive";
    check(
        "t",
        &entries,
        &[&format!("../up: {outside}"), &format!("/etc/cron.d/x: {outside}"), "good = 1 bytes"],
    );
    let bytes = zip(&[Zipped::stored("..\\up", b"2"), Zipped::stored("good", b"1")]);
    check("z", &bytes, &[&format!("..\\up: {outside}"), "good = 1 bytes"]);
}

#[test]
fn links_and_devices_are_not_followed() {
    let entries = [tar_entry("l", b'2', b""), tar_entry("h", b'1', b""), tar_entry("d", b'3', b"")].concat();
    let link = "it is a link and is not followed";
    let expected = [&format!("l: {link}"), &format!("h: {link}"), "d: it is a device or pipe, not a file"];
    check("t", &[entries, vec![0; 1024]].concat(), &expected);
    let linked = Zipped { mode: 0o120_777, ..Zipped::stored("l", b"/etc/passwd") };
    check("z", &zip(&[linked]), &[expected[0]]);
}

#[test]
fn repeated_names_are_read_and_told() {
    let repeated = "a: its name occurs more than once in the archive";
    let expected = ["a = 1 bytes", repeated, "a = 2 bytes"];
    check("t", &tar(&[("a", b"1"), ("./a", b"22")]), &expected);
    check("z", &zip(&[Zipped::stored("a", b"1"), Zipped::stored("a", b"22")]), &expected);
}

#[test]
fn a_zip_that_disagrees_with_itself_is_told() {
    let two_faced = Zipped { local_name: Some("evil"), ..Zipped::stored("good", b"1") };
    let told = "good: the archive's directory and the member itself disagree on its name (\"evil\" inside)";
    check("z", &zip(&[two_faced]), &[told, "good = 1 bytes"]);
    let wrong = Zipped { crc: Some(7), ..Zipped::deflated("a", b"1") };
    let bytes = zip(&[wrong, Zipped::stored("b", b"2")]);
    check("z", &bytes, &["a: it is corrupt: its checksum is wrong", "b = 1 bytes"]);
    let lying = Zipped { size: Some(3), ..Zipped::deflated("a", b"12") };
    check("z", &zip(&[lying]), &["a: it is corrupt: it unpacks to 2 bytes where 3 are stated"]);
}

#[test]
fn encrypted_members_and_unknown_methods_are_told() {
    let secret = Zipped { flags: 1, ..Zipped::stored("a", b"1") };
    let odd = Zipped { method: 9, ..Zipped::stored("b", b"1") };
    let expected =
        ["a: it is encrypted", "b: it uses compression method 9 (DEFLATE64), which is not read yet"];
    check("z", &zip(&[secret, odd]), &expected);
}

#[test]
fn members_that_share_their_bytes_are_refused() {
    let first = Zipped::deflated("a", b"1");
    let again = Zipped { at: Some(0), local_name: Some("a"), ..Zipped::deflated("b", b"1") };
    check("z", &zip(&[first, again]), &["a = 1 bytes", "b: its bytes overlap those of another member"]);
}

#[test]
fn bombs_are_stopped_by_their_ratio() {
    let zeros = vec![0; 7 << 20];
    let bomb = "it unpacks to more than 100 times its size, as a decompression bomb does";
    check("x.gz", &gzip(&zeros), &[&format!("x: {bomb}")]);
    let bytes = zip(&[Zipped::deflated("a", &zeros), Zipped::stored("b", b"1")]);
    check("z", &bytes, &[&format!("a: {bomb}"), "b = 1 bytes"]);
}

#[test]
fn a_member_that_is_too_large_is_passed_over() {
    let zeros = vec![0; 9 << 20];
    let large = "a: it is larger than the limit of 8388608 bytes";
    check("t", &tar(&[("a", &zeros), ("b", b"1")]), &[large, "b = 1 bytes"]);
    check("z", &zip(&[Zipped::stored("a", &zeros), Zipped::stored("b", b"1")]), &[large, "b = 1 bytes"]);
}

#[test]
fn a_walk_ends_at_its_limits_and_says_so() {
    let files: Vec<String> = (0..60).map(|number| format!("f{number}")).collect();
    let members: Vec<(&str, &[u8])> = files.iter().map(|name| (name.as_str(), b"1".as_slice())).collect();
    let (lines, walked) = told("t", &tar(&members), &small());
    assert!(lines.ends_with("f49 = 1 bytes\n: there are more than 50 members\n"), "{lines}");
    assert_eq!(walked.unwrap().stopped_by, Some(Stop::Members));
    let limits = Limits { bytes_total: 4000, ..small() };
    let (lines, walked) = told("t", &tar(&[("a", &[1; 2000]), ("b", &[1; 2000])]), &limits);
    assert_eq!(lines, "a = 2000 bytes\nb: it unpacks to more than 4000 bytes in all\n");
    assert_eq!(walked.unwrap().stopped_by, Some(Stop::BytesTotal));
}

#[test]
fn a_visitor_can_end_the_walk() {
    let walked = walk_bytes("t", &two_files(), &small(), &mut |_| ControlFlow::Break(())).unwrap();
    let expected = Walked { members: 1, bytes: 2, complaints: 0, stopped_by: Some(Stop::Visitor) };
    assert_eq!(walked, expected);
}

#[test]
fn what_is_cut_off_is_told_after_what_was_read() {
    let whole = two_files();
    let cut = whole.get(..1538).unwrap();
    check("t", cut, &[TWO_FILES[0], "b.txt: it is cut off: the bytes end before it does"]);
    let zipped = zip(&[Zipped::stored("a", b"1")]);
    let cut = zipped.get(..40).unwrap();
    check_unreadable("z", cut, "read z: it is cut off: the bytes end before it does");
    let zipped = gzip(b"hello");
    let cut = zipped.get(..zipped.len() - 4).unwrap();
    check_unreadable("g", cut, "read g: it is cut off: the bytes end before it does");
}

#[test]
fn a_tar_that_ends_without_its_marker_or_goes_on_behind_it_is_told() {
    let cut = ": it is cut off: the bytes end before it does";
    check("t", &tar_entry("a", b'0', b"1"), &["a = 1 bytes", cut]);
    let twice = [tar(&[("a", b"1")]), tar(&[("b", b"2")])].concat();
    check("t", &twice, &["a = 1 bytes", ": there is more behind its end, which was not read"]);
    let mut packed = gzip(&two_files());
    let sum = packed.len() - 8;
    packed.get_mut(sum).into_iter().for_each(|byte| *byte ^= 1);
    let (lines, walked) = told("t", &packed, &small());
    assert!(lines.contains(": it is corrupt: corrupt gzip stream"), "{lines}");
    assert_eq!(walked.unwrap().members, 2);
}

#[test]
fn a_zip_behind_a_program_is_found() {
    let bytes = [b"#!/bin/sh\nexit\n".as_slice(), &zip(&[Zipped::deflated("a", b"1")])].concat();
    check(
        "x.sh",
        &bytes,
        &[": it begins with other bytes than an archive's, which were not read", "a = 1 bytes"],
    );
}

#[test]
fn a_tar_with_a_damaged_header_is_not_taken_for_text() {
    let mut bytes = ::tar::Header::new_ustar().as_bytes().to_vec();
    bytes.resize(2048, b'x');
    let (lines, _) = told("t", &bytes, &small());
    assert!(lines.starts_with(": it is corrupt: "), "{lines}");
}

#[test]
fn a_few_nested_bytes_cannot_cost_what_a_large_file_may() {
    let mut bytes = zip(&[Zipped::deflated("z", &vec![0; 4 << 20])]);
    for _ in 0..3 {
        let copies: Vec<Zipped> =
            (0..16).map(|number| Zipped::deflated(&number.to_string(), &bytes)).collect();
        bytes = zip(&copies);
    }
    let limits = Limits { members: 10_000, bytes_total: 16 << 30, depth: 4, ..small() };
    let walked = told("z", &bytes, &limits).1.unwrap();
    assert_eq!(walked.stopped_by, Some(Stop::BytesTotal));
    assert!(walked.bytes < 512 << 20);
}

#[test]
fn endless_headers_are_refused() {
    let long = tar_entry("././@LongLink", b'L', &vec![b'a'; 2 << 20]);
    check("t", &long, &[": it is corrupt: its headers are larger than a mebibyte"]);
}

#[test]
fn a_file_is_walked_as_its_bytes_are() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.tar.zst", zstd(&two_files())), ("a.zip", zip(&[Zipped::deflated("x", b"1")]))] {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        let walked = walk(&path, &small(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(walked, told(name, &bytes, &small()).1.unwrap());
    }
    let error =
        walk(&folder.path().join("absent"), &small(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("absent: No such file"), "{error}");
}

#[test]
fn no_damage_makes_a_walk_panic() {
    let inner = zip(&[Zipped::deflated("x.json", b"{\"a\": 1}"), Zipped::stored("y", b"2")]);
    let packed = tar(&[("a.zip", &inner), ("b.gz", &gzip(b"hello"))]);
    let seeds = [inner, gzip(&packed), zstd(&packed), bzip2(b"hello"), xz_of_hello(), packed];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        // xorshift64: the same damage in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for seed in &seeds {
        for round in 0..400 {
            let mut bytes = seed.clone();
            if round % 4 == 0 {
                bytes.truncate(random(seed.len()));
            }
            for _ in 0..=random(4) {
                let at = random(bytes.len().max(1));
                let value = [0, 0xff, 0x7f, u8::try_from(random(256)).unwrap()][random(4)];
                bytes.get_mut(at).into_iter().for_each(|byte| *byte = value);
            }
            // Whatever comes out is an answer; only a panic would not be one.
            let (lines, walked) = told("damaged", &bytes, &small());
            assert_eq!(
                lines.lines().count() as u64,
                walked.map_or(0, |walked| walked.members + walked.complaints)
            );
        }
    }
}
