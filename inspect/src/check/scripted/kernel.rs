//! Packet filters, kernel parameters and kernel modules, by the commands that change them.

use super::{Line, Said};
use crate::finding::CheckId;
use crate::shell::Word;

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let program = command.program();
    let argument = |at: usize| command.arguments().get(at).map_or("", |word| word.text.as_str());
    match program {
        "iptables" | "ip6tables" | "ebtables" | "arptables" | "iptables-nft" | "iptables-legacy"
        | "ip6tables-nft" | "ip6tables-legacy" => {
            let asks = [
                "-L",
                "-S",
                "-C",
                "--list",
                "--list-rules",
                "--check",
                "-V",
                "--version",
                "-h",
                "--help",
                "-nL",
                "-nvL",
            ];
            if !command.arguments().iter().any(|word| asks.contains(&word.text.as_str())) {
                firewall(line, said);
            }
        }
        "iptables-restore" | "ip6tables-restore" | "netfilter-persistent" => firewall(line, said),
        "nft"
            if !matches!(
                argument(0),
                "list" | "-v" | "--version" | "-c" | "--check" | "describe" | "monitor"
            ) =>
        {
            firewall(line, said);
        }
        "ipset" if !matches!(argument(0), "list" | "save" | "test" | "version" | "-L") => {
            firewall(line, said)
        }
        "ufw" if !matches!(argument(0), "status" | "version" | "show" | "app" | "--version" | "") => {
            firewall(line, said)
        }
        "firewall-cmd" | "firewall-offline-cmd" => {
            let changes = [
                "--add",
                "--remove",
                "--reload",
                "--set",
                "--new",
                "--direct",
                "--change",
                "--panic-on",
                "--delete",
            ];
            if command.arguments().iter().any(|word| changes.iter().any(|start| word.text.starts_with(start)))
            {
                firewall(line, said);
            }
        }
        "netsh" if command.arguments().iter().any(|word| word.text.contains("firewall")) => {
            firewall(line, said)
        }
        "sysctl" => sysctl(line, said),
        "modprobe" if !command.has(&["-n", "--dry-run", "--show-depends", "-c", "--showconfig", "-V"]) => {
            module(line, said)
        }
        "insmod" | "rmmod" => module(line, said),
        "dkms" if matches!(argument(0), "add" | "build" | "install" | "autoinstall" | "remove") => {
            let detail = format!("dkms {}: a kernel module is built or removed on this machine", argument(0));
            said.add(line.finding(CheckId::KernelModule, &[], detail));
        }
        _ => {}
    }
    for write in command.writes.iter().filter(|write| write.path.text.starts_with("/proc/sys/")) {
        let name = write.path.text.trim_start_matches("/proc/sys/").replace('/', ".");
        let value = write.text.as_deref().map(|text| format!(" to {}", text.trim())).unwrap_or_default();
        said.add(line.finding(
            CheckId::KernelSysctl,
            &[&write.path],
            format!("sets the kernel parameter {name}{value}"),
        ));
    }
}

fn firewall(line: &Line<'_>, said: &mut Said) {
    let words: Vec<&Word> = line.command.words.iter().collect();
    let text: Vec<&str> = words.iter().take(12).map(|word| word.text.as_str()).collect();
    let is_emptied = text.contains(&"flush") || text.contains(&"-F") || text.contains(&"--flush");
    let what = if is_emptied { "empties the packet filter" } else { "changes the packet filter" };
    let detail = format!("{what}: {}", super::start(&text.join(" "), 120));
    said.add(line.finding(CheckId::NetFirewall, &words, detail));
}

fn sysctl(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let operands = command.operands(&["--pattern", "-r"]);
    for word in operands.iter().filter(|word| word.text.contains('=')) {
        said.add(line.finding(
            CheckId::KernelSysctl,
            &[word],
            format!("sets the kernel parameter {}", word.text),
        ));
    }
    let loads = command.has(&["--system"]) || command.has(&["-p", "--load"]);
    if loads && line.acts_by_itself() {
        let from = operands.first().map(|file| format!(" of {}", file.text)).unwrap_or_default();
        said.add(line.finding(CheckId::KernelSysctl, &[], format!("loads the kernel parameters{from}")));
    }
}

fn module(line: &Line<'_>, said: &mut Said) {
    let Some(name) = line.command.operands(&["-C", "-d", "-S"]).first().copied() else { return };
    let removes = line.command.program() == "rmmod" || line.command.has(&["-r", "--remove"]);
    let what = if removes { "unloads" } else { "loads" };
    said.add(line.finding(CheckId::KernelModule, &[name], format!("{what} the kernel module {}", name.text)));
}
