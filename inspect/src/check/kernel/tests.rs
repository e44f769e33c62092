//! What the kernel is told.

use crate::check::trial;
use crate::finding::CheckId;

fn check(name: &str, text: &str, expected: &[&str]) {
    let checks = [CheckId::KernelSysctl, CheckId::KernelModule, CheckId::KernelUdev, CheckId::NetFirewall];
    assert_eq!(trial::of(&checks, &[(name, text)]), expected, "{text}");
}

#[test]
fn parameters_and_modules_are_named() {
    check(
        "usr/lib/sysctl.d/50-relay.conf",
        "# why\nnet.ipv4.ip_forward = 1\n-vm.swappiness=1\n",
        &[
            "kernel.sysctl active 2: 50-relay.conf: parameters of the kernel: net.ipv4.ip_forward = 1, vm.swappiness = 1",
        ],
    );
    check(
        "etc/modules-load.d/relay.conf",
        "wire\n#other\n",
        &["kernel.module active 1: relay.conf: modules are loaded at every start: wire"],
    );
    check(
        "etc/modprobe.d/relay.conf",
        "blacklist wire\n",
        &["kernel.module active 1: relay.conf: how modules are loaded: blacklist wire"],
    );
    check(
        "usr/src/wire-1/dkms.conf",
        "PACKAGE_NAME=\"wire\"\n",
        &["kernel.module active 1: a module for the kernel is built on this machine, by DKMS"],
    );
    check("usr/share/doc/x/sysctl.d", "a = 1\n", &[]);
}

#[test]
fn rules_for_devices_tell_what_they_do() {
    check(
        "lib/udev/rules.d/80-relay.rules",
        "# x\nSUBSYSTEM==\"block\", ENV{X}=\"1\"\nKERNEL==\"wire*\", GROUP=\"relay\", MODE=\"0666\", RUN+=\"/lib/udev/wire %k\"\n",
        &[
            "kernel.udev active 3: 80-relay.rules: gives devices to the group relay, lets everybody write (mode 0666), runs /lib/udev/wire %k",
        ],
    );
    check(
        "lib/udev/rules.d/80-relay.rules",
        "SUBSYSTEM==\"block\", ENV{X}=\"1\"\n",
        &["kernel.udev active 1: 80-relay.rules: 1 rules for devices"],
    );
}

#[test]
fn filters_are_told_wherever_they_are_changed() {
    check(
        "etc/nftables.conf",
        "#!/usr/sbin/nft -f\n\nflush ruleset\ntable inet filter {}\n",
        &[
            "net.firewall active 3: nftables.conf: rules for packets, for nftables, after all others are dropped",
        ],
    );
    check(
        "etc/relay/rules.v4",
        "*filter\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n",
        &["net.firewall active 2: rules.v4: rules for packets, for iptables"],
    );
    check(
        "lib/systemd/system/filter.service",
        "[Service]\nExecStop=/usr/sbin/nft flush ruleset\n",
        &["net.firewall active 2: filter.service: drops all rules of the packet filter when it stops"],
    );
    check(
        "etc/ufw/applications.d/relay",
        "[Relay]\nports=4111/tcp\n",
        &[
            "net.firewall documentation 2: relay: ports described for ufw, opened when somebody says so: 4111/tcp",
        ],
    );
}
