//! Spellings, what is evidence, and what is one product.

use super::{Because, Named, Sought, are_one, evidence, name, widened};
use crate::entry::Affected;

#[test]
fn spellings_of_a_product_come_down_to_its_name() {
    let check = |spelling: &str, expected: &str| assert_eq!(name(spelling), expected, "{spelling}");
    check("OpenSSL", "openssl");
    check("pkg:deb/debian/openssl@3.0.5-1?arch=amd64", "openssl");
    check("cpe:2.3:a:openssl:openssl:3.0.5:*", "openssl");
    check("cpe:/a:nodejs:node.js", "node js");
    check("cpe:2.3:o:linux:linux_kernel", "linux kernel");
    check("openssl/openssl", "openssl");
    check("https://github.com/openssl/openssl.git", "openssl");
    check("pkg:npm/%40angular/core@1.0.0", "angular core");
    check("@angular/core", "angular core");
    check("pkg:golang/github.com/foo/bar@v1", "github com foo bar");
    check("pkg:maven/org.acme/tool@1", "org acme tool");
    check("https://git.kernel.org", "");
    check("TCP/IP", "tcp ip");
    check("pkg:", "pkg");
    check(" ", "");
    assert!(name(&"/".repeat(100_000)).is_empty());
}

fn affected(product: &str, also: &[&str]) -> Affected {
    let also = also.iter().map(|one| (*one).to_owned()).collect();
    Affected { product: product.to_owned(), also, ..Affected::default() }
}

#[test]
fn only_what_speaks_of_one_product_is_evidence() {
    let node = affected("Node", &["cpe:2.3:a:nodejs:node.js:*", "https://github.com/nodejs/node"]);
    let none = String::new();
    let names = evidence(std::slice::from_ref(&node));
    assert_eq!(names, [("node".to_owned(), none.clone()), ("node js".to_owned(), none)]);
    assert_eq!(evidence(&[node.clone(), node.clone()]).len(), 2);
    let fixed = Affected { fixed: vec!["1.2".to_owned(), "2".to_owned()], ..affected("Node", &[]) };
    assert_eq!(evidence(&[fixed]), [("node".to_owned(), "1.2".to_owned())]);
    assert!(evidence(&[node, affected("Deno", &[])]).is_empty());
    assert!(evidence(&[]).is_empty());
}

#[test]
fn names_are_one_product_only_when_they_share_half_on_both_sides() {
    assert!(are_one(12, 14, 20));
    assert!(!are_one(2, 2, 2), "two are chance");
    assert!(!are_one(40, 40, 400), "a product that a library is built into");
    assert!(!are_one(40, 400, 40));
}

#[test]
fn a_product_is_told_from_those_that_only_have_its_name_in_theirs() {
    let asked = |name: &str| Named { name: name.to_owned(), because: Because::Asked };
    let relay = Sought::of(vec![asked("halvard relay"), asked("hrelay")]);
    assert!(relay.is(&affected("Halvard Relay", &[])));
    assert!(relay.is(&affected("hrelay", &[])));
    assert!(!relay.is(&affected("Halvard Relay Console", &[])));
    assert!(relay.is(&Affected { vendor: Some("Halvard".to_owned()), ..affected("Relay", &[]) }));
    assert!(!relay.is(&Affected { vendor: Some("Orrin".to_owned()), ..affected("Relay", &[]) }));
    assert!(relay.is_named_in("The new Halvard Relay is here") && !relay.is_named_in("A relay"));
    let node = Sought::of(vec![asked("nodejs"), asked("node js"), asked("node")]);
    assert!(node.is(&affected("node", &[])) && !node.is_named_in("a node of the cluster"));
    let curl = Sought::of(vec![asked("curl")]);
    assert!(curl.is(&Affected { vendor: Some("haxx".to_owned()), ..affected("haxx curl", &[]) }));
}

#[test]
fn products_in_a_query_are_sought_by_every_name() {
    let query = crate::query::parse("product:node -product:deno hole").unwrap();
    let names = |typed: &str| match typed {
        "node" => vec!["node".to_owned(), "node js".to_owned()],
        _ => vec![typed.to_owned()],
    };
    assert_eq!(
        widened(&query, &names).to_string(),
        "hole AND (product:node OR product:\"node js\") AND NOT product:deno"
    );
}
