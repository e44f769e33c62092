//! What typed lines mean, and what their mistakes say.

use jiff::civil::date;

use crate::severity::Level;

use super::{Comparison, Query, explain, parse};

fn word(text: &str) -> Query {
    Query::Word(text.to_owned())
}

fn words(texts: &[&str]) -> Query {
    Query::Words(texts.iter().map(|text| word(text)).collect())
}

fn not(query: Query) -> Query {
    Query::Not(Box::new(query))
}

fn check(typed: &str, expected: &Query) {
    let query = parse(typed).unwrap_or_else(|mistake| panic!("{typed}: {mistake}"));
    assert_eq!(&query, expected, "{typed}");
    again(typed, &query);
}

fn again(typed: &str, query: &Query) {
    let shown = query.to_string();
    assert_eq!(parse(&shown).as_ref(), Ok(query), "{typed} became {shown}");
    assert_eq!(explain(query).lines().count(), 1, "{typed}");
}

fn wrong(typed: &str, part: &str, sentence: &str) {
    let mistake = parse(typed).expect_err(typed);
    assert_eq!(typed.get(mistake.start..mistake.end), Some(part), "{typed}: {mistake}");
    assert!(mistake.sentence.contains(sentence), "{typed}: {mistake}");
}

const KEY: &str = "7F38BBB59D064DBCB3D84D725612B36462313325";

#[test]
fn words_stand_side_by_side() {
    check("", &Query::All);
    check("  * ", &Query::All);
    check("gitlab", &word("gitlab"));
    check("gitlab 16.3 migration", &words(&["gitlab", "16.3", "migration"]));
    check("a - b & c", &words(&["a", "b", "c"]));
    check("migrat*", &Query::Prefix("migrat".to_owned()));
    check("\u{201c}background  migration\u{201d}", &Query::Phrase("background migration".to_owned()));
    check("\"OR\"", &Query::Phrase("OR".to_owned()));
}

#[test]
fn operators_bind_as_they_say() {
    check("a OR b AND c", &Query::Or(vec![word("a"), Query::And(vec![word("b"), word("c")])]));
    check("(a OR b) c", &Query::And(vec![word("c"), Query::Or(vec![word("a"), word("b")])]));
    check("a -b", &Query::And(vec![word("a"), not(word("b"))]));
    check("NOT (a b)", &not(words(&["a", "b"])));
    check("NOT -a", &word("a"));
    check("tar --force", &words(&["tar", "--force"]));
    check("(*) OR -*", &Query::Or(vec![Query::All, not(Query::All)]));
}

#[test]
fn fields_are_understood() {
    let vendor = |name: &str| Query::Vendor(name.to_owned());
    check("vendor:gitlab", &vendor("gitlab"));
    check("Vendor:\"Red Hat, Inc.\"", &vendor("Red Hat, Inc."));
    check("vendor:a,b", &Query::Or(vec![vendor("a"), vendor("b")]));
    check("kind:Advisories", &Query::KindIs("advisory".to_owned()));
    check("severity:>=important", &Query::Severity(Comparison::AtLeast, Level::High));
    check("severity:low", &Query::Severity(Comparison::Equal, Level::Low));
    check("after:2024-02-03", &Query::After(date(2024, 2, 3)));
    check("after:2024-02", &Query::After(date(2024, 2, 1)));
    check("before:2024", &Query::Before(date(2024, 1, 1)));
    check("exploited:Yes", &Query::Exploited(true));
    check("exploited:no", &Query::Exploited(false));
    let chance = |text| crate::enrichment::Chance::read(text).unwrap();
    check("epss:>0.5", &Query::Epss(Comparison::More, chance("0.5")));
    check("epss:<=10%", &Query::Epss(Comparison::AtMost, chance("0.1")));
    check("epss:0.00043", &Query::Epss(Comparison::AtLeast, chance("0.00043")));
    check("version:3.0.5", &Query::Version("3.0.5".to_owned()));
    check("fixed:1:3.0.7-2.el9", &Query::Fixed("1:3.0.7-2.el9".to_owned()));
    check("id:cve-2024-3094", &Query::Id("CVE-2024-3094".to_owned()));
    check("source:\"::x\"", &Query::Source("::x".to_owned()));
    check("a vendor:b", &Query::And(vec![word("a"), vendor("b")]));
}

#[test]
fn identifiers_are_recognised_wherever_they_stand() {
    let key = |hex: &str| Query::Key(hex.to_owned());
    let advisory = |id: &str| Query::Advisory(id.to_owned());
    check("cve-2024-3094,", &advisory("CVE-2024-3094"));
    check("\"cve-2024-3094\"", &advisory("CVE-2024-3094"));
    check("glsa 202401-01", &advisory("GLSA-202401-01"));
    check(
        "BDU:2024-01234 JVN#12345678",
        &Query::And(vec![advisory("BDU:2024-01234"), advisory("JVN#12345678")]),
    );
    check(
        "rotated 7F38 BBB5 9D06 4DBC B3D8  4D72 5612 B364 6231 3325 why",
        &Query::And(vec![words(&["rotated", "why"]), key(KEY)]),
    );
    check("\"7F38 BBB5 9D06 4DBC B3D8 4D72 5612 B364 6231 3325\"", &key(KEY));
    check(&format!("0x{}", KEY.to_lowercase()), &key(KEY));
    check("key:7F38 BBB5 9D06 4DBC B3D8 4D72 5612 B364 6231 3325", &key(KEY));
    check("key:ced7258b", &key("CED7258B"));
    check("901f9177ab97acbe", &key("901F9177AB97ACBE"));
    check("1234567890123456", &word("1234567890123456"));
}

