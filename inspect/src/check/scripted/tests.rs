//! What is said of scripts, seen from outside: a package with a script, and the findings.

use crate::check::trial;
use crate::finding::CheckId;

/// Holds what is found by the check in a package whose installation runs these lines against what is expected, without
/// the name of the check and the state where that is `active`.
fn check(id: CheckId, script: &str, expected: &[&str]) {
    let script = format!("#!/bin/sh\n{script}");
    let found = trial::of(&[id], &[(".PKGINFO", "pkgname = relay\n"), (".post-install", &script)]);
    let own: Vec<&str> = found.iter().map(|line| line.split_once(' ').map_or("", |(_, rest)| rest)).collect();
    let own: Vec<&str> = own.iter().map(|line| line.strip_prefix("active ").unwrap_or(line)).collect();
    assert_eq!(own, expected, "{script}");
}

#[test]
fn rights_that_scripts_give() {
    check(
        CheckId::PrivSetuid,
        "chmod 4755 /usr/bin/relay\nchmod 0755 /x\nchmod u-s /y\nchmod g+s /z",
        &["2: /usr/bin/relay gets the set-user-id bit (mode 4755)"],
    );
    check(
        CheckId::PrivSetuid,
        "if ! dpkg-statoverride --list /x >/dev/null; then\ndpkg-statoverride --update --add root ops 4754 /x; fi",
        &[
            "guarded 3: /x gets the set-user-id bit (mode 4754, owned by root:ops), under the condition: ! dpkg-statoverride --list /x",
        ],
    );
    check(
        CheckId::PrivSetgid,
        "mkdir -p /opt/spool\nchmod 2775 /opt/spool /var/log/relay\nchmod g+s /usr/bin/post",
        &["4: /usr/bin/post gets the set-group-id bit (mode g+s)"],
    );
    check(
        CheckId::PrivCapability,
        "setcap cap_net_raw+ep /usr/bin/relay || chmod u+s /usr/bin/relay\nsetcap -r /x",
        &["2: /usr/bin/relay gets file capabilities: cap_net_raw+ep"],
    );
    check(
        CheckId::PrivSu,
        "su -s /bin/sh relay -c 'relay init'\n# su root\necho su\nWORDS='su sudo'",
        &["2: su runs relay as relay"],
    );
    check(
        CheckId::PrivSudo,
        "echo 'Run:'\necho 'sudo systemctl start relay'\nsudo -u ops relay",
        &["printed-only 3: sudo runs systemctl as root", "4: sudo runs relay as ops"],
    );
}

#[test]
fn accounts_that_scripts_make() {
    check(
        CheckId::AccountCreate,
        "getent passwd relay >/dev/null || adduser --system --group --uid 411 --home /var/lib/relay relay\n\
         usermod -aG docker relay\naddgroup --system ops\ndeluser old\nadduser relay relay\n",
        &[
            "guarded 2: makes the system user relay with the fixed user id 411 at home in /var/lib/relay with a group of its own, under the condition: not getent passwd relay",
            "3: makes relay a member of the group docker: its members can become root through containers",
            "4: makes the group ops",
        ],
    );
}

#[test]
fn what_runs_later_because_of_scripts() {
    check(
        CheckId::ScheduleCron,
        "M=7\ncat > /etc/cron.d/relay <<EOF\n# x\n$M 3 * * * root relay sweep\nEOF\nrm -f /etc/cron.d/old",
        &["3: writes /etc/cron.d/relay: 7 3 * * * root relay sweep"],
    );
    check(
        CheckId::ScheduleCron,
        "(crontab -l; echo '@daily relay') | crontab -u ops -\ncrontab -l\necho relay | at midnight",
        &["2: replaces the crontab of ops: @daily relay", "4: has a command run later by at"],
    );
    check(
        CheckId::ScheduleTimer,
        "systemd-run --on-calendar=daily relay",
        &["2: has a command run later by systemd"],
    );
    let writer = "#!/bin/sh\nF=/etc/cron.d/relay\necho '0 4 * * * root relay' > \"$F\"\n";
    let called = [
        (".PKGINFO", "pkgname = relay\n"),
        (".post-install", "#!/bin/sh\nrelay-cron\n"),
        ("usr/sbin/relay-cron", writer),
    ];
    let told = "writes /etc/cron.d/relay: 0 4 * * * root relay";
    assert_eq!(
        trial::of(&[CheckId::ScheduleCron], &called),
        [format!("schedule.cron active 3: {told}; .post-install runs this")]
    );
    assert_eq!(
        trial::of(&[CheckId::ScheduleCron], &[("usr/sbin/relay-cron", writer)]),
        [format!("schedule.cron active 3: {told}")]
    );
}

