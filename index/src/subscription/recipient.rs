//! Whom a subscription is for: a person or a group by mail, a program by webhook, or whoever reads its feed.
//!
//! Addresses are held to a narrow form, so that none can carry a second header, a second recipient or a password.

use serde::{Deserialize, Serialize};
use url::Url;

use super::Mistake;

/// Whom it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub enum Recipient {
    /// A person or a group.
    Mail {
        /// The address: `name@host`.
        address: String,
    },
    /// A program.
    Webhook {
        /// An `http` or `https` address.
        url: String,
        /// What is posted there.
        #[serde(default)]
        shape: Shape,
        /// Whether it may lie in a private network or on this machine.
        #[serde(default)]
        private_network: bool,
    },
    /// Whoever reads its feed; nothing is sent.
    Feed,
}

/// What a webhook understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// The digest as JSON.
    #[default]
    Json,
    /// An incoming webhook of Slack, or of what speaks like it.
    Slack,
    /// A workflow of Microsoft Teams that takes an adaptive card.
    Teams,
    /// A message of Matrix, as its bridges for webhooks take it.
    Matrix,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 4] = [Self::Json, Self::Slack, Self::Teams, Self::Matrix];

    /// The word shown and typed for this shape.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Matrix => "matrix",
        }
    }

    /// The shape that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.as_str() == word)
    }
}

/// Bytes of a mail address at most (RFC 5321 section 4.5.3.1.3), and of the part before its @.
const LONGEST_ADDRESS: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// Bytes of a webhook's address at most.
const LONGEST_URL: usize = 2_000;

impl Recipient {
    /// A person or a group, by the address as typed.
    #[must_use]
    pub fn mail(address: &str) -> Self {
        Self::Mail { address: address.to_owned() }
    }

    /// Where its digests go; empty for a feed.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Self::Mail { address } => address,
            Self::Webhook { url, .. } => url,
            Self::Feed => "",
        }
    }

    /// Where its digests go, as it may be shown: a webhook's address often holds a secret behind its host.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Mail { address } => address.clone(),
            Self::Webhook { url, shape, .. } => {
                let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
                format!("{} at {}", shape.described(), host.unwrap_or_default())
            }
            Self::Feed => "its feed".to_owned(),
        }
    }

    pub(super) fn checked(self) -> Result<Self, Mistake> {
        match self {
            Self::Mail { address } => {
                let address = address.trim().to_owned();
                mail(&address).map_err(|sentence| Mistake::new("to", sentence))?;
                Ok(Self::Mail { address })
            }
            Self::Webhook { url, shape, private_network } => {
                let url = webhook(url.trim()).map_err(|sentence| Mistake::new("to", sentence))?;
                Ok(Self::Webhook { url, shape, private_network })
            }
            Self::Feed => Ok(Self::Feed),
        }
    }
}

impl Shape {
    /// What is posted, in words.
    #[must_use]
    pub const fn described(self) -> &'static str {
        match self {
            Self::Json => "a webhook",
            Self::Slack => "a webhook of Slack",
            Self::Teams => "a webhook of Teams",
            Self::Matrix => "a webhook of Matrix",
        }
    }
}

/// Whether this is one address in the form that nearly all have: no quotes, comments, lists, spaces or controls.
fn mail(address: &str) -> Result<(), String> {
    if address.chars().any(|letter| letter.is_control() || matches!(letter, ',' | ';' | '<' | '>' | ' ')) {
        return Err("the mail address holds a space, a line end or a sign that parts addresses: \
                    type one address alone, such as team@example.com"
            .to_owned());
    }
    let wrong = || "this is no mail address: type it as name@host, such as team@example.com".to_owned();
    let (local, host) = address.rsplit_once('@').ok_or_else(wrong)?;
    let atom = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter);
    let dotted = |text: &str, fits: fn(&str) -> bool| !text.is_empty() && text.split('.').all(fits);
    let label = |label: &str| {
        let ends = !label.starts_with('-') && !label.ends_with('-');
        ends && !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let local_fits = local.split('.').all(|part| !part.is_empty() && part.chars().all(atom));
    let fits = local_fits && dotted(host, label) && local.len() <= LONGEST_LOCAL;
    if fits && address.len() <= LONGEST_ADDRESS { Ok(()) } else { Err(wrong()) }
}

fn webhook(typed: &str) -> Result<String, String> {
    let wrong = || "a webhook is an address such as https://chat.example/hooks/…".to_owned();
    let url = Url::parse(typed).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || typed.len() > LONGEST_URL {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the webhook's address carries a user name or password: \
                    use one whose secret stands in its path"
            .to_owned());
    }
    Ok(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Recipient, Shape, mail, webhook};

    fn check(address: &str, fits: bool) {
        assert_eq!(mail(address).is_ok(), fits, "{address:?}");
    }

    #[test]
    fn one_plain_address_is_taken() {
        check("team@example.com", true);
        check("first.last+tag@sub.example.co", true);
        check("root@localhost", true);
        check("o'neil@example.com", true);
    }

    #[test]
    fn an_address_that_carries_more_is_refused() {
        check("a@b.example\r\nBcc: c@d.example", false);
        check("a@b.example\nSubject: x", false);
        check("a@b.example, c@d.example", false);
        check("a@b.example;c@d.example", false);
        check("Name <a@b.example>", false);
        check("a b@c.example", false);
        check("\"a b\"@c.example", false);
        check("a@b.example\0", false);
        check("a@@b.example", false);
        check("a@b..example", false);
        check("a@-b.example", false);
        check("a@[127.0.0.1]", false);
        check(".a@b.example", false);
        check("ä@b.example", false);
        check("@b.example", false);
        check("a@", false);
        check(&format!("{}@b.example", "a".repeat(65)), false);
        check(&format!("a@{}.example", "b".repeat(250)), false);
    }

    #[test]
    fn a_webhook_is_of_the_web_and_carries_no_login() {
        assert!(webhook("https://chat.example/hooks/abc").is_ok());
        for typed in
            ["chat.example", "ftp://chat.example/", "https://u:p@chat.example/", "javascript:alert(1)"]
        {
            assert!(webhook(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn the_secret_in_a_webhooks_address_is_not_shown() {
        let hook = Recipient::Webhook {
            url: "https://chat.example/hooks/secret".into(),
            shape: Shape::Slack,
            private_network: false,
        };
        assert_eq!(hook.shown(), "a webhook of Slack at chat.example");
    }
}
