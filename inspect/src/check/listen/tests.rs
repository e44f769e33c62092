//! What servers' configuration and code say of listening.

use crate::check::trial;
use crate::finding::CheckId;

fn check(name: &str, text: &str, expected: &[&str]) {
    assert_eq!(trial::of(&[CheckId::NetListen], &[(name, text)]), expected, "{text}");
}

#[test]
fn ports_are_joined_with_the_addresses_of_their_section() {
    check(
        "etc/relay/relay.conf",
        "# bind 192.168.1.100\nbind 127.0.0.1 -::1\nport 4379\n",
        &["net.listen active 3: relay.conf: listens on 127.0.0.1:4379, [::1]:4379: on loopback only"],
    );
    check(
        "etc/relay/relay.cnf",
        "[client]\nport = 9\n[relayd]\nbind-address = 0.0.0.0\nport = 4306\n",
        &["net.listen active 5: relay.cnf: listens on 0.0.0.0:4306: on all addresses"],
    );
}

#[test]
fn servers_of_the_web_say_listen() {
    check(
        "etc/nginx/sites-available/default",
        "server {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n\t# listen 443 ssl;\n}\n",
        &["net.listen active 2: default: listens on port 80, [::]:80: on all addresses"],
    );
    check(
        "etc/apache2/ports.conf",
        "Listen 8080\n",
        &["net.listen active 1: ports.conf: listens on port 8080: on all addresses"],
    );
}

#[test]
fn a_sample_in_a_comment_never_acts() {
    check(
        "relay/sample.conf",
        ";[inet_http_server]\n;port=127.0.0.1:9001\n;listen=127.0.0.1:9001\n",
        &["net.listen commented 3: sample.conf: listens on 127.0.0.1:9001: on loopback only"],
    );
    check(
        "etc/ssh/sshd_config",
        "#Port 22\n",
        &[
            "net.listen active 1: sshd_config: listens on port 22, which nothing says otherwise: on all addresses",
        ],
    );
}

#[test]
fn a_port_of_somebody_else_is_not_listened_on() {
    check("etc/relay/client.conf", "host = mail.orrin.example\nport = 25\n", &[]);
    check("etc/jail.conf", "[relay]\nport = 2812\nlogpath = /var/log/relay\n", &[]);
}

#[test]
fn programs_with_habits_of_their_own() {
    check(
        "etc/bind/named.conf.options",
        "\tlisten-on-v6 { any; };\n",
        &["net.listen active 1: named.conf.options: listens on port 53: on all addresses"],
    );
    check(
        "etc/snmp/snmpd.conf",
        "agentaddress  127.0.0.1,[::1]\n",
        &["net.listen active 1: snmpd.conf: listens on 127.0.0.1:161, [::1]:161: on loopback only"],
    );
    check(
        "etc/postfix/master.cf",
        "smtp inet n - y - - smtpd\n",
        &["net.listen active 1: master.cf: smtp listens on port 25: on all addresses"],
    );
}