#[test]
fn text_that_only_looks_like_a_field_is_text() {
    for text in [
        "std::vec",
        "http://example.com/a?b=c",
        "1:2.3",
        "12:30",
        "localhost:8080",
        "error:",
        "C:\\temp",
        "JDK:17",
        "x86:64",
        "printf()",
        "f(x)(y)",
        "c++",
        "a*b",
    ] {
        check(text, &word(text));
    }
    check("error: foo", &words(&["error:", "foo"]));
}

#[test]
fn a_mistake_says_where_and_what_to_type() {
    wrong("a \"b c", "\"b c", "never closed");
    wrong("(a b", "(", "never closed");
    wrong("a) b", ")", "closes nothing");
    wrong("a ()", ")", "before this parenthesis");
    wrong("a OR", "", "at the end");
    wrong("AND b", "AND", "before this operator");
    wrong("vendr:gitlab", "vendr:", "did you mean \u{201c}vendor:");
    wrong("author:bob", "author:", "the fields are");
    wrong("vendor: gitlab", "vendor:", "without a space");
    wrong("kind:advisory,poem", "kind:advisory,poem", "one of advisory, release");
    wrong("severity:>7.0", "severity:>7.0", "severity:>high");
    wrong("severity:bad", "severity:bad", "none, low, medium");
    wrong("after:2024-02-30", "after:2024-02-30", "2024-01-31");
    wrong("before:soon", "before:soon", "no date");
    wrong("exploited:maybe", "exploited:maybe", "type exploited:yes");
    wrong("epss:high", "epss:high", "epss:>0.5");
    wrong("epss:=0.5", "epss:=0.5", "from 0 to 1");
    wrong("epss:>1.5", "epss:>1.5", "from 0 to 1");
    wrong("version:newest", "version:newest", "is no version");
    wrong("key:7F38", "key:7F38", "40 or 64");
    wrong("a*", "a*", "two letters");
    wrong("\"\"", "\"\"", "nothing between");
}

#[test]
fn a_line_beyond_reason_is_refused() {
    wrong(&"a".repeat(1_001), "a", "longer than 1000");
    wrong(&"a ".repeat(65), "a ", "more than 64");
    wrong(&format!("vendor:{}", "a,".repeat(65)), &format!("vendor:{}", "a,".repeat(65)), "more than 64");
    wrong(&format!("{}a{}", "(".repeat(17), ")".repeat(17)), "(", "16 deep");
    assert!(parse(&format!("{}a{}", "(".repeat(16), ")".repeat(16))).is_ok());
    assert!(parse(&"-(".repeat(400)).is_err());
}

#[test]
fn a_query_is_explained_in_words() {
    let explained = |typed: &str| explain(&parse(typed).unwrap());
    assert_eq!(explained(""), "all entries");
    assert_eq!(
        explained("gitlab migration vendor:gitlab severity:>=high -beta"),
        "entries that say most of: \u{201c}gitlab\u{201d}, \u{201c}migration\u{201d} and come from the vendor gitlab \
         and have a severity of high or above and do not match: say \u{201c}beta\u{201d}"
    );
}

#[test]
fn whatever_is_typed_is_read_back_as_it_was_shown() {
    let pieces = [
        "a",
        "gitlab",
        "OR",
        "AND",
        "NOT",
        "-",
        "(",
        ")",
        "\"",
        " ",
        " ",
        " ",
        "vendor:",
        "key:",
        "kind:thread,notice",
        "severity:>=high",
        "after:2024",
        "CVE-2024-3094",
        "7F38 BBB5 9D06 4DBC B3D8 4D72 5612 B364 6231 3325",
        "*",
        "pre*",
        "x:",
        ",",
        ";",
        ":",
        "é",
        "漢字",
        "\u{201c}",
        "::",
        "//",
        "0x",
        "ced7258b",
        "GLSA 202401-01",
        ".",
        "id:",
        "SHA256:uNiVztksCsDhcc0u9e8BrwJ7ExfE0pLrYJbKuKwPQ9w",
        "\u{a0}",
        "\u{2003}",
        "DEAD",
        "12",
        "--",
        "=",
    ];
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let mut read = 0;
    for _ in 0..60_000 {
        let typed: String = (0..random.below(12)).map(|_| pieces[random.below(pieces.len())]).collect();
        match parse(&typed) {
            Ok(query) => {
                read += 1;
                again(&typed, &query);
            }
            Err(mistake) => assert!(typed.get(mistake.start..mistake.end).is_some(), "{typed}"),
        }
    }
    assert!(read > 10_000, "{read}");
}

#[test]
fn random_bytes_never_stop_the_reader() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..random.below(60)).map(|_| random.below(256).to_le_bytes()[0]).collect();
        let typed = String::from_utf8_lossy(&bytes);
        match parse(&typed) {
            Ok(query) => again(&typed, &query),
            Err(mistake) => assert!(typed.get(mistake.start..mistake.end).is_some()),
        }
    }
}

/// Marsaglia's xorshift: the same numbers at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
