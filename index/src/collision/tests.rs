//! Each kind against an estate where it collides, one where it does not, and one of which nothing is known.

use inspect::container::attributes::Kind as EntryKind;
use inspect::finding::object::{Object, Protocol};
use inspect::finding::{Activation, CheckId, Finding};
use inspect::inspection::{Contents, Listed};
use inspect::package::{Claims, Format, Platform};
use jiff::Timestamp;

use super::{Assessment, Kind, assess};
use crate::estate::facts::Facts;
use crate::estate::{Estate, Origin};

fn estate(text: &str) -> Estate {
    let now: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    let mut estate = Estate::new("production", now);
    let facts: Facts = toml::from_str(text).unwrap();
    estate
        .take(vec![(facts, Origin { from: "plant.toml".into(), format: "an estate file".into(), at: now })]);
    estate
}

/// A package in which something was found.
#[derive(Default)]
struct Case {
    findings: Vec<Finding>,
    claims: Vec<Claims>,
    contents: Contents,
}

fn about(check: CheckId, object: Object) -> Case {
    let finding =
        Finding::new(check, "data.tar.xz!/opt/relay/up.sh", "it does").at(7, "the line").about(object);
    Case { findings: vec![finding], ..Case::default() }
}

impl Case {
    fn bringing(mut self, path: &str, size: u64) -> Self {
        let kind = EntryKind::File;
        let (sha256, mode, user, group, capabilities) = (None, None, None, None, None);
        self.contents.bytes += size;
        self.contents.listed.push(Listed {
            path: path.into(),
            kind,
            size,
            sha256,
            mode,
            user,
            group,
            capabilities,
        });
        self
    }

    fn claiming(mut self, format: Format, least: &[(Platform, &str)]) -> Self {
        let mut claims = Claims::new("", format);
        claims.name = Some("relay".into());
        least.iter().for_each(|(of, version)| claims.least(*of, version, "Depends"));
        self.claims.push(claims);
        self
    }

    fn assess(&self, estate: Option<&Estate>) -> Assessment {
        assess(&self.findings, &self.claims, &self.contents, estate)
    }
}

/// Collides with the first estate in these words, not with the second, and is not checked without facts or estate.
fn check(kind: Kind, case: &Case, collides: &str, fits: &str, expected: &str) {
    let found = case.assess(Some(&estate(collides)));
    let said: Vec<&str> = found.collisions.iter().map(|one| one.sentence.as_str()).collect();
    assert_eq!(said, [expected], "{:?}", found.not_checked);
    assert!(found.has(kind) && found.collisions[0].origin.from == "plant.toml");
    let found = case.assess(Some(&estate(fits)));
    assert!(!found.has(kind) && found.not_checked.iter().all(|one| one.kind != kind), "{found:?}");
    let found = case.assess(Some(&estate("")));
    assert!(found.collisions.is_empty(), "{:?}", found.collisions);
    let missed: Vec<&str> =
        found.not_checked.iter().filter(|one| one.kind == kind).map(|one| one.sentence.as_str()).collect();
    assert!(missed.first().is_some_and(|sentence| sentence.contains("nothing was imported")), "{missed:?}");
    let none = case.assess(None);
    assert!(none.collisions.is_empty() && none.not_checked.iter().any(|one| one.kind == kind));
}

/// Neither collides nor is anything left unchecked.
fn check_harmless(case: &Case, so: &str) {
    let found = case.assess(Some(&estate(so)));
    assert!(found.collisions.is_empty() && found.not_checked.is_empty(), "{found:?}");
}

/// Does not collide, and says of what it cannot be told.
fn check_untold(case: &Case, so: &str, words: &str) {
    let found = case.assess(Some(&estate(so)));
    assert!(found.collisions.is_empty(), "{:?}", found.collisions);
    assert!(found.not_checked.iter().any(|one| one.sentence.contains(words)), "{:?}", found.not_checked);
}

#[test]
fn without_an_estate_every_kind_is_not_checked() {
    let found = Case::default().assess(None);
    assert_eq!(found.not_checked.iter().map(|one| one.kind).collect::<Vec<_>>(), Kind::ALL);
    assert_eq!(found.environment, None);
}

