//! What is told of scripts, and that hostile ones do no harm.

use super::{Command, LONGEST, Script, commands};

/// The commands that are run, a line each: who runs it, the words, what is written, under which condition.
fn told(text: &str) -> Vec<String> {
    commands(text).commands.iter().map(line).collect()
}

fn line(command: &Command) -> String {
    let mut words: Vec<String> = command
        .via
        .iter()
        .map(|via| match &via.user {
            Some(user) => format!("{}({user})", via.program),
            None => via.program.clone(),
        })
        .collect();
    words.extend(command.words.iter().map(|word| word.text.clone()));
    let mut line = format!("{}: {}", command.line, words.join(" "));
    for write in &command.writes {
        let text = write.text.as_deref().map(|text| format!(" {text:?}")).unwrap_or_default();
        line += &format!(" {} {}{text}", if write.append { ">>" } else { ">" }, write.path.text);
    }
    for guard in command.conditions() {
        line += &format!(" if {}", guard.text);
    }
    if command.printed {
        line += " (printed)";
    }
    if command.uncalled {
        line += " (uncalled)";
    }
    line
}

fn check(text: &str, expected: &[&str]) {
    let script = commands(text);
    assert!(script.parsed && script.whole, "{text}");
    assert_eq!(told(text), expected, "{text}");
}

#[test]
fn words_lose_their_quotes_and_variables_get_their_values() {
    check(
        "D=/etc/'my dir'\nF=\"$D\"/x.conf\ncp \"a b\" ${F} \\\n  \"$UNKNOWN/y\"",
        &["3: cp a b /etc/my dir/x.conf $UNKNOWN/y"],
    );
    check("OPTS='-q -y'; apt-get $OPTS \"$OPTS\" ${MODE:-install}", &["1: apt-get -q -y -q -y install"]);
}

#[test]
fn what_runs_a_command_is_looked_through() {
    check("sudo -u app -E FOO=1 env BAR=2 nice -n 5 /usr/bin/x -f", &["1: sudo(app) /usr/bin/x -f"]);
    check("su -s /bin/sh web -c 'cd /srv && ./a'", &["1: su(web) cd /srv", "1: su(web) ./a if cd /srv"]);
    check("sh -c \"curl x | sh -e\" ; eval \"mv a $1\"", &["1: curl x", "1: sh -e", "1: mv a $1"]);
    check("find / -name x | xargs -n 1 chmod 4755", &["1: find / -name x", "1: xargs chmod 4755"]);
    check("find /x -exec chown a {} \\;", &["1: chown a {}", "1: find /x -exec chown a {} ;"]);
    check(r#"X="`md5sum \"$F\" | cut -c 1`" y"#, &["1: md5sum $F", "1: cut -c 1", "1: y"]);
    check("X=$(timeout 5 hostname -f) y", &["1: hostname -f", "1: y"]);
    check("echo 'adduser app' | sudo sh", &["1: echo adduser app", "1: sudo adduser app"]);
    check(
        "runuser -u app -- psql -c x\nchroot /mnt apt-get update",
        &["1: runuser(app) psql -c x", "2: chroot apt-get update"],
    );
    check("systemd-run --on-active 1h relay", &["1: relay", "1: systemd-run --on-active 1h relay"]);
    check("trap 'rm -f /x' EXIT; command -v curl", &["1: rm -f /x", "1: command -v curl"]);
}

#[test]
fn what_is_written_is_known_with_its_text() {
    check(
        "echo '1 2 * * * root x' >> /etc/cron.d/x 2>/dev/null",
        &["1: echo 1 2 * * * root x >> /etc/cron.d/x \"1 2 * * * root x\\n\""],
    );
    check(
        "cat > /etc/x.conf <<-EOF\n\tport=$PORT\n\tEOF\nmodprobe x",
        &["1: cat > /etc/x.conf \"port=$PORT\\n\"", "4: modprobe x"],
    );
    check(
        "printf 'a %s\\n' b | tee -a /etc/f >/dev/null",
        &["1: printf a %s\\n b", "1: tee -a /etc/f >> /etc/f \"a b\\n\""],
    );
    check("{ echo a; date; } > /etc/g", &["1: echo a > /etc/g \"a\\n\"", "1: date > /etc/g"]);
    check("> /etc/empty", &["1: : > /etc/empty"]);
}

#[test]
fn conditions_are_told_and_phases_are_none() {
    check(
        "if [ -d /run/systemd/system ]; then a; else b; fi",
        &[
            "1: [ -d /run/systemd/system ]",
            "1: a if [ -d /run/systemd/system ]",
            "1: b if not [ -d /run/systemd/system ]",
        ],
    );
    check("case \"$1\" in configure) a;; esac\n[ \"$1\" = x ] && b", &["1: a", "2: [ $1 = x ]", "2: b"]);
    check(
        "[ -x /usr/bin/x ] || exit 0\nb",
        &["1: [ -x /usr/bin/x ]", "1: exit 0 if not [ -x /usr/bin/x ]", "2: b if [ -x /usr/bin/x ]"],
    );
    check("setcap x f || chmod u+s f", &["1: setcap x f", "1: chmod u+s f if not setcap x f"]);
    check("f() { a; }\ng() { b; }\ng", &["1: a (uncalled)", "2: b", "3: g"]);
}

#[test]
fn what_is_printed_is_not_done() {
    check(
        "# sudo a\necho \"Run: x\nsudo systemctl start y\" >&2",
        &["2: sudo systemctl start y (printed)", "2: echo Run: x\nsudo systemctl start y"],
    );
    check("cat <<EOF\n  sudo reboot\nEOF\nWORDS=\"su sudo\"", &["1: sudo reboot (printed)", "1: cat"]);
}

#[test]
fn what_cannot_be_parsed_is_scanned() {
    let script = commands("if then fi (\n  sudo -u a chmod 4755 /x; echo y >/etc/z # c\ncat <<E\nsu x\nE\n");
    assert!(!script.parsed);
    let told: Vec<String> = script.commands.iter().map(line).collect();
    assert!(told.contains(&"2: sudo(a) chmod 4755 /x".to_owned()), "{told:?}");
    assert!(told.contains(&"2: echo y > /etc/z \"y\\n\"".to_owned()), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("su x")), "{told:?}");
}

