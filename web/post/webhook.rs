//! What a webhook is posted: our own JSON with a signature, or the shape that Slack, Teams or Matrix take.
//!
//! The signature is HMAC-SHA256 over the body with the subscription's secret, in hex behind `sha256=`, as many receivers
//! already check it. Words of strangers are escaped by the rules of each shape.

use anyhow::Context as _;
use crawler::fetch::{Brought, Disappointment, Reach, Retry};
use hmac::{Hmac, Mac as _};
use index::outbox::Parcel;
use index::subscription::Recipient;
use index::subscription::recipient::Shape;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::letter::Site;
use super::{Meaning, Trouble};
use crate::parts::digest::{DigestView, LineView};

/// Lines of a digest that a chat message shows; its link leads to the others.
const LINES: usize = 15;

/// What is posted for a parcel.
pub(crate) fn brought(parcel: &Parcel, site: &Site<'_>) -> anyhow::Result<Brought> {
    let Recipient::Webhook { shape, private_network, .. } = &parcel.subscription.wanted.recipient else {
        anyhow::bail!("post a parcel that is for no webhook");
    };
    let (token, digest) = parcel.digest.as_ref().context("post a parcel without a digest")?;
    let view = DigestView::of(digest, site.address);
    let told = Told { page: format!("{}/digests/{token}", site.address), repeated: parcel.repeated, view };
    let body = match shape {
        Shape::Json => json!({
            "id": parcel.message,
            "subscription": parcel.subscription.id.0,
            "possibly_repeated": parcel.repeated,
            "headline": digest.headline(),
            "page": told.page,
            "digest": digest,
        }),
        Shape::Slack => json!({ "text": told.slack() }),
        Shape::Teams => told.teams(),
        Shape::Matrix => told.matrix(),
    };
    let body = serde_json::to_vec(&body).context("write what a webhook is posted")?;
    Ok(Brought {
        url: Url::parse(&parcel.address).context("take the address of a webhook")?,
        reach: if *private_network { Reach::Private } else { Reach::Public },
        media_type: "application/json",
        headers: vec![
            ("forewarn-signature", signature(&parcel.subscription.tokens.secret, &body)?),
            ("forewarn-message", parcel.message.clone()),
            ("forewarn-repeated", if parcel.repeated { "possibly" } else { "no" }.to_owned()),
        ],
        body,
    })
}

/// The signature of a body.
fn signature(secret: &str, body: &[u8]) -> anyhow::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("sign what is posted")?;
    mac.update(body);
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

/// What a failure to post means.
pub(crate) fn trouble(error: &Disappointment, brought: &Brought) -> Trouble {
    let meaning = match error.retry() {
        Retry::GiveUp => Meaning::Refused,
        _ if error.reached_nobody() => Meaning::NotArrived,
        _ => Meaning::Unclear,
    };
    let path = brought.url.path();
    let said = format!("failed to {error}");
    // The path of a webhook's address is often its secret.
    let sentence = if path.len() > 1 { said.replace(path, "/…") } else { said };
    Trouble { sentence, meaning }
}

/// What a chat is told.
struct Told {
    view: DigestView,
    page: String,
    repeated: bool,
}

impl Told {
    fn head(&self) -> String {
        let repeated = if self.repeated { " (possibly repeated)" } else { "" };
        format!("{}: {}{repeated}", self.view.name, self.view.headline)
    }