fn unit(name: &str, required: bool) -> Case {
    about(CheckId::UnitReference, Object::Unit { name: name.into(), required })
}

const UNITS: &str = "[[units]]\nname = \"pump.service\"\n[[units]]\nname = \"valve@.service\"\n[[units]]\nname = \"gate.service\"\nstate = \"masked\"\n";

#[test]
fn a_unit_that_is_required_and_absent() {
    check(
        Kind::Unit,
        &unit("relay.service", true),
        UNITS,
        "[[units]]\nname = \"relay.service\"\nstate = \"enabled\"\n",
        "data.tar.xz!/opt/relay/up.sh:7: it needs the unit relay.service, but production has no such unit",
    );
    let masked = unit("gate.service", true).assess(Some(&estate(UNITS)));
    assert!(masked.collisions[0].sentence.ends_with("production has it masked"));
    for (name, required) in [("relay.service", false), ("valve@3.service", true), ("user.slice", true)] {
        check_harmless(&unit(name, required), UNITS);
    }
    check_harmless(
        &unit("relay.service", true).bringing("data.tar!/usr/lib/systemd/system/relay.service", 0),
        UNITS,
    );
    let partial = format!("[partial]\nunits = \"only loaded ones\"\n{UNITS}");
    check_untold(&unit("relay.service", true), &partial, "relay.service: only loaded ones");
}

fn host(name: &str) -> Case {
    about(CheckId::RemoteScp, Object::Host { name: name.into() })
}

#[test]
fn a_host_that_was_retired() {
    let retired = "[[retired]]\nname = \"Depot.plant.example\"\nalso = [\"192.0.2.7\"]\nsince = \"2025-06\"\nwhy = \"moved\"\n[[retired]]\nname = \"*.old.example\"\n";
    check(
        Kind::Host,
        &host("depot.plant.example"),
        retired,
        "[[retired]]\nname = \"other.example\"\n",
        "data.tar.xz!/opt/relay/up.sh:7: it names depot.plant.example, but that host is retired in production since 2025-06 (moved)",
    );
    for name in ["192.0.2.7", "a.b.old.example"] {
        assert!(host(name).assess(Some(&estate(retired))).has(Kind::Host), "{name}");
    }
    for name in ["old.example", "bold.example", "depot"] {
        check_harmless(&host(name), retired);
    }
    let cron = |line: &str| {
        let finding = Finding::new(CheckId::ScheduleCron, "etc/cron.d/relay", "every day").at(1, line);
        Case { findings: vec![finding], ..Case::default() }
    };
    let job = cron("0 3 * * * root sftp relay@depot.plant.example:/in /var/lib/relay");
    assert!(job.assess(Some(&estate(retired))).has(Kind::Host));
    check_harmless(&cron("0 3 * * * root sftp relay@not-depot.plant.example:/in"), retired);
    let mut documented = host("depot.plant.example");
    documented.findings[0].activation = Activation::Documentation;
    check_harmless(&documented, retired);
}

fn sudo(command: &str) -> Case {
    about(CheckId::PrivSudo, Object::Sudo { command: command.into() })
}

#[test]
fn a_program_that_sudo_does_not_allow() {
    let rule = |command: &str| format!("[[sudo]]\nwho = \"deploy\"\ncommand = \"{command}\"\n");
    check(
        Kind::Sudo,
        &sudo("systemctl"),
        "sudo = []\n",
        &rule("ALL"),
        "data.tar.xz!/opt/relay/up.sh:7: it runs systemctl through sudo, but sudo allows nothing in production",
    );
    check_harmless(&sudo("systemctl"), &rule("/usr/bin/systemctl"));
    check_harmless(&sudo("/usr/bin/systemctl"), &rule("/usr/bin/*"));
    check_untold(&sudo("systemctl"), &rule("/usr/bin/systemctl restart relay"), "just these arguments");
    let except = format!("{}{}", rule("ALL"), rule("!/usr/bin/su"));
    assert!(sudo("su").assess(Some(&estate(&except))).has(Kind::Sudo));
    assert!(sudo("rm").assess(Some(&estate(&rule("/usr/bin/systemctl")))).has(Kind::Sudo));
}

