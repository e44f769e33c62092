//! What whole packages say of clocks and starts.

use crate::check::trial;
use crate::finding::CheckId;

fn check(files: &[(&str, &str)], expected: &[&str]) {
    let found = trial::of(&[CheckId::ScheduleCron, CheckId::ScheduleTimer, CheckId::ScheduleStartup], files);
    assert_eq!(found, expected);
}

#[test]
fn a_job_of_the_system_names_its_user_and_its_time() {
    check(
        &[(
            "etc/cron.d/relay",
            "SHELL=/bin/sh\n# m h dom mon dow user command\n10 3 * * * orrin /usr/lib/relay/pull\n",
        )],
        &["schedule.cron active 3: cron.d/relay: every day at 03:10, as orrin"],
    );
    check(
        &[("var/spool/cron/crontabs/orrin", "@reboot /opt/relay/start\n")],
        &["schedule.cron active 1: orrin: whenever the machine starts, as orrin"],
    );
}

#[test]
fn a_file_without_a_job_says_so() {
    check(
        &[(
            "etc/cron.d/relay",
            "#\n# Regular jobs\n#\n#0 4\t* * *\torrin\t/usr/bin/relay > /var/log/relay\n",
        )],
        &[
            "schedule.cron commented 4: cron.d/relay: 0 active jobs; one is switched off by a comment, it would run every day at 04:00",
        ],
    );
    check(&[("etc/crontab", "# *  *  *  *  * user-name command to be executed\n")], &[]);
}

#[test]
fn a_crontab_and_a_timer_for_one_job_are_one_job() {
    let cron = "0 */12 * * * root test -x /usr/bin/relay -a \\! -d /run/systemd/system && relay -q renew\n";
    check(
        &[
            ("etc/cron.d/relay", cron),
            (
                "lib/systemd/system/relay.timer",
                "[Timer]\nOnCalendar=*-*-* 00,12:00:00\nRandomizedDelaySec=43200\n",
            ),
        ],
        &[
            "schedule.cron guarded 1: cron.d/relay: every 12 hours, as root; only where systemd does not run \
             (/run/systemd/system); one job with two triggers: relay.timer runs it too",
            "schedule.timer active 2: relay.timer: on the calendar *-*-* 00,12:00:00, up to 12 h later; starts \
             relay.service; one job with two triggers: cron's relay runs it too",
        ],
    );
    // Another program of the same package is another job.
    check(
        &[
            ("etc/cron.d/pull", "0 4 * * * root /usr/lib/relay/pull\n"),
            ("lib/systemd/system/sweep.timer", "[Timer]\nOnBootSec=1h\n"),
        ],
        &[
            "schedule.cron active 1: cron.d/pull: every day at 04:00, as root",
            "schedule.timer active 2: sweep.timer: after the machine starts: 1h; starts sweep.service",
        ],
    );
}

#[test]
fn a_script_in_a_folder_of_cron_is_one_of_two_triggers() {
    let timer = "[Timer]\nOnCalendar=daily\n";
    let files = [
        ("etc/cron.daily/relay", "#!/bin/sh\n[ -d /run/systemd/system ] && exit 0\nrelay sweep\n"),
        ("etc/cron.daily/.placeholder", "# keep\n"),
        ("lib/systemd/system/relay.timer", timer),
    ];
    assert_eq!(
        trial::of(&[CheckId::ScheduleTimer], &files),
        [
            "schedule.timer active 2: relay.timer: on the calendar daily; starts relay.service; one job with two triggers: cron's relay runs it too"
        ]
    );
}

#[test]
fn a_unit_takes_the_place_of_an_init_script() {
    let unit =
        "[Service]\nExecStart=/usr/sbin/relayd -f\nUser=orrin\n[Install]\nWantedBy=multi-user.target\n";
    let script = "#!/bin/sh\n### BEGIN INIT INFO\n# Default-Start: 2 3 4 5\n";
    check(
        &[("etc/init.d/relayd", script), ("lib/systemd/system/relayd.service", unit)],
        &[
            "schedule.startup active 5: relayd.service: starts with the machine, as orrin: /usr/sbin/relayd -f",
        ],
    );
    check(
        &[("etc/init.d/relayd", script)],
        &["schedule.startup active 3: relayd: an init script, started with the machine as root"],
    );
    let pattern = unit.replace("multi-user.target", "wire.service");
    check(
        &[("lib/systemd/system/wired@.service", &pattern)],
        &[
            "schedule.startup template 5: wired@.service: starts with wire.service, as orrin: /usr/sbin/relayd -f",
        ],
    );
    check(&[("lib/systemd/system/relayd.service", "[Service]\nExecStart=/usr/sbin/relayd\n")], &[]);
}

#[test]
fn other_systems_start_things_too() {
    let plist = "<plist version=\"1.0\"><dict>\n<key>RunAtLoad</key><true/>\n<key>StartInterval</key>\n<integer>300</integer>\n</dict></plist>";
    check(
        &[("Library/LaunchDaemons/se.orrin.relay.plist", plist)],
        &[
            "schedule.timer active 3: se.orrin.relay.plist: launchd runs it at an interval, every 300 s",
            "schedule.startup active 2: se.orrin.relay.plist: launchd starts it as soon as it is loaded",
        ],
    );
    check(
        &[("package/lib/templates/init/upstart.tpl", "description \"x\"\nstart on runlevel [2345]\n")],
        &["schedule.startup template 2: upstart.tpl: upstart starts it with the machine"],
    );
    let registry = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Run]\n\"relay\"=\"relay.exe\"\n";
    check(&[("relay.reg", registry)], &["schedule.startup active 3: relay: started with every session"]);
}