    /// Lines with their heading, and how many are left out.
    fn lines(&self) -> (Vec<(&'static str, &LineView)>, usize) {
        let all: Vec<(&'static str, &LineView)> = self
            .view
            .sections
            .iter()
            .flat_map(|section| section.vendors.iter().map(move |vendor| (section.heading, vendor)))
            .flat_map(|(heading, vendor)| vendor.lines.iter().map(move |line| (heading, line)))
            .collect();
        let left = all.len().saturating_sub(LINES);
        (all.into_iter().take(LINES).collect(), left)
    }

    /// Every line of the message: its words before and behind the link, which it is given by `link`.
    fn message(&self, strong: impl Fn(&str) -> String, link: impl Fn(&str, &str) -> String) -> Vec<String> {
        let mut message = vec![strong(&self.head())];
        let (lines, left) = self.lines();
        let mut above = "";
        for (heading, line) in lines {
            if heading != above {
                message.push(strong(heading));
                above = heading;
            }
            let before = line.before();
            let before = if before.is_empty() { before } else { format!("{before} ") };
            let here = if line.here.is_empty() { String::new() } else { format!(" ({})", line.here) };
            let (before, here) = (strong_free(&before, &link), strong_free(&here, &link));
            message.push(format!("• {before}{}{here}", link(&line.address, &line.title)));
        }
        for package in self.view.packages.iter().filter(|package| package.new).take(LINES) {
            let said = strong_free(&format!(" waits for a decision: {}", package.sentence), &link);
            message.push(format!("• {}{said}", link(&package.address, &package.name)));
        }
        if left > 0 || !self.view.more.is_empty() {
            message.push(link(&self.page, "The rest of this digest"));
        }
        message.push(link(&self.page, &self.view.health));
        message
    }

    fn slack(&self) -> String {
        let strong = |text: &str| format!("*{}*", slack(text));
        self.message(strong, |address, text| {
            if address.is_empty() { slack(text) } else { format!("<{address}|{}>", slack(text)) }
        })
        .join("\n")
    }

    fn teams(&self) -> Value {
        let strong = |text: &str| format!("**{}**", markdown(text));
        let lines = self.message(strong, |address, text| {
            if address.is_empty() { markdown(text) } else { format!("[{}]({address})", markdown(text)) }
        });
        let blocks: Vec<Value> =
            lines.iter().map(|line| json!({ "type": "TextBlock", "wrap": true, "text": line })).collect();
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": blocks,
                    "actions": [{ "type": "Action.OpenUrl", "title": "Read the digest", "url": self.page }],
                },
            }],
        })
    }

    fn matrix(&self) -> Value {
        let plain = self.message(str::to_owned, |address, text| {
            if address.is_empty() { text.to_owned() } else { format!("{text} {address}") }
        });
        let html = self.message(
            |text| format!("<strong>{}</strong>", markup(text)),
            |address, text| {
                if address.is_empty() {
                    markup(text)
                } else {
                    format!("<a href=\"{}\">{}</a>", markup(address), markup(text))
                }
            },
        );
        let (plain, html) = (plain.join("\n"), html.join("<br>"));
        // The first four are a message of Matrix (client-server API, m.text); bridges for webhooks take the last two.
        json!({
            "msgtype": "m.text",
            "body": plain,
            "format": "org.matrix.custom.html",
            "formatted_body": html,
            "text": plain,
            "html": html,
        })
    }
}

/// Words without a link, escaped as `link` escapes them.
fn strong_free(text: &str, link: impl Fn(&str, &str) -> String) -> String {
    link("", text)
}

/// Slack's three escapes (its guide to formatting text); nothing else can begin a mention or a link.
fn slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(['*', '_', '`', '~'], " ")
}

/// Markdown's signs, each behind a backslash.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '<' | '>' | '|' | '~' | '!'
        ) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{markdown, markup, signature, slack};

    #[test]
    fn a_body_is_signed_as_receivers_check_it() {
        // HMAC-SHA256 of Wikipedia's example ("HMAC", section Examples).
        let body = b"The quick brown fox jumps over the lazy dog";
        let expected = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert_eq!(signature("key", body).unwrap(), expected);
    }

    #[test]
    fn a_strangers_words_begin_no_link_and_no_mention() {
        assert_eq!(
            slack("<!channel> & <https://evil.example|x>"),
            "&lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;"
        );
        assert_eq!(markdown("[x](https://evil.example)"), "\\[x\\]\\(https://evil.example\\)");
        assert_eq!(markup("<a href=\"x\">"), "&lt;a href=&quot;x&quot;&gt;");
    }
}
