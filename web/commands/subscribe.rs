//! `forewarn subscribe`: be told of what is new.

use std::io::{self, Write as _};

use clap::Args;
use index::knowledge::Knowledge;
use index::subscription::ready::Ready;
use index::subscription::{Recipient, Standing, SubscriptionId};

use super::{End, Usage};
use crate::parts::digest::DigestView;
use crate::post::letter::as_text;
use crate::schedule;
use crate::settings::Settings;
use crate::wanted::Typed;

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to be told of, as it is typed into a search
    query: Vec<String>,
    /// Whom to tell: a mail address, a webhook's address, or the word feed
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// What it is called, in place of its query
    #[arg(long)]
    name: Option<String>,
    /// Watch one vendor instead of a query
    #[arg(long, value_name = "VENDOR", conflicts_with = "query", group = "ready")]
    vendor: Option<String>,
    /// Watch one product instead of a query
    #[arg(long, value_name = "PRODUCT", conflicts_with = "query", group = "ready")]
    product: Option<String>,
    /// The version of the product that runs here: what it already mends is left out
    #[arg(long, value_name = "VERSION", requires = "product")]
    running: Option<String>,
    /// Watch which sources fall silent
    #[arg(long)]
    silent_sources: bool,
    /// Watch what whoever runs this installation must know
    #[arg(long, conflicts_with = "query", group = "ready")]
    operator: bool,
    /// Watch what affects the products of one environment, or of every one where none is named
    #[arg(long, value_name = "ENVIRONMENT", num_args = 0..=1, default_missing_value = "", conflicts_with = "query", group = "ready")]
    estate: Option<String>,
    /// Watch which packages wait for a decision
    #[arg(long, conflicts_with = "query", group = "ready")]
    packages: bool,
    /// Tell at once
    #[arg(long, group = "cadence")]
    at_once: bool,
    /// Tell at each full hour
    #[arg(long, group = "cadence")]
    hourly: bool,
    /// Tell each day at this local time; 07:00 unless told otherwise
    #[arg(long, value_name = "TIME", group = "cadence")]
    daily: Option<String>,
    /// Tell each week, such as "monday 07:00"
    #[arg(long, value_name = "DAY TIME", group = "cadence")]
    weekly: Option<String>,
    /// Time zone of all times, such as Europe/Berlin; UTC unless told
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// Hours in which nothing is sent, such as 22:00-06:00
    #[arg(long, value_name = "FROM-TO")]
    quiet: Option<String>,
    /// Tell of changes of wording, links and dates as well
    #[arg(long)]
    every_change: bool,
    /// Say once a week only that there is nothing new
    #[arg(long)]
    quiet_weekly: bool,
    /// What a webhook is posted: json, slack, teams or matrix
    #[arg(long, value_name = "SHAPE")]
    shape: Option<String>,
    /// Let the webhook lie in a private network or on this machine
    #[arg(long)]
    private_network: bool,
    /// Do not ask the address to confirm: you vouch that its owner wants this
    #[arg(long)]
    vouched: bool,
    /// Show what a digest would look like with what is recorded, and save nothing
    #[arg(long)]
    preview: bool,
}

impl Arguments {
    fn typed(&self) -> Typed {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (ready, subject) = match (&self.vendor, &self.product) {
            (Some(vendor), _) => (Ready::Vendor.as_str(), vendor.clone()),
            (_, Some(product)) => (Ready::Product.as_str(), product.clone()),
            _ if self.operator => (Ready::Operator.as_str(), String::new()),
            _ if self.packages => (Ready::Packages.as_str(), String::new()),
            _ if self.estate.is_some() => (Ready::Estate.as_str(), text(&self.estate)),
            _ => ("", String::new()),
        };
        let weekly = text(&self.weekly);
        let (on, weekly_at) = weekly.split_once(' ').unwrap_or((&weekly, ""));
        let quiet = text(&self.quiet);
        let (from, to) = quiet.split_once('-').unwrap_or((&quiet, ""));
        let cadence = match () {
            () if self.at_once => "once",
            () if self.hourly => "hour",
            () if self.weekly.is_some() => "week",
            () => "day",
        };
        Typed {
            name: text(&self.name),
            query: self.query.join(" "),
            ready: ready.to_owned(),
            subject,
            version: text(&self.running),
            sources: self.silent_sources,
            to: self.to.clone(),
            shape: text(&self.shape),
            private_network: self.private_network,
            cadence: cadence.to_owned(),
            at: if self.weekly.is_some() { weekly_at.to_owned() } else { text(&self.daily) },
            on: on.to_owned(),
            zone: self.zone.clone(),
            quiet_from: from.to_owned(),
            quiet_to: to.to_owned(),
            every_change: self.every_change,
            weekly: self.quiet_weekly,
        }
    }
}

/// Runs the command.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    arguments: &Arguments,
) -> anyhow::Result<End> {
    let wanted = arguments.typed().wanted().map_err(|mistake| Usage::because(refused(&mistake.sentence)))?;
    let now = schedule::now();
    let mut out = io::stdout().lock();
    if arguments.preview {
        knowledge.follow().await?;
        let digest = knowledge.preview_of(&wanted, now).await?;
        writeln!(out, "{}", as_text(DigestView::of(&digest, &settings.site()))?)?;
        return Ok(End::Well);
    }
    let nowhere = settings.mail.host.is_empty() && settings.mail.folder.is_empty();
    if nowhere && matches!(wanted.recipient, Recipient::Mail { .. }) {
        let sentence =
            "subscribe by mail: no mail is set up here; set mail.host or mail.folder in the settings first";
        return Err(Usage::because(sentence));
    }
    let id = knowledge.subscribe(wanted, arguments.vouched, now).await?;
    let id = id.map_err(|mistake| Usage::because(refused(&mistake.sentence)))?;
    writeln!(out, "{}", said(knowledge, settings, id).await?)?;
    Ok(End::Well)
}

fn refused(sentence: &str) -> String {
    format!("subscribe: {sentence}")
}

async fn said(knowledge: &Knowledge, settings: &Settings, id: SubscriptionId) -> anyhow::Result<String> {
    let Some((made, _)) = knowledge.subscription(id).await? else {
        anyhow::bail!("read what was just saved")
    };
    let what = format!("Subscription {} watches {}.", id.0, made.wanted.watch.in_words());
    let to = made.wanted.recipient.shown();
    Ok(match (made.standing, &made.wanted.recipient) {
        (Standing::Unconfirmed, _) => format!(
            "{what}\nA mail to {to} asks to confirm the address; it leaves with `forewarn serve` or `forewarn digest --send`."
        ),
        (_, Recipient::Feed) => {
            format!(
                "{what}\nIts feed: {}/subscriptions/{}/atom?token={}",
                settings.site(),
                id.0,
                made.tokens.feed
            )
        }
        (_, Recipient::Webhook { .. }) => format!(
            "{what}\nIt goes to {to}, {}. What is posted is signed with {}.",
            made.wanted.rhythm.in_words(),
            made.tokens.secret
        ),
        _ => format!("{what}\nIt goes to {to}, {}.", made.wanted.rhythm.in_words()),
    })
}
