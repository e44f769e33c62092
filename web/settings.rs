//! Settings: one TOML file, read once; every key has a default and stands in `forewarn.example.toml`.
//!
//! A key that is not known is refused with the nearest one that is. Secrets come from the environment and reach no log.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use crawler::fetch::Politeness;
use serde::{Deserialize, Serialize};

/// The file that is read when no other is named and it exists.
pub const FILE: &str = "forewarn.toml";

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folder of the record and the search index.
    pub data: PathBuf,
    /// Pages and API.
    pub web: Web,
    /// How sources are asked.
    pub crawl: Crawl,
    /// How mail leaves.
    pub mail: Mail,
    /// How incoming packages are read.
    pub packages: Packages,
}

/// How mail leaves. With a host it goes to that mail server, else with a folder into that folder, else nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Who the mails are from: `address` or `Name <address>`.
    pub from: String,
    /// The mail server; empty for none.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection to it is protected.
    pub tls: Tls,
    /// Who signs in there; empty for nobody. The password comes from the environment.
    pub user: String,
    /// File with a certificate authority in PEM that is trusted beside those of the system; empty for none.
    pub authority: String,
    /// The folder that mails are written into; empty for none.
    pub folder: String,
    /// Address of whoever runs this installation; empty for none.
    pub operator: String,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// TLS is begun by STARTTLS; without it nothing is sent.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; a password is then sent on this machine alone.
    None,
}

/// Pages and API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Header by which a proxy says whom it let through; empty for none.
    pub proxy_header: String,
    /// Host names by which the program is reached beside those of loopback.
    pub hosts: Vec<String>,
    /// The beginning of the links in mails, such as `https://forewarn.example`; empty for the address it listens on.
    pub public_address: String,
}

/// How sources are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Crawl {
    /// Whether due sources are asked while serving.
    pub enabled: bool,
    /// Seconds between two looks for due sources.
    pub look_every_seconds: u32,
    /// Sources that have their turn at the same time.
    pub together: usize,
    /// Minutes that one source's turn may take.
    pub patience_minutes: u32,
    /// What we call ourselves.
    pub user_agent: String,
    /// Milliseconds between two requests to one host.
    pub host_interval_milliseconds: u32,
    /// Requests under way to all hosts together.
    pub connections: usize,
    /// Seconds that one answer may take.
    pub timeout_seconds: u32,
    /// MiB of the largest answer that is read.
    pub largest_answer_mib: u32,
}

/// How incoming packages are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Packages {
    /// MiB of the largest file that may be uploaded.
    pub largest_upload_mib: u32,
    /// Seconds that reading one file may take.
    pub patience_seconds: u32,
    /// Files that are read at the same time.
    pub together: usize,
    /// Folder whose files are taken as they arrive; empty for none.
    pub inbox: PathBuf,
}

impl Default for Packages {
    fn default() -> Self {
        Self { largest_upload_mib: 2048, patience_seconds: 120, together: 2, inbox: PathBuf::new() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: "forewarn-data".into(),
            web: Web::default(),
            crawl: Crawl::default(),
            mail: Mail::default(),
            packages: Packages::default(),
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            proxy_header: String::new(),
            hosts: Vec::new(),
            public_address: String::new(),
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            from: "Forewarn <forewarn@localhost>".to_owned(),
            host: String::new(),
            port: 587,
            tls: Tls::default(),
            user: String::new(),
            authority: String::new(),
            folder: String::new(),
            operator: String::new(),
        }
    }
}

impl Default for Crawl {
    fn default() -> Self {
        Self {
            enabled: true,
            look_every_seconds: 15,
            together: 16,
            patience_minutes: 20,
            user_agent: "forewarn/0.1".to_owned(),
            host_interval_milliseconds: 1000,
            connections: 16,
            timeout_seconds: 60,
            largest_answer_mib: 64,
        }
    }
}

impl Settings {
    /// Reads a named file, or [`FILE`] where there is one, or takes the defaults.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or has a key or value that is not known; the text says what to write.
    pub fn read(named: Option<&Path>) -> anyhow::Result<Self> {
        let file = named.unwrap_or(Path::new(FILE));
        if named.is_none() && !file.exists() {
            return Ok(Self::default());
        }
        let text =
            std::fs::read_to_string(file).with_context(|| format!("read the settings {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("understand the settings {}", file.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let table: toml::Table = text.parse().context("read it as TOML")?;
        let known = toml::Table::try_from(Self::default()).context("list the known settings")?;
        refuse_unknown("", &table, &known)?;
        table.try_into().context("take a value")
    }

    /// The beginning of the links in mails, without a slash at its end.
    #[must_use]
    pub fn site(&self) -> String {
        match self.web.public_address.trim_end_matches('/') {
            "" => format!("http://{}", self.web.listen),
            address => address.to_owned(),
        }
    }

    /// How the door to the network behaves.
    #[must_use]
    pub fn politeness(&self) -> Politeness {
        Politeness {
            user_agent: self.crawl.user_agent.clone(),
            host_interval: Duration::from_millis(self.crawl.host_interval_milliseconds.into()),
            connections: self.crawl.connections.max(1),
            timeout: Duration::from_secs(self.crawl.timeout_seconds.into()),
            max_bytes: u64::from(self.crawl.largest_answer_mib) << 20,
            ..Politeness::default()
        }
    }
}

fn refuse_unknown(within: &str, table: &toml::Table, known: &toml::Table) -> anyhow::Result<()> {
    for (key, value) in table {
        let path = if within.is_empty() { key.clone() } else { format!("{within}.{key}") };
        match (known.get(key), value) {
            (Some(toml::Value::Table(known)), toml::Value::Table(table)) => {
                refuse_unknown(&path, table, known)?
            }
            (Some(_), _) => {}
            (None, _) => {
                let near = known.keys().min_by_key(|other| strsim::damerau_levenshtein(key, other));
                let near = near
                    .map(|near| if within.is_empty() { near.clone() } else { format!("{within}.{near}") });
                let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
                bail!("there is no setting \"{path}\"{near} (forewarn.example.toml lists every setting)");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn the_example_holds_every_setting_with_its_default() {
        let example = include_str!("../forewarn.example.toml");
        assert_eq!(Settings::parse(example).unwrap(), Settings::default());
        let table: toml::Table = example.parse().unwrap();
        let known = toml::Table::try_from(Settings::default()).unwrap();
        assert_eq!(table.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>());
        for section in ["web", "crawl", "mail", "packages"] {
            let keys = |table: &toml::Table| -> Vec<String> {
                table.get(section).and_then(toml::Value::as_table).unwrap().keys().cloned().collect()
            };
            assert_eq!(keys(&table), keys(&known), "{section}");
        }
    }

    fn refusal(text: &str) -> String {
        format!("{:#}", Settings::parse(text).unwrap_err())
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let said = refusal("[crawl]\ntogehter = 3\n");
        assert!(
            said.contains("\"crawl.togehter\"") && said.contains("did you mean \"crawl.together\"?"),
            "{said}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named() {
        let said = refusal("[web]\nlisten = \"everywhere\"\n");
        assert!(said.contains("listen"), "{said}");
    }
}