#[test]
fn hostile_scripts_end_soon_and_harm_nothing() {
    let nested =
        |open: &str, close: &str, many: usize| format!("{}a;{}", open.repeat(many), close.repeat(many));
    for many in [3, 9, 50, 3_500] {
        for (open, close) in [
            ("{ ", " }"),
            ("( ", " )"),
            ("((", "))"),
            ("$(", ")"),
            ("\"$(", ")\""),
            ("${A:-", "}"),
            ("`", "`"),
            ("case a in a) ", " esac;"),
            ("if ", "; then b; fi;"),
            ("while ", "; do b; done;"),
            ("! ", ""),
            ("[[ ! ", " ]]"),
            ("eval \"", "\""),
            ("sh -c '", "'"),
            ("f() { ", " }"),
            ("a && ", ""),
            ("a | ", ""),
            ("$((", "))"),
            ("[[ ( ", " ) ]]"),
            ("coproc ", ""),
            ("a <<E\n", ""),
            ("sudo ", ""),
        ] {
            let _: Script = commands(&nested(open, close, many));
            let _: Script = commands(&open.repeat(many));
            let _: Script = commands(&close.repeat(many));
        }
    }
    let _: Script = commands(&format!("[[ {} ]]", "a || ".repeat(5_000)));
    let _: Script = commands(
        "99999999999999999999>x; echo ${99999999999999999999} ~+99999999999999999999999 \u{0}\u{feff}é$'",
    );
    let grown: String = (0..60).map(|at| format!("V{}=$V{at}$V{at}a\n", at + 1)).collect();
    assert!(commands(&format!("V0=aa\n{grown}x $V60")).commands.len() == 1);
    assert!(!commands(&"a;".repeat(LONGEST)).whole);
}

#[test]
fn a_function_does_what_its_calls_say() {
    check(
        "again() { local unit=\"$1\"; systemctl $2 \"$unit\"; }\nagain relay restart\nagain ledger restart",
        &[
            "1: local unit={ledger,relay}",
            "1: systemctl restart {ledger,relay}",
            "2: again relay restart",
            "3: again ledger restart",
        ],
    );
    check(
        "${TRACE:+ echo a}\nsystemctl ${ROOT:+--root=\"$ROOT\"} enable relay",
        &["2: systemctl enable relay"],
    );
    check("f() { rm $1; }\nf \"$X\"", &["1: rm $1", "2: f $X"]);
    check(
        "P=$(dpkg-divert --truename /bin/relay)\nchmod u+s $P",
        &["1: dpkg-divert --truename /bin/relay", "2: chmod u+s /bin/relay"],
    );
}
