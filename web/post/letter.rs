//! A mail, written from a parcel: three templates a message, an identifier of ours that stays the same at every attempt,
//! and headers by which a mail program threads it and lets its reader leave with one press (RFC 8058).

use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use askama::Template;
use index::outbox::Parcel;
use jiff::Timestamp;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::parts::digest::DigestView;

/// Who writes, and from where.
pub(crate) struct Site<'a> {
    /// The beginning of every link.
    pub(crate) address: &'a str,
    /// Who the mails are from.
    pub(crate) from: &'a Mailbox,
}

/// A mail as it leaves.
pub(crate) struct Letter {
    /// Who sends it, and to whom.
    pub(crate) envelope: Envelope,
    /// Headers and body.
    pub(crate) bytes: Vec<u8>,
}

/// The words of a message.
struct Words {
    subject: String,
    text: String,
    html: String,
}

#[derive(Template)]
#[template(path = "email/digest/subject.txt")]
struct DigestSubject<'a> {
    mail: &'a DigestMail,
}

#[derive(Template)]
#[template(path = "email/digest/body.txt")]
struct DigestText<'a> {
    mail: &'a DigestMail,
}

#[derive(Template)]
#[template(path = "email/digest/body.html")]
struct DigestHtml<'a> {
    mail: &'a DigestMail,
}

/// What a mail with a digest says.
struct DigestMail {
    digest: DigestView,
    repeated: bool,
    page: String,
    leave: String,
}

#[derive(Template)]
#[template(path = "email/confirm/subject.txt")]
struct ConfirmSubject<'a> {
    mail: &'a ConfirmMail,
}

#[derive(Template)]
#[template(path = "email/confirm/body.txt")]
struct ConfirmText<'a> {
    mail: &'a ConfirmMail,
}

#[derive(Template)]
#[template(path = "email/confirm/body.html")]
struct ConfirmHtml<'a> {
    mail: &'a ConfirmMail,
}

/// What a mail that asks to confirm an address says.
struct ConfirmMail {
    name: String,
    watched: String,
    rhythm: String,
    repeated: bool,
    confirm: String,
}

impl Letter {
    /// The mail that a parcel is sent as.
    pub(crate) fn of(parcel: &Parcel, site: &Site<'_>, now: Timestamp) -> anyhow::Result<Self> {
        let words = words(parcel, site).context("write a mail")?;
        let to: Address = parcel.address.parse().context("take the address of a mail")?;
        let domain = site.from.email.domain();
        let thread = format!("<subscription-{}.{}@{domain}>", parcel.subscription.id.0, thread(parcel));
        let moment = SystemTime::UNIX_EPOCH
            + Duration::from_millis(u64::try_from(now.as_millisecond()).unwrap_or_default());
        let mut builder = Message::builder()
            .from(site.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .date(moment)
            .message_id(Some(format!("<{}@{domain}>", parcel.message)))
            .subject(words.subject)
            .in_reply_to(thread.clone())
            .references(thread);
        builder = builder.raw_header(raw("Auto-Submitted", "auto-generated"));
        if parcel.repeated {
            builder = builder.raw_header(raw("X-Forewarn-Repeated", "possibly"));
        }
        if parcel.digest.is_some() {
            let leave = format!("<{}>", leave(parcel, site));
            builder = builder
                .raw_header(raw("List-Id", &format!("<subscription-{}.{domain}>", parcel.subscription.id.0)))
                .raw_header(raw("List-Unsubscribe", &leave))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let both = MultiPart::alternative_plain_html(words.text, words.html);
        let message = builder.multipart(both).context("put a mail together")?;
        let envelope = Envelope::new(Some(site.from.email.clone()), vec![to]).context("address a mail")?;
        Ok(Self { envelope, bytes: message.formatted() })
    }
}

/// What tells the thread of a subscription from that of one with the same number in another record.
fn thread(parcel: &Parcel) -> i64 {
    parcel.subscription.created.as_millisecond()
}

/// A header of ours, which is plain ASCII and must not be folded or encoded.
fn raw(name: &'static str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

fn leave(parcel: &Parcel, site: &Site<'_>) -> String {
    format!("{}/unsubscribe/{}", site.address, parcel.subscription.tokens.leave)
}

fn words(parcel: &Parcel, site: &Site<'_>) -> anyhow::Result<Words> {
    let wanted = &parcel.subscription.wanted;
    let (subject, text, html) = match &parcel.digest {
        Some((token, digest)) => {
            let mail = DigestMail {
                digest: DigestView::of(digest, site.address),
                repeated: parcel.repeated,
                page: format!("{}/digests/{token}", site.address),
                leave: leave(parcel, site),
            };
            let mail = &mail;
            (DigestSubject { mail }.render()?, DigestText { mail }.render()?, DigestHtml { mail }.render()?)
        }
        None => {
            let mail = ConfirmMail {
                name: wanted.name.clone(),
                watched: wanted.watch.in_words(),
                rhythm: wanted.rhythm.in_words(),
                repeated: parcel.repeated,
                confirm: format!("{}/confirm/{}", site.address, parcel.subscription.tokens.confirm),
            };
            let mail = &mail;
            (
                ConfirmSubject { mail }.render()?,
                ConfirmText { mail }.render()?,
                ConfirmHtml { mail }.render()?,
            )
        }
    };
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Words { subject, text, html })
}

/// The plain words of a digest, as a mail has them, for a terminal.
pub(crate) fn as_text(digest: DigestView) -> anyhow::Result<String> {
    let mail = DigestMail { digest, repeated: false, page: String::new(), leave: String::new() };
    Ok(DigestText { mail: &mail }.render()?)
}