#[test]
fn other_machines_that_commands_talk_to() {
    check(
        CheckId::RemoteUrl,
        "H=get.relay.vendor\ncurl -fsSLo x.tgz \"https://$H/relay.tgz\"\ncurl http://localhost/x https://example.com/",
        &["3: curl fetches https://get.relay.vendor/relay.tgz"],
    );
    check(
        CheckId::RemoteUrl,
        "curl -d @/etc/hostname http://stats.relay.vendor/in\nwget -q \"$MIRROR/x\"",
        &[
            "2: curl sends to http://stats.relay.vendor/in, without encryption",
            "3: wget fetches an address that only running tells: $MIRROR/x",
        ],
    );
    check(
        CheckId::RemoteFtp,
        "wget ftp://ops:secret@files.relay.vendor/x\nftp files.relay.vendor",
        &[
            "2: wget fetches ftp://ops:…@files.relay.vendor/x",
            "2: a password stands in the open in the address of files.relay.vendor",
            "3: ftp talks to files.relay.vendor, with passwords and content in the open",
        ],
    );
    check(
        CheckId::RemoteScp,
        "scp -i /root/.ssh/relay /var/log/x ops@log.relay.vendor:/in/\nrsync -a /a /b\nssh -p 22 log.relay.vendor uptime",
        &[
            "2: scp copies to ops@log.relay.vendor:/in/ with the key /root/.ssh/relay",
            "4: ssh logs in at log.relay.vendor",
        ],
    );
}

#[test]
fn units_of_others_are_told_one_by_one_and_own_ones_in_one_line() {
    let script = "#!/bin/sh -e\nsystemctl enable relay.service\nsystemctl start relay\nsystemctl daemon-reload\n\
                  systemctl restart ledger\nsystemctl is-active queue || true\nsystemctl daemon-reexec\n";
    let files = [
        (".PKGINFO", "pkgname = relay\n"),
        (".post-install", script),
        ("usr/lib/systemd/system/relay.service", "[Unit]\n"),
    ];
    assert_eq!(
        trial::of(&[CheckId::UnitControl], &files),
        [
            "unit.control active 7: has systemd itself executed anew",
            "unit.control active 2: enables, starts units of its own: relay",
            "unit.control active 5: restarts units of other packages: ledger",
        ]
    );
    check(
        CheckId::UnitReference,
        "systemctl is-active queue || true",
        &["2: asks for units that the package does not bring: queue"],
    );
    check(
        CheckId::UnitControl,
        "for s in ssh cron; do service $s restart; done",
        &["2: restarts units of other packages: ssh, cron"],
    );
}

#[test]
fn the_kernel_and_its_packet_filter() {
    check(
        CheckId::NetFirewall,
        "iptables -L\niptables -A INPUT -p tcp --dport 7000 -j ACCEPT\nnft flush ruleset\nufw status",
        &[
            "3: changes the packet filter: iptables -A INPUT -p tcp --dport 7000 -j ACCEPT",
            "4: empties the packet filter: nft flush ruleset",
        ],
    );
    check(
        CheckId::KernelSysctl,
        "sysctl -w net.ipv4.ip_forward=1\necho 1 > /proc/sys/vm/swappiness\nsysctl vm.swappiness",
        &[
            "2: sets the kernel parameter net.ipv4.ip_forward=1",
            "3: sets the kernel parameter vm.swappiness to 1",
        ],
    );
    check(
        CheckId::KernelModule,
        "modprobe -q relay || true\nrmmod old",
        &["2: loads the kernel module relay", "3: unloads the kernel module old"],
    );
}

