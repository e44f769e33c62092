//! Rights that are granted, and calls that need them.

use crate::check::trial;
use crate::finding::CheckId;

const CHECKS: [CheckId; 5] =
    [CheckId::PrivSudo, CheckId::PrivSu, CheckId::PrivSudoers, CheckId::PrivRootCheck, CheckId::UnitControl];

fn check(name: &str, text: &str, expected: &[&str]) {
    assert_eq!(trial::of(&CHECKS, &[(name, text)]), expected, "{text}");
}

#[test]
fn rules_of_sudo_say_whom_they_let_do_what() {
    check(
        "etc/sudoers.d/relay",
        "# relay\nDefaults:relay !requiretty\nrelay ALL=(root) NOPASSWD: /usr/bin/relayctl\n%ops ALL=(ALL:ALL) ALL\n",
        &[
            "priv.sudoers active 3: sudo lets relay run /usr/bin/relayctl without a password",
            "priv.sudoers active 4: sudo lets %ops run anything",
        ],
    );
    check(
        "etc/sudoers.d/README",
        "relay ALL=(ALL) ALL\n",
        &["priv.sudoers documentation 1: sudo lets relay run anything; sudo passes over a file of this name"],
    );
}

#[test]
fn rules_of_polkit_that_grant_are_told() {
    let rule = "polkit.addRule(function(action, subject) {\n  if (action.id == \"org.orrin.relay.restart\")\n    return polkit.Result.YES;\n});\n";
    check(
        "usr/share/polkit-1/rules.d/relay.rules",
        rule,
        &[
            "priv.sudoers active 3: relay.rules: a rule of polkit grants without asking: org.orrin.relay.restart",
        ],
    );
    check("usr/share/polkit-1/rules.d/relay.rules", "// polkit.Result.YES\n", &[]);
}

#[test]
fn a_command_of_the_configuration_runs_through_sudo() {
    check(
        "usr/share/relay/relayrc",
        "RELAYROOTCMD=\"sudo -E\"\n",
        &["priv.sudo active 1: RELAYROOTCMD is `sudo -E`: commands are run through sudo"],
    );
    check("etc/relay.conf", "# ROOTCMD=\"sudo -E\"\ngroups = sudo\npath: sudo tools\n", &[]);
}

#[test]
fn a_call_is_told_from_a_word() {
    check(
        "a.py",
        "subprocess.check_call(['sudo', '-n', 'x'])\n",
        &["priv.sudo active 1: runs a command through sudo"],
    );
    check("a.py", "os.system('sudo x')\n", &["priv.sudo active 1: runs a command through sudo"]);
    check("a.py", "cmd = ['sudo', 'x']\n", &["priv.sudo active 1: runs a command through sudo"]);
    check("a.py", "words = ['ls', 'sudo', 'su']\n# os.system('sudo x')\ngroup == 'sudo'\n", &[]);
    check(
        "a.pl",
        "print \"sudo systemctl daemon-reload\\n\";\n",
        &["priv.sudo printed-only 1: tells somebody: sudo systemctl daemon-reload\\n"],
    );
    check("a.pl", "`su - relay -c x`;\n", &["priv.su active 1: runs a command as another user, through su"]);
    check(
        "a.js",
        "commands = [\n 'systemctl enable ' + name,\n 'x'\n]\n",
        &["unit.control active 2: runs systemctl enable"],
    );
    check("a.js", "var m = 'sudo is needed'; f({group: 'sudo'})\n", &[]);
}

#[test]
fn branches_for_root_are_counted_once_a_file() {
    check(
        "a.py",
        "if os.getuid() == 0:\n  pass\nif not os.geteuid():\n  pass\n",
        &["priv.root-check active 1: asks whether it runs as root: it behaves differently then"],
    );
    check(
        "a.pl",
        "die 'x' unless $> == 0;\n",
        &["priv.root-check active 1: asks whether it runs as root: it behaves differently then"],
    );
    check("a.py", "'''os.getuid() == 0'''\nuid = os.getuid()\n", &[]);
}