fn port(number: u16, protocol: Protocol, loopback: bool) -> Case {
    about(CheckId::NetListen, Object::Port { number, protocol, loopback })
}

fn listener(address: &str, port: u16, program: &str) -> String {
    format!("[[listeners]]\naddress = \"{address}\"\nport = {port}\nprogram = \"{program}\"\n")
}

#[test]
fn a_port_that_another_program_has() {
    check(
        Kind::Port,
        &port(8080, Protocol::Tcp, false),
        &listener("127.0.0.1", 8080, "pumpd"),
        &listener("0.0.0.0", 8081, "pumpd"),
        "data.tar.xz!/opt/relay/up.sh:7: it listens on TCP port 8080, but in production pumpd listens on 127.0.0.1 port 8080",
    );
    let taken = |case: Case, so: &str| case.assess(Some(&estate(so))).has(Kind::Port);
    assert!(taken(port(53, Protocol::Tcp, true), &listener("*", 53, "named")));
    assert!(!taken(port(53, Protocol::Tcp, true), &listener("192.0.2.7", 53, "named")));
    assert!(!taken(port(53, Protocol::Udp, false), &listener("*", 53, "named")));
    // The package's own program is what listens.
    let own = port(80, Protocol::Tcp, false).bringing("data.tar!/usr/sbin/relay-controller-daemon", 0);
    check_harmless(&own, &listener("*", 80, "relay-controlle"));
}

fn table(name: &str, bounded: bool) -> Case {
    let engine = Some("postgresql".to_owned());
    about(CheckId::DbDdlBlocking, Object::Table { name: name.into(), engine, bounded })
}

fn database(engine: &str, rows: &str) -> String {
    format!(
        "[[databases]]\nname = \"plant\"\nengine = \"{engine}\"\n[[databases.tables]]\nname = \"public.meters\"\n{rows}\n"
    )
}

#[test]
fn a_schema_change_on_a_large_table_without_a_bound() {
    let large = database("PostgreSQL", "rows = 4000000");
    check(
        Kind::Table,
        &table("meters", false),
        &large,
        &database("postgres", "rows = 400"),
        "data.tar.xz!/opt/relay/up.sh:7: it changes the schema of meters without a bound on how long it waits for the lock, but public.meters of the database plant is large in production (4000000 rows)",
    );
    check_harmless(&table("meters", true), &large);
    check_harmless(&table("audit.meters", false), &large);
    check_harmless(&table("meters", false), &database("mysql", "large = true"));
    check_untold(&table("meters", false), &database("postgresql", ""), "is large: nobody said");
    let unlisted = "[[databases]]\nname = \"plant\"\nengine = \"postgresql\"\n";
    check_untold(&table("meters", false), unlisted, "whether the table meters is large in production");
}