#[test]
fn configuration_is_edited_and_replaced() {
    check(
        CheckId::ConfigEdit,
        "[ -f /etc/ssh/sshd_config ] && sed -i 's/^Port.*/Port 22/' /etc/ssh/sshd_config\nsed -n 1p /etc/x",
        &["guarded 2: edits /etc/ssh/sshd_config, under the condition: [ -f /etc/ssh/sshd_config ]"],
    );
    check(
        CheckId::ConfigOverwrite,
        "cp /usr/share/relay/x.conf /etc/relay/x.conf\nmv /etc/a /etc/a.bak\necho x > /etc/b.tmp\nrm /etc/c\necho relay | tee /etc/d >/dev/null",
        &["2: copies over /etc/relay/x.conf", "6: writes /etc/d"],
    );
}

#[test]
fn trust_that_scripts_add_and_checks_that_they_switch_off() {
    check(
        CheckId::TrustAnchor,
        "curl -k https://get.relay.vendor | apt-key add -\ncp relay.gpg /etc/apt/trusted.gpg.d/relay.gpg\nrpm --import /x.asc",
        &[
            "2: curl takes any certificate",
            "2: apt believes a further key for every repository: -",
            "3: puts a file into /etc/apt/trusted.gpg.d/relay.gpg: apt believes its keys for every repository",
            "4: rpm believes a further key: /x.asc",
        ],
    );
    check(
        CheckId::TrustAnchor,
        "cat > /etc/yum.repos.d/relay.repo <<E\nbaseurl=https://x\ngpgcheck=0\nE\nssh -o StrictHostKeyChecking=no ops@a.vendor true\ncurl --silent https://x",
        &[
            "2: packages are installed without looking at signatures (gpgcheck=0)",
            "6: ssh takes any host key (StrictHostKeyChecking=no)",
        ],
    );
}

#[test]
fn installing_is_told_by_what_it_runs_beyond_the_usual() {
    check(
        CheckId::InstallScript,
        "set -e\n# Automatically added by dh_relay/13\nsystemctl start relay\n# End automatically added section\nexit 0",
        &["active: .post-install: only what packaging tools put there"],
    );
    check(
        CheckId::InstallScript,
        "ldconfig\nrelay --migrate\nrelay --check\n",
        &["3: .post-install: runs relay (2 commands)"],
    );
    let json = r#"{"name": "relay", "scripts": {"prepare": "husky", "postinstall": "node get.js && curl https://get.relay.vendor/x"}}"#;
    assert_eq!(
        trial::of(&[CheckId::InstallScript, CheckId::RemoteUrl], &[("package/package.json", json)]),
        [
            "install-script active 1: postinstall: node get.js && curl https://get.relay.vendor/x",
            "remote.url guarded 1: curl fetches https://get.relay.vendor/x, under the condition: node get.js",
        ]
    );
}

#[test]
fn a_fetching_program_in_a_variable_is_run_as_that_program() {
    check(
        CheckId::RemoteUrl,
        "GET='curl -fsSL'\n$GET https://depot.plant.internal/a\n",
        &["3: curl fetches https://depot.plant.internal/a"],
    );
    check(
        CheckId::RemoteUrl,
        "CMD=\"wget -q https://depot.plant.internal/b\"\neval \"$CMD\"\n",
        &["3: wget fetches https://depot.plant.internal/b"],
    );
    check(
        CheckId::RemoteUrl,
        "FETCHER=/usr/bin/wget\nURL=https://depot.plant.internal/c\n\"$FETCHER\" \"$URL\"\n",
        &["4: wget fetches https://depot.plant.internal/c"],
    );
}

#[test]
fn whoever_asks_for_fetching_programs_and_runs_none_has_one_run() {
    let said = "asks for wget, curl and runs none of them itself: what it starts fetches, from where its lines do not say";
    check(
        CheckId::RemoteUrl,
        "if [ ! -x /usr/bin/wget ] && [ ! -x /usr/bin/curl ]; then exit 1; fi\nrelay --update\n",
        &[&format!("2: {said}")],
    );
    check(
        CheckId::RemoteUrl,
        "command -v wget >/dev/null || command -v curl >/dev/null || exit 1\nrelay\n",
        &[&format!("2: {said}")],
    );
    check(CheckId::RemoteUrl, "[ -x /usr/bin/wget ] || exit 1\nrelay --update\n", &[]);
    check(CheckId::RemoteUrl, "rm -f /opt/wget /opt/curl\n", &[]);
    check(
        CheckId::RemoteUrl,
        "which curl\nwhich wget\ncurl https://depot.plant.internal/d\n",
        &["4: curl fetches https://depot.plant.internal/d"],
    );
}