#[test]
fn a_library_or_runtime_that_is_too_old() {
    let glibc = Case::default().claiming(Format::Deb, &[(Platform::Glibc, "2.38")]);
    check(
        Kind::Least,
        &glibc,
        "[machine]\nglibc = \"2.36\"\n",
        "[machine]\nglibc = \"2.39\"\n",
        "the file itself: it needs glibc 2.38 (by Depends), but production has glibc 2.36",
    );
    let product =
        |name: &str, version: &str| format!("[[products]]\nname = \"{name}\"\nversion = \"{version}\"\n");
    for (of, needed, name, version, old) in [
        (Platform::Glibc, "2.36", "libc6", "2.36-9+deb12u4", false),
        (Platform::Glibc, "2.9", "libc6", "2.36-9+deb12u4", false),
        (Platform::Python, ">=3.8,<4", "python3.11", "3.11.2-6", false),
        (Platform::Python, ">=3.12", "python3", "3.11.2-1+b1", true),
        (Platform::Node, "^18.12 || >=20", "nodejs", "18.19.0+dfsg-6", false),
        (Platform::Node, "^18.12 || >=20", "nodejs", "16.1.0", true),
        (Platform::Node, ">= 12.x", "nodejs", "12.22.12~dfsg-1", false),
        (Platform::Java, "17", "openjdk-11-jre-headless", "11.0.21+9-1", true),
        (Platform::Java, "8", "java-1.8.0-openjdk", "1:1.8.0.392.b08-4.el8", false),
        (Platform::Ruby, ">= 3.0.0", "ruby3.1", "3.1.2-7", false),
        (Platform::DotNet, "net8.0", "dotnet-runtime-6.0", "6.0.36", true),
    ] {
        let case = Case::default().claiming(Format::Deb, &[(of, needed)]);
        let found = case.assess(Some(&estate(&product(name, version))));
        assert_eq!(found.has(Kind::Least), old, "{needed} and {name} {version}: {found:?}");
        assert!(found.not_checked.is_empty(), "{needed} and {name} {version}: {found:?}");
    }
    let untold = |of, needed: &str, so: &str, words: &str| {
        check_untold(&Case::default().claiming(Format::Deb, &[(of, needed)]), so, words);
    };
    untold(Platform::Python, ">=3.12", &product("python3", "3"), "that cannot be told");
    untold(Platform::Ruby, ">=3", &product("python3", "3.1"), "no product of production is known to be it");
    untold(Platform::DotNet, "net472", &product("dotnet-runtime-6.0", "6.0.36"), "that cannot be told");
}

#[test]
fn a_system_that_is_another_or_too_old() {
    let case = Case::default().claiming(Format::Wheel, &[(Platform::System, "macOS 11.0")]);
    check(
        Kind::Least,
        &case,
        "[os]\nid = \"plant\"\nversion = \"12\"\n",
        "[os]\nid = \"macos\"\nversion = \"14.1\"\n",
        "the file itself: it is made for macOS 11.0 (by Depends), but production runs plant 12",
    );
}

#[test]
fn an_account_or_group_whose_number_is_taken() {
    let account = |name: &str, id| about(CheckId::AccountCreate, Object::Account { name: name.into(), id });
    let so = |name: &str, id: u32| format!("groups = []\n[[accounts]]\nname = \"{name}\"\nid = {id}\n");
    check(
        Kind::Account,
        &account("relay", Some(70)),
        &so("pump", 70),
        &so("relay", 70),
        "data.tar.xz!/opt/relay/up.sh:7: it makes the account relay with the number 70, but pump has that number in production",
    );
    let other = account("relay", Some(70)).assess(Some(&estate(&so("relay", 105))));
    assert!(other.collisions[0].sentence.ends_with("relay has the number 105 in production"));
    check_harmless(&account("relay", None), &so("relay", 105));
    let group = about(CheckId::AccountCreate, Object::Group { name: "relay".into(), id: Some(7) });
    let groups = "accounts = []\n[[groups]]\nname = \"pump\"\nid = 7\n";
    assert!(group.assess(Some(&estate(groups))).has(Kind::Account));
}

#[test]
fn a_disk_without_room() {
    let case = Case::default()
        .claiming(Format::Deb, &[])
        .bringing("data.tar.xz!/opt/relay/model.bin", 5_000_000)
        .bringing("data.tar.xz!/usr/bin/relay", 10_000);
    let disks = |root: u64, opt: u64| {
        format!("[[disks]]\nmount = \"/\"\nfree = {root}\n[[disks]]\nmount = \"/opt\"\nfree = {opt}\n")
    };
    check(
        Kind::Disk,
        &case,
        &disks(1_000_000_000, 1_000_000),
        &disks(1_000_000, 6_000_000),
        "the package unpacks 5 MB, but production has 1 MB free on /opt",
    );
    let anywhere = Case::default().bringing("relay/model.bin", 5_000_000);
    check_harmless(&anywhere, &disks(1_000, 6_000_000));
    assert!(anywhere.assess(Some(&estate(&disks(1_000, 2_000)))).has(Kind::Disk));
}
